"""The manager, the public names, and what is shown where no widget can be."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import aiconn_nb
from aiconn_nb import ConnectionForm, ConnectionList, ConnectionManager, Session, manager

PageOf = Callable[..., Any]
VIEW = "application/vnd.jupyter.widget-view+json"


def intent(page: Any, name: str, alias: str | None = None) -> Any:
    """Send an intent of the list about a connection."""
    rows = page.widget.view["rows"]
    id = next((row["id"] for row in rows if row["alias"] == alias), None)
    return page.ask(name, id=id)


def test_the_manager_shows_the_list_and_opens_the_form_in_its_place(session: Session, page_of: PageOf) -> None:
    """For a new connection, and for one that is there."""
    session.create("demo", "demo")
    shown = manager(session)
    assert isinstance(shown, ConnectionManager)
    assert shown.children == (shown.list,)
    page = page_of(shown.list)
    intent(page, "edit", "demo")
    assert isinstance(shown.form, ConnectionForm)
    assert shown.children == (shown.form,)
    assert shown.form.view["stored"]["alias"] == "demo"
    page_of(shown.form).ask("cancel")
    assert (shown.children, shown.form) == ((shown.list,), None)
    intent(page, "create")
    assert shown.form.view["stored"] is None


def test_what_the_form_saved_is_in_the_list_with_the_focus(session: Session, page_of: PageOf) -> None:
    """The page that shows the list again is told where the focus belongs, once."""
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
    """For the same ten seconds."""
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


def test_a_form_that_is_left_is_closed(session: Session, page_of: PageOf) -> None:
    """No widget is left behind in the kernel for each time a form was opened."""
    import ipywidgets

    shown = ConnectionManager(session)
    shown.open_form()
    page_of(shown.form).ask("cancel")
    before = len(ipywidgets.widgets.widget._instances)
    for _ in range(3):
        shown.open_form()
        page_of(shown.form).ask("cancel")
    assert len(ipywidgets.widgets.widget._instances) == before


def test_the_widgets_are_public_and_take_a_session(session: Session) -> None:
    """Each is usable alone."""
    session.create("demo", "demo")
    assert {"ConnectionForm", "ConnectionList", "ConnectionManager", "manager"} <= set(aiconn_nb.__all__)
    assert ConnectionList(session).session is session
    assert ConnectionForm("demo", session=session).session is session
    assert ConnectionManager(session).session is session


@pytest.mark.parametrize("widget", [ConnectionList, ConnectionManager])
def test_where_no_widget_can_be_the_same_list_is_shown(session: Session, widget: Any) -> None:
    """As text, Markdown and HTML, without a secret, with markup as text."""
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


def test_where_the_store_cannot_be_read_that_is_what_is_shown(isolated: Any) -> None:
    """Displaying a widget never raises."""
    (isolated / "file").write_text("")
    shown = ConnectionList(Session(home=isolated / "file" / "below"))
    assert shown.view["kind"] == "error"
    assert shown.view["what"] in repr(shown)


def test_importing_the_package_imports_no_widget() -> None:
    """The names are fetched when they are first used."""
    import subprocess
    import sys

    code = "import aiconn_nb, sys; print([m for m in sys.modules if m.startswith(('anywidget', 'ipywidgets'))])"
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"
    )
