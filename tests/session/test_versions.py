"""Every save keeps the former state, and there is a way back."""

from __future__ import annotations

import json
from functools import partial

import pytest

import aiconn_nb
from aiconn_nb import AiconnError, Session
from aiconn_nb.model.secret import Sealed
from aiconn_nb.ui.shell.command import split
from aiconn_nb.ui.shell.table import run

CANARY = "canary-77-key"


@pytest.fixture
def session(session: Session) -> Session:
    """Return a session with a connection of three versions: created, renamed, with another key."""
    session.create("a", "openai", name="First", settings={"api_key": "first-key"})
    session.edit("a", name="Second", settings={"organization": "org-1"})
    session.edit("a", settings={"api_key": CANARY})
    return session


def test_the_history_says_what_changed_when_and_who(session: Session) -> None:
    """Changes are listed by field, newest first. Of sealed values only the change is shown."""
    rows = session.history("a")
    assert [row.version for row in rows] == [3, 2, 1]
    assert [[(c.field, c.before, c.after) for c in row.changes] for row in rows] == [
        [("api_key", "sealed", "sealed, changed")],
        [("name", "First", "Second"), ("organization", "not set", "org-1")],
        [],
    ]
    assert all("@" in row.modified_by for row in rows)
    assert [row.current for row in rows] == [True, False, False]
    assert CANARY not in str(rows) + json.dumps(rows.data())


def test_a_difference_is_between_any_two_versions(session: Session) -> None:
    """Without numbers it compares the last two versions, with one number that version and the current one."""
    assert [change.field for change in session.diff("a")] == ["api_key"]
    assert [change.field for change in session.diff("a", 1)] == ["name", "api_key", "organization"]
    assert [change.field for change in session.diff("a", 1, 2)] == ["name", "organization"]
    assert str(session.diff("a", 2, 2)) == "a, version 2 to 2\nNothing differs."


def test_a_rollback_is_a_new_version(session: Session) -> None:
    """It has the sealed value of the former version."""
    session.rollback("a", 1)
    made = session.get("a")
    assert (made.version, made.name, "organization" in made.settings) == (4, "First", False)
    setting = made.settings["api_key"]
    assert isinstance(setting, Sealed)
    assert session._context.vault.open(setting).reveal() == "first-key"


def test_a_missing_version_is_not_a_missing_connection(session: Session) -> None:
    """The error has a public class of its own. Code that catches the general one still does."""
    with pytest.raises(aiconn_nb.ConnectionNotFound) as raised:
        session.rollback("a", 9)
    assert type(raised.value) is aiconn_nb.NoConnectionVersion
    assert (type(raised.value).__name__, raised.value.version) == ("NoConnectionVersion", 9)
    assert (raised.value.oldest, raised.value.newest) == (1, 3)


def test_the_commands_do_the_same(session: Session) -> None:
    """A version that is not a number is refused."""

    class Nobody:
        in_shell, has_kernel, can_ask = False, True, False

    def say(line: str) -> object:
        return run(session, split(line), Nobody())  # type: ignore[arg-type]

    assert len(say("history a")) == 3  # type: ignore[arg-type]
    assert len(say("diff a 1 2")) == 2  # type: ignore[arg-type]
    say("rollback a 2")
    say("delete a --yes")
    say("undelete a")
    assert session.get("a").name == "Second"
    with pytest.raises(AiconnError):
        say("rollback a one")


def test_a_rollback_that_changes_nothing_says_so(session: Session) -> None:
    """The target is the current version, or one that equals it."""
    session.create("y", "demo")
    session.create_profile("w", connections=["y"], model="demo-chat")
    for back, edit, change in (
        (partial(session.rollback, "y"), partial(session.edit, "y"), {"name": "Other"}),
        (partial(session.rollback_profile, "w"), partial(session.edit_profile, "w"), {"name": "Other"}),
    ):
        assert back(1).verb == "unchanged, it is version 1"
        edit(**change)
        assert back(1).verb == "restored to version 1"
        assert back(1).verb == "unchanged, it equals version 1"
        assert (back(2).verb, back(4).verb) == ("restored to version 2", "unchanged, it is version 4")
