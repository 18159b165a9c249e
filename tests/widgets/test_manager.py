"""The manager shows lists and forms, the widgets have public names, and their texts appear where no widget can be shown."""

from __future__ import annotations

import gc
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import aiconn_nb
from aiconn_nb import ConnectionForm, ConnectionList, ConnectionManager, ProfileForm, ProfileList, Session, manager
from aiconn_nb.errors import NotASession, StoreBusy
from aiconn_nb.model.connection import Connection
from aiconn_nb.ui.widgets.base_widget import BaseWidget
from aiconn_nb.ui.widgets.panel import panel

PageOf = Callable[..., Any]
HERE = "p1"
"""The seat of a page of `page_of`."""
VIEW = "application/vnd.jupyter.widget-view+json"


def intent(page: Any, name: str, alias: str | None = None) -> Any:
    """Send an intent of a list about one of its rows, and return the answers."""
    rows = page.widget.view["rows"]
    id = next((row["id"] for row in rows if row["alias"] == alias), None)
    return page.ask(name, id=id)


def shown_here(manager: ConnectionManager) -> tuple[BaseWidget, ...]:
    """Return the parts below the bar at `HERE`, from top to bottom."""
    form = manager._form_at(HERE)
    return (
        (manager.tabs, manager._list_of(manager.tabs.seats.get(HERE, manager.tabs.chosen))) if form is None else (form,)
    )


def test_the_manager_shows_the_list_and_opens_the_form_in_its_place(session: Session, page_of: PageOf) -> None:
    """The form opens for a new connection and for an existing one."""
    session.create("demo", "demo")
    shown = manager(session)
    assert isinstance(shown, ConnectionManager)
    assert shown_here(shown) == (shown.tabs, shown.list)
    page = page_of(shown.list)
    intent(page, "edit", "demo")
    assert isinstance(shown.form, ConnectionForm)
    assert shown_here(shown) == (shown.form,)
    assert shown.form.view["stored"]["alias"] == "demo"
    page_of(shown.form).ask("cancel")
    assert (shown_here(shown), shown.form) == ((shown.tabs, shown.list), None)
    intent(page, "create")
    assert shown.form.view["stored"] is None


def test_what_the_form_saved_is_in_the_list_with_the_focus(session: Session, page_of: PageOf) -> None:
    """The page that shows the list again learns where the focus belongs, once."""
    shown = ConnectionManager(session)
    shown.open_form()
    draft = {"provider": "demo", "name": "My demo", "alias": "", "open": False, "active": True, "fields": {}}
    page_of(shown.form).ask("save", **draft, cleared=[], replaced=[], typed=[])
    assert session.aliases() == ["my-demo"]
    page = page_of(shown.list)
    assert [row["alias"] for row in shown.list.view["rows"]] == ["my-demo"]
    (welcome,) = page.ask("hello")
    assert (welcome["focus"], welcome["note"]["what"]) == ("my-demo", "Created my-demo.")
    (again,) = page.ask("hello")
    assert "focus" not in again


def test_what_the_form_deleted_can_be_undone_in_the_list(session: Session, page_of: PageOf) -> None:
    """The undo is offered for the same ten seconds."""
    session.create("demo", "demo")
    shown = ConnectionManager(session)
    shown.open_form("demo")
    page_of(shown.form).ask("delete")
    assert session.aliases() == []
    page = page_of(shown.list)
    (deleted,) = page.ask("hello")[0]["deleted"]
    assert deleted["what"] == "Deleted demo."
    page.ask("undo", number=deleted["number"])
    assert session.aliases() == ["demo"]


def test_what_was_in_use_is_so_again_when_its_deletion_is_undone(session: Session, page_of: PageOf) -> None:
    """This holds for a connection and for a default profile, as in the list. The note says what the deletion took away."""
    session.create("demo", "demo")
    session.use("demo")
    session.create_profile("writer", connections="demo", model="demo-chat", default=True)
    shown = ConnectionManager(session)
    shown.open_profile_form("writer")
    page_of(shown.form).ask("delete")
    page = page_of(shown.profiles)
    (deleted,) = page.ask("hello")[0]["deleted"]
    assert (deleted["what"], deleted["hint"]) == (
        "Deleted writer.",
        "writer was the default for chat; there is none now.",
    )
    page.ask("undo", number=deleted["number"])
    assert session.default_alias("chat") == "writer"
    shown.open_form("demo")
    page_of(shown.form).ask("delete", force=True)
    assert session.using().alias == ""
    page = page_of(shown.list)
    page.ask("undo", number=page.ask("hello")[0]["deleted"][0]["number"])
    assert session.using().alias == "demo"


def test_what_was_renamed_or_deleted_elsewhere_can_be_undone_in_the_list(session: Session, page_of: PageOf) -> None:
    """The undo restores what is gone, whatever the form began with."""
    session.create("demo", "demo")
    shown = ConnectionManager(session)
    shown.open_form("demo")
    session.rename("demo", "demo-two")
    page_of(shown.form).ask("delete")
    page = page_of(shown.list)
    (deleted,) = page.ask("hello")[0]["deleted"]
    assert deleted["what"] == "Deleted demo-two."
    page.ask("undo", number=deleted["number"])
    assert session.aliases() == ["demo-two"]
    shown.open_form("demo-two")
    session.delete("demo-two")
    page_of(shown.form).ask("delete")
    page = page_of(shown.list)
    (deleted,) = page.ask("hello")[0]["deleted"]
    assert deleted["what"] == "Deleted demo-two."
    page.ask("undo", number=deleted["number"])
    assert session.aliases() == ["demo-two"]


def test_a_form_that_is_left_is_closed(session: Session, page_of: PageOf) -> None:
    """No widget stays in the kernel after a form was opened and left."""
    import ipywidgets

    shown = ConnectionManager(session)
    shown.open_form()
    page_of(shown.form).ask("cancel")
    before = len(ipywidgets.widgets.widget._instances)
    for _ in range(3):
        shown.open_form()
        page_of(shown.form).ask("cancel")
    assert len(ipywidgets.widgets.widget._instances) == before


# ---- several pages ----------------------------------------------------------------------------------------------------


def places(shown: ConnectionManager, *seats: str) -> list[tuple[Any, ...]]:
    """Return what the pages at these seats show, as the kernel tells them."""
    parts = [shown.tabs, shown.list, *([shown.profiles] if "profiles" in vars(shown) else []), *shown._forms.values()]
    return [
        tuple(part for part in parts if part.where.get("seats", {}).get(seat, part.where.get("others", True)))
        for seat in seats
    ]


def test_a_form_is_opened_on_the_page_that_asked(session: Session, page_of: PageOf) -> None:
    """The other page stays at its list. When the form is done, only its own page gets a note and moves the focus."""
    session.create("demo", "demo")
    shown = manager(session)
    mine, other = page_of(shown.list, "mine"), page_of(shown.list, "other")
    intent(mine, "edit", "demo")
    form = shown.form
    assert places(shown, "mine", "other", "new") == [(form,), (shown.tabs, shown.list), (shown.tabs, shown.list)]
    (early,) = page_of(form, "other").ask("hello")
    (welcome,) = page_of(form, "mine").ask("hello")
    assert (early["focus"], welcome["focus"]) == (False, True)
    page_of(form, "mine").ask("cancel")
    assert places(shown, "mine", "other") == [(shown.tabs, shown.list)] * 2
    assert "focus" not in other.ask("hello")[0]
    assert page_of(shown.list, "mine").ask("hello")[0]["focus"] == "demo"


def test_two_pages_each_with_a_form(session: Session, page_of: PageOf) -> None:
    """Neither page closes the form of the other, and a second form on the same page replaces the first."""
    session.create("demo", "demo")
    shown = manager(session)
    intent(page_of(shown.list, "a"), "edit", "demo")
    first = shown.form
    intent(page_of(shown.list, "b"), "create")
    second = shown.form
    assert places(shown, "a", "b") == [(first,), (second,)]
    page_of(second, "b").ask("cancel")
    assert places(shown, "a", "b") == [(first,), (shown.tabs, shown.list)]
    intent(page_of(shown.list, "a"), "create")
    assert (first.part in shown.parts, places(shown, "a")) == (False, [(shown.form,)])


def test_a_tab_is_chosen_on_the_page_that_asked(session: Session, page_of: PageOf) -> None:
    """An open page stays where it is, and a later one begins with the last choice."""
    shown = manager(session)
    page_of(shown.tabs, "other").ask("hello")
    page_of(shown.tabs, "mine").ask("choose", tab="profiles")
    assert places(shown, "mine", "other", "new") == [
        (shown.tabs, shown.profiles),
        (shown.tabs, shown.list),
        (shown.tabs, shown.profiles),
    ]
    assert shown.tabs.view["seats"] == {"other": "connections", "mine": "profiles"}


def test_seats_do_not_pile_up(session: Session, page_of: PageOf) -> None:
    """A page may use any name. If there are many, the oldest are forgotten and their forms are closed."""
    shown = manager(session)
    for number in range(40):
        page_of(shown.tabs, f"s{number}").ask("choose", tab="profiles")
        page_of(shown.list, f"s{number}").ask("create")
    assert (len(shown.tabs.seats), len(shown._forms), len(shown.forms_view)) == (32, 8, 8)


def test_what_is_typed_at_one_page_is_not_forgotten_for_another(session: Session, page_of: PageOf) -> None:
    """Each page has its own text, and a page at a new seat gets the last one."""
    form = ConnectionForm(session=session)
    draft = {"provider": "demo", "name": "Mine", "alias": "", "open": False, "active": True, "fields": {}}
    page_of(form, "mine").ask("check", dirty=True, turn=1, **draft)
    page_of(form, "other").ask("check", dirty=False, turn=1, **{**draft, "name": ""})
    assert page_of(form, "mine").ask("hello")[0]["draft"]["name"] == "Mine"
    assert page_of(form, "new").ask("hello")[0]["draft"]["name"] == "Mine"


# ---- the tabs ---------------------------------------------------------------------------------------------------------


def choose(shown: ConnectionManager, page_of: PageOf, tab: object) -> list[dict[str, Any]]:
    """Choose a tab as a page would, and return the answers."""
    answers: list[dict[str, Any]] = page_of(shown.tabs).ask("choose", tab=tab)
    return answers


def test_a_tab_shows_the_other_list_beneath(session: Session, page_of: PageOf) -> None:
    """The kernel knows the chosen tab, so a reloaded page shows the same. The list of profiles is made when it is first needed."""
    shown = manager(session)
    assert shown.tabs.view["tabs"] == [
        {"id": "connections", "title": "Connections"},
        {"id": "profiles", "title": "Profiles"},
    ]
    assert (shown.tabs.view["chosen"], "profiles" in vars(shown)) == ("connections", False)
    choose(shown, page_of, "profiles")
    assert isinstance(shown.profiles, ProfileList)
    assert (shown_here(shown), shown.tabs.view["chosen"]) == ((shown.tabs, shown.profiles), "profiles")
    choose(shown, page_of, "connections")
    assert shown_here(shown) == (shown.tabs, shown.list)


@pytest.mark.parametrize("tab", ["nowhere", "", None, 7, ["profiles"]])
def test_a_tab_that_is_not_there_is_not_shown(session: Session, page_of: PageOf, tab: object) -> None:
    """A page may send anything."""
    shown = manager(session)
    assert choose(shown, page_of, tab) == []
    assert shown.tabs.view["chosen"] == "connections"


def test_a_list_that_is_shown_again_is_up_to_date(session: Session, page_of: PageOf) -> None:
    """A change in the other tab is included."""
    session.create("demo", "demo")
    session.create_profile("writer", connections="demo", model="demo-chat")
    shown = manager(session)
    choose(shown, page_of, "profiles")
    choose(shown, page_of, "connections")
    session.disable("demo")
    choose(shown, page_of, "profiles")
    assert shown.profiles.view["rows"][0]["health"]["text"] == "all inactive"


def test_the_form_of_a_profile_stands_in_the_place_of_tabs_and_list(session: Session, page_of: PageOf) -> None:
    """The form opens from the row and leads back to it."""
    session.create("demo", "demo")
    session.create_profile("writer", connections="demo", model="demo-chat")
    shown = manager(session)
    choose(shown, page_of, "profiles")
    intent(page_of(shown.profiles), "edit", "writer")
    assert isinstance(shown.form, ProfileForm)
    assert shown_here(shown) == (shown.form,)
    page_of(shown.form).ask("cancel")
    assert (shown_here(shown), shown.form) == ((shown.tabs, shown.profiles), None)
    assert page_of(shown.profiles).ask("hello")[0]["focus"] == "writer"


def test_a_profile_that_was_made_is_in_its_list_with_the_focus(session: Session, page_of: PageOf) -> None:
    """The list also shows the messages about it."""
    session.create("demo", "demo")
    shown = manager(session)
    shown.open_profile_form()
    draft = {"name": "Writer", "alias": "", "open": False, "active": True, "capability": "chat"}
    fields = {"model": "demo-chat", "tags": "", "temperature": "", "max_tokens": "", "system": ""}
    page_of(shown.form).ask("save", **draft, connections=[session.get("demo").id], fields=fields)
    assert (session.profile_aliases(), shown.tabs.chosen) == (["writer"], "profiles")
    (welcome,) = page_of(shown.profiles).ask("hello")
    assert (welcome["focus"], welcome["note"]["what"]) == ("writer", "Created writer.")


def test_without_a_connection_the_profiles_lead_to_the_other_tab(session: Session, page_of: PageOf) -> None:
    """The other tab is where a connection is created."""
    shown = manager(session)
    choose(shown, page_of, "profiles")
    page_of(shown.profiles).ask("connections")
    assert shown_here(shown) == (shown.tabs, shown.list)


def test_a_manager_that_is_closed_leaves_nothing_behind(session: Session, page_of: PageOf) -> None:
    """The lists, the tabs and the form are all closed."""
    import ipywidgets

    before = len(ipywidgets.widgets.widget._instances)
    shown = manager(session)
    choose(shown, page_of, "profiles")
    shown.open_profile_form()
    shown.close()
    left = set(map(type, list(ipywidgets.widgets.widget._instances.values())[before:]))
    assert not left & {ConnectionManager, ConnectionList, ProfileList, ProfileForm, type(shown.tabs)}


@pytest.mark.parametrize("show", [manager, panel, ConnectionList, lambda given: ConnectionForm(session=given)])
def test_a_widget_of_something_else_than_a_session_is_refused(
    show: Callable[[Any], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """An alias, which a form accepts, is refused as well. The widget that was not made leaves no other error behind."""
    left: list[Any] = []
    monkeypatch.setattr(sys, "unraisablehook", left.append)
    with pytest.raises(NotASession) as refused:
        show("openai-dev")
    assert refused.value.found == "str"
    del refused
    gc.collect()
    assert left == []


def test_an_interrupted_intent_is_over_for_its_page(session: Session, page_of: PageOf) -> None:
    """The kernel is interrupted while it handles a click. The page stops waiting, and the kernel sees the interrupt."""
    shown = ConnectionList(session)
    page = page_of(shown)
    session.create = fails(KeyboardInterrupt())  # type: ignore[method-assign]
    with pytest.raises(KeyboardInterrupt):
        page.ask("demo")
    assert page.told()[-1]["kind"] == "done"
    assert shown.asking == ""


@pytest.mark.parametrize("half", [chr(0xD83D), chr(0xDCE9)], ids=["emoji", "latin"])
def test_half_a_letter_does_not_keep_a_widget_from_its_page(session: Session, page_of: PageOf, half: str) -> None:
    """A name may be cut within an emoji, or typed in a terminal that is not UTF-8. The channel accepts neither."""
    session.create("demo", "demo", name=f"De{half}mo", settings={"latency": "0.1"})
    session.create_profile("writer", connections="demo", model=f"m{half}", name=f"W{half}", tags=[f"t{half}"])
    shown = manager(session)
    page = page_of(shown)
    choose(shown, page_of, "profiles")
    page_of(shown.list).ask("ask_delete", rows=shown.list.view["rows"])
    shown.open_form("demo")
    assert shown.form.view["stored"]["name"] == "De\ufffdmo"
    page_of(shown.form).ask("history")
    shown.open_profile_form("writer")
    assert shown.form.view["stored"]["name"] == "W\ufffd"
    assert shown.profiles.view["rows"][0]["tags"] == ["t\ufffd"]
    session.disable("demo")
    shown.refresh()
    assert shown.list.view["rows"][0]["name"] == "De\ufffdmo"
    told = len(page.sent)
    shown.list.refresh()
    assert len(page.sent) == told
    for each in (page.sent, shown.get_state()):
        json.dumps(each, ensure_ascii=False).encode()


def test_a_part_that_cannot_be_refreshed_says_so_and_the_others_are(session: Session, page_of: PageOf) -> None:
    """The project file of the requirements is gone, and a form's connection cannot be read. Cells run on, and the lists are
    refreshed."""
    session.create("demo", "demo")
    session.export(to="aiconn.json")
    shown = manager(session)
    shown.open_needs()
    shown.open_form("demo")
    needs, form = page_of(shown.needs), page_of(shown.form)
    Path("aiconn.json").unlink()
    session.create("other", "demo")
    session.find = fails(StoreBusy(seconds=5, lock="lock"))  # type: ignore[method-assign]
    shown.refresh()
    assert [row["alias"] for row in shown.list.view["rows"]] == ["demo", "other"]
    for page in (needs, form):
        (note,) = [each for each in page.told() if each["kind"] == "note"]
        assert (note["tone"], bool(note["what"])) == ("bad", True)


def fails(error: Exception) -> Callable[..., Any]:
    """Return a function that raises this error."""

    def fail(*given: object, **named: object) -> None:
        raise error

    return fail


# ---- alone, and as text -----------------------------------------------------------------------------------------------


def test_the_widgets_are_public_and_take_a_session(session: Session) -> None:
    """Each widget is usable alone."""
    session.create("demo", "demo")
    session.create_profile("writer", connections="demo", model="demo-chat")
    public = {"ConnectionForm", "ConnectionList", "ConnectionManager", "ProfileForm", "ProfileList", "manager"}
    assert public <= set(aiconn_nb.__all__)
    assert ProfileList(session).session is session
    assert ProfileForm("writer", session=session).session is session
    assert ConnectionList(session).session is session
    assert ConnectionForm("demo", session=session).session is session
    assert ConnectionManager(session).session is session


@pytest.mark.parametrize("widget", [ConnectionList, ConnectionManager])
def test_where_no_widget_can_be_the_same_list_is_shown(session: Session, widget: Any) -> None:
    """It is shown as text, Markdown and HTML, without a secret and with markup as text."""
    session.create("one", "openai", name="<b>bold</b> & more", settings={"api_key": "canary-0123456789"})
    shown = widget(session)
    bundle = shown._repr_mimebundle_()
    data = bundle[0] if isinstance(bundle, tuple) else bundle
    answer = session.connections()._repr_mimebundle_()
    assert data[VIEW]["model_id"] == shown.model_id
    assert {kind: data[kind] for kind in answer} == answer
    assert "<b>bold" not in data["text/html"]
    assert "canary-0123456789" not in str(data)
    assert repr(shown) == answer["text/plain"]


@pytest.mark.parametrize("widget", [ConnectionList, ConnectionManager])
def test_of_a_long_list_only_the_first_page_becomes_text(
    session: Session, widget: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The text is made once: the repr, which a front end also receives and cuts off, is the same text."""
    with session._context.store.change() as change:
        for number in range(120):
            change.put(Connection(alias=f"seat-{number:03}", name=f"Seat {number}", provider="demo"))
    shown = widget(session)
    spelled = []
    monkeypatch.setattr(
        "aiconn_nb.ui.widgets.base_widget.as_text", lambda view: spelled.append(len(view.rows)) or "the text"
    )
    bundle = shown._repr_mimebundle_()
    data = bundle[0] if isinstance(bundle, tuple) else bundle
    assert (spelled, data["text/plain"]) == ([25], "the text")
    assert repr(shown) == "the text"
    assert spelled == [25, 120]


def test_where_no_widget_can_be_the_chosen_tab_is_shown(session: Session) -> None:
    """The profiles are shown if their tab is chosen."""
    session.create("demo", "demo")
    session.create_profile("writer", connections="demo", model="demo-chat")
    shown = ConnectionManager(session)
    shown.show_tab("profiles")
    bundle = shown._repr_mimebundle_()
    data = bundle[0] if isinstance(bundle, tuple) else bundle
    assert data["text/html"] == session.profiles()._repr_mimebundle_()["text/html"]
    assert "writer" in repr(shown)


def test_where_the_store_cannot_be_read_that_is_what_is_shown(isolated: Any) -> None:
    """Displaying a widget never raises."""
    (isolated / "file").write_text("")
    shown = ConnectionList(Session(home=isolated / "file" / "below"))
    assert shown.view["kind"] == "error"
    assert shown.view["empty"]["title"] in repr(shown)


def test_importing_the_package_imports_no_widget() -> None:
    """The names are imported on first use."""
    import subprocess
    import sys

    code = "import aiconn_nb, sys; print([m for m in sys.modules if m.startswith(('anywidget', 'ipywidgets'))])"
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"
    )
