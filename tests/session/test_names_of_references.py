"""The key of a new reference is a name: not a key, not a value, not the syntax of another language. Old ones are shown masked."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from aiconn_nb import AiconnError, Connection, InvalidConnection, InvalidReference, ReferenceNotFound, Secret, Session
from aiconn_nb.ui.widgets.connection_form import ConnectionForm
from aiconn_nb.ui.widgets.connection_list import ConnectionList
from aiconn_nb.ui.widgets.needs import Needs

from .bundles import connection, take_in

KEY = "sk-proj-Abcdefghijklmnopqrstuvwxyz0123456789WXYZ"
WITH_KEY = [f"$OpenAI:{KEY}", f"${KEY}", f"$OpenAI:ApiKey={KEY}", f"$OPENAI_API_KEY_{KEY}", f"${{{KEY}}}"]
WITH_SYNTAX = [
    ("${OPENAI_API_KEY}", "$OPENAI_API_KEY"),
    ("$(OPENAI_API_KEY)", "$OPENAI_API_KEY"),
    ("$env:OPENAI_API_KEY", "$OPENAI_API_KEY"),
    ("${OpenAI:ApiKey}", "$OpenAI:ApiKey"),
    ("$OpenAI:ApiKey=hunter2", "$OpenAI:ApiKey"),
]


def saved_earlier(session: Session, reference: str, alias: str = "old") -> None:
    """Save a connection as an earlier release did."""
    with session._context.store.change() as change:
        change.put(Connection(alias=alias, name=alias, provider="openai", settings={"api_key": reference}))


@pytest.mark.parametrize("reference", WITH_KEY)
def test_a_key_in_a_reference_is_refused_at_every_door(session: Session, work: Path, reference: str) -> None:
    """No error repeats it."""
    session.create("a", "openai", settings={"api_key": "$OpenAI:ApiKey"})
    calls: list[Callable[[], Any]] = [
        lambda: session.create("b", "openai", settings={"api_key": reference}),
        lambda: session.edit("a", settings={"api_key": reference}),
        lambda: session.edit("a", settings={"headers": {"X-Team": reference}}),
        lambda: session.test_draft("openai", {"api_key": reference}),
        lambda: session.rotate("a", to=reference),
        lambda: session.resolve(reference),
    ]
    for call in calls:
        with pytest.raises((InvalidConnection, InvalidReference)) as raised:
            call()
        assert KEY not in f"{raised.value} {vars(raised.value)}"
    take_in(session, work, connection("b", "openai", api_key=reference))
    assert session.aliases() == ["a"]
    assert session.get("a").settings["api_key"] == "$OpenAI:ApiKey"
    assert KEY not in "".join(path.read_text() for path in Path(session._context.home).rglob("*.json"))


@pytest.mark.parametrize(("written", "meant"), WITH_SYNTAX)
def test_another_syntax_is_refused_with_the_reference_that_is_meant(session: Session, written: str, meant: str) -> None:
    """It would be the name of a key that does not exist."""
    with pytest.raises(InvalidConnection) as raised:
        session.create("a", "openai", settings={"api_key": written})
    assert meant in raised.value.problems["api_key"]
    assert "hunter2" not in str(raised.value)


def test_a_strange_name_that_is_there_is_accepted(session: Session, work: Path) -> None:
    """A settings file may have any name: the whole rest after the $ is the key."""
    (work / "appsettings.json").write_text(json.dumps({"{NAME}": "a", "env": {"NAME": "b"}, "X=Y": "c"}))
    for number, name in enumerate(["{NAME}", "env:NAME", "X=Y"]):
        session.create(f"a{number}", "openai", settings={"api_key": f"${name}"})
        assert session.get(f"a{number}").settings["api_key"] == f"${name}"


@pytest.mark.parametrize(
    "name", ["OpenAI:ApiKey", "HF_TOKEN", "Sk:Project", "sk-learn:ApiKey", "A:", ":A", "env", "A::B"]
)
def test_an_ordinary_reference_is_accepted(session: Session, name: str) -> None:
    """Empty parts are accepted, too, because a settings file may have them."""
    session.create("a", "openai", settings={"api_key": f"${name}"})
    assert session.get("a").settings["api_key"] == f"${name}"


def everything_said(session: Session) -> str:
    """Return all that the views of the connections say, in every format, and the errors."""
    said = []
    calls: list[Callable[[], Any]] = [
        session.connections,
        lambda: session.show("old"),
        lambda: session.explain("old"),
        lambda: session.require("old"),
        lambda: session.diff_environments("Development", "Development"),
        lambda: session.use("old"),
        lambda: session.test("old"),
        lambda: session.export("old"),
        lambda: session.untrusted("old"),
        lambda: session.history("old"),
        lambda: session.diff("old", 1),
        session.doctor,
        lambda: ConnectionForm("old", session=session).get_state(),
        lambda: ConnectionList(session=session).get_state(),
        lambda: Needs(session.require("old"), session).get_state(),
    ]
    for call in calls:
        try:
            answer = call()
            said += [str(answer), repr(answer), str(getattr(answer, "data", lambda: "")())]
        except AiconnError as error:
            said.append(f"{error} {vars(error)}")
    return "\n".join(said)


@pytest.mark.parametrize("reference", WITH_KEY)
def test_a_key_that_was_saved_in_a_reference_is_masked_everywhere(session: Session, reference: str) -> None:
    """It is masked in lists, errors, needs, bundles and the state of widgets. A new value replaces it."""
    saved_earlier(session, reference)
    assert KEY not in everything_said(session)
    session.edit("old", settings={"organization": "org-1"})
    session.edit("old", settings={"api_key": "$OpenAI:ApiKey"})
    assert KEY not in everything_said(session)


def test_what_was_saved_with_another_syntax_has_a_remedy_that_helps(session: Session) -> None:
    """No user secret can have such a name."""
    saved_earlier(session, "${OPENAI_API_KEY}")
    (need,) = session.require("old").unmet
    assert need.remedy == "%aiconn edit old --set api_key=$OPENAI_API_KEY"
    with pytest.raises(ReferenceNotFound) as raised:
        session.account("old")
    assert "$OPENAI_API_KEY" in raised.value.hint


def test_what_was_saved_with_a_key_in_it_has_a_remedy_that_helps(session: Session) -> None:
    """The advice asks for the key again."""
    saved_earlier(session, f"$OpenAI:{KEY}")
    (need,) = session.require("old").unmet
    assert need.remedy == "%aiconn edit old --prompt api_key"


def test_a_form_keeps_no_key_in_a_reference(session: Session) -> None:
    """Neither its state nor a value for it has the key."""
    form = ConnectionForm(session=session)
    content = {"provider": "openai", "name": "a", "fields": {"api_key": f"$OpenAI:{KEY}"}, "dirty": True}
    form._dispatch({"intent": "check", **content})
    form._dispatch({"intent": "save", **content})
    form._dispatch({"intent": "keep", "reference": f"$OpenAI:{KEY}", "value": "made-up-value", "field": "api_key"})
    assert KEY not in str(form.get_state())
    assert session.aliases() == []
    assert list(session.secrets()) == []


def test_a_user_secret_with_a_key_as_its_name_is_in_no_description(session: Session) -> None:
    """One such description is that of a known value in a prompt."""
    secrets = session._context.secrets
    with secrets._changing(secrets.path(None)) as content:
        content.values[f"OPENAI_API_KEY_{KEY}"] = session._context.vault.seal(Secret("made-up-value-0001"))
    with pytest.raises(AiconnError) as raised:
        session.require_no_known_key("made-up-value-0001")
    assert KEY not in str(raised.value)
