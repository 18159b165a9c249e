"""The form answers checks while a user types: alias, references, keys, the draft for a reload, and user secrets."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from aiconn_nb import Session
from aiconn_nb.errors import AiconnError, KeyAsReference, LoneDollar, MaskAsSecret, NoReference, NoSecretGiven
from aiconn_nb.model.field import Field
from aiconn_nb.model.secret import Secret, shape_of
from aiconn_nb.providers.testing import FakeProvider, registry_of
from aiconn_nb.ui.widgets.connection_form import ConnectionForm
from aiconn_nb.ui.widgets.form_checks import free_alias, keep_secret
from aiconn_nb.ui.widgets.form_views import keys_in_order, suggested_reference

KEY = "canary-7f3d9c2e81b64a05"


def typed(name: str = "", *, provider: str = "openai", alias: str | None = None, **fields: str) -> dict[str, Any]:
    """Return what a page sends some moments after the last key press."""
    return {
        "turn": 1,
        "dirty": True,
        "provider": provider,
        "name": name,
        "alias": alias or "",
        "open": alias is not None,
        "active": True,
        "fields": fields,
        "cleared": [],
        "replaced": [],
        "typed": [],
    }


@pytest.fixture
def settings(work: Path) -> Path:
    """Write configuration files with a key in one of two environments, and return their folder."""
    (work / "appsettings.json").write_text(
        '{\n  "OpenAI": {\n    "ApiKey": "sk-made-up-0123456789"\n  },\n  "Retries": "many"\n}'
    )
    (work / "appsettings.Production.json").write_text(
        '{"OpenAI": {"ApiKey": "sk-made-up-9876543210"}, "Only": {"Here": "1"}}'
    )
    return work


# ---- the alias --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "alias", "value", "problem"),
    [
        ("OpenAI (Europe) 2", None, "openai-europe-2", ""),
        ("", None, "", ""),
        ("日本", None, "", "Alias cannot be made from this name: open the lock and type one."),
        ("Taken", None, "taken", "Alias exists already."),
        ("x", "TAKEN", "TAKEN", "Alias may only have a-z, 0-9 and -, and starts with a letter or digit (try taken)"),
        ("x", " mine ", "mine", ""),
        ("x", "", "", "Alias is missing."),
        ("x", "a" * 101, "a" * 101, "Alias has 101 characters, at most 100 are allowed."),
    ],
)
def test_the_alias_is_checked_for_form_and_uniqueness(
    name: str, alias: str | None, value: str, problem: str, session: Session, page_of: Callable[..., Any]
) -> None:
    """The alias is made from the name while its lock is closed, and is taken as typed while the lock is open."""
    session.create("taken", "demo")
    (answer,) = page_of(ConnectionForm(session=session)).ask("check", **typed(name, alias=alias))
    assert (answer["alias"]["value"], answer["alias"]["problem"]) == (value, problem)


def test_a_free_alias_is_offered_where_one_is_taken(session: Session, page_of: Callable[..., Any]) -> None:
    """The offer is the next free number."""
    for alias in ("taken", "taken-2"):
        session.create(alias, "demo")
    (answer,) = page_of(ConnectionForm(session=session)).ask("check", **typed("Taken"))
    assert answer["alias"]["free"] == "taken-3"
    assert free_alias("a" * 100, {"a" * 100}) == "a" * 98 + "-2"


def test_a_connections_own_alias_is_not_taken(session: Session, page_of: Callable[..., Any]) -> None:
    """An edited connection does not clash with itself."""
    session.create("mine", "demo", name="Mine")
    (answer,) = page_of(ConnectionForm("mine", session=session)).ask("check", **typed("Mine", provider="demo"))
    assert answer["alias"] == {"value": "mine", "problem": "", "free": ""}


# ---- references -------------------------------------------------------------------------------------------------------


def test_a_reference_says_whether_it_resolves_and_from_where(
    settings: Path, session: Session, page_of: Callable[..., Any]
) -> None:
    """The answer names file and line but never the value of a secret."""
    page = page_of(ConnectionForm(session=session))
    (answer,) = page.ask("check", **typed(api_key="$OpenAI:ApiKey"))
    found = answer["references"]["api_key"]
    assert (found["resolved"], found["words"]) == (True, ["Resolves in Development, from ", "appsettings.json:3", "."])
    assert "made-up" not in page.everything


def test_a_variable_is_named(session: Session, page_of: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """The answer names the variable and keeps its value out."""
    monkeypatch.setenv("OpenAI__ApiKey", KEY)
    page = page_of(ConnectionForm(session=session))
    (answer,) = page.ask("check", **typed(api_key="$OpenAI:ApiKey"))
    assert answer["references"]["api_key"]["words"][1] == "environment variable OpenAI__ApiKey"
    assert KEY not in page.everything


def test_what_does_not_resolve_says_so(settings: Path, session: Session, page_of: Callable[..., Any]) -> None:
    """The answer names the places that were searched."""
    (answer,) = page_of(ConnectionForm(session=session)).ask("check", **typed(api_key="$Only:Here"))
    found = answer["references"]["api_key"]
    assert found["resolved"] is False
    assert "Development" in found["words"][0]
    assert [each["data"]["reference"] for each in found["answers"]] == ["$Only:Here"]


def test_a_switched_environment_is_reflected(settings: Path, session: Session, page_of: Callable[..., Any]) -> None:
    """The next check uses and names the environment that is current at that time."""
    page = page_of(ConnectionForm(session=session))
    session.environment("Production")
    (answer,) = page.ask("check", **typed(api_key="$Only:Here"))
    assert answer["environment"] == "Production"
    assert answer["references"]["api_key"]["resolved"] is True
    page.widget.refresh()
    assert page.told()[-1]["kind"] == "stir"


def test_a_reference_is_checked_against_its_fields_type(settings: Path, page_of: Callable[..., Any]) -> None:
    """The reference may resolve to a value that the field does not accept."""
    session = Session(registry=registry_of(FakeProvider()))
    page = page_of(ConnectionForm(session=session))
    (answer,) = page.ask("check", **typed(provider="fake", retries="$Retries"))
    found = answer["references"]["retries"]
    assert found["resolved"] is False
    assert found["words"][0]
    assert found["answers"] == []
    assert "many" not in json.dumps(answer)


def test_the_known_keys_come_once(settings: Path, session: Session, page_of: Callable[..., Any]) -> None:
    """They are sent when they have changed and not with every check."""
    page = page_of(ConnectionForm(session=session))
    (first,) = page.ask("check", **typed())
    (second,) = page.ask("check", **typed("x"))
    (settings / "appsettings.json").write_text('{"New": {"Key": "1"}}')
    (third,) = page.ask("check", **typed("xy"))
    assert "OpenAI:ApiKey" in first["keys"]
    assert ("keys" in second, "usual" in second) == (False, False)
    assert first["usual"]["api_key"] == [["$OpenAI:ApiKey", "usual name"]]
    assert third["usual"]["api_key"] == [["$OpenAI:ApiKey", "usual name, not in Development"]]
    assert "New:Key" in third["keys"]
    assert keys_in_order(["PATH", "b:a", "A:z"]) == ["A:z", "b:a", "PATH"]


def test_a_broken_file_is_told_at_the_reference(settings: Path, session: Session, page_of: Callable[..., Any]) -> None:
    """The user can go on typing meanwhile."""
    (settings / "appsettings.json").write_text("{")
    (answer,) = page_of(ConnectionForm(session=session)).ask("check", **typed(api_key="$OpenAI:ApiKey"))
    assert "appsettings.json" in answer["references"]["api_key"]["words"][0]
    assert answer["keys"] == []


def test_a_lone_dollar_is_no_crash(session: Session, page_of: Callable[..., Any]) -> None:
    """A user types it before the rest."""
    (answer,) = page_of(ConnectionForm(session=session)).ask("check", **typed(api_key="$"))
    assert answer["kind"] == "checked"


# ---- what a reloaded page gets back -----------------------------------------------------------------------------------


def test_after_a_reload_everything_is_back_but_the_secrets(session: Session, page_of: Callable[..., Any]) -> None:
    """A message brings it to the page that asks; the view does not contain it."""
    form = ConnectionForm(session=session)
    page = page_of(form)
    sent = typed("Open", alias="mine", api_key="$OpenAI:ApiKey", endpoint="https://eu.example", organization="org-9")
    page.ask("check", **{**sent, "active": False})
    (welcome,) = page.ask("hello")
    assert welcome["draft"] == {
        "provider": "openai",
        "name": "Open",
        "alias": "mine",
        "open": True,
        "active": False,
        "fields": {"api_key": "$OpenAI:ApiKey", "endpoint": "https://eu.example", "organization": "org-9"},
        "cleared": [],
        "replaced": [],
        "typed": [],
    }
    assert "org-9" not in json.dumps(form.get_state())


def test_a_secret_that_a_page_sends_with_a_check_is_not_kept(session: Session, page_of: Callable[..., Any]) -> None:
    """Our page does not send a secret. If another page does, it does not come back, and neither does a text that only looks like a
    key."""
    key = "sk-" + "a" * 24
    page = page_of(ConnectionForm(session=session))
    page.ask(
        "check",
        **typed(key, alias=key, api_key=KEY, organization=key, project=f"${key}", endpoint="https://eu.example"),
    )
    (welcome,) = page.ask("hello")
    assert welcome["draft"]["fields"] == {"endpoint": "https://eu.example"}
    assert (welcome["draft"]["name"], welcome["draft"]["alias"]) == ("", "")
    assert KEY not in page.everything
    assert key not in page.everything


def test_nothing_is_kept_of_an_untouched_form(session: Session, page_of: Callable[..., Any]) -> None:
    """A reloaded page shows the stored state."""
    page = page_of(ConnectionForm(session=session))
    page.ask("check", **{**typed(), "dirty": False})
    assert page.ask("hello")[0]["draft"] is None


def test_answers_go_to_the_page_that_asked(session: Session, page_of: Callable[..., Any]) -> None:
    """Another page may show the same form with another text in it."""
    form = ConnectionForm(session=session)
    page_of(form, "one").ask("check", **typed("One"))
    (answer,) = page_of(form, "two").ask("check", **{**typed("Two"), "turn": 7})
    assert (answer["page"], answer["turn"]) == ("two", 7)


# ---- keeping a value as a user secret ---------------------------------------------------------------------------------


def keep(reference: str, value: str, environment: str = "", **more: Any) -> dict[str, Any]:
    """Return what a page sends to keep a value."""
    return {"field": "api_key", "reference": reference, "value": value, "environment": environment, **more}


def test_a_value_is_kept_sealed_under_its_key(session: Session, page_of: Callable[..., Any], isolated: Path) -> None:
    """The reference then resolves from the user secrets, and the value is stored nowhere else."""
    page = page_of(ConnectionForm(session=session))
    (asked,) = page.ask("keep", field="api_key", reference="$OpenAI:ApiKey")
    assert (asked["place"], [each["name"] for each in asked["inputs"]]) == ("api_key", ["value", "environment"])
    save = asked["answers"][0]
    closed, answer = page.ask(save["intent"], **save["data"], values={"value": f" {KEY}\n", "environment": ""})
    assert (closed["kind"], closed["id"]) == ("close", asked["id"])
    assert (answer["field"], answer["reference"]) == ("api_key", "$OpenAI:ApiKey")
    (answer,) = page.ask("check", **typed(api_key="$OpenAI:ApiKey"))
    assert "secrets" in answer["references"]["api_key"]["words"][1]
    session.create("one", "openai", settings={"api_key": "$OpenAI:ApiKey"})
    assert session.account("one")._settings["api_key"].reveal() == KEY
    assert KEY not in page.everything
    assert all(KEY.encode() not in file.read_bytes() for file in isolated.rglob("*") if file.is_file())


def test_a_value_can_be_kept_for_one_environment(settings: Path, session: Session, page_of: Callable[..., Any]) -> None:
    """Another environment does not see the value."""
    page_of(ConnectionForm(session=session)).ask("keep", **keep("$Mine:Key", KEY, "Production"))
    assert [(row.key, row.environment) for row in session.secrets()] == [("Mine:Key", "Production")]
    assert session.resolve("$Mine:Key")[0].resolved is False


def test_a_value_that_is_there_is_not_replaced_unasked(session: Session, page_of: Callable[..., Any]) -> None:
    """Another connection may depend on it."""
    session.set_secret("openai:apikey", Secret("the-first-one-01234"), all=True)
    page = page_of(ConnectionForm(session=session))
    values = {"value": KEY, "environment": ""}
    (answer,) = page.ask("keep", field="api_key", reference="$OpenAI:ApiKey", values=values)
    assert "already" in answer["error"]
    save = answer["answers"][0]
    session.set_secret("openai:apikey", Secret("another-one-01234"), environment="Development")
    (again,) = page.ask("keep", **save["data"], values={"value": KEY, "environment": "Development"})
    assert "already" in again["error"]
    assert again["answers"][0]["data"]["replaces"] == "Development"
    (_, kept) = page.ask("keep", **save["data"], values=values)
    assert kept["reference"] == "$OpenAI:ApiKey"


def test_a_typed_key_is_kept_under_a_reference(session: Session, page_of: Callable[..., Any]) -> None:
    """The panel asks for the reference. The field itself has the value, which no answer repeats."""
    page = page_of(ConnectionForm(session=session))
    (asked,) = page.ask("keep", field="api_key", reference="$OpenAI:ApiKey", typed=True)
    assert [(each["name"], each.get("value")) for each in asked["inputs"]] == [
        ("reference", "$OpenAI:ApiKey"),
        ("environment", "Development"),
    ]
    data = asked["answers"][0]["data"]
    values = {"value": KEY, "reference": "no reference", "environment": ""}
    (refused,) = page.ask("keep", **data, values=values)
    assert (refused["error"].startswith(NoReference().what), refused["answers"][0]["data"]["replaces"]) == (True, None)
    (_, kept) = page.ask("keep", **data, values={**values, "reference": "$Mine:Key"})
    assert kept["reference"] == "$Mine:Key"
    assert KEY not in page.everything


@pytest.mark.parametrize(
    ("reference", "value", "error"),
    [
        ("OpenAI:ApiKey", KEY, NoReference()),
        ("$", KEY, LoneDollar()),
        ("$$Key", KEY, NoReference()),
        ("$sk-" + "a" * 24, KEY, KeyAsReference()),
        ("$OpenAI:ApiKey", "  ", NoSecretGiven()),
        ("$OpenAI:ApiKey", "********", MaskAsSecret()),
    ],
)
def test_what_cannot_be_kept_is_said_where_it_was_asked(
    reference: str, value: str, error: AiconnError, session: Session, page_of: Callable[..., Any]
) -> None:
    """Nothing is kept, and the panel stays open with the reason."""
    (answer,) = page_of(ConnectionForm(session=session)).ask("keep", **keep(reference, value))
    assert answer["error"].startswith(error.what)
    assert list(session.secrets()) == []


@pytest.mark.parametrize("is_typed", [True, False])
def test_a_key_in_place_of_the_reference_is_not_repeated(
    is_typed: bool, session: Session, page_of: Callable[..., Any]
) -> None:
    """Neither by the panel that asks for the value, nor by its refusal."""
    page, key = page_of(ConnectionForm(session=session)), "$sk-proj-canary" + "a" * 24
    asked = page.ask("keep", field="api_key", reference=key, typed=is_typed)
    refused = page.ask("keep", field="api_key", typed=is_typed, values={"value": KEY, "reference": key})
    assert [each["kind"] for each in (*asked, *refused)] == ["panel", "panel"]
    assert refused[0]["error"].startswith(KeyAsReference().what)
    assert key not in page.everything


# ---- shapes -----------------------------------------------------------------------------------------------------------


def test_the_page_knows_what_keys_look_like(session: Session) -> None:
    """With the shapes, the page recognises a key without sending it. The keys are named after the installed providers."""
    shapes = {each["owner"]: each["key"] for each in ConnectionForm(session=session).view["shapes"]}
    assert shapes["openai"] == "an OpenAI key"
    assert shapes["anthropic"] == "an Anthropic key"
    assert shapes["huggingface"] == "a Hugging Face key"


@pytest.mark.skipif(shutil.which("node") is None, reason="needs node")
def test_javascript_reads_the_patterns_as_python_does(session: Session) -> None:
    """The same texts have the same owners in both languages."""
    texts = [
        "sk-" + "a" * 20, "sk-proj-" + "b" * 20, "sk-ant-api03-" + "c" * 20, "AIza" + "d" * 35, "AKIA" + "A" * 16,
        "hf_" + "e" * 20, "gsk_" + "f" * 20, "ghp_" + "g" * 20, "hello", "sk-", "xsk-" + "a" * 20, "é sk-" + "a" * 20,
    ]  # fmt: skip
    shapes = ConnectionForm(session=session).view["shapes"]
    program = f"""
        const shapes = {json.dumps(shapes)}.map((each) => ({{...each, test: new RegExp(`^(?:${{each.pattern}})`)}}));
        console.log(JSON.stringify({json.dumps(texts)}.map((text) => shapes.find((each) => each.test.test(text))?.owner ?? null)));
    """
    done = subprocess.run(["node", "-e", program], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == [shape_of(text) for text in texts]


def test_a_reference_is_made_up_where_none_is_suggested() -> None:
    """The reference is made from the provider's name and the field's label, and it is always usable."""
    assert suggested_reference("Acme", "API key") == "$Acme:APIKey"
    assert re.fullmatch(r"\$[^\s$]+", suggested_reference("A b (c)", Field("x", "Y z").label))


def test_the_answer_to_a_kept_value_says_what_is_odd_about_it(session: Session) -> None:
    """The answer does not contain the value itself."""
    key = "sk-proj-Abcdefgh12345678Abcdefgh"
    answer = keep_secret(session, {"reference": "$OpenAI:ApiKey", "value": f"OPENAI_API_KEY={key}"})
    assert "has a name before it, as in NAME=value" in answer.done
    assert key not in answer.done
