"""A call that is written once runs with a synchronous client, too."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

import pytest

from aiconn_nb.providers.either_client import done, each, pieces, result


async def numbers(ended: list[str]) -> AsyncGenerator[int, None]:
    """Some numbers, and a note when the stream ends."""
    try:
        async for number in each(iter([1, 2, 3])):
            yield number
    finally:
        ended.append("closed")


def test_what_a_synchronous_client_returns_is_the_result() -> None:
    """Without an event loop; what the asynchronous one returns is awaited."""
    assert result(done(5)) == 5
    assert asyncio.run(done(done(5))) == 5


def test_a_call_that_waits_is_refused() -> None:
    """Nobody would wake it."""
    with pytest.raises(RuntimeError):
        result(asyncio.sleep(0))


def test_the_pieces_come_in_order_and_end() -> None:
    """As those of a generator."""
    ended: list[str] = []
    assert list(pieces(numbers(ended))) == [1, 2, 3]
    assert ended == ["closed"]


def test_closing_the_pieces_closes_the_stream() -> None:
    """At once, so that no connection stays open."""
    ended: list[str] = []
    stream = pieces(numbers(ended))
    assert next(stream) == 1
    stream.close()
    assert ended == ["closed"]


def test_an_interrupt_closes_the_stream() -> None:
    """As Ctrl-C while a piece is shown."""
    ended: list[str] = []
    stream = pieces(numbers(ended))
    next(stream)
    with pytest.raises(KeyboardInterrupt):
        stream.throw(KeyboardInterrupt())
    assert ended == ["closed"]
