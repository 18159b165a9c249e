"""No message to a page and no saved widget contains a user or host name: only the History tab asks who saved what."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from aiconn_nb import ConnectionForm, ConnectionList, ProfileForm, ProfileList, Session

AUTHOR = "zqx-user@zqx-host"
Pages = Callable[..., Any]


@pytest.fixture
def session(session: Session) -> Session:
    """Return a session with a connection and a profile that a named person saved twice, and a deleted one of each."""
    session._context.store._author = AUTHOR
    for alias in ("a", "gone"):
        session.create(alias, "demo")
        session.create_profile(f"{alias}-writer", connections="a", model="demo-chat")
    session.edit("a", name="Other")
    session.edit_profile("a-writer", name="Other")
    session.delete("gone", force=True)
    session.delete_profile("gone-writer")
    return session


@pytest.mark.parametrize(
    "make",
    [
        lambda session: ConnectionList(session=session),
        lambda session: ProfileList(session=session),
        lambda session: ConnectionForm("a", session=session),
        lambda session: ProfileForm("a-writer", session=session),
    ],
)
def test_no_widget_tells_who_saved_what(session: Session, page_of: Pages, make: Callable[[Session], Any]) -> None:
    """This includes a save in the meantime and everything that the page may ask for."""
    page = page_of(make(session))
    session.edit("a", name="Again")
    session.edit_profile("a-writer", name="Again")
    page.ask("hello")
    page.ask("save", version=1)
    for row in (session.get("a"), session.profile("a-writer")):
        page.ask("ask_delete", rows=[{"id": row.id, "version": 1}])
        page.ask("switch", rows=[{"id": row.id, "version": 1, "active": True}], active=False)
    assert "zqx" not in page.everything


def test_the_history_is_told_when_it_is_asked_for(session: Session, page_of: Pages) -> None:
    """The history is no part of the widget's state, so it is not saved."""
    widget = ConnectionForm("a", session=session)
    (told,) = page_of(widget).ask("history")
    assert {each["by"] for each in told["items"]} == {AUTHOR}
    assert "zqx" not in str(widget.get_state())


def test_no_answer_but_the_history_tells_who_saved_what(session: Session) -> None:
    """The repr of stored entries does not contain it either."""
    for answer in (session.show("a"), session.show_profile("a-writer"), session.connections(), session.profiles()):
        assert "zqx" not in repr(answer) + str(answer.data())
    assert "zqx" not in repr((session.get("a"), session.profile("a-writer")))
    assert AUTHOR in repr(session.history("a"))
