"""Waiting for an answer without keeping an event loop waiting."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from contextvars import copy_context
from functools import partial
from threading import Thread
from typing import TypeVar

from .stopping import stop, stoppable

T = TypeVar("T")

TICK = 0.1
"""Seconds after which a loop that waits looks up."""
STOPPING = 25
"""Looks at a thread that is being stopped, of a tenth of that time, before it is left to itself."""


async def in_thread(call: Callable[[], T]) -> T:
    """What ``call`` answers, from a thread of its own, in the context of who awaits.

    Cancelling it stops the thread, also where it waits for a server.
    """
    loop = asyncio.get_running_loop()
    future: asyncio.Future[T] = loop.create_future()

    def settle(give: Callable[[], None]) -> None:
        if not future.done():
            give()

    def run() -> None:
        give: Callable[[], None]
        try:
            value = call()
        except KeyboardInterrupt:  # `stop` was called: nobody waits any more
            return
        except BaseException as error:
            give = partial(future.set_exception, error)
        else:
            give = partial(future.set_result, value)
        with suppress(RuntimeError):  # the loop was closed: nobody waits any more
            loop.call_soon_threadsafe(settle, give)

    thread = Thread(target=copy_context().run, args=(stoppable(run),), name="aiconn-ask", daemon=True)
    thread.start()
    try:
        # In short waits: an interrupt of a kernel (ipykernel 7) cancels the task, but does not wake a loop that has nothing to do.
        while not future.done():
            await asyncio.wait([future], timeout=TICK)
    except asyncio.CancelledError:
        future.cancel()  # what the thread says as it is stopped is for nobody
        # As a thread of its own, so that one that cannot be woken, as it looks up a host's name, keeps nobody waiting.
        stopping = Thread(target=stop, args=([thread],), name="aiconn-stop", daemon=True)
        stopping.start()
        with suppress(asyncio.CancelledError):
            for _ in range(STOPPING):
                if not stopping.is_alive():
                    break
                await asyncio.sleep(TICK / 10)
        raise
    return future.result()


class Teller:
    """Tells a function in the loop's thread what comes in another, in the context of who awaits."""

    def __init__(self, on_text: Callable[[str], None]) -> None:
        self._on_text = on_text
        self._loop = asyncio.get_running_loop()
        self._context = copy_context()
        self._problem: Exception | None = None

    def __call__(self, text: str) -> None:
        """Tell it soon. Raises what the function raised the last time, so that no more is asked for."""
        self.check()
        self._loop.call_soon_threadsafe(self._tell, text, context=self._context)

    def check(self) -> None:
        """Raises what the function raised."""
        if self._problem is not None:
            raise self._problem

    def _tell(self, text: str) -> None:
        if self._problem is None:
            try:
                self._on_text(text)
            except Exception as error:
                self._problem = error
