"""Calls that are written once, for the asynchronous and the synchronous client of an SDK.

They are asynchronous. With a synchronous client nothing in them waits, so `result` and `pieces` run them to their end without an
event loop. If this thread has a running loop, as in a notebook, their generators are hidden from it. Otherwise the loop would close
them when it ends, which cuts off an answer that is read later, and would close dropped ones only at its next turn.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import AsyncGenerator, AsyncIterable, Coroutine, Generator, Iterable
from typing import Any, TypeVar

T = TypeVar("T")


async def done(returned: Any) -> Any:
    """Return the result of a method of either client: awaited if the client is the asynchronous one."""
    return await returned if inspect.isawaitable(returned) else returned


async def streamed(returned: Any) -> AsyncGenerator[Any, None]:
    """Return the items of the stream that a method of either client returns.

    A tracing tool may have wrapped it in an object with the methods of both clients, which is iterable and no iterator.
    """
    return _each_async(await returned) if inspect.isawaitable(returned) else _each(returned)


def each(items: Any) -> AsyncGenerator[Any, None]:
    """Yield the items of an iterator of either client."""
    return items if hasattr(items, "__aiter__") else _each(items)


async def _each(items: Iterable[T]) -> AsyncGenerator[T, None]:
    try:
        for item in items:
            yield item
    finally:
        close = getattr(items, "close", None)  # of a generator
        if close is not None:
            close()


async def _each_async(items: AsyncIterable[T]) -> AsyncGenerator[T, None]:
    try:
        async for item in items:
            yield item
    finally:
        close = getattr(items, "aclose", None)
        if close is not None:
            await close()


def result(call: Coroutine[Any, Any, T]) -> T:
    """Return the result of a call with a synchronous client."""
    try:
        hooks = sys.get_asyncgen_hooks()
        try:
            sys.set_asyncgen_hooks(None, None)
            call.send(None)
        except StopIteration as ended:
            value: T = ended.value
            return value
        finally:
            sys.set_asyncgen_hooks(*hooks)
    finally:
        call.close()  # Ctrl-C may have come before it began
    raise RuntimeError("a call with a synchronous client cannot wait")


def pieces(stream: AsyncGenerator[T, None]) -> Generator[T, None, None]:
    """Yield the items of a stream with a synchronous client. Closing the generator closes the stream."""
    try:
        while True:
            try:
                piece = result(_next_of(stream))
            except StopAsyncIteration:
                return
            yield piece
    finally:
        result(stream.aclose())


async def _next_of(stream: AsyncGenerator[T, None]) -> T:
    return await anext(stream)  # within `result`, because the first request binds a generator to the running loop
