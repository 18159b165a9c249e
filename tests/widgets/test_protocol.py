"""The messages between kernel and page are typed once, in Python, and the page's types and every view have these types."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from aiconn_nb import ConnectionForm, ConnectionList, ConnectionManager, ProfileForm, ProfileList, Session
from aiconn_nb.ui.widgets import protocol, setups
from tests.widgets.declared import problems

PAGE = Path(__file__).parents[2] / "aiconn_nb" / "ui" / "widgets" / "page"


def test_the_types_of_the_page_are_those_of_the_kernel() -> None:
    """`python -m aiconn_nb.ui.widgets.protocol` writes them."""
    assert (PAGE / "src" / "protocol.ts").read_text(encoding="utf-8") == protocol.typescript()


@pytest.fixture
def stored(session: Session) -> Session:
    """Return a session with connections and profiles in several states."""
    session.create("openai-dev", "openai", settings={"api_key": "$OpenAI:ApiKey"})
    session.create("sealed", "openai", settings={"api_key": "canary-0123456789"})
    session.create("demo", "demo")
    session.use("demo")
    session.test("demo")
    session.disable("sealed")
    session.create_profile("writer", connections="demo,sealed", model="demo-chat", default=True, tags="a,b")
    session.create_profile("search", connections="demo", model="none-such", capability="embedding")
    return session


def test_every_view_is_what_is_declared(stored: Session) -> None:
    """The test covers lists, forms of new and of stored entries, tabs, and the place where each is shown."""
    manager = ConnectionManager(stored)
    manager.open_profile_form("writer")
    views: list[tuple[Any, Any]] = [
        (ConnectionList(stored).view, protocol.ListView),
        (ProfileList(stored).view, protocol.ListView),
        (ConnectionForm(session=stored).view, protocol.FormView),
        (ConnectionForm("sealed", session=stored).view, protocol.FormView),
        (ProfileForm(session=stored).view, protocol.FormView),
        (ProfileForm("writer", session=stored).view, protocol.FormView),
        (manager.tabs.view, protocol.TabsView),
        (manager.bar.view, protocol.BarView),
        (manager.list.where, protocol.Where),
        (setups.CONNECTIONS, protocol.Setup),
        (setups.PROFILES, protocol.Setup),
    ]
    assert [line for value, kind in views for line in problems(value, kind, kind.__name__)] == []


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ({"id": "a", "title": 1}, [".title: 1 is no str"]),
        ({"id": "a"}, [".title: is missing"]),
        ({"id": "a", "title": "b", "more": 1}, [".more: is not declared"]),
        ("a", [": no Tab"]),
    ],
)
def test_what_is_not_declared_is_told(value: Any, told: list[str]) -> None:
    """The problem names the place."""
    assert list(problems(value, protocol.Tab)) == told
