"""Servers that never end: a byte now and then, or comments that say that they are still there.

The servers are ours. An SDK's own timeout is one for each read, which such a server never meets.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from aiconn_nb import ProviderFailed, Session
from aiconn_nb.errors import FailureKind
from aiconn_nb.features.asking import failover
from aiconn_nb.features.checks import ladder
from aiconn_nb.providers import account

from .servers import Answer, Asked, Reply, Server
from .spoken import SPOKEN, Spoken

Serve = Callable[[Answer], Server]

every = pytest.mark.parametrize("spoken", SPOKEN, ids=str)


def drips(asked: Asked, reply: Reply) -> None:
    """Answer with the beginning of JSON, and then an occasional blank."""
    reply.drip(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n{", b" ")


def still_thinks(asked: Asked, reply: Reply) -> None:
    """Answer with a stream of comments only."""
    reply.drip(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n", b": still thinking\n\n")


@every
@pytest.mark.parametrize("answer", [drips, still_thinks])
def test_another_connection_takes_over(
    spoken: Spoken, answer: Answer, session: Session, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It does so once the first one has said nothing for as long as a question waits."""
    monkeypatch.setattr(failover, "PATIENCE", 0.5)
    first = spoken.connect(session, serve(answer).url)
    session.create("spare", "demo", settings={"latency": 0.0})
    session.create_profile("writer", connections=[first, "spare"], model="demo-brief")
    reply = session.ask("hello", profile="writer")
    assert reply.connection == "spare"
    (attempt,) = reply.attempts
    # A comment is no part of what some of the SDKs read; they say so at once.
    assert attempt.kind == "timeout" or (attempt.kind == "provider_fault" and answer is still_thinks)


@every
def test_the_only_connection_is_given_up_in_the_end(
    spoken: Spoken, session: Session, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A test and a list of models end, too."""
    monkeypatch.setattr(account, "LONGEST", 0.5)
    monkeypatch.setattr(ladder, "PATIENCE", 0.5)
    alias = spoken.connect(session, serve(drips).url)
    with pytest.raises(ProviderFailed) as raised:
        session.ask("hello", profile=alias, model="demo-chat")
    assert raised.value.kind is FailureKind.TIMEOUT
    session.test(alias)


def test_a_task_that_waits_for_such_a_server_is_cancelled(session: Session, serve: Serve) -> None:
    """It ends at once, although bytes keep arriving."""
    alias = SPOKEN[0].connect(session, serve(still_thinks).url)

    async def cancelled() -> None:
        async with asyncio.timeout(0.5):
            await session.aask("hello", profile=alias, model="m")

    with pytest.raises(TimeoutError):
        asyncio.run(cancelled())
