"""A reply piece by piece, in the caller's own event loop."""

from __future__ import annotations

from asyncio import CancelledError
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Self

from aiconn_nb.session.background import awaited

if TYPE_CHECKING:
    from .reply import Reply
    from .stream import AsyncStream


class AwaitedStream(AsyncIterator[str]):
    """The reply in pieces, as they arrive. `reply` is the text so far, and the complete reply at the end.

    Leaving its ``async with`` block, or cancelling the task that waits for a piece, closes the HTTP connection and leaves a partial
    reply. A connection that breaks off midway raises `AnswerCut` with the partial reply; the request is not repeated.
    """

    def __init__(self, stream: AsyncStream) -> None:
        """``stream`` belongs to the background loop, where its client is."""
        self._stream = stream

    @property
    def reply(self) -> Reply:
        """The reply so far; partial until it is complete."""
        return self._stream.reply

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> str:
        try:
            return await awaited(self._stream.__anext__())
        except CancelledError:
            await self.aclose()  # the work may have been cancelled before its first step
            raise

    async def aclose(self) -> None:
        """Stop. `reply` keeps the text so far."""
        await awaited(self._stream.aclose())

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *of: object) -> None:
        await self.aclose()
