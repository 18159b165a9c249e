"""The widget of a notebook's needs shows a remedy for each need and marks what is done."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from aiconn_nb import ConnectionManager, Session
from aiconn_nb.features.requirements import Lack, Need
from aiconn_nb.ui.widgets import protocol
from aiconn_nb.ui.widgets.needs import DONE, Needs
from tests.widgets.declared import problems

PageOf = Callable[..., Any]
CANARY = "canary-of-needs-0123456789"


@pytest.fixture
def lesson(session: Session, work: Path, tmp_path: Path) -> Session:
    """Return a session in a folder whose project file declares a connection with a key, one without, a profile and a default."""
    teacher = Session(home=tmp_path / "teacher", config_home=tmp_path / "teacher-keys", config_root=work, environ={})
    teacher.create("demo", "demo")
    teacher.create("openai-dev", "openai", settings={"api_key": "$OpenAI:ApiKey"})
    teacher.create_profile("tutor", connections=["demo"], model="demo-chat", default=True)
    teacher.export(to=work / "aiconn.json")
    return session


def states(shown: Needs) -> list[tuple[str, str, str]]:
    """Return alias, state and remedy of each row."""
    return [(row["alias"], row["state"], does(row)) for row in shown.view["rows"]]


def does(row: dict[str, Any]) -> str:
    """Return the intent of a row's first button, or that there is a line to copy."""
    return str(next((each["intent"] for each in row.get("answers", ())), "copy" if "copy" in row else ""))


def test_everything_missing_is_shown_at_once_with_the_plan_of_the_import(lesson: Session) -> None:
    """One import would provide all of it, so one row offers it."""
    shown = Needs(lesson.require(), lesson)
    assert states(shown) == [
        ("demo", "missing", "import"),
        ("openai-dev", "missing", ""),
        ("tutor", "missing", ""),
        ("tutor", "missing", ""),
    ]
    plan = "connection demo, connection openai-dev, profile tutor, tutor becomes the default"
    assert shown.view["rows"][0]["help"] == [[f"Imports {plan}. It overwrites nothing of yours."]]
    assert all(row["help"] and "answers" not in row for row in shown.view["rows"][1:])
    assert list(problems(shown.view, protocol.NeedsView)) == []


def test_it_is_done_in_place_from_the_import_to_the_key(lesson: Session, page_of: PageOf) -> None:
    """Rows become done without another run. The key is kept for this environment and nowhere else."""
    shown = Needs(lesson.require(), lesson)
    page = page_of(shown)
    page.ask("import")
    assert states(shown)[0] == ("openai-dev", "missing", "keep")
    assert [state for _, state, _ in states(shown)[1:]] == ["done"] * 4
    row = shown.view["rows"][0]
    keep = row["answers"][0]["data"]
    assert (keep["reference"], keep["environment"]) == ("$OpenAI:ApiKey", "Development")
    (kept,) = page.ask("keep", **keep, values={"value": CANARY})
    assert (kept["kind"], kept["tone"], shown.view["missing"]) == ("note", "good", 0)
    assert {state for _, state, _ in states(shown)} == {"done"}
    assert lesson.require().ok
    assert CANARY not in page.everything
    assert [(each.key, each.environment) for each in lesson.secrets()] == [("OpenAI:ApiKey", "Development")]


def test_a_done_row_says_what_is_so_now(lesson: Session, page_of: PageOf) -> None:
    """The row does not repeat the complaint."""
    shown = Needs(lesson.require(), lesson)
    page = page_of(shown)
    before = {row["id"]: row["words"] for row in shown.view["rows"]}
    page.ask("import")
    before |= {row["id"]: row["words"] for row in shown.view["rows"] if row["state"] == "missing"}
    lesson.set_secret("OpenAI:ApiKey", CANARY)
    page.ask("check")
    done = {row["id"]: row["words"] for row in shown.view["rows"] if row["state"] == "done"}
    assert done.keys() == before.keys()
    assert [id for id in done if not done[id] or done[id] in before[id] or before[id] in done[id]] == []
    assert [words for id, words in done.items() if "unresolved" in id] == ["$OpenAI:ApiKey is no longer missing"]


@pytest.mark.parametrize("lack", [each for each in Lack if not Need("connection", "a", each).is_met])
def test_each_need_that_can_be_unmet_has_words_for_done(lack: Lack) -> None:
    """A new kind of need cannot be forgotten."""
    assert lack in DONE


def test_a_connection_that_was_deleted_meanwhile_has_no_done_row(lesson: Session, page_of: PageOf) -> None:
    """The connection is missing. The need for a value of its reference is neither done nor missing."""
    lesson.require(yes=True)
    shown = Needs(lesson.require(), lesson)
    assert [state for _, state, _ in states(shown)] == ["missing", "ready", "ready", "ready"]
    lesson.delete("openai-dev", force=True)
    page_of(shown).ask("check")
    rows = [(row["state"], does(row)) for row in shown.view["rows"] if row["alias"] == "openai-dev"]
    assert rows == [("missing", "import")]


def test_a_profile_whose_problem_gave_way_to_another_is_not_done(session: Session, page_of: PageOf) -> None:
    """The profile was missing and now cannot answer. It has one row, which is open."""
    shown = Needs(session.require("tutor"), session)
    session.create("own", "demo", active=False)
    session.create_profile("tutor", connections=["own"], model="demo-chat")
    page_of(shown).ask("check")
    assert [(row["kind"], row["state"]) for row in shown.view["rows"] if row["kind"] == "profile"] == [
        ("profile", "missing")
    ]


def test_a_value_that_is_none_is_refused_in_its_row(lesson: Session, page_of: PageOf) -> None:
    """The value may be blank or a copied row of dots."""
    lesson.require(yes=True)
    shown = Needs(lesson.require(), lesson)
    row = next(row for row in shown.view["rows"] if does(row) == "keep")
    page = page_of(shown)
    keep = row["answers"][0]["data"]
    (refused,) = page.ask("keep", **keep, values={"value": " "})
    assert (refused["kind"], refused["id"], bool(refused["error"])) == ("panel", row["id"], True)
    assert (refused["inputs"], refused["answers"][0]["data"]["replaces"]) == (row["inputs"], None)


def test_a_value_that_is_there_is_replaced_by_the_next_save(
    lesson: Session, page_of: PageOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The button of the answer says so, for this environment only."""
    lesson.require(yes=True)
    shown = Needs(lesson.require(), lesson)
    row = next(row for row in shown.view["rows"] if does(row) == "keep")
    lesson.set_secret("OpenAI:ApiKey", "the-first-one-01234")
    monkeypatch.setattr(shown, "refresh", lambda: None)
    (asked,) = page_of(shown).ask("keep", **row["answers"][0]["data"], values={"value": CANARY})
    assert asked["answers"][0]["data"] == {**row["answers"][0]["data"], "replaces": "Development"}
    (kept,) = page_of(shown).ask("keep", **asked["answers"][0]["data"], values={"value": CANARY})
    assert kept["tone"] == "good"


def test_hosts_and_switches_and_defaults(session: Session, work: Path, page_of: PageOf) -> None:
    """A host is trusted with the answers that were shown, and a connection is switched on."""
    session.create("off", "demo", active=False)
    session.create("gate", "openai-compatible", settings={"endpoint": "https://gate.example/v1", "api_key": "$K:Key"})
    (work / "appsettings.json").write_text('{"K": {"Key": "x-0123456789abcdef"}}')
    session.edit("gate", settings={"endpoint": "https://elsewhere.example/v1"})
    shown = Needs(session.require("off", "gate"), session)
    page = page_of(shown)
    rows = {row["alias"]: row for row in shown.view["rows"]}
    assert (does(rows["off"]), does(rows["gate"])) == ("enable", "trust")
    page.ask("enable", alias="off")
    page.ask("trust", **rows["gate"]["answers"][0]["data"])
    assert (shown.view["missing"], session.require("off", "gate").ok) == (0, True)


def test_a_default_that_was_not_imported_cannot_be_chosen(lesson: Session, page_of: PageOf) -> None:
    """Its alias belongs to nothing or to another profile. The alias of its connection must be free first."""
    lesson.create("demo", "ollama")
    shown = Needs(lesson.require(yes=True), lesson)
    (default,) = [row for row in shown.view["rows"] if row["kind"] == "default"]
    assert (default["state"], does(default)) == ("missing", "")


def test_what_only_a_command_helps_shows_the_command(session: Session, page_of: PageOf) -> None:
    """The alias exists nowhere."""
    shown = Needs(session.require("nowhere"), session)
    assert shown.view["rows"][0]["copy"] == ["", "%aiconn list"]


def test_a_reference_in_a_shown_field_has_no_field_for_a_value(session: Session) -> None:
    """A user secret cannot be the value of such a field."""
    session.create("gate", "openai-compatible", settings={"endpoint": "$Team:Endpoint"})
    (row,) = Needs(session.require("gate"), session).view["rows"]
    assert (row["state"], does(row), "inputs" in row) == ("missing", "", False)


def test_a_mistyped_environment_is_a_warning(lesson: Session, work: Path, page_of: PageOf) -> None:
    """The warning comes with a check and with the import."""
    (work / "appsettings.json").write_text("{}")
    (work / "appsettings.Production.json").write_text("{}")
    mistyped = Session(environment="Prodution")
    found = mistyped.require()
    page = page_of(Needs(found, mistyped))
    (note,) = page.ask("check")
    assert (note["kind"], note["tone"], note["what"]) == ("note", "warn", found.notes[0])
    (note,) = page.ask("import")
    assert (note["tone"], note["hint"]) == ("good", found.notes[0])
    (work / "appsettings.Prodution.json").write_text("{}")
    page.ask("check")
    assert page.ask("check") == []


def test_a_manager_shows_it_above_its_lists(lesson: Session, page_of: PageOf) -> None:
    """What is imported there appears in the list. Once the widget is closed, it is gone."""
    shown = ConnectionManager(lesson)
    shown.open_needs()
    assert shown.needs is not None
    assert shown.needs_view["missing"] == 4
    page = page_of(shown.needs)
    page.ask("import")
    assert [row["alias"] for row in shown.list.view["rows"]] == ["demo", "openai-dev"]
    page.ask("close")
    assert (shown.needs, shown.needs_view) == (None, {})


def test_what_is_done_in_one_widget_is_seen_in_the_others(lesson: Session, page_of: PageOf) -> None:
    """The widgets share a session, and each message that stores something makes the others refresh."""
    manager, shown = ConnectionManager(lesson), Needs(lesson.require(), lesson)
    assert manager.list.view["rows"] == []
    page_of(shown).ask("import")
    assert [row["alias"] for row in manager.list.view["rows"]] == ["demo", "openai-dev"]
    row = next(row for row in shown.view["rows"] if does(row) == "keep")
    page_of(shown).ask(
        "keep", field=row["id"], alias="openai-dev", reference="$OpenAI:ApiKey", value=CANARY, environment=""
    )
    assert [row.get("resolves") for row in manager.list.view["rows"]] == [None, None]


def test_a_key_for_a_gateway_is_kept_and_its_host_trusted_in_one_step(
    session: Session, work: Path, tmp_path: Path, page_of: PageOf
) -> None:
    """A student pastes the class key once. Only the host that the page has shown is trusted."""
    teacher = Session(home=tmp_path / "teacher", config_home=tmp_path / "teacher-keys", config_root=work, environ={})
    gateway = {"endpoint": "https://gateway.example/v1", "api_key": "$Course:ApiKey"}
    teacher.create("class", "openai-compatible", settings=gateway)
    teacher.export(to=work / "aiconn.json")
    shown = Needs(session.require(yes=True), session)
    page = page_of(shown)
    row = next(row for row in shown.view["rows"] if does(row) == "keep")
    assert list(problems(shown.view, protocol.NeedsView)) == []
    keep, trusting = (each["data"] for each in row["answers"])
    assert keep == {key: value for key, value in trusting.items() if key != "answers"}
    other = [each.replace("gateway", "other") for each in trusting["answers"]]
    values = {"value": CANARY}
    page.ask("keep", **{**trusting, "answers": other}, values=values)
    assert session.untrusted("class") is not None
    page.ask("keep", **trusting, replaces="Development", values=values)
    assert session.untrusted("class") is None
    assert session.require().unmet == ()
    assert CANARY not in page.everything
