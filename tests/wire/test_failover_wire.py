"""Failover over HTTP asks the connections in order, and repeats no question that must not be repeated."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from aiconn_nb import AllFailed, ProviderFailed, Session
from aiconn_nb.errors import FailureKind

from .aimock import Aimock
from .servers import Answer, Asked, Reply, Server, hangs, refuses, streams
from .spoken import OPENAI, SPOKEN, Spoken, openai_end, openai_piece

Serve = Callable[[Answer], Server]

every = pytest.mark.parametrize("spoken", SPOKEN, ids=str)
YES = streams([openai_piece("Yes."), *openai_end(prompt_tokens=3, completion_tokens=1, total_tokens=4)])


def cuts(asked: Asked, reply: Reply) -> None:
    """Send nothing, not even a status line."""
    reply.cut()


def profile(session: Session, *urls: str) -> None:
    """Create a profile ``writer`` whose connections ``c1``, ``c2`` and so on are these servers, in this order."""
    aliases = [OPENAI.connect(session, url, f"c{number}") for number, url in enumerate(urls, start=1)]
    session.create_profile("writer", connections=aliases, model="m-1")


@every
def test_a_busy_provider_hands_over_at_once(
    spoken: Spoken, session: Session, serve: Serve, aimock: Aimock, waits: list[float]
) -> None:
    """The answer is 429 with ``Retry-After: 7``: the next is asked without a wait, and the first is asked once. (It is ours.)"""
    busy = serve(spoken.busy)
    spoken.connect(session, busy.url, "busy")
    OPENAI.connect(session, aimock.url, "other")
    session.create_profile("writer", connections=["busy", "other"], model="m-1")
    reply = session.ask("hello", profile="writer")
    assert reply.connection == "other"
    assert [(each.connection, each.kind) for each in reply.attempts] == [("busy", "rate_limited")]
    assert "in place of busy (rate limited)" in reply.footer
    assert len(busy.asked) == 1
    assert waits == []


def test_aimocks_rate_limit_hands_over(session: Session, aimock: Aimock, serve: Serve) -> None:
    """aimock sends ``Retry-After``, too, and its journal shows that it was asked once."""
    profile(session, aimock.url, serve(YES).url)
    assert session.ask("too much", profile="writer").connection == "c2"
    assert [entry["response"]["status"] for entry in aimock.journal("chat/completions")] == [429]


def test_a_rate_limit_of_one_alone_says_how_long_to_wait(session: Session, serve: Serve) -> None:
    """There is no fallback. (The server is ours: it asks for a very short wait, which the SDK makes twice.)"""
    server = serve(refuses(429, "Slow down.", retry_after_ms="30", Retry_After="0.03"))
    profile(session, server.url)
    with pytest.raises(ProviderFailed) as raised:
        session.ask("hello", profile="writer")
    assert raised.value.kind is FailureKind.RATE_LIMITED
    assert raised.value.retry_after == 0.03


@every
def test_one_that_does_not_answer_in_time_is_passed_over(
    spoken: Spoken, session: Session, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    """This holds for each SDK, and the connection is closed. (The servers are ours.)"""
    monkeypatch.setattr("aiconn_nb.features.asking.failover.PATIENCE", 2.0)
    silent = serve(hangs())
    spoken.connect(session, silent.url, "silent")
    OPENAI.connect(session, serve(YES).url, "other")
    session.create_profile("writer", connections=["silent", "other"], model="m-1")
    reply = session.ask("hello", profile="writer")
    assert [(each.connection, each.kind) for each in reply.attempts] == [("silent", "timeout")]
    assert silent.hung_up.wait(10)
    assert len(silent.asked) == 1


@pytest.mark.parametrize(
    ("failing", "kind"),
    [
        (refuses(401), "authentication"),
        (refuses(429), "rate_limited"),
        (refuses(500), "provider_fault"),
        (refuses(503), "provider_fault"),
        (refuses(504), "timeout"),
        (cuts, "unreachable"),
    ],
    ids=["401", "429", "500", "503", "504", "cut"],
)
def test_the_order_is_kept_and_the_failed_one_rests(session: Session, serve: Serve, failing: Answer, kind: str) -> None:
    """The order is first and second, and never the third. The next question goes to the second at once, with the first behind
    it."""
    first, second, third = serve(failing), serve(YES), serve(YES)
    profile(session, first.url, second.url, third.url)
    reply = session.ask("hello", profile="writer")
    assert reply.connection == "c2"
    assert [(each.connection, each.kind) for each in reply.attempts] == [("c1", kind)]
    again = session.ask("hello", profile="writer")
    assert again.connection == "c2"
    assert [(each.connection, each.kind) for each in again.attempts] == [("c1", "resting")]
    assert [len(server.asked) for server in (first, second, third)] == [1, 2, 0]


def test_where_nobody_listens_the_next_is_asked(session: Session, serve: Serve, unreachable: str) -> None:
    """A refused connection counts as a failure."""
    profile(session, unreachable, serve(YES).url)
    reply = session.ask("hello", profile="writer")
    assert [(each.connection, each.kind) for each in reply.attempts] == [("c1", "unreachable")]


@pytest.mark.parametrize(
    ("status", "kind"),
    [(400, FailureKind.BAD_REQUEST), (403, FailureKind.PERMISSION)],
)
def test_what_is_wrong_with_the_question_does_not_fall_back(
    session: Session, serve: Serve, status: int, kind: FailureKind
) -> None:
    """The question would be wrong for the next one as well, which is not asked."""
    first, second = serve(refuses(status)), serve(YES)
    profile(session, first.url, second.url)
    with pytest.raises(ProviderFailed) as raised:
        session.ask("hello", profile="writer")
    assert raised.value.kind is kind
    assert second.asked == []


def test_where_all_fail_each_is_named_with_its_reason(session: Session, serve: Serve, unreachable: str) -> None:
    """They appear in the order in which they were tried."""
    profile(session, serve(refuses(401, "No such key.")).url, unreachable)
    session.create("c3", "openai", settings={"api_key": "$Nowhere:Key"})
    session.edit_profile("writer", connections=["c1", "c3", "c2"])
    with pytest.raises(AllFailed) as raised:
        session.ask("hello", profile="writer")
    assert [(each.connection, each.kind) for each in raised.value.attempts] == [  # type: ignore[attr-defined]
        ("c1", "authentication"),
        ("c3", "unusable"),
        ("c2", "unreachable"),
    ]
    assert "No such key" in raised.value.attempts[0].words


def test_a_rehearsal_asks_each_for_one_token(session: Session, serve: Serve) -> None:
    """The rehearsal finds the same as asking. (The servers are ours.)"""
    first, second, third = serve(refuses(429)), serve(YES), serve(YES)
    profile(session, first.url, second.url, third.url)
    assert session.failover("writer")[0].answers == "c1"
    assert (first.asked, second.asked) == ([], [])
    rehearsal = session.failover("writer", live=True)
    assert [step.answers for step in rehearsal] == ["c2", "c3", ""]
    assert [server.asked[0].json["max_completion_tokens"] for server in (first, second, third)] == [1, 1, 1]
    assert session.ask("hello", profile="writer").connection == "c2"
