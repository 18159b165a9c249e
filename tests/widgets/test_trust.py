"""The list and the form mark an untrusted host, and ask before a key goes there."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from aiconn_nb import Session, UntrustedHost
from aiconn_nb.features.checks.ladder import SAVING_ASKS
from aiconn_nb.providers.plug_ins.fake import FakeProvider, registry_of
from aiconn_nb.ui.widgets.connection_form import ConnectionForm
from aiconn_nb.ui.widgets.connection_list import ConnectionList

PageOf = Callable[..., Any]
GATEWAY = "https://gateway.example/v1"
EVIL = "https://evil.example/v1"
QUESTION = {
    "what": UntrustedHost(alias="", sent=("the sealed api_key",), host="https://evil.example").words,
    "warning": "The key would go to this host. Allow it only if this is the host you mean.",
    "answers": ["the sealed api_key → https://evil.example"],
}


@pytest.fixture
def session() -> Session:
    """Return a session with a connection of the user."""
    session = Session(registry=registry_of(FakeProvider()))
    session.create("a", "fake", name="A", settings={"api_key": "sealed-key", "endpoint": GATEWAY})
    return session


@pytest.fixture
def moved(session: Session) -> Session:
    """Return the session after a script moved the connection, which is untrusted now."""
    session.edit("a", settings={"endpoint": EVIL})
    return session


def holding(**fields: str) -> dict[str, Any]:
    """Return what the form's page sends."""
    return {"provider": "fake", "name": "A", "alias": "a", "open": False, "active": True, "fields": fields}


def kinds(answers: list[dict[str, Any]]) -> list[str]:
    """Return the kinds of the answers."""
    return [each["kind"] for each in answers]


def test_the_list_marks_it_and_asks_before_it_trusts(moved: Session, page_of: PageOf) -> None:
    """The second click carries the answers to the question and allows exactly that."""
    page = page_of(ConnectionList(moved))
    (row,) = page.widget.view["rows"]
    assert row["resolves"]["offers"] is True
    assert QUESTION["what"] in row["resolves"]["title"]
    (asked,) = page.ask("trust", id=row["id"])
    assert (asked["title"], asked["help"]) == (f"a {QUESTION['what']}.", [[QUESTION["warning"]]])
    (asked,) = page.ask("trust", id=row["id"], answers=["something else"])
    assert asked["place"] == row["id"]
    assert moved.untrusted("a") is not None
    allow = asked["answers"][0]
    assert allow["data"]["answers"] == QUESTION["answers"]
    answers = page.ask(allow["intent"], **allow["data"])
    assert answers[0]["what"] == "a may send the sealed api_key to https://evil.example."
    assert moved.untrusted("a") is None
    assert "resolves" not in page.widget.view["rows"][0]


def test_the_list_trusts_no_host_that_came_after_its_look(
    session: Session, page_of: PageOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another kernel moves the connection between both."""
    page = page_of(ConnectionList(session))
    look = session.untrusted

    def moving(alias: str) -> Any:
        question = look(alias)
        session.edit("a", settings={"endpoint": EVIL})
        return question

    monkeypatch.setattr(session, "untrusted", moving)
    told = page.ask("trust", id=page.widget.view["rows"][0]["id"])
    assert [each["tone"] for each in told if each["kind"] == "note"] == ["bad"]
    assert look("a") is not None


def test_use_in_the_list_fails_and_says_why(moved: Session, page_of: PageOf) -> None:
    """The note has the words of the error."""
    page = page_of(ConnectionList(moved))
    (note,) = page.ask("use", id=page.widget.view["rows"][0]["id"])
    untrusted = UntrustedHost(alias="a", sent=("the sealed api_key",), host="https://evil.example")
    assert (note["what"], note["hint"]) == untrusted.lines()


def test_a_row_stays_short_whatever_a_bundle_names(session: Session, page_of: PageOf) -> None:
    """The words are cut."""
    session.create("b", "fake", settings={"api_key": f"${'K' * 300}", "endpoint": GATEWAY})
    session.edit("b", settings={"endpoint": "https://" + "h" * 200 + ".example"})
    row = page_of(ConnectionList(session)).widget.view["rows"][1]
    assert row["resolves"]["title"].endswith("…")


def test_a_save_that_moves_a_kept_key_is_asked_about_in_place(session: Session, page_of: PageOf) -> None:
    """Nothing is saved before the answer. Afterwards the change is saved and allowed."""
    page = page_of(ConnectionForm("a", session=session))
    (asked,) = page.ask("save", version=1, **holding(endpoint=EVIL))
    assert (asked["title"], asked["help"]) == (f"A {QUESTION['what']}", [[QUESTION["warning"]]])
    assert session.get("a").version == 1
    assert kinds(page.ask("save", version=1, trust=["another answer"], **holding(endpoint=EVIL))) == ["panel"]
    trust = asked["answers"][0]
    assert (trust["intent"], trust["draft"]) == ("save", True)
    (saved,) = page.ask("save", version=1, **trust["data"], **holding(endpoint=EVIL))
    assert (saved["kind"], saved["note"]["tone"], saved["note"]["lines"]) == ("saved", "good", [])
    assert session.get("a").settings["endpoint"] == EVIL
    session.client("a")


def test_host_and_key_typed_together_are_saved_without_a_question(session: Session, page_of: PageOf) -> None:
    """A new connection is saved without a question as well."""
    page = page_of(ConnectionForm("a", session=session))
    assert kinds(page.ask("save", version=1, **holding(endpoint=EVIL, api_key="another-key"))) == ["saved"]
    fresh = page_of(ConnectionForm(session=session))
    typed = {**holding(endpoint=EVIL, api_key="a-third-key"), "name": "B"}
    assert kinds(fresh.ask("save", **typed)) == ["saved"]
    session.client("b")


def test_a_new_one_whose_host_a_file_decides_is_asked_about(
    session: Session, work: Path, page_of: PageOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The folder may belong to a stranger."""
    (work / "appsettings.json").write_text('{"Team": {"Url": "https://evil.example"}}')
    page = page_of(ConnectionForm(session=session))
    typed = {**holding(endpoint="$Team:Url", api_key="a-third-key"), "name": "B"}
    (asked,) = page.ask("save", **typed)
    assert asked["title"] == f"B {QUESTION['what']}"
    assert kinds(page.ask("save", **asked["answers"][0]["data"], **typed)) == ["saved"]
    session.client("b")


def test_the_form_shows_what_is_untrusted_and_trusts_it(moved: Session, page_of: PageOf) -> None:
    """It trusts only what was shown, and the name can be changed meanwhile."""
    page = page_of(ConnectionForm("a", session=moved))
    note = page.widget.view["stored"]["note"]
    assert (note["what"], note["help"]) == (f"Untrusted host: a {QUESTION['what']}.", [[QUESTION["warning"]]])
    assert [(each["intent"], each["data"]) for each in note["answers"]] == [("trust", {"answers": QUESTION["answers"]})]
    assert kinds(page.ask("save", version=2, **{**holding(), "name": "Other"})) == ["saved"]
    assert kinds(page.ask("trust", answers=["another answer"])) == ["note"]
    with pytest.raises(UntrustedHost):
        moved.client("a")
    (told,) = page.ask("trust", answers=QUESTION["answers"])
    assert told["what"] == "a may send the sealed api_key to https://evil.example."
    assert page.widget.view["stored"]["note"] is None
    moved.client("a")


def test_a_draft_that_was_moved_is_not_tested_on_the_kept_key(session: Session, page_of: PageOf) -> None:
    """Nothing is sent before the question."""
    tested = session.test_draft("fake", {"endpoint": EVIL}, alias="a", kept_from="a")
    assert tested.failed is not None
    assert tested.failed.name == "trusted host"
    assert tested.failed.hint == SAVING_ASKS, "'trust' would ask about the stored host"
    assert "sealed-key" not in page_of(ConnectionForm("a", session=session)).everything


def test_an_untrusted_host_of_a_stored_connection_names_the_command(moved: Session) -> None:
    """The title of the step says that the host is untrusted, and its text does not repeat it."""
    (tested,) = moved.test("a")
    assert tested.failed is not None
    assert (tested.failed.name, tested.failed.title) == ("trusted host", "untrusted host")
    assert tested.failed.detail.startswith(f"a {QUESTION['what']}")
    assert tested.failed.hint == UntrustedHost(alias="a", sent=("x",), host="https://evil.example").hint


def test_a_test_that_ended_at_the_host_is_not_that_of_what_was_saved(
    session: Session, work: Path, page_of: PageOf
) -> None:
    """A new connection is tested before its first save, which then asks about the host. It has no alias for a command yet."""
    (work / "appsettings.json").write_text('{"Team": {"Url": "https://evil.example"}}')
    page = page_of(ConnectionForm(session=session))
    typed = {**holding(endpoint="$Team:Url", api_key="another-key"), "name": "B", "turn": 1}
    page.ask("test", **typed)
    for thread in threading.enumerate():
        if thread.name == "aiconn-form-action":
            thread.join(10)
    steps = [step for each in page.told(0) for step in each.get("steps", ()) if step["state"] == "failed"]
    assert {each["hint"] for each in steps} == {SAVING_ASKS}
    (asked,) = page.ask("save", tested=True, **typed)
    page.ask("save", tested=True, **asked["answers"][0]["data"], **typed)
    assert session.last_test(session.get("b").id) is None


def pressed(
    page: Any, panel: dict[str, Any], stored: int, values: dict[str, str], **content: Any
) -> list[dict[str, Any]]:
    """Press the first button of a question as the page does: with the content of the form, and the values of this panel alone."""
    answer = panel["answers"][0]
    told: list[dict[str, Any]] = page.ask(
        answer["intent"], **{"version": stored, **answer["data"], "values": values, **content}
    )
    return told


def test_a_host_is_trusted_in_a_save_that_was_in_conflict(session: Session, page_of: PageOf) -> None:
    """Each question is asked once, and the choice of the first one stays."""
    form = ConnectionForm("a", session=session)
    page = page_of(form)
    session.edit("a", name="Theirs", settings={"retries": 7})
    mine = holding(endpoint=EVIL, retries="9") | {"name": "Mine"}
    (trust,) = page.ask("save", version=1, **mine)
    (conflict,) = pressed(page, trust, 1, {}, **mine)
    assert [each["name"] for each in conflict["inputs"]] == ["name", "field-retries"]
    (trust,) = pressed(page, conflict, 1, {"name": "theirs", "field-retries": "mine"}, **mine)
    assert trust["answers"][0]["data"]["trust"] == QUESTION["answers"]
    (saved,) = pressed(page, trust, 1, {}, **mine)
    made = session.get("a")
    assert (saved["kind"], made.version, made.name) == ("saved", 3, "Theirs")
    assert (made.settings["endpoint"], made.settings["retries"]) == (EVIL, 9)
    assert session.untrusted("a") is None


def test_a_second_conflict_asks_again_about_what_the_first_one_changed(session: Session, page_of: PageOf) -> None:
    """What the user left to the other save is not overwritten after a third one."""
    page = page_of(ConnectionForm("a", session=session))
    session.edit("a", name="Theirs")
    mine = holding() | {"name": "Mine"}
    (conflict,) = page.ask("save", version=1, **mine)
    session.edit("a", settings={"retries": 7})
    (conflict,) = pressed(page, conflict, 1, {"name": "theirs"}, **mine)
    assert conflict["answers"][0]["data"]["version"] == 3
    (saved,) = pressed(page, conflict, 1, {"name": "theirs"}, **mine)
    assert (saved["kind"], session.get("a").name) == ("saved", "Theirs")
