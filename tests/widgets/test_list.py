"""The list works without a browser: intents go in, and changes of the store and messages to the page come out."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from aiconn_nb import FailureKind, Secret, Session
from aiconn_nb.errors import ConnectionExists, ConnectionInactive, ConnectionNotFound, Missing, Unexpected
from aiconn_nb.model.connection import Connection
from aiconn_nb.model.nearest import meant
from aiconn_nb.providers.testing import FakeProvider, registry_of
from aiconn_nb.ui.widgets.connection_list import ConnectionList

PageOf = Callable[..., Any]


@pytest.fixture
def session(session: Session) -> Session:
    """Return a session with two connections."""
    session.create("demo-a", "demo", name="Demo A")
    session.create("demo-b", "demo", name="Demo B", settings={"fail_with": "authentication"})
    return session


@pytest.fixture
def page(session: Session, page_of: PageOf) -> Any:
    """Return a page that shows the list."""
    return page_of(ConnectionList(session))


def row_of(page: Any, alias: str) -> dict[str, Any]:
    """Return a row as the page sees it."""
    return next(row for row in page.widget.view["rows"] if row["alias"] == alias)


def seen(page: Any, *aliases: str) -> list[dict[str, Any]]:
    """Return rows as the page sends them back."""
    keys = ("id", "alias", "name", "active", "version")
    return [{key: row_of(page, alias)[key] for key in keys} for alias in aliases]


def kinds(answers: list[dict[str, Any]]) -> list[str]:
    """Return the kinds of the kernel's answers."""
    return [each["kind"] for each in answers]


def of_kind(answers: list[dict[str, Any]], kind: str) -> dict[str, Any]:
    """Return the answer of this kind."""
    return next(each for each in answers if each["kind"] == kind)


def depends(session: Session, aliases: str, profile: str) -> None:
    """Create a profile that depends on these connections."""
    session.create_profile(profile, connections=aliases, model="m")


# ---- looking ----------------------------------------------------------------------------------------------------------


def test_the_list_is_told_in_the_message_that_makes_the_widget(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There is one comm_open for the widget, one for its layout, and no other message."""
    import comm

    opened: list[Any] = []

    class Comm(comm.DummyComm):  # type: ignore[misc]
        def publish_msg(self, msg_type: str, data: Any = None, **keys: Any) -> None:
            opened.append((msg_type, data))

    monkeypatch.setattr("ipywidgets.widgets.widget.comm.create_comm", Comm)
    ConnectionList(session)
    assert [kind for kind, _ in opened] == ["comm_open", "comm_open"]
    (rows,) = [data["state"]["view"]["rows"] for _, data in opened if "view" in data["state"]]
    assert [row["alias"] for row in json.loads(rows)] == ["demo-a", "demo-b"]


def test_the_text_of_a_long_list_is_its_first_page(session: Session) -> None:
    """The text has 25 rows and the total, because a front end loads every text before it shows anything."""
    with session._context.store.change() as change:
        for number in range(101):
            change.put(Connection(alias=f"c{number:03}", name="C", provider="demo"))
    bundle = ConnectionList(session)._repr_mimebundle_()
    data = bundle[0] if isinstance(bundle, tuple) else bundle
    for kind in ("text/plain", "text/html"):
        assert "c024" in data[kind]
        assert "c025" not in data[kind]
        assert "The first 25 of 103." in data[kind]


def test_the_text_is_what_the_list_shows_and_not_looked_up_twice(
    session: Session, work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One look at the store gives the view and the texts. Later saves, uses and changes of the environment still appear in them."""
    for name in ("appsettings.json", "appsettings.Staging.json"):
        (work / name).write_text("{}")
    looks: list[str] = []
    look = session.connections
    monkeypatch.setattr(session, "connections", lambda: (looks.append("look"), look())[1])
    shown = ConnectionList(session)
    assert "demo-a" in repr(shown)
    assert looks == ["look"]
    session.create("demo-c", "demo")
    assert "demo-c" in repr(shown)
    session.use("demo-c")
    assert "▸ demo-c" in repr(shown)
    session.environment("Staging")
    assert "resolves in Staging" in repr(shown)
    session.create("open", "openai", settings={"api_key": "$OpenAI:ApiKey"})
    assert "no: $OpenAI:ApiKey" in repr(shown)
    session.set_secret("OpenAI:ApiKey", Secret("a-key-for-this-test"))
    assert "no: $OpenAI:ApiKey" not in repr(shown)


def test_a_page_that_loads_again_gets_filter_and_sorting_back(page: Any) -> None:
    """They are typed, so no state contains them, but the kernel remembers them."""
    look = {
        "text": "canary-filter",
        "provider": "demo",
        "active": "yes",
        "resolves": "no",
        "capability": "chat",
        "sort": "modified",
        "descending": True,
    }
    page.ask("look", look=look)
    assert of_kind(page.ask("hello"), "welcome")["look"] == look
    assert "canary-filter" not in str(page.widget.get_state())


def test_a_look_of_the_wrong_kind_is_not_remembered(page: Any) -> None:
    """A page may send anything."""
    page.ask("look", look={"text": ["x"], "sort": None, "descending": 1})
    look = of_kind(page.ask("hello"), "welcome")["look"]
    assert (look["text"], look["sort"], look["descending"]) == ("", "name", False)


def test_what_another_kernel_did_is_shown_on_refresh_and_after_any_action(page: Any) -> None:
    """If one row changed, only that row is sent, and if one is new, the whole list."""
    other = Session()
    other.edit("demo-b", name="Renamed")
    answers = page.ask("refresh")
    assert [row["name"] for row in of_kind(answers, "rows")["rows"]] == ["Renamed"]
    assert row_of(page, "demo-b")["name"] == "Renamed"
    other.create("demo-c", "demo")
    page.ask("use", id=row_of(page, "demo-a")["id"])
    assert [row["alias"] for row in page.widget.view["rows"]] == ["demo-a", "demo-b", "demo-c"]


def test_changing_one_row_of_many_sends_that_row_and_keeps_the_view_true(session: Session, page_of: PageOf) -> None:
    """A page that loads later sees the change as well, although the view was not sent again."""
    page = page_of(ConnectionList(session))
    page.ask("switch", rows=seen(page, "demo-a"), active=False)
    assert [each for each in page.sent if each["data"].get("method") == "update"] == []
    assert json.loads(page.widget.get_state()["view"]["rows"])[0]["active"] is False


def test_a_store_that_cannot_be_read_is_said_in_place_of_the_list(session: Session, page: Any) -> None:
    """The message says what to do, and the list returns when the store can be read."""
    store = session._context.store
    session._context.store = Broken()  # type: ignore[assignment]
    page.ask("refresh")
    failed = page.widget.view["empty"]
    assert (failed["title"], failed["help"]) == ("The store is damaged.", [["It was set aside."]])
    session._context.store = store
    page.ask("refresh")
    assert page.widget.view["kind"] == "list"


class Broken:
    """A store that cannot be read."""

    def read(self) -> Any:
        from aiconn_nb import StoreCorrupt

        raise StoreCorrupt("The store is damaged.", "It was set aside.")


def test_the_environment_is_switched_for_this_session(page: Any, work: Any) -> None:
    """The list shows at once what resolves there. An unknown name causes an error in the view's place for it."""
    (work / "appsettings.json").write_text("{}")
    (work / "appsettings.Production.json").write_text('{"Demo": {"ApiKey": "x"}}')
    page.widget.session.edit("demo-a", settings={"api_key": "$Demo:ApiKey"})
    page.ask("refresh")
    assert row_of(page, "demo-a")["resolves"]["text"] == "$Demo:ApiKey"
    page.ask("environment", name="Production")
    assert page.widget.session.current_environment == "Production"
    assert "missing" not in row_of(page, "demo-a")
    assert page.widget.view["environment"] == {
        "name": "Production",
        "origin": "this kernel",
        "choices": ["Development", "Production"],
    }
    note = of_kind(page.ask("environment", name="Produktion"), "note")
    assert (note["tone"], note["hint"]) == ("bad", meant("Production"))


# ---- one row ----------------------------------------------------------------------------------------------------------


def test_use_makes_it_current_and_marks_it(page: Any) -> None:
    """Stopping leaves none in use."""
    id = row_of(page, "demo-a")["id"]
    page.ask("use", id=id)
    assert page.widget.session.using().alias == "demo-a"
    assert row_of(page, "demo-a")["used"] is True
    page.ask("stop")
    assert page.widget.session.using().alias == ""
    assert "used" not in row_of(page, "demo-a")


def test_what_cannot_be_used_says_why_and_what_to_do(page: Any) -> None:
    """The former connection stays in use."""
    page.widget.session.use("demo-b")
    page.widget.session.disable("demo-a")
    note = of_kind(page.ask("use", id=row_of(page, "demo-a")["id"]), "note")
    assert (note["what"], note["hint"]) == ConnectionInactive(alias="demo-a").lines()
    assert page.widget.session.using().alias == "demo-b"


def test_duplicate_takes_a_free_alias_and_names_the_new_row(page: Any) -> None:
    """A second duplicate gets another alias."""
    made = of_kind(page.ask("duplicate", id=row_of(page, "demo-b")["id"]), "made")
    page.ask("duplicate", id=row_of(page, "demo-b")["id"])
    assert page.widget.session.aliases() == ["demo-a", "demo-b", "demo-b-copy", "demo-b-copy-2"]
    assert made["id"] == page.widget.session.get("demo-b-copy").id
    assert page.widget.session.get("demo-b-copy").settings == {"fail_with": "authentication"}


def test_edit_and_create_open_the_form(session: Session, page_of: PageOf) -> None:
    """The form gets the alias, or None."""
    opened: list[str | None] = []
    page = page_of(ConnectionList(session, open_form=opened.append))
    page.ask("edit", id=row_of(page, "demo-b")["id"])
    page.ask("create")
    assert opened == ["demo-b", None]


def test_a_list_that_stands_alone_says_how_to_edit(page: Any) -> None:
    """The list has no form to open."""
    note = of_kind(page.ask("edit", id=row_of(page, "demo-b")["id"]), "note")
    assert "aiconn_nb.ConnectionForm('demo-b')" in note["hint"]


def test_an_empty_list_beside_a_project_file_names_the_command_that_imports_it(work: Path, page_of: PageOf) -> None:
    """A student who left out the first cell sees it in the widget and in its text; without the file, the demo is offered."""
    nothing, remedy = Session(), "%aiconn require --yes"
    assert remedy not in json.dumps(page_of(ConnectionList(nothing)).widget.view)
    assert str(nothing.connections()).startswith(
        "There are no connections yet. Make one that needs no key: %aiconn new demo --provider demo"
    )
    (work / "aiconn.json").write_text("{}")
    shown = page_of(ConnectionList(nothing)).widget.view["empty"]["help"][0]
    assert shown == ["aiconn.json in this folder has what the notebook needs: ", remedy, " imports it."]
    assert remedy in str(nothing.connections())


def test_the_demo_is_made_at_once(isolated: Any, page_of: PageOf) -> None:
    """One click in the empty list is enough."""
    session = Session(home=isolated / "empty")
    page = page_of(ConnectionList(session))
    assert page.widget.view["rows"] == []
    assert [each["intent"] for each in page.widget.view["empty"]["answers"]] == ["create", "demo"]
    made = of_kind(page.ask("demo"), "made")
    assert (session.get("demo").id, session.get("demo").provider) == (made["id"], "demo")


def test_a_row_that_is_gone_is_said_to_be_gone(page: Any) -> None:
    """The list is then up to date."""
    id = row_of(page, "demo-a")["id"]
    Session().delete("demo-a")
    note = of_kind(page.ask("use", id=id), "note")
    assert note["what"] == ConnectionNotFound(why=Missing.GONE_FROM_LIST).what
    assert [row["alias"] for row in page.widget.view["rows"]] == ["demo-b"]


# ---- switching --------------------------------------------------------------------------------------------------------


def test_a_selection_is_switched_in_one_go(page: Any) -> None:
    """The rows are switched off and on again, and a screen reader says so."""
    page.ask("switch", rows=seen(page, "demo-a", "demo-b"), active=False)
    assert [each["said"] for each in page.told() if each["kind"] == "said"] == ["Disabled."]
    assert [row.active for row in page.widget.session.connections()] == [False, False]
    page.ask("switch", rows=seen(page, "demo-a", "demo-b"), active=True)
    assert [row.active for row in page.widget.session.connections()] == [True, True]


def test_a_row_that_changed_meanwhile_is_not_overwritten(page: Any) -> None:
    """Both values are shown, and nothing of the selection is switched. A repetition with the stored versions switches it."""
    rows = seen(page, "demo-a", "demo-b")
    Session().edit("demo-b", name="Theirs")
    answers = page.ask("switch", rows=rows, active=False)
    asked = of_kind(answers, "panel")
    assert [row.active for row in page.widget.session.connections()] == [True, True]
    assert [each for each in page.told() if each["kind"] == "said"] == []
    assert asked["place"] == row_of(page, "demo-b")["id"]
    assert asked["tables"][0]["rows"] == [["Name", "Demo B", "Theirs"], ["Active", "off", "on"]]
    assert kinds(answers).index("rows") < kinds(answers).index("panel")
    page.ask(asked["answers"][0]["intent"], **asked["answers"][0]["data"])
    stored = page.widget.session.get("demo-b")
    assert (stored.name, stored.active) == ("Theirs", False)


def test_switching_off_names_the_profiles_that_use_it(page: Any) -> None:
    """The names come as a warning, because the row is switched off all the same."""
    depends(page.widget.session, "demo-a", "writer")
    note = of_kind(page.ask("switch", rows=seen(page, "demo-a"), active=False), "note")
    assert (note["tone"], note["hint"]) == (
        "warn",
        "Profiles that use it: writer. Without an active connection now: writer.",
    )


# ---- deleting ---------------------------------------------------------------------------------------------------------


def named(asked: Any) -> list[list[str]]:
    """Return the aliases in each line of a question."""
    return [line[1::2] for line in asked["help"]]


def test_a_connection_in_use_is_deleted_knowingly(page: Any) -> None:
    """The question says that it is in use, both for one row and for several, as in a form."""
    page.widget.session.use("demo-a")
    for aliases in (("demo-a",), ("demo-a", "demo-b")):
        asked = of_kind(page.ask("ask_delete", rows=seen(page, *aliases)), "panel")
        assert "in use in this kernel" in asked["help"][-1][0]
    asked = of_kind(page.ask("ask_delete", rows=seen(page, "demo-b")), "panel")
    assert "in use" not in str(asked["help"])


def test_before_a_deletion_the_dependent_profiles_are_named(page: Any) -> None:
    """The question also says whether it could be disabled instead, and nothing is deleted yet."""
    depends(page.widget.session, "demo-a", "writer")
    asked = of_kind(page.ask("ask_delete", rows=seen(page, "demo-a")), "panel")
    assert (asked["title"], asked["place"]) == ("Delete Demo A (demo-a)?", "")
    assert [each.get("intent") for each in asked["answers"]] == ["delete", "switch", None]
    assert asked["answers"][0]["data"]["force"] is True
    assert named(asked) == [["writer"], []]
    assert page.widget.session.aliases() == ["demo-a", "demo-b"]


def test_of_a_selection_each_dependent_is_named_once(page: Any) -> None:
    """It does not matter whether the connection is first or a fallback. The question says what each profile is left with."""
    depends(page.widget.session, "demo-a,demo-b", "writer")
    depends(page.widget.session, "demo-b,demo-a", "brief")
    rows = seen(page, "demo-a", "demo-b")
    asked = of_kind(page.ask("ask_delete", rows=rows), "panel")
    assert named(asked) == [["demo-a", "demo-b"], ["brief", "writer"], []]
    assert "broken" in asked["help"][1][-1]
    asked = of_kind(page.ask("ask_delete", rows=rows[:1]), "panel")
    assert named(asked) == [["brief", "writer"], []]
    assert "broken" not in str(asked["help"])
    note = of_kind(page.ask("switch", rows=seen(page, "demo-b"), active=False), "note")
    assert note["hint"] == "Profiles that use it: brief, writer."
    note = of_kind(page.ask("switch", rows=seen(page, "demo-a"), active=False), "note")
    assert note["hint"] == "Profiles that use it: brief, writer. Without an active connection now: brief, writer."
    deleted = of_kind(page.ask("delete", rows=seen(page, "demo-a"), force=True), "deleted")
    assert "Profiles that continue with their other connections: brief, writer." in str(deleted)


def test_delete_and_undo(page: Any) -> None:
    """The connection in use is in use again, with the same version and id."""
    before = page.widget.session.get("demo-a")
    page.widget.session.use("demo-a")
    deleted = of_kind(page.ask("delete", rows=seen(page, "demo-a")), "deleted")
    assert (deleted["what"], deleted["seconds"]) == ("Deleted demo-a.", 10)
    assert (page.widget.session.aliases(), page.widget.session.using().alias) == (["demo-b"], "")
    page.ask("undo", number=deleted["number"])
    after = page.widget.session.get("demo-a")
    assert (after.id, after.name, after.settings) == (before.id, before.name, before.settings)
    assert page.widget.session.using().alias == "demo-a"
    assert [row["alias"] for row in page.widget.view["rows"]] == ["demo-a", "demo-b"]


def test_a_selection_comes_back_as_one(page: Any) -> None:
    """Undo restores the whole deletion, once."""
    number = of_kind(page.ask("delete", rows=seen(page, "demo-a", "demo-b")), "deleted")["number"]
    assert page.widget.session.aliases() == []
    undone = of_kind(page.ask("undo", number=number), "undone")
    assert (undone["id"], undone["said"]) == (row_of(page, "demo-a")["id"], "demo-a, demo-b are back.")
    assert page.widget.session.aliases() == ["demo-a", "demo-b"]


def test_what_another_page_undid_is_not_offered_any_more(page: Any) -> None:
    """No button remains that could be clicked in vain."""
    number = of_kind(page.ask("delete", rows=seen(page, "demo-a")), "deleted")["number"]
    page.ask("undo", number=number)
    undone = of_kind(page.ask("undo", number=number), "undone")
    assert (undone["number"], undone["id"], undone["left"]) == (number, None, None)


def test_an_undo_that_is_not_possible_says_why_and_can_be_tried_again(page: Any) -> None:
    """Another connection has the alias by then. Once it is free, the same button restores the deleted one."""
    session = page.widget.session
    id = session.get("demo-a").id
    number = of_kind(page.ask("delete", rows=seen(page, "demo-a")), "deleted")["number"]
    session.create("demo-a", "demo", name="Theirs")
    undone = of_kind(page.ask("undo", number=number), "undone")
    assert (undone["number"], undone["id"]) == (number, None)
    assert ("demo-a" in undone["left"]["what"], undone["left"]["seconds"]) == (True, 10)
    assert undone["left"]["hint"].startswith(ConnectionExists(alias="demo-a").what)
    assert of_kind(page.ask("hello"), "welcome")["deleted"][0]["hint"] == undone["left"]["hint"]
    session.rename("demo-a", "theirs")
    undone = of_kind(page.ask("undo", number=undone["left"]["number"]), "undone")
    assert (undone["id"], undone["said"], undone["left"]) == (id, "demo-a is back.", None)
    assert session.get("demo-a").id == id


def test_of_several_what_can_come_back_does_and_the_rest_is_offered_further(page: Any) -> None:
    """It does not matter which of them cannot be restored."""
    session = page.widget.session
    number = of_kind(page.ask("delete", rows=seen(page, "demo-a", "demo-b")), "deleted")["number"]
    session.create("demo-a", "demo", name="Theirs")
    undone = of_kind(page.ask("undo", number=number), "undone")
    assert (undone["id"], undone["said"].split(". ")[0]) == (session.get("demo-b").id, "demo-b is back")
    assert undone["left"]["what"] == "demo-a is still deleted."
    session.rename("demo-a", "theirs")
    undone = of_kind(page.ask("undo", number=number), "undone")
    assert (undone["said"], undone["left"]) == ("demo-a is back.", None)
    assert session.aliases() == ["demo-a", "demo-b", "theirs"]


def test_what_somebody_else_brought_back_is_back(page: Any) -> None:
    """This is the wanted result, so there is no error."""
    number = of_kind(page.ask("delete", rows=seen(page, "demo-a")), "deleted")["number"]
    Session().undelete("demo-a")
    Session().rename("demo-a", "demo-c")
    undone = of_kind(page.ask("undo", number=number), "undone")
    assert (undone["said"], undone["left"]) == ("demo-c is back.", None)


def test_what_cannot_be_used_again_is_back_all_the_same(page: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its reference is gone. A note says so, and nothing is left to undo."""
    session = page.widget.session
    monkeypatch.setenv("Demo__Key", "a-value-0123456789")
    session.edit("demo-a", settings={"api_key": "$Demo:Key"})
    session.use("demo-a")
    page.ask("refresh")
    number = of_kind(page.ask("delete", rows=seen(page, "demo-a")), "deleted")["number"]
    monkeypatch.delenv("Demo__Key")
    told = page.ask("undo", number=number)
    undone, note = of_kind(told, "undone"), of_kind(told, "note")
    assert (undone["id"], undone["said"], undone["left"]) == (session.get("demo-a").id, "demo-a is back.", None)
    assert note["tone"] == "warn"
    assert note["what"].startswith("demo-a is back. ")
    assert "$Demo:Key" in note["what"]
    assert session.using().alias == ""


def test_two_deletions_in_a_row_can_both_be_undone(page: Any) -> None:
    """They can be undone in any order."""
    first = of_kind(page.ask("delete", rows=seen(page, "demo-a")), "deleted")["number"]
    second = of_kind(page.ask("delete", rows=seen(page, "demo-b")), "deleted")["number"]
    page.ask("undo", number=first)
    assert page.widget.session.aliases() == ["demo-a"]
    page.ask("undo", number=second)
    assert page.widget.session.aliases() == ["demo-a", "demo-b"]


def test_undo_is_offered_again_to_a_page_that_loads_meanwhile(page: Any) -> None:
    """It is offered for the remaining seconds."""
    page.ask("delete", rows=seen(page, "demo-a"))
    (deleted,) = of_kind(page.ask("hello"), "welcome")["deleted"]
    assert deleted["what"] == "Deleted demo-a."
    assert 0 < deleted["seconds"] <= 10


def test_a_dependent_that_came_meanwhile_is_asked_about_again(page: Any) -> None:
    """A confirmation without force deletes nothing that a profile needs."""
    rows = seen(page, "demo-a")
    page.ask("ask_delete", rows=rows)
    depends(Session(), "demo-a", "writer")
    again = of_kind(page.ask("delete", rows=rows), "panel")
    assert again["answers"][0]["data"]["force"] is True
    assert page.widget.session.aliases() == ["demo-a", "demo-b"]
    deleted = of_kind(page.ask("delete", rows=rows, force=True), "deleted")
    assert deleted["hint"] == "Profiles left broken: writer."
    assert page.widget.session.aliases() == ["demo-b"]


def test_what_was_changed_after_it_was_shown_is_asked_about_again(page: Any) -> None:
    """The question shows both values."""
    rows = seen(page, "demo-a")
    Session().edit("demo-a", name="Theirs")
    again = of_kind(page.ask("delete", rows=rows), "panel")
    assert again["tables"][0]["rows"] == [["Name", "Demo A", "Theirs"]]
    assert page.widget.session.aliases() == ["demo-a", "demo-b"]


# ---- anything else ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("intent", "data"),
    [
        ("use", {}),
        ("use", {"id": 7}),
        ("use", {"id": "no-such-id"}),
        ("switch", {"rows": [{"id": None}], "active": True}),
        ("delete", {"rows": [{}]}),
        ("environment", {}),
        ("no_such_intent", {}),
        ("refresh_row", {"id": "x"}),
    ],
)
def test_a_malformed_intent_is_answered_by_a_note(page: Any, intent: str, data: dict[str, Any]) -> None:
    """The intent changes nothing."""
    answers = page.ask(intent, **data)
    assert of_kind(answers, "note")["tone"] == "bad"
    assert page.widget.session.aliases() == ["demo-a", "demo-b"]


@pytest.mark.parametrize("data", [{"rows": "x"}, {"rows": None}, {"rows": [1, "x", None]}, {}])
def test_rows_that_are_none_do_nothing(page: Any, data: dict[str, Any]) -> None:
    """There is no error either, because there is nothing to do."""
    page.ask("test", **data)
    page.ask("switch", **data, active=False)
    assert [row.active for row in page.widget.session.connections()] == [True, True]


def test_a_page_cannot_change_the_view(page: Any) -> None:
    """The view comes from the store alone."""
    page.set_state(view={"kind": "error", "what": "owned", "hint": ""})
    assert page.widget.view["kind"] == "list"


def test_an_error_that_nobody_foresaw_repeats_no_value(page: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The text of the error may quote anything."""

    def broken(*args: Any, **keys: Any) -> Any:
        raise ValueError("canary-in-an-error")

    monkeypatch.setattr(page.widget.session, "duplicate", broken)
    note = of_kind(page.ask("duplicate", id=row_of(page, "demo-a")["id"]), "note")
    assert note["what"] == Unexpected(kind="ValueError").what
    assert "canary-in-an-error" not in page.everything


def test_no_secret_is_in_the_view_or_in_any_message(isolated: Any, page_of: PageOf) -> None:
    """A sealed literal and a value from the configuration stay out through every action."""
    canary, value = "canary-sealed-0123456789", "canary-configured-0123456789"
    (isolated / "work" / "appsettings.json").write_text(f'{{"Fake": {{"Region": "{value}"}}}}')
    fake = FakeProvider(failures={"models": FailureKind.AUTHENTICATION}, words=f"refused {canary}")
    session = Session(home=isolated / "empty", registry=registry_of(fake))
    session.create("one", "fake", settings={"api_key": canary, "region": "$Fake:Region"})
    page = page_of(ConnectionList(session))
    for intent in ("hello", "use", "duplicate", "edit", "stop"):
        page.ask(intent, id=row_of(page, "one")["id"])
    for intent in ("ask_delete", "switch", "delete", "undo"):
        rows = seen(page, "one") if session.aliases()[0] == "one" else []
        page.ask(intent, rows=rows, active=False, number=1)
    assert session.aliases() == ["one", "one-copy"]
    shown = page.everything + repr(page.widget) + str(page.widget._repr_mimebundle_())
    assert canary not in shown
    assert value not in shown
