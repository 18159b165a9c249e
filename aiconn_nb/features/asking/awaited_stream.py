"""A reply piece by piece, in the caller's own event loop."""

from __future__ import annotations

from asyncio import CancelledError, Task, ensure_future, wait
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Self

from aiconn_nb.errors import Interrupted
from aiconn_nb.model.frames import ONLY_USERS_FRAMES
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
        self._coming: Task[str] | None = None
        """The last wait for a piece, in the background loop."""
        self._is_closed = False

    @property
    def reply(self) -> Reply:
        """The reply so far; partial until it is complete."""
        return self._stream.reply

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> str:
        try:
            with ONLY_USERS_FRAMES:
                return await awaited(self._piece())
        except CancelledError as error:
            Interrupted().shown_for(error)
            await self.aclose()  # the work may have been cancelled before its first step
            raise

    async def aclose(self) -> None:
        """Stop, also while another task waits for a piece: for that one, the reply ends. `reply` keeps the text so far."""
        await awaited(self._stopped())

    async def _piece(self) -> str:
        if self._is_closed:
            raise StopAsyncIteration
        self._coming = ensure_future(self._stream.__anext__())
        try:
            return await self._coming
        except CancelledError:
            if self._is_closed:
                raise StopAsyncIteration from None
            raise

    async def _stopped(self) -> None:
        self._is_closed = True
        # In a fork the loop of the parent does not run, so that its wait would never end.
        if self._coming is not None and not self._coming.done() and not self._stream.is_of_parent:
            # A stream cannot be closed while it runs. A cancelled wait may still be closing it.
            self._coming.cancel()
            await wait([self._coming])
        await self._stream.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *of: object) -> None:
        await self.aclose()
