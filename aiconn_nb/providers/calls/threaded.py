"""Await calls of a synchronous client: each runs in a separate thread, which is stopped when its task is cancelled."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import closing, suppress
from contextvars import copy_context
from functools import partial
from threading import Thread
from typing import TypeVar

from aiconn_nb.threads import HAS_THREADS, in_future, started

from .stopping import stop, stoppable

T = TypeVar("T")

TICK = 0.01
"""Seconds between two checks of a thread that is being stopped."""
STOPPING = 25
"""The number of checks before it is abandoned."""


async def in_thread(call: Callable[[], T]) -> T:
    """Return the result of ``call`` from a separate thread, in the context of the caller.

    Cancelling it stops the thread, even while it waits for a server.
    """
    if not HAS_THREADS:
        return call()
    loop = asyncio.get_running_loop()
    future: asyncio.Future[T] = loop.create_future()

    def settle(give: Callable[[], None]) -> None:
        if not future.done():
            give()

    def run() -> None:
        give: Callable[[], None]
        try:
            value = call()
        except KeyboardInterrupt:  # `stop` was called
            return
        except BaseException as error:
            give = partial(future.set_exception, in_future(error))
        else:
            give = partial(future.set_result, value)
        with suppress(RuntimeError):  # the loop was closed
            loop.call_soon_threadsafe(settle, give)

    thread = _started(run)
    try:
        return await future
    except asyncio.CancelledError:
        await stopped(thread)
        raise


async def pieces_in_thread(begin: Callable[[], Generator[T, None, None]]) -> AsyncGenerator[T, None]:
    """Yield the items of a generator from a separate thread. Closing this one stops the thread, which closes the generator."""
    if not HAS_THREADS:
        with closing(begin()) as here:
            for piece in here:
                yield piece
        return
    loop = asyncio.get_running_loop()
    came: asyncio.Queue[tuple[T] | BaseException | None] = asyncio.Queue()

    def put(item: tuple[T] | BaseException | None) -> None:
        with suppress(RuntimeError):  # the loop was closed
            loop.call_soon_threadsafe(came.put_nowait, item)

    def run() -> None:
        end: BaseException | None = None
        try:
            with closing(begin()) as pieces:
                for piece in pieces:
                    put((piece,))
        except KeyboardInterrupt:  # `stop` was called
            return
        except BaseException as error:
            end = error
        put(end)

    thread = _started(run)
    try:
        while isinstance(item := await came.get(), tuple):
            yield item[0]
        if item is not None:
            raise item
    finally:
        if thread.is_alive():
            await stopped(thread)


async def stopped(thread: Thread) -> None:
    """Stop a thread, and wait a moment for its end."""
    # From another thread, so that a thread in a name lookup, which cannot be woken, does not block the loop.
    stopping = started(lambda: stop([thread]), "aiconn-stop")
    with suppress(asyncio.CancelledError):
        for _ in range(STOPPING):
            if not stopping.is_alive():
                break
            await asyncio.sleep(TICK)


def _started(run: Callable[[], None]) -> Thread:
    context = copy_context()
    return started(lambda: context.run(stoppable(run)), "aiconn-ask")
