"""A streamed answer from its first event to its end, for either client of the SDKs ``openai`` and ``anthropic``.

The first event decides whether the server refused a parameter, and so whether the request is repeated without it.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from ..base import Completion, Delta, Finish
from ..clients.own_client import response_class
from ..failures.classifying import SaidError
from ..failures.told import says_an_error
from .adapting import Adapting, Asked, NoEvent
from .either_client import done, each
from .events import Event, Whole, events

Came = Event | Whole


class Reading(Protocol):
    """The state of an answer while it is read."""

    def take(self, came: Came) -> Iterator[Delta]:
        """The pieces in one event, or in the whole answer."""

    def finish(self, notes: tuple[str, ...]) -> Finish:
        """The end of the answer."""


@dataclass(frozen=True, slots=True)
class Response:
    """An HTTP response that is not read yet."""

    http: Any
    is_async: bool

    def chunks(self) -> AsyncIterator[bytes]:
        """The body as it comes."""
        return each(self.http.aiter_bytes() if self.is_async else self.http.iter_bytes())

    async def close(self) -> None:
        """Close the connection."""
        await done(self.http.aclose() if self.is_async else self.http.close())


class Opened(NamedTuple):
    """An open response, the first event in it, and the others."""

    response: Response
    first: Came
    rest: AsyncIterator[Came]


async def posted(client: Any, path: str, **sent: Any) -> Any:
    """The HTTP response to a request, fully read."""
    return await done(client.post(path, cast_to=response_class(client), **sent))


async def opened(
    client: Any, path: str, read: Callable[[Response], AsyncIterator[Came]], content: str, **sent: Any
) -> Opened:
    """Send a request. The first event of the response is checked by `require_answer`. Raises `NoEvent` if there is none."""
    sdk = sys.modules[type(client).__module__.partition(".")[0]]
    is_async = inspect.iscoroutinefunction(client.post)
    stream_cls = (sdk.AsyncStream if is_async else sdk.Stream)[object]
    stream = await done(client.post(path, cast_to=object, stream=True, stream_cls=stream_cls, **sent))
    response = Response(stream.response, is_async)
    try:
        rest = read(response)
        first = await anext(rest, None)
        if first is None:
            raise NoEvent("the answer is empty")
        require_answer(first, content)
    except BaseException:
        await response.close()
        raise
    return Opened(response, first, rest)


async def completed(
    asking: Adapting, client: Any, path: str, reading: Reading, content: str, sent: Callable[[Asked], dict[str, Any]]
) -> Completion:
    """Send a request, and return the whole answer without the SDK's models. It may be a stream all the same."""

    async def send(asked: Asked) -> tuple[list[Came], Mapping[str, str]]:
        response = await posted(client, path, **sent(asked))
        came = list(events([response.content]))
        require_answer(came[0] if came else None, content)
        return came, response.headers

    begun = await asking.answer(send)
    came, headers = begun.value
    text = "".join(piece.text for each in came for piece in reading.take(each))
    return Completion(text, reading.finish(begun.notes), headers)


def require_answer(came: Came | None, content: str) -> None:
    """Raise `SaidError` if an error came in place of an answer. ``content`` is the key that only an answer has."""
    data = came.body if isinstance(came, Whole) else came.data if came else None
    if says_an_error(data) and not (isinstance(data, Mapping) and data.get(content)):
        raise SaidError(data)


async def answered(
    asking: Adapting, send: Callable[[Asked], Awaitable[Opened]], reading: Reading
) -> AsyncGenerator[Delta | Finish, None]:
    """Send the request, and yield the pieces of the answer and its end. Closing the generator closes the response."""
    begun = await asking.answer(send)
    response, first, rest = begun.value
    try:
        for piece in reading.take(first):
            yield piece
        async for came in rest:
            for piece in reading.take(came):
                yield piece
        yield reading.finish(begun.notes)
    finally:
        await response.close()
