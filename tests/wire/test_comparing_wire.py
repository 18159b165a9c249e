"""A comparison over HTTP runs several SDKs at once, keeps the others if one fails, and closes every connection at an interrupt."""

from __future__ import annotations

import _thread
from collections.abc import Callable
from threading import Semaphore, Thread

import pytest

from aiconn_nb import Session
from aiconn_nb.features.asking.comparison import Comparison

from .aimock import Aimock
from .servers import Answer, Asked, Reply, Server, hangs, refuses
from .spoken import OPENAI, SPOKEN, Spoken

Serve = Callable[[Answer], Server]


def test_one_that_fails_shows_its_error_and_the_others_answer(session: Session, aimock: Aimock, serve: Serve) -> None:
    """Each answer has its time and its tokens."""
    for spoken in SPOKEN[:2]:
        alias = spoken.connect(session, aimock.url)
        session.create_profile(f"of-{alias}", connections=[alias], model="m-1")
    alias = OPENAI.connect(session, serve(refuses(401, "No such key.")).url, "refused")
    session.create_profile("of-refused", connections=[alias], model="m-1")
    compared = session.compare("hello", "of-openai", "of-refused", "of-anthropic")
    assert list(compared.replies) == ["of-openai", "of-anthropic"]
    assert [(reply.input_tokens, reply.output_tokens) for reply in compared.replies.values()] == [(3, 11), (3, 11)]
    assert "refused: authentication: No such key." in str(compared[1].error)
    assert sorted(entry["path"] for entry in aimock.journal()) == ["/v1/chat/completions", "/v1/messages"]


def announced(answer: Answer, arrived: Semaphore) -> Answer:
    """Return the same answer, which also tells a waiting caller of each request."""

    def told(asked: Asked, reply: Reply) -> None:
        arrived.release()
        answer(asked, reply)

    return told


@pytest.mark.parametrize(
    "answer", [lambda spoken: hangs(), lambda spoken: spoken.half(Reply.wait_for_hang_up)], ids=["silent", "half"]
)
def test_an_interrupt_closes_every_connection(
    session: Session, serve: Serve, answer: Callable[[Spoken], Answer]
) -> None:
    """This holds for each SDK, even before the first byte, and none asks a second time. (The servers are ours.)"""
    arrived = Semaphore(0)
    servers = []
    for spoken in SPOKEN:
        servers.append(serve(announced(answer(spoken), arrived)))
        spoken.connect(session, servers[-1].url)

    def interrupt() -> None:
        for _ in servers:
            assert arrived.acquire(timeout=30)
        _thread.interrupt_main()

    Thread(target=interrupt, daemon=True).start()
    with pytest.raises(KeyboardInterrupt):
        session.compare("hello", *[spoken.name for spoken in SPOKEN], model="m-1")
    assert all(server.hung_up.wait(10) for server in servers)
    assert [len(server.asked) for server in servers] == [1] * len(SPOKEN)
    assert session.last_comparison is not None
    assert all(each.error is None for each in session.last_comparison)


def test_what_came_before_the_interrupt_is_kept(session: Session, serve: Serve) -> None:
    """The answers are partial. (The servers are ours.)"""
    for spoken in SPOKEN:
        spoken.connect(session, serve(spoken.half(Reply.wait_for_hang_up)).url)

    def interrupt(comparison: Comparison) -> None:
        if all(each.reply and each.reply.text for each in comparison):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        session.compare("hello", *[spoken.name for spoken in SPOKEN], model="m-1", on_change=interrupt)
    assert session.last_comparison is not None
    assert [(each.reply.text, each.reply.partial) for each in session.last_comparison if each.reply] == [
        ("Half ", True)
    ] * len(SPOKEN)
