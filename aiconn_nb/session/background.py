"""The event loop in which this process talks to providers, in a thread of its own.

An SDK's asynchronous client belongs to one event loop: in a second ``asyncio.run`` it fails, or sends a message twice. Here
the clients and their open connections outlive the caller's loop, a notebook's own loop stays free, and synchronous code can
use them as well.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Coroutine
from concurrent.futures import CancelledError, Future
from concurrent.futures import wait as wait_for
from contextlib import suppress
from contextvars import copy_context
from threading import Lock, Thread
from typing import Any, Final, Generic, TypeVar

T = TypeVar("T")

TICK: Final = 0.05
"""Seconds after which a waiting caller checks for interrupts."""
STOPPING: Final = 1.0
"""Seconds that cancelled work has to end before it is abandoned."""

_loop: asyncio.AbstractEventLoop | None = None
_lock = Lock()


def loop() -> asyncio.AbstractEventLoop:
    """The loop, which runs."""
    global _loop
    with _lock:
        if _loop is None:
            made = asyncio.new_event_loop()
            Thread(target=made.run_forever, name="aiconn-loop", daemon=True).start()
            _loop = made
        return _loop


def _forget() -> None:
    """A forked process does not have the loop's thread."""
    global _loop, _lock
    _loop, _lock = None, Lock()


if hasattr(os, "register_at_fork"):  # there is none on Windows, which has no fork either
    os.register_at_fork(after_in_child=_forget)


class Work(Generic[T]):
    """A coroutine that runs in the background loop, in the context of the caller."""

    def __init__(self, work: Coroutine[Any, Any, T]) -> None:
        self.done: Future[T] = Future()
        """Its result. Work that was cancelled has a `concurrent.futures.CancelledError`."""
        self._work = work
        self._task: asyncio.Task[T] | None = None
        self._is_cancelled = False
        self._loop = loop()
        self._loop.call_soon_threadsafe(self._start, context=copy_context())

    def cancel(self) -> None:
        """Cancel it, which closes its requests."""
        self._loop.call_soon_threadsafe(self._cancel)

    def _start(self) -> None:
        self._task = self._loop.create_task(self._work)
        self._task.add_done_callback(self._settle)
        if self._is_cancelled:
            self._task.cancel()

    def _cancel(self) -> None:
        self._is_cancelled = True
        if self._task is not None:
            self._task.cancel()

    def _settle(self, task: asyncio.Task[T]) -> None:
        if task.cancelled():
            self.done.set_exception(CancelledError())
        elif (error := task.exception()) is not None:
            self.done.set_exception(error)
        else:
            self.done.set_result(task.result())


async def awaited(work: Coroutine[Any, Any, T]) -> T:
    """What a coroutine answers that runs in the background loop. Cancelling this cancels it, and waits for its end."""
    running = Work(work)
    future = asyncio.wrap_future(running.done)
    try:
        # In short waits: an interrupt of a kernel (ipykernel 7) cancels the task, but does not wake a loop that has nothing to do.
        while not future.done():
            await asyncio.wait([future], timeout=TICK)
    except asyncio.CancelledError:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await asyncio.wait([future], timeout=STOPPING)
        if future.done() and not future.cancelled():
            future.exception()  # looked at, so that it is not reported
        raise
    return future.result()


def run(work: Coroutine[Any, Any, T], on_tick: Callable[[], None] = lambda: None) -> T:
    """What a coroutine answers that runs in the background loop. ``on_tick`` is called in this thread every `TICK` seconds.

    An interrupt, or an error of ``on_tick``, cancels it and waits for its end.
    """
    running = Work(work)
    try:
        while not wait_for([running.done], TICK).done:
            on_tick()
    except BaseException:
        running.cancel()
        wait_for([running.done], STOPPING)
        raise
    return running.done.result()
