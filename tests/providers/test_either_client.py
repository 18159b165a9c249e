"""A call that is written once runs with a synchronous client, too."""

from __future__ import annotations

import asyncio
import warnings
from collections.abc import AsyncGenerator, Callable, Generator, Iterator
from contextlib import aclosing, suppress
from typing import Any

import pytest

from aiconn_nb.providers.calls.either_client import done, each, pieces, result, streamed


async def numbers(ended: list[str]) -> AsyncGenerator[int, None]:
    """Yield some numbers, and note when the stream ends."""
    try:
        async for number in each(iter([1, 2, 3])):
            yield number
    finally:
        ended.append("closed")


def test_what_a_synchronous_client_returns_is_the_result() -> None:
    """No event loop is needed. The result of an asynchronous client is awaited."""
    assert result(done(5)) == 5
    assert asyncio.run(done(done(5))) == 5


def test_a_call_that_waits_is_refused() -> None:
    """Nothing would wake it."""
    with pytest.raises(RuntimeError):
        result(asyncio.sleep(0))


def test_the_pieces_come_in_order_and_end() -> None:
    """They behave like those of a generator."""
    ended: list[str] = []
    assert list(pieces(numbers(ended))) == [1, 2, 3]
    assert ended == ["closed"]


class Traced:
    """A stream of either client as tracing tools wrap it: one class for both, whose asynchronous half is only iterable."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def __iter__(self) -> Iterator[int]:
        yield from self._stream

    async def __aiter__(self) -> AsyncGenerator[int, None]:
        async for number in self._stream:
            yield number

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def test_a_stream_in_the_wrapper_of_a_tracing_tool_is_read_and_closed() -> None:
    """The call says which client it is: the wrapper has the methods of both."""
    ended: list[str] = []

    def plain() -> Generator[int, None, None]:
        try:
            yield from (1, 2, 3)
        finally:
            ended.append("plain")

    async def call() -> Traced:
        return Traced(numbers(ended))

    async def first(returned: Any) -> int:
        async with aclosing(await streamed(returned)) as stream:
            return await anext(stream)

    assert result(first(Traced(plain()))) == 1
    assert asyncio.run(first(call())) == 1
    assert ended == ["plain", "closed"]


def test_closing_the_pieces_closes_the_stream() -> None:
    """It is closed at once, so that no connection stays open."""
    ended: list[str] = []
    stream = pieces(numbers(ended))
    assert next(stream) == 1
    stream.close()
    assert ended == ["closed"]


def test_an_interrupt_closes_the_stream() -> None:
    """Ctrl-C may come while a piece is shown."""
    ended: list[str] = []
    stream = pieces(numbers(ended))
    next(stream)
    with pytest.raises(KeyboardInterrupt):
        stream.throw(KeyboardInterrupt())
    assert ended == ["closed"]


def test_the_end_of_an_event_loop_does_not_end_the_pieces() -> None:
    """An answer that is read after the loop in which it was opened is complete."""

    async def opened() -> tuple[int, Generator[int, None, None]]:
        stream = pieces(numbers([]))
        return next(stream), stream

    first, stream = asyncio.run(opened())
    assert [first, *stream] == [1, 2, 3]


def test_what_a_stream_reads_from_is_closed_with_it_in_a_running_loop() -> None:
    """This also holds for generators that are only dropped: a notebook's running loop would close them at its next turn."""
    ended: list[str] = []

    async def outer() -> AsyncGenerator[int, None]:
        async for number in numbers(ended):
            yield number

    async def left_early() -> list[str]:
        stream = pieces(outer())
        next(stream)
        stream.close()
        return [*ended]

    assert asyncio.run(left_early()) == ["closed"]


def test_a_call_leaves_the_generators_of_the_loop_to_it() -> None:
    """The loop closes the generators of its own tasks at its end."""
    ended: list[str] = []

    async def left_open() -> AsyncGenerator[int, None]:
        result(done(5))
        stream = numbers(ended)
        await anext(stream)
        return stream

    stream = asyncio.run(left_open())
    assert ended == ["closed"]
    assert asyncio.run(stream.aclose()) is None


def test_an_interrupt_at_any_line_is_raised_and_leaves_nothing_behind(
    interrupted_at: Callable[[int, Callable[[], object]], None],
) -> None:
    """No coroutine stays unstarted: Python would warn of it in the middle of the user's output."""
    streams: list[list[int]] = []

    def call() -> None:
        streams.append(list(pieces(numbers([]))))

    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        for number in range(1, 200):
            with suppress(KeyboardInterrupt):
                interrupted_at(number, call)
                break
    assert number > 20
    assert streams == [[1, 2, 3]]
    assert [str(each.message) for each in warned] == []
