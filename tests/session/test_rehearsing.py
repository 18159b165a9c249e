"""The rehearsal of a failover says who would answer now, and who once each connection is switched off."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from aiconn_nb import ProfileNotFound, Session
from aiconn_nb.errors import FailureKind
from aiconn_nb.features.asking.rehearsal import Rehearsal


@pytest.fixture
def session(isolated: Path) -> Session:
    """Return a session with the profile ``writer`` on three demo connections."""
    made = Session()
    for alias in ("a", "b", "c"):
        made.create(alias, "demo")
    made.create_profile("writer", connections=["a", "b", "c"], model="demo-chat", default=True)
    return made


def played(rehearsal: Rehearsal) -> list[tuple[tuple[str, ...], str]]:
    """Return who is off, and who then answers."""
    return [(step.without, step.answers) for step in rehearsal]


IN_TURN = [((), "a"), (("a",), "b"), (("a", "b"), "c"), (("a", "b", "c"), "")]


def test_each_is_switched_off_in_turn(session: Session) -> None:
    """This goes on until none is left. Nothing is really switched, and no provider is asked."""
    assert played(session.failover("writer")) == IN_TURN
    assert all(row.active for row in session.connections())
    assert list(session.usage()) == []


def test_without_a_name_it_is_the_default_profile(session: Session) -> None:
    """The same holds for asking."""
    assert session.failover().label == "writer"


def test_what_cannot_answer_is_passed_over_with_its_reason(session: Session) -> None:
    """The reasons are that it is switched off, gone, or has a reference that does not resolve here."""
    session.disable("a")
    session.edit("b", settings={"api_key": "$Nowhere:Key"})
    rehearsal = session.failover("writer")
    assert played(rehearsal) == [((), "c"), (("c",), "")]
    assert [(each.connection, each.words) for each in rehearsal[0].attempts] == [
        ("a", "is inactive"),
        ("b", "does not resolve here"),
    ]


def test_where_nobody_can_answer_it_says_why(session: Session) -> None:
    """A terminal ends with status 1."""
    session.disable("a", "b", "c")
    rehearsal = session.failover("writer")
    assert played(rehearsal) == [((), "")]
    assert {each.connection for each in rehearsal[0].attempts} == {"a", "b", "c"}
    assert not rehearsal.ok


def test_live_each_is_asked_for_one_token(session: Session) -> None:
    """A connection that fails is passed over, and the calls are counted."""
    session.edit("a", settings={"fail_with": "unreachable"})
    rehearsal = session.failover("writer", live=True)
    assert played(rehearsal) == [((), "b"), (("b",), "c"), (("b", "c"), "")]
    assert [(each.connection, each.kind) for each in rehearsal[0].attempts] == [("a", "unreachable")]
    assert [(row.connection, row.calls, row.failures, row.output_tokens) for row in session.usage()] == [
        ("b", 1, 0, 1),
        ("c", 1, 0, 1),
        ("a", 0, 1, 0),
    ]


@pytest.mark.parametrize("kind", [FailureKind.BAD_REQUEST, FailureKind.PERMISSION])
def test_live_a_question_at_fault_does_not_fall_back(session: Session, kind: FailureKind) -> None:
    """A real question behaves in the same way."""
    session.edit("a", settings={"fail_with": kind.value})
    rehearsal = session.failover("writer", live=True)
    assert played(rehearsal)[:2] == [((), ""), (("a",), "b")]
    assert "does not fall back" in str(rehearsal)
    assert not rehearsal.ok


def test_one_that_failed_lately_is_tried_last(session: Session) -> None:
    """A real question behaves in the same way, and the rehearsal says so."""
    session.edit("a", settings={"fail_with": "timeout"})
    session.ask("Hello?", profile="writer")
    rehearsal = session.failover("writer")
    assert played(rehearsal)[0] == ((), "b")
    assert "Tried last, because of a failure within the last minute: a." in rehearsal.notes


def test_a_profile_for_embedding_is_asked_for_a_vector(session: Session) -> None:
    """A chat request would be the wrong test."""
    session.create_profile("vectors", connections=["a", "b"], model="demo-embedding", capability="embedding")
    assert played(session.failover("vectors", live=True))[0] == ((), "a")


def test_a_connection_is_rehearsed_with_a_model(session: Session) -> None:
    """A connection has no fallback."""
    assert played(session.failover("b", model="demo-chat", live=True)) == [((), "b"), (("b",), "")]
    assert [(row.profile, row.connection) for row in session.usage()] == [("", "b")]


def test_a_mistyped_name_gets_the_nearest(session: Session) -> None:
    """The error suggests the nearest name."""
    with pytest.raises(ProfileNotFound) as raised:
        session.failover("wirter")
    assert raised.value.nearest == "writer"


def test_the_rehearsal_agrees_with_what_happens(session: Session) -> None:
    """When they are really switched off in the same order, the same connections answer."""
    steps = session.failover("writer")
    really: list[Any] = []
    for step in steps[:-1]:
        really.append(session.ask("Hello?", profile="writer").connection)
        session.disable(step.answers)
    assert really == [step.answers for step in steps[:-1]]
