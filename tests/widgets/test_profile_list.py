"""The list of profiles works without a browser: intents go in, and changes of the store and messages to the page come out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from aiconn_nb import Session, StoreCorrupt
from aiconn_nb.errors import Missing, ProfileExists, ProfileNotFound
from aiconn_nb.ui.widgets.profile_list import ProfileList

PageOf = Callable[..., Any]


@pytest.fixture
def session(session: Session) -> Session:
    """Return a session with two connections and three profiles."""
    session.create("demo-a", "demo", name="Demo A")
    session.create("demo-b", "demo", name="Demo B")
    session.create_profile("writer", connections="demo-a,demo-b", model="demo-chat", name="Writer", default=True)
    session.create_profile("critic", connections="demo-b", model="demo-chat", tags="prose", temperature=0)
    session.create_profile("search", connections="demo-a", model="demo-embed", capability="embedding")
    return session


@pytest.fixture
def page(session: Session, page_of: PageOf) -> Any:
    """Return a page that shows the list."""
    return page_of(ProfileList(session))


def row_of(page: Any, alias: str) -> dict[str, Any]:
    """Return a row as the page sees it."""
    return next(row for row in page.widget.view["rows"] if row["alias"] == alias)


def seen(page: Any, alias: str) -> dict[str, Any]:
    """Return what the page sends of a row that is to be deleted."""
    row = row_of(page, alias)
    return {"id": row["id"], "rows": [{"id": row["id"], "version": row["version"]}]}


def of_kind(answers: list[dict[str, Any]], kind: str) -> dict[str, Any]:
    """Return the answer of this kind."""
    return next(each for each in answers if each["kind"] == kind)


# ---- looking ----------------------------------------------------------------------------------------------------------


def test_the_list_is_told_in_the_message_that_makes_the_widget(page: Any) -> None:
    """The message has the connections in order, the model, the default and the health of each profile."""
    rows = {row["alias"]: row for row in page.widget.view["rows"]}
    assert list(rows) == ["critic", "search", "writer"]
    assert rows["writer"]["links"] == [{"alias": "demo-a"}, {"alias": "demo-b"}]
    assert (rows["writer"]["model"], rows["writer"]["default"]) == ("demo-chat", True)
    assert (rows["search"]["capability"], rows["critic"]["tags"]) == ("embedding", ["prose"])
    assert rows["critic"]["health"] == {
        "tone": "none",
        "text": "not checked",
        "rank": 1,
        "more": "demo-b would answer",
    }
    assert "empty" not in page.widget.view


def test_what_another_kernel_did_is_shown_on_refresh_and_after_any_action(session: Session, page: Any) -> None:
    """A connection that is switched off shows in the profiles that use it."""
    Session().disable("demo-a")
    page.ask("refresh")
    assert row_of(page, "writer")["links"][0] == {"alias": "demo-a", "state": "inactive"}
    assert row_of(page, "writer")["health"]["text"] == "falls back to demo-b"
    assert row_of(page, "search")["health"]["text"] == "all inactive"
    Session().delete_profile("search")
    page.ask("duplicate", id=row_of(page, "critic")["id"])
    assert [row["alias"] for row in page.widget.view["rows"]] == ["critic", "critic-copy", "writer"]


def test_nothing_is_sent_where_nothing_differs(page: Any) -> None:
    """A page asks again each time it is shown."""
    page.ask("refresh")
    assert [each for each in page.sent if each["data"].get("method") == "update"] == []


def test_a_page_that_loads_again_gets_filter_and_sorting_back(page: Any) -> None:
    """They are typed, so no state contains them, but the kernel remembers them."""
    look = {
        "text": "canary-filter",
        "capability": "chat",
        "health": "bad",
        "resolves": "unresolved",
        "sort": "model",
        "descending": True,
    }
    page.ask("look", look=look)
    assert of_kind(page.ask("hello"), "welcome")["look"] == look
    assert "canary-filter" not in str(page.widget.get_state())


def test_the_environment_can_be_switched(session: Session, page: Any) -> None:
    """Whether a connection resolves, and thus the health, depends on it."""
    assert page.widget.view["environment"]["name"] == session.current_environment
    (answer,) = page.ask("environment", name="Nowhere")
    assert (answer["kind"], answer["tone"]) == ("note", "bad")


def test_a_store_that_cannot_be_read_is_said_in_place_of_the_list(session: Session, page: Any) -> None:
    """The message says what to do, and the list returns when the store can be read."""
    store = session._context.store
    session._context.store = Broken()  # type: ignore[assignment]
    page.ask("refresh")
    failed = page.widget.view["empty"]
    assert (failed["title"], failed["help"]) == ("The store is damaged.", [["It was set aside."]])
    session._context.store = store
    page.ask("refresh")
    assert page.widget.view["kind"] == "profiles"


class Broken:
    """A store that cannot be read."""

    def read(self) -> Any:
        raise StoreCorrupt("The store is damaged.", "It was set aside.")


# ---- one profile ------------------------------------------------------------------------------------------------------


def test_a_profile_is_checked_in_place(session: Session, page: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each connection is asked for one token, and the row then says so. It was "not checked" without a way to check it."""
    monkeypatch.setattr("aiconn_nb.ui.widgets.profile_list.started", lambda call, name: call())
    note = of_kind(page.ask("check", id=row_of(page, "critic")["id"]), "note")
    assert (note["tone"], note["what"]) == ("good", "critic: demo-b answers.")
    assert row_of(page, "critic")["health"]["tone"] == "good"
    session.edit("demo-b", settings={"fail_with": "authentication"})
    note = of_kind(page.ask("check", id=row_of(page, "critic")["id"]), "note")
    assert (note["tone"], note["what"]) == ("bad", "critic: no connection answers.")
    assert row_of(page, "critic")["health"]["tone"] == "warn"


def test_a_profile_becomes_the_default_of_its_capability(session: Session, page: Any) -> None:
    """The former default loses that role, and the other capability keeps its own."""
    session.default_profile("search")
    note = of_kind(page.ask("default", id=row_of(page, "critic")["id"], wanted=True), "note")
    assert (note["tone"], note["what"]) == ("good", "critic is the default for chat.")
    assert (session.default_alias("chat"), session.default_alias("embedding")) == ("critic", "search")
    assert "default" not in row_of(page, "writer")
    assert row_of(page, "critic")["default"] is True


def test_a_capability_may_have_no_default(session: Session, page: Any) -> None:
    """The star of the default removes it."""
    note = of_kind(page.ask("default", id=row_of(page, "writer")["id"], wanted=False), "note")
    assert note["what"] == "writer is no longer the default for chat; there is none now."
    assert session.default_alias("chat") == ""


def test_a_default_that_somebody_else_became_meanwhile_is_left_alone(session: Session, page: Any) -> None:
    """The star removes the role of this row only."""
    Session().default_profile("critic")
    page.ask("default", id=row_of(page, "writer")["id"], wanted=False)
    assert session.default_alias("chat") == "critic"


def test_a_copy_is_made_under_a_free_alias(session: Session, page: Any) -> None:
    """The copy has the same connections, model and options, and it gets the focus."""
    made = of_kind(page.ask("duplicate", id=row_of(page, "critic")["id"]), "made")
    assert made["said"] == "Made a copy: critic-copy."
    copy = session.profile("critic-copy")
    assert (copy.id, copy.model, dict(copy.options)) == (made["id"], "demo-chat", {"temperature": 0})


def test_edit_and_create_open_a_form_where_there_is_one(session: Session, page_of: PageOf) -> None:
    """The form gets the alias, or None for a new profile."""
    opened: list[str | None] = []
    page = page_of(ProfileList(session, open_form=opened.append))
    page.ask("edit", id=row_of(page, "writer")["id"])
    page.ask("create")
    assert opened == ["writer", None]


def test_a_list_alone_says_what_to_run_instead(page: Any) -> None:
    """It does so for a form and for the connections."""
    assert "aiconn_nb.ProfileForm('writer')" in page.ask("edit", id=row_of(page, "writer")["id"])[0]["hint"]
    assert "aiconn_nb.ProfileForm()" in page.ask("create")[0]["hint"]
    assert "aiconn_nb.manager()" in page.ask("connections")[0]["hint"]


@pytest.mark.parametrize("intent", ["default", "duplicate", "edit"])
def test_what_was_deleted_meanwhile_says_so(session: Session, page: Any, intent: str) -> None:
    """The list is then up to date."""
    id = row_of(page, "critic")["id"]
    Session().delete_profile("critic")
    (note,) = page.ask(intent, id=id, wanted=True)
    assert note["what"] == ProfileNotFound(why=Missing.GONE_FROM_LIST).what
    assert [row["alias"] for row in page.widget.view["rows"]] == ["search", "writer"]


@pytest.mark.parametrize("id", [None, 7, "", ["x"], {}])
def test_a_page_may_send_anything_for_an_id(page: Any, id: object) -> None:
    """Such an id names no profile and causes no internal error."""
    (note,) = page.ask("duplicate", id=id)
    assert note["what"] == ProfileNotFound(why=Missing.GONE_FROM_LIST).what


# ---- deleting ---------------------------------------------------------------------------------------------------------


def test_a_deletion_is_asked_about_first(session: Session, page: Any) -> None:
    """The question names the profile and says that it is a default. Nothing is deleted yet."""
    asked = of_kind(page.ask("ask_delete", **seen(page, "writer")), "panel")
    assert (asked["title"], asked["tables"]) == ("Delete Writer (writer)?", [])
    assert asked["help"][0][0].startswith("It is the default for chat;")
    assert "writer" in session.profile_aliases()
    assert "default" not in str(of_kind(page.ask("ask_delete", **seen(page, "critic")), "panel")["help"])


def test_a_deletion_can_be_undone_for_ten_seconds(session: Session, page: Any) -> None:
    """The profile is restored once and unchanged, also as the default."""
    id = row_of(page, "writer")["id"]
    deleted = of_kind(page.ask("delete", **seen(page, "writer")), "deleted")
    assert (deleted["what"], deleted["seconds"]) == ("Deleted writer.", 10)
    assert "default" in deleted["hint"]
    assert session.default_alias("chat") == ""
    undone = of_kind(page.ask("undo", number=deleted["number"]), "undone")
    assert (undone["id"], undone["said"], undone["left"]) == (id, "writer is back.", None)
    assert (session.profile("writer").id, session.default_alias("chat")) == (id, "writer")
    assert of_kind(page.ask("undo", number=deleted["number"]), "undone")["id"] is None


def test_an_undo_that_is_not_possible_says_why_and_can_be_tried_again(session: Session, page: Any) -> None:
    """Another profile has the alias by then. Once it is free, the same button restores the deleted one, also as the default."""
    deleted = of_kind(page.ask("delete", **seen(page, "writer")), "deleted")
    session.create_profile("writer", connections="demo-a", model="theirs")
    undone = of_kind(page.ask("undo", number=deleted["number"]), "undone")
    assert (undone["id"], "writer" in undone["left"]["what"]) == (None, True)
    assert undone["left"]["hint"].startswith(ProfileExists(alias="writer").what)
    session.rename_profile("writer", "theirs")
    undone = of_kind(page.ask("undo", number=deleted["number"]), "undone")
    assert (undone["said"], undone["left"]) == ("writer is back.", None)
    assert (session.profile("writer").model, session.default_alias("chat")) == ("demo-chat", "writer")


def test_an_undone_deletion_takes_nobody_the_default(session: Session, page: Any) -> None:
    """A profile that became the default meanwhile stays the default."""
    deleted = of_kind(page.ask("delete", **seen(page, "writer")), "deleted")
    session.default_profile("critic")
    page.ask("undo", number=deleted["number"])
    assert session.default_alias("chat") == "critic"


def test_what_somebody_saved_meanwhile_is_not_deleted_unasked(session: Session, page: Any) -> None:
    """The question is repeated and says that the profile was saved. A confirmation with the stored version deletes it."""
    sent = seen(page, "critic")
    Session().edit_profile("critic", model="other")
    asked = of_kind(page.ask("delete", **sent), "panel")
    assert [each["rows"] for each in asked["tables"]] == [[]]
    delete = asked["answers"][0]
    assert (delete["intent"], delete["data"]["rows"][0]["version"]) == ("delete", 2)
    assert "critic" in session.profile_aliases()
    page.ask("delete", **delete["data"])
    assert "critic" not in session.profile_aliases()


def test_a_page_that_loads_within_the_ten_seconds_offers_the_undo_as_well(page: Any) -> None:
    """The undo is offered for the remaining seconds."""
    page.ask("delete", **seen(page, "critic"))
    (offered,) = of_kind(page.ask("hello"), "welcome")["deleted"]
    assert offered["what"] == "Deleted critic."
    assert 0 < offered["seconds"] <= 10


# ---- texts ------------------------------------------------------------------------------------------------------------


def test_where_no_widget_can_be_the_same_list_is_shown(session: Session) -> None:
    """It is shown as text, Markdown and HTML, with markup as text."""
    session.edit_profile("writer", name="<b>bold</b>")
    shown = ProfileList(session)
    data = shown._repr_mimebundle_()[0]
    answer = session.profiles()._repr_mimebundle_()
    assert {kind: data[kind] for kind in answer} == answer
    assert "<b>bold" not in data["text/html"]
    assert repr(shown) == answer["text/plain"]


def test_an_empty_list_says_whether_there_is_a_connection(isolated: Any) -> None:
    """A profile needs a connection. If there is none, the page points there."""
    session = Session()
    assert [each["intent"] for each in ProfileList(session).view["empty"]["answers"]] == ["connections"]
    session.create("demo", "demo")
    view = ProfileList(session).view
    assert ([each["intent"] for each in view["empty"]["answers"]], view["rows"]) == (["create"], [])


def test_without_connections_the_list_leads_to_them(isolated: Any, page_of: PageOf) -> None:
    """A page that shows both lists gets the message."""
    led: list[bool] = []
    page = page_of(ProfileList(Session(), open_connections=lambda: led.append(True)))
    page.ask("connections")
    assert led == [True]
