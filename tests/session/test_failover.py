"""A profile falls back to its next connection, and remembers for a minute which ones failed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from aiconn_nb import AllFailed, FailureKind, ProviderFailed, Session
from aiconn_nb.errors import CallFailed
from aiconn_nb.features.asking.failover import Turns
from aiconn_nb.model.connection import Connection

FALLS_BACK = [
    "unreachable",
    "timeout",
    "rate_limited",
    "out_of_credit",
    "provider_fault",
    "authentication",
    "not_found",
    "this_machine",
]
STAYS = ["bad_request", "permission"]


class Clock:
    """A clock whose seconds the test sets."""

    now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def session(isolated: Path) -> Session:
    """Return a session with a working demo connection ``good``."""
    made = Session()
    made.create("good", "demo")
    return made


def failing(session: Session, alias: str, kind: str) -> None:
    """Create a demo connection that fails on purpose."""
    session.create(alias, "demo", settings={"fail_with": kind})


@pytest.mark.parametrize("kind", FALLS_BACK)
def test_a_failure_of_the_connection_goes_on_to_the_next(session: Session, kind: str) -> None:
    """The answer names the connection that did not give it."""
    failing(session, "bad", kind)
    session.create_profile("writer", connections=["bad", "good"], model="demo-brief")
    reply = session.ask("hello", profile="writer")
    assert (reply.connection, reply.text) == ("good", "You said “hello”.")
    assert [(each.connection, each.kind) for each in reply.attempts] == [("bad", kind)]
    assert f"in place of bad ({kind.replace('_', ' ')})" in reply.footer


@pytest.mark.parametrize("kind", STAYS)
def test_a_fault_of_the_question_never_falls_back(session: Session, kind: str) -> None:
    """The question would fail elsewhere as well, and would cost money there."""
    failing(session, "bad", kind)
    session.create_profile("writer", connections=["bad", "good"], model="demo-brief")
    with pytest.raises(ProviderFailed) as caught:
        session.ask("hello", profile="writer")
    assert caught.value.kind == FailureKind(kind)
    assert [(each.connection, each.failures) for each in session._meter.here()] == [("bad", 1)]


def test_when_all_fail_each_is_named_with_its_reason(session: Session) -> None:
    """There is one error for all of them."""
    failing(session, "one", "rate_limited")
    failing(session, "two", "unreachable")
    session.create_profile("writer", connections=["one", "two"], model="demo-chat")
    with pytest.raises(AllFailed) as caught:
        session.ask("hello", profile="writer")
    assert [(each.connection, each.kind) for each in caught.value.attempts] == [
        ("one", "rate_limited"),
        ("two", "unreachable"),
    ]


def test_what_cannot_be_used_here_is_passed_over(session: Session) -> None:
    """A reference that does not resolve and an inactive connection send nothing, and are named."""
    session.create("unresolved", "demo", settings={"api_key": "$Nowhere:Key"})
    session.create("resting", "demo", active=False)
    session.create_profile("writer", connections=["unresolved", "resting", "good"], model="demo-brief")
    reply = session.ask("hello", profile="writer")
    assert reply.connection == "good"
    assert {(each.connection, each.kind) for each in reply.attempts} == {
        ("unresolved", "unusable"),
        ("resting", "inactive"),
    }
    assert "resting (inactive)" in reply.footer
    assert "unresolved (unresolved)" in reply.footer


def test_the_footer_says_why_a_connection_cannot_be_used(session: Session, work: Path) -> None:
    """The words are those of the lists: the host, which a file in the folder names, is not trusted."""
    (work / "appsettings.json").write_text('{"Team": {"Endpoint": "https://gateway.example/v1"}}')
    gateway = {"endpoint": "$Team:Endpoint", "api_key": "$Nowhere:Key"}
    session.create("away", "openai-compatible", settings=gateway)
    session.set_secret("Nowhere:Key", "made-up-key-0123456789")
    session.create_profile("writer", connections=["away", "good"], model="demo-brief")
    (attempt,) = session.ask("hello", profile="writer").attempts
    assert (attempt.kind, attempt.label) == ("unusable", "untrusted host")


def test_one_connection_alone_fails_with_its_own_error(session: Session) -> None:
    """There is nothing to list."""
    failing(session, "bad", "rate_limited")
    with pytest.raises(ProviderFailed) as caught:
        session.ask("hello", profile="bad", model="demo-chat")
    assert isinstance(caught.value, CallFailed)


def test_who_failed_is_not_tried_first_for_a_minute() -> None:
    """Then it has its old place again. An answer restores the place at once, and so does a change of the connection."""
    first, second = (Connection(alias=alias, name=alias, provider="demo") for alias in ("a", "b"))
    clock = Clock()
    turns = Turns(clock)
    turns.failed(first, FailureKind.UNREACHABLE)
    assert [each.alias for each in turns.order([first, second])] == ["b", "a"]
    clock.now += 59.9
    assert [each.alias for each in turns.order([first, second])] == ["b", "a"]
    clock.now += 0.1
    assert [each.alias for each in turns.order([first, second])] == ["a", "b"]
    turns.failed(first, FailureKind.UNREACHABLE)
    turns.answered(first)
    assert [each.alias for each in turns.order([first, second])] == ["a", "b"]
    turns.failed(first, FailureKind.UNREACHABLE)
    changed = replace(first, version=first.version + 1)  # a new key, for example
    assert [each.alias for each in turns.order([changed, second])] == ["a", "b"]


def test_all_that_failed_lately_are_tried_all_the_same(session: Session) -> None:
    """They keep their order, because the minute is no ban."""
    failing(session, "one", "timeout")
    failing(session, "two", "timeout")
    session.create_profile("writer", connections=["one", "two"], model="demo-chat")
    for _ in range(2):
        with pytest.raises(AllFailed) as caught:
            session.ask("hello", profile="writer")
        assert [each.connection for each in caught.value.attempts] == ["one", "two"]


def test_who_failed_lately_and_was_not_tried_stands_in_the_answer_too(session: Session) -> None:
    """Otherwise the second answer would look as if its first connection had given it."""
    failing(session, "bad", "timeout")
    session.create_profile("writer", connections=["bad", "good"], model="demo-brief")
    session.ask("hello", profile="writer")
    again = session.ask("hello", profile="writer")
    assert [(each.connection, each.kind) for each in again.attempts] == [("bad", "resting")]
    assert again.footer.endswith("in place of bad (did not answer in time within the last minute)")


@pytest.mark.parametrize("kind", FALLS_BACK)
def test_the_answer_keeps_the_reason_of_the_earlier_failure(session: Session, kind: str) -> None:
    """Each kind of failure has its own words."""
    turns = Turns()
    connection = session.get("good")
    turns.failed(connection, FailureKind(kind))
    known = turns.passed_over(connection)
    assert known.kind == "resting"
    assert known.label.endswith(" within the last minute")
    assert known.label != "failed within the last minute"
    assert known.label in known.words
