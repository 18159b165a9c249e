"""The streamed responses of Google's SDK: it parses everything in them as data, and leaves some of them open.

Gateways send comments and empty events between the pieces of an answer to keep the connection open.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Awaitable, Iterator
from contextvars import ContextVar
from typing import Any, TypeVar

from ..calls.either_client import done, each, pieces
from ..calls.events import FIELD, lines_of

T = TypeVar("T")

_PLAIN = ("", "identity")

_arriving: ContextVar[Responses | None] = ContextVar("_arriving", default=None)


class Responses:
    """The streamed responses to one request, to close their connections.

    Closing the SDK's asynchronous stream does not close the generators within it. They close the connection once Python collects
    them, and until then the server goes on generating.
    """

    def __init__(self) -> None:
        self._responses: list[Any] = []

    async def of(self, call: Awaitable[T]) -> T:
        """Return the result of a call of the SDK; its streamed responses are these."""
        token = _arriving.set(self)
        try:
            return await call
        except BaseException:
            await self.aclose()
            raise
        finally:
            _arriving.reset(token)

    def add(self, response: Any) -> None:
        """Keep a response."""
        self._responses.append(response)

    async def aclose(self) -> None:
        """Close the connections that are still open."""
        for response in self._responses:
            await done(response.aclose() if hasattr(response.stream, "aclose") else response.close())


def keep_data(response: Any) -> None:
    """Let the SDK read only the data of a streamed response. A body that is not a stream keeps its lines."""
    if (responses := _arriving.get()) is not None:
        responses.add(response)
    if response.headers.get("content-encoding", "") in _PLAIN:
        response.stream = _of_data(response.stream)


async def _data_in(chunks: AsyncIterable[bytes]) -> AsyncGenerator[bytes, None]:
    """Yield the lines with data, each with a line end, and the blank line after each of their events."""
    has_begun, is_stream, is_open = False, True, False
    async for line in lines_of(chunks):
        if not has_begun and line.strip():
            has_begun, is_stream = True, FIELD.match(line) is not None
        is_data = line.startswith(b"data:") and bool(line[5:].strip())
        if is_data or not is_stream or (is_open and not line):
            yield line + b"\n"
        is_open = is_data or (is_open and bool(line))


def _of_data(stream: Any) -> Any:
    """Wrap a stream of the SDK's HTTP library, so that it yields only data."""
    kinds = {kind.__name__: kind for kind in type(stream).__mro__}
    if sync := kinds.get("SyncByteStream"):

        class Data(sync):  # type: ignore[misc, valid-type]
            def __iter__(self) -> Iterator[bytes]:
                return pieces(_data_in(each(iter(stream))))

            def close(self) -> None:
                stream.close()

        return Data()

    if not (awaited := kinds.get("AsyncByteStream")):
        return stream

    class AsyncData(awaited):  # type: ignore[misc, valid-type]
        def __aiter__(self) -> AsyncIterator[bytes]:
            return _data_in(stream)

        async def aclose(self) -> None:
            await stream.aclose()

    return AsyncData()
