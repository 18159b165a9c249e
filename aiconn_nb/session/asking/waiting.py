"""Waiting for an answer without keeping an event loop waiting."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from threading import Thread
from typing import TypeVar

from .stopping import stop

T = TypeVar("T")


async def in_thread(call: Callable[[], T]) -> T:
    """What ``call`` answers, from a thread of its own. Cancelling it stops the thread, also where it waits for a server."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[T] = loop.create_future()

    def settle(give: Callable[[], None]) -> None:
        if not future.done():
            give()

    def run() -> None:
        try:
            value = call()
        except KeyboardInterrupt:  # `stop` was called: nobody waits any more
            return
        except BaseException as error:
            caught = error
        else:
            loop.call_soon_threadsafe(settle, lambda: future.set_result(value))
            return
        loop.call_soon_threadsafe(settle, lambda: future.set_exception(caught))

    thread = Thread(target=run, name="aiconn-ask", daemon=True)
    thread.start()
    try:
        return await future
    except asyncio.CancelledError:
        await asyncio.to_thread(stop, [thread])
        raise
