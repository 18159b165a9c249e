"""A streamed answer from its first event to its end, for the SDKs ``openai`` and ``anthropic``.

The first event decides whether the server refused a parameter, and so whether the request is repeated without it.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterator, Mapping
from itertools import chain
from typing import Any, NamedTuple, Protocol

from .adapting import Adapted
from .base import Delta, Finish
from .events import Event, Whole
from .failures import SaidError
from .told import says_an_error

Came = Event | Whole


class Reading(Protocol):
    """The state of an answer while it is read."""

    def take(self, came: Came) -> Iterator[Delta]:
        """The pieces in one event, or in the whole answer."""

    def finish(self, notes: tuple[str, ...]) -> Finish:
        """The end of the answer."""


class Opened(NamedTuple):
    """An open response, and what comes in it."""

    response: Any
    came: Iterator[Came]


class AsyncOpened(NamedTuple):
    """The same for an asynchronous client."""

    response: Any
    first: Came | None
    rest: AsyncIterator[Came]


def require_answer(came: Came | None, content: str) -> None:
    """Raise `SaidError` if an error came in place of an answer. ``content`` is the key that only an answer has."""
    data = came.body if isinstance(came, Whole) else came.data if came else None
    if says_an_error(data) and not (isinstance(data, Mapping) and data.get(content)):
        raise SaidError(data)


def opened(response: Any, read: Callable[[Any], Iterator[Came]], content: str) -> Opened:
    """The response with its events, the first one checked by `require_answer`."""
    try:
        came = read(response)
        first = next(came, None)
        require_answer(first, content)
    except BaseException:
        response.close()
        raise
    return Opened(response, came if first is None else chain([first], came))


async def async_opened(response: Any, read: Callable[[Any], AsyncIterator[Came]], content: str) -> AsyncOpened:
    """Do the same for an asynchronous client."""
    try:
        rest = read(response)
        first = await anext(rest, None)
        require_answer(first, content)
    except BaseException:
        await response.aclose()
        raise
    return AsyncOpened(response, first, rest)


def answered(begin: Callable[[], Adapted[Opened]], reading: Reading) -> Iterator[Delta | Finish]:
    """Send the request, and yield the pieces of the answer and its end. Closing the generator closes the response."""
    begun = begin()
    try:
        for each in begun.value.came:
            yield from reading.take(each)
        yield reading.finish(begun.notes)
    finally:
        begun.value.response.close()


async def async_answered(
    begin: Callable[[], Awaitable[Adapted[AsyncOpened]]], reading: Reading
) -> AsyncGenerator[Delta | Finish, None]:
    """Do the same for an asynchronous client."""
    begun = await begin()
    response, first, rest = begun.value
    try:
        for piece in () if first is None else reading.take(first):
            yield piece
        async for each in rest:
            for piece in reading.take(each):
                yield piece
        yield reading.finish(begun.notes)
    finally:
        await response.aclose()
