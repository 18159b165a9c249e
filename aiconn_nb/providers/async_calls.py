"""The calls of an account, awaited: with the SDK's asynchronous client where the provider has one, else in a thread.

A task that is cancelled closes its request at once.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator, Sequence
from contextlib import aclosing, suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar
from weakref import WeakKeyDictionary, finalize

from aiconn_nb.errors import ProviderFailed

from . import repeating
from .base import ChatRequest, Completion, Delta, Embeddings, Finish, Provider
from .model_options import fitted
from .sdk_logs import LOGS
from .this_machine import network_variables
from .threaded import in_thread, pieces_in_thread

if TYPE_CHECKING:
    from aiconn_nb.model.secret import Secret

    from .base import Settings

T = TypeVar("T")
P = TypeVar("P")

LONGEST = 900.0
"""Seconds that a call, or the wait for the next piece of an answer, may take at all, whatever the server sends meanwhile."""

SDK_RETRIES = 2
"""How often OpenAI's and Anthropic's SDKs send a request again by themselves."""


def noted(piece: P, *notes: str) -> P:
    """The end of an answer with more notes, of which some may be empty; any other piece as it is."""
    more = tuple(filter(None, notes))
    return replace(piece, notes=(*piece.notes, *more)) if more and isinstance(piece, Finish) else piece


LOOK = 1.0
"""Seconds for which a client is used without another look at the proxy and certificate variables."""


class AsyncCalls:
    """The asynchronous half of an `Account`, whose calls fail as those of the other half do."""

    provider: Provider
    label: str
    patience: float | None

    if TYPE_CHECKING:

        def chat(self, request: ChatRequest) -> Generator[Delta | Finish, None, None]: ...
        def embed(self, texts: Sequence[str], model: str, dimensions: int | None = None) -> Embeddings: ...
        def _usable(self) -> Settings: ...
        def _secrets(self) -> list[Secret]: ...
        def _guarded(self, call: Callable[[], T]) -> T: ...
        def _error_for(self, error: BaseException, *, is_late: bool) -> BaseException: ...
        def _require_sdk(self) -> None: ...

    def __init__(self) -> None:
        self._async_clients: WeakKeyDictionary[asyncio.AbstractEventLoop, _Client] = WeakKeyDictionary()

    @property
    def is_async(self) -> bool:
        """Whether the provider has an asynchronous client; else each call takes a thread."""
        return type(self.provider).async_client is not Provider.async_client

    @property
    def async_client(self) -> Any:
        """The SDK's own asynchronous client, a new one each time: it serves the event loop in which it is first used.

        Raises `NotImplementedError` where the SDK has none.
        """
        client = self._built_async()
        # The client of this object's own calls sends each request once; any other user expects what the SDK does by itself.
        again = getattr(client, "with_options", None)
        return client if again is None else again(max_retries=SDK_RETRIES)

    async def async_chat(self, request: ChatRequest) -> AsyncGenerator[Delta | Finish, None]:
        """The same as `chat`. Closing the generator, or cancelling its task, closes the HTTP connection."""
        if not self.is_async:
            async with aclosing(pieces_in_thread(lambda: self.chat(request))) as pieces:
                async for piece in pieces:
                    yield piece
            return

        request, left_out = fitted(request, self.provider.chat_options, self.provider.name)

        async def begin(client: Any) -> tuple[AsyncGenerator[Delta | Finish, None], Delta | Finish | None]:
            pieces = self.provider.async_chat(client, request)
            return pieces, _piece(await anext(pieces, None))

        (came, first), note = await self._repeated_async(begin)
        try:
            while first is not None:
                yield noted(first, *left_out, note)
                # The patience is for the first.
                first = _piece(await self._guarded_async(anext(came, None), LONGEST))
        finally:
            await self._guarded_async(came.aclose(), LONGEST)

    async def async_complete(self, request: ChatRequest) -> Completion:
        """The whole answer to one request, which is sent once: what to do about a failure is the caller's."""
        if not self.is_async:
            return await in_thread(lambda: self._collected(request))
        request, left_out = fitted(request, self.provider.chat_options, self.provider.name)
        client = await self._async_client()
        answer = self._proved(await self._guarded_async(self.provider.async_complete(client, request)))
        return replace(answer, finish=noted(answer.finish, *left_out))

    async def async_embed(self, texts: Sequence[str], model: str, dimensions: int | None = None) -> Embeddings:
        """The same as `embed`, sent once. For at most as many texts as `batch` answers."""
        if not self.is_async or type(self.provider).async_embed is Provider.async_embed:
            return await in_thread(lambda: self.embed(texts, model, dimensions))
        client = await self._async_client()
        return self._proved(await self._guarded_async(self.provider.async_embed(client, texts, model, dimensions)))

    async def aclose(self) -> None:
        """Close the open connections of this event loop's client."""
        kept = self._async_clients.pop(asyncio.get_running_loop(), None)
        if kept is not None:
            await _close(await kept.made)

    def _proved(self, answer: T) -> T:
        kept = self._async_clients.get(asyncio.get_running_loop())
        if kept is not None:
            kept.has_answered = True
        return answer

    def _let_go_of_unproved(self) -> None:
        """Have clients made anew that never connected: what kept them from it may be corrected before the next call."""
        for loop, kept in list(self._async_clients.items()):
            if not kept.has_answered and kept.made.done():
                self._async_clients.pop(loop, None)

    def _collected(self, request: ChatRequest) -> Completion:
        texts, finish = list[str](), Finish()
        for piece in self.chat(request):
            if isinstance(piece, Finish):
                finish = piece
            else:
                texts.append(piece.text)
        return Completion("".join(texts), finish)

    async def _async_client(self) -> Any:
        """The client for the event loop that runs. It is made anew where `client` would be."""
        loop = asyncio.get_running_loop()
        kept = self._async_clients.get(loop)
        if kept is None or (kept.is_due(loop.time()) and kept.variables != network_variables()):
            # In a thread: to import an SDK takes a second. Calls that come meanwhile wait for the same client.
            kept = self._async_clients[loop] = _Client(
                loop.create_task(in_thread(self._built_async)), network_variables()
            )
        if not kept.made.done():
            await asyncio.wait([kept.made])
        try:
            client = kept.made.result()
        except BaseException:
            self._async_clients.pop(loop, None)
            raise
        if not kept.is_kept:
            kept.is_kept = True
            finalize(kept, _close_in, loop, client).atexit = False
        return client

    def _built_async(self) -> Any:
        self._require_sdk()
        client = self._guarded(lambda: self.provider.async_client(self._usable(), self.patience))
        LOGS.watch(self._secrets(), self.provider.sdk.modules if self.provider.sdk else ())
        return client

    async def _repeated_async(self, call: Callable[[Any], Awaitable[T]]) -> tuple[T, str]:
        """What a call of the client answers, and how often it was sent if more than once; see `repeating`."""
        pauses = list[float]()
        tries = repeating.Tries(self.label, pauses.append)
        while True:
            client = await self._async_client()
            try:
                return self._proved(await self._guarded_async(call(client))), tries.note
            except ProviderFailed as error:
                failed = error
            if self.patience is not None or not tries.again(failed):
                failed.tries = tries.note
                raise failed
            await asyncio.sleep(pauses.pop())

    async def _guarded_async(self, call: Awaitable[T], seconds: float | None = None) -> T:
        """What an awaitable answers within so many seconds, or within this account's patience."""
        raised: BaseException
        limit = asyncio.timeout(seconds or self.patience or LONGEST)
        try:
            async with limit:
                return await call
        except asyncio.CancelledError as error:
            task = asyncio.current_task()
            is_ours = task is not None and task.cancelling() > 0
            raised = asyncio.CancelledError() if is_ours else self._error_for(error, is_late=False)
        except BaseException as error:
            raised = self._error_for(error, is_late=limit.expired())
        # Outside of the except blocks, for the reason that `Account._guarded` gives.
        raise raised


class _Client:
    """A client, or the task that makes it, and the variables that it was made with."""

    def __init__(self, made: asyncio.Task[Any], variables: int) -> None:
        self.made = made
        self.variables = variables
        self._looked = 0.0
        self.is_kept = False
        """Whether it is closed when this object goes."""
        self.has_answered = False
        """Whether it can connect: then a connection that breaks is no reason to make another one."""

    def is_due(self, now: float) -> bool:
        """Whether to look at the variables again: once a second is enough for a hundred calls."""
        if now - self._looked < LOOK:
            return False
        self._looked = now
        return True


async def _close(client: Any) -> None:
    close = getattr(getattr(client, "aio", None), "aclose", None) or getattr(client, "close", None)
    if close is not None and asyncio.iscoroutinefunction(close):
        await close()


def _close_in(loop: asyncio.AbstractEventLoop, client: Any) -> None:
    """Close a client in its own event loop, where no one needs it any more.

    Left to the garbage collector, the SDKs close it in whatever loop runs in the collecting thread, when the collector has closed
    its sockets already: this takes the reader of another connection away that has the number of one of these sockets by then,
    and that connection waits for ever.
    """
    with suppress(RuntimeError):  # the loop was closed, and its sockets with it
        loop.call_soon_threadsafe(lambda: loop.create_task(_close(client)))


def _piece(came: Delta | Finish | None) -> Delta | Finish | None:
    if not isinstance(came, Delta | Finish | None):
        raise TypeError("the provider answered something else than pieces of an answer")
    return came
