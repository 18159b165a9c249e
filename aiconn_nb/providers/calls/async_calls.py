"""The asynchronous calls of an account: with the SDK's asynchronous client if the provider has one, else in a thread.

Cancelling a task closes its request at once.
"""

from __future__ import annotations

import asyncio
import inspect
import os
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator, Iterator, Mapping, Sequence
from contextlib import aclosing, contextmanager, suppress
from dataclasses import dataclass, replace
from time import monotonic
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, TypeVar
from weakref import WeakKeyDictionary, finalize

from aiconn_nb.errors import FailureKind, ProviderFailed
from aiconn_nb.model.capability import Capability
from aiconn_nb.threads import HAS_THREADS

from ..base import ChatRequest, Completion, Delta, Embeddings, Finish, Provider
from ..clients.network import retries_in, stamps
from ..credentials.repeated_keys import Pieces, RepeatedKeys
from ..failures.classifying import of_type
from ..failures.this_machine import NETWORK_VARIABLES
from ..values.model_options import fitted, fitting
from ..values.network_fields import LONGEST, RETRIES
from . import repeating
from .threaded import in_thread, pieces_in_thread

if TYPE_CHECKING:
    from ..base import Settings

T = TypeVar("T")
P = TypeVar("P")

SDK_RETRIES = 2
"""The default number of retries of OpenAI's and Anthropic's SDKs."""


PIECE: Final = Delta | Finish | None
"""What a provider's chat yields, and None at its end."""


def noted(piece: P, *notes: str) -> P:
    """Add notes to the end of an answer, omitting empty ones; return any other piece unchanged."""
    more = tuple(filter(None, notes))
    return replace(piece, notes=(*piece.notes, *more)) if more and isinstance(piece, Finish) else piece


LOOK = 1.0
"""Seconds for which a client is used before the proxy and certificate variables are checked again; and in which a model's next
answer is not reported."""


class AsyncCalls:
    """The asynchronous half of an `Account`. Its calls fail in the same ways as the synchronous ones."""

    provider: Provider
    label: str
    patience: float | None
    told: Callable[[str, Capability, FailureKind | None], None] | None = None
    """Called for each model with None if it answered, or with the kind of its failure. Its exceptions are ignored."""

    if TYPE_CHECKING:
        _settings: Settings

        def chat(self, request: ChatRequest) -> Generator[Delta | Finish, None, None]: ...
        def embed_once(
            self, texts: Sequence[str], model: str, dimensions: int | None = None, options: Mapping[str, Any] = ...
        ) -> Embeddings: ...
        @property
        def _repeated_keys(self) -> RepeatedKeys: ...
        def _usable(self) -> Settings: ...
        def _made(self, build: Callable[[Settings], Any]) -> Any: ...
        def _error_for(self, error: BaseException, *, is_late: bool) -> BaseException: ...

    def __init__(self) -> None:
        self._async_clients: WeakKeyDictionary[asyncio.AbstractEventLoop, _Client] = WeakKeyDictionary()
        self._answered_at: dict[tuple[str, Capability], float] = {}
        """The monotonic time when an answer of a model was last reported."""

    @property
    def is_async(self) -> bool:
        """Whether the provider has an asynchronous client. Otherwise calls run in threads, or one after the other in a browser."""
        return HAS_THREADS and type(self.provider).async_client is not Provider.async_client

    @property
    def async_client(self) -> Any:
        """The SDK's asynchronous client, a new one each time: it serves the event loop in which it is first used.

        Raises `NotImplementedError` if the SDK has none.
        """
        client = self._made_async()
        # The client for this object's calls sends each request once; other users expect the SDK's own retries.
        again = getattr(client, "with_options", None)
        return client if again is None else again(max_retries=SDK_RETRIES if self.retries is None else self.retries)

    @property
    def retries(self) -> int | None:
        """The connection's number of retries; None if it is not set."""
        is_ours = RETRIES in self.provider.fields  # a plug-in may have a field with this key for another purpose
        return retries_in(self._usable()) if is_ours else None

    def _network(self) -> int:
        """A number that changes with what a client is also built from: variables, and the files that the settings name."""
        return hash((*map(os.environ.get, NETWORK_VARIABLES), *stamps(self._settings)))

    async def async_chat(self, request: ChatRequest) -> AsyncGenerator[Delta | Finish, None]:
        """Do the same as `chat`. Closing the generator, or cancelling its task, closes the HTTP connection."""
        if not self.is_async:
            async with aclosing(pieces_in_thread(lambda: self.chat(request))) as pieces:
                async for piece in pieces:
                    yield piece
            return

        request, left_out = fitted(request, self.provider.chat_options, self.provider.name)

        async def begin(client: Any) -> tuple[AsyncGenerator[Delta | Finish, None], Delta | Finish | None]:
            pieces = self.provider.async_chat(client, request)
            return pieces, of_type(PIECE, await anext(pieces, None))

        with self._telling(request.model, Capability.CHAT):
            (came, first), note = await self._repeated_async(begin)
        shown = Pieces(self._repeated_keys)
        try:
            while first is not None:
                for piece in shown.of(noted(first, *left_out, note)):
                    yield piece
                # The patience applies only to the first piece.
                first = of_type(PIECE, await self._guarded_async(anext(came, None), LONGEST))
            for piece in shown.rest():
                yield piece
            self._tell(request.model, Capability.CHAT)
        except ProviderFailed:
            for piece in shown.rest():
                yield piece
            raise
        finally:
            await self._guarded_async(came.aclose(), LONGEST)

    async def async_complete(self, request: ChatRequest) -> Completion:
        """Return the whole answer to a request that is sent once: the caller handles a failure."""
        if not self.is_async:
            return await in_thread(lambda: Completion.of(self.chat(request)))
        request, left_out = fitted(request, self.provider.chat_options, self.provider.name)
        client = await self._async_client()
        with self._telling(request.model, Capability.CHAT):
            answer = self._proved(await self._guarded_async(self.provider.async_complete(client, request)))
        self._tell(request.model, Capability.CHAT)
        answer = self._repeated_keys.in_completion(answer)
        return replace(answer, finish=noted(answer.finish, *left_out))

    async def async_embed(
        self,
        texts: Sequence[str],
        model: str,
        dimensions: int | None = None,
        options: Mapping[str, Any] = MappingProxyType({}),
    ) -> Embeddings:
        """Do the same as `embed`, but send the request once, for at most as many texts as `batch` returns."""
        if not self.is_async or type(self.provider).async_embed is Provider.async_embed:
            return await in_thread(lambda: self.embed_once(texts, model, dimensions, options))
        provider: Any = self.provider
        more, notes = fitting(options, provider.embedding_options, provider.name)
        client = await self._async_client()
        with self._telling(model, Capability.EMBEDDING):
            answer: Embeddings = self._proved(
                await self._guarded_async(provider.async_embed(client, texts, model, dimensions, **more))
            )
        self._tell(model, Capability.EMBEDDING)
        answer = self._repeated_keys.in_embeddings(answer)
        return replace(answer, notes=(*answer.notes, *notes))

    def _tell(self, model: str, capability: Capability, failure: FailureKind | None = None) -> None:
        """Report an answer or a failure. Of a model that answers a hundred times a second, one answer is reported."""
        if self.told is None:
            return
        now = monotonic()
        if failure is None and (last := self._answered_at.get((model, capability))) is not None and now - last < LOOK:
            return
        if failure is None:
            self._answered_at[model, capability] = now
        else:
            self._answered_at.pop((model, capability), None)
        with suppress(Exception):
            self.told(model, capability, failure)

    @contextmanager
    def _telling(self, model: str, capability: Capability) -> Iterator[None]:
        """Report failures within the block."""
        try:
            yield
        except ProviderFailed as failed:
            self._tell(model, capability, failed.kind)
            raise

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
        """Discard clients that never connected, so that they are rebuilt: the cause may be fixed before the next call."""
        for loop, kept in list(self._async_clients.items()):
            if not kept.has_answered and kept.made.done():
                self._async_clients.pop(loop, None)

    async def _async_client(self) -> Any:
        """The client for the running event loop. It is rebuilt under the same conditions as `client`."""
        loop = asyncio.get_running_loop()
        kept = self._async_clients.get(loop)
        if kept is None or (kept.is_due(loop.time()) and kept.variables != self._network()):
            # In a thread, because importing an SDK takes a second. Concurrent calls wait for the same client.
            kept = self._async_clients[loop] = _Client(loop.create_task(in_thread(self._made_async)), self._network())
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

    def _made_async(self) -> Any:
        return self._made(lambda settings: self.provider.async_client(settings, self.patience))

    async def _repeated_async(self, call: Callable[[Any], Awaitable[T]]) -> tuple[T, str]:
        """Return the result of a client call, and how often it was sent if more than once; see `repeating`."""
        pauses = list[float]()
        tries = repeating.Tries(self.label, pauses.append, most=self.retries)
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
        """Return the result of an awaitable within so many seconds, or within this account's patience."""
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
        # Outside of the except blocks, for the reason given in `Account._guarded`.
        raise raised


@dataclass(eq=False)
class _Client:
    """A client, or the task that builds it, and the variables that it was built with."""

    made: asyncio.Task[Any]
    variables: int
    is_kept: bool = False
    """Whether this object closes it."""
    has_answered: bool = False
    """Whether it has connected once. Then a broken connection is no reason to rebuild it."""
    _looked: float = 0.0

    def is_due(self, now: float) -> bool:
        """Whether to check the variables again. Once a second is enough for a hundred calls."""
        if now - self._looked < LOOK:
            return False
        self._looked = now
        return True


async def _close(client: Any) -> None:
    close = getattr(getattr(client, "aio", None), "aclose", None) or getattr(client, "close", None)
    if close is not None and inspect.iscoroutinefunction(close):
        await close()


def _close_in(loop: asyncio.AbstractEventLoop, client: Any) -> None:
    """Close a client in its own event loop when it is no longer needed.

    Otherwise the SDKs close it during garbage collection, in the loop of the collecting thread, after the collector has closed its
    sockets. That removes the reader of another connection that meanwhile has the number of one of these sockets, and that
    connection then waits forever.
    """
    with suppress(RuntimeError):  # the loop was closed, and its sockets with it
        loop.call_soon_threadsafe(lambda: loop.create_task(_close(client)))
