"""The event loop in which this process talks to providers, in a background thread.

An SDK's asynchronous client belongs to one event loop: in a second ``asyncio.run`` it fails, or sends a message twice. Here
the clients and their open connections outlive the caller's loop, a notebook's own loop stays free, and synchronous code can
use them as well.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from concurrent.futures import CancelledError, Future
from concurrent.futures import wait as wait_for
from contextlib import suppress
from contextvars import ContextVar, copy_context
from queue import Empty, SimpleQueue
from threading import Lock
from time import monotonic
from typing import Any, Final, Generic, TypeVar, cast

from aiconn_nb.errors import NoAsyncioLoop, NoLoopInBackground
from aiconn_nb.threads import HAS_THREADS, in_future, started

T = TypeVar("T")

TICK: Final = 0.05
"""Seconds after which a waiting caller checks for interrupts."""
STOPPING: Final = 1.0
"""Seconds to wait for the end of cancelled work before it is abandoned."""

_awaited: ContextVar[_Awaited | None] = ContextVar("_awaited", default=None)
"""The call of `awaited_thread` in this context."""

_loop: asyncio.AbstractEventLoop | None = None
_lock = Lock()


def loop() -> asyncio.AbstractEventLoop:
    """The running loop. Raises `NoLoopInBackground` if it does not start."""
    global _loop
    with _lock:
        if _loop is None:
            made = asyncio.new_event_loop()
            running: Future[None] = Future()
            made.call_soon(running.set_result, None)

            def run_forever() -> None:
                try:
                    made.run_forever()
                except RuntimeError as error:  # gevent's threads share one, and its loop is already running
                    running.set_exception(error)

            if started(run_forever, "aiconn-loop").ident is not None:
                try:
                    running.result()
                except RuntimeError:
                    made.close()
                    raise NoLoopInBackground from None
            _loop = made
        return _loop


def _forget() -> None:
    """Discard the loop in a forked process, which does not have its thread."""
    global _loop, _lock
    _loop, _lock = None, Lock()


if hasattr(os, "register_at_fork"):  # Windows has neither this function nor fork
    os.register_at_fork(after_in_child=_forget)


class Work(Generic[T]):
    """A coroutine that runs in the background loop, in the context of the caller."""

    def __init__(self, work: Coroutine[Any, Any, T]) -> None:
        self.done: Future[T] = Future()
        """Its result. Cancelled work has a `concurrent.futures.CancelledError`."""
        self._work = work
        self._task: asyncio.Task[T] | None = None
        self._is_cancelled = False
        try:
            self._loop = loop()
        except NoLoopInBackground:
            work.close()
            raise
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
    """Return the result of a coroutine that runs in the background loop. Cancelling this cancels it, and waits for its end."""
    if not HAS_THREADS:
        return await work
    try:
        _require_asyncio()
    except NoAsyncioLoop:
        work.close()
        raise
    running = Work(work)
    return await _result(running.done, running.cancel, STOPPING)


def _require_asyncio() -> None:
    """Raise `NoAsyncioLoop` in the loop of another framework, before anything is sent."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        raise NoAsyncioLoop from None


class _Awaited:
    """A call of `awaited_thread`."""

    def __init__(self) -> None:
        self.is_given_up = False
        """Whether no one waits for it any longer."""
        self.works: list[Work[Any]] = []
        """What its thread waits for. The thread may be busy meanwhile, reading rows or in a callback."""

    def give_up(self) -> None:
        """Cancel it."""
        self.is_given_up = True
        for each in tuple(self.works):
            each.cancel()


async def awaited_thread(call: Callable[[], T]) -> T:
    """Return the result of ``call`` from a separate thread. Cancelling this stops the `run` in that thread, and waits a moment.

    Without threads, as in a browser, ``call`` runs here.
    """
    if not HAS_THREADS:
        return call()
    _require_asyncio()
    done: Future[T] = Future()
    waiting = _Awaited()
    context = copy_context()
    context.run(_awaited.set, waiting)

    def answer() -> None:
        try:
            done.set_result(context.run(call))
        except BaseException as error:
            done.set_exception(in_future(error))

    started(answer, "aiconn-awaited")
    return await _result(done, waiting.give_up, 2 * STOPPING)


def check_given_up() -> None:
    """Raise `asyncio.CancelledError` in a call of `awaited_thread` that was cancelled."""
    waiting = _awaited.get()
    if waiting is not None and waiting.is_given_up:
        raise asyncio.CancelledError


async def _result(done: Future[T], cancel: Callable[[], None], patience: float) -> T:
    """The result of other work. Cancelling this calls ``cancel``, and waits so many seconds for the end."""
    future = asyncio.wrap_future(done)
    try:
        # In short waits: an interrupt of a kernel (ipykernel 7) cancels the task, but does not wake an idle loop.
        while not future.done():
            await asyncio.wait([future], timeout=TICK)
    except asyncio.CancelledError:
        cancel()
        # Whenever it ends, its error is retrieved, so that it is not reported.
        future.add_done_callback(lambda ended: None if ended.cancelled() else ended.exception())
        with suppress(asyncio.CancelledError):
            await asyncio.wait([future], timeout=patience)
        raise
    return future.result()


async def side_by_side(works: Sequence[Callable[[], Awaitable[T]]], most: int) -> list[T]:
    """Return the results of several coroutines in their order, with at most so many at a time. The first error cancels all."""
    if not HAS_THREADS:
        return [await work() for work in works]
    waiting = iter(enumerate(works))
    found: dict[int, T] = {}

    async def take() -> None:
        for place, work in waiting:
            found[place] = await work()

    takers = [asyncio.ensure_future(take()) for _ in range(min(most, len(works)))]
    try:
        await asyncio.gather(*takers)
    finally:
        for taker in takers:
            taker.cancel()
        await asyncio.gather(*takers, return_exceptions=True)
    return [found[place] for place in range(len(works))]


class Caller:
    """The thread that waits in `run`, as a coroutine in the background loop sees it."""

    def __init__(self) -> None:
        self._calls: SimpleQueue[Callable[[], None]] = SimpleQueue()

    async def result(self, call: Callable[[], T]) -> T:
        """Return the result of ``call`` in that thread."""
        done: Future[T] = Future()

        def answer() -> None:
            if not done.set_running_or_notify_cancel():
                return
            try:
                value = call()
            except Exception as error:
                done.set_exception(in_future(error))
            else:
                done.set_result(value)

        self._calls.put(answer)
        return await asyncio.wrap_future(done)

    def wake(self) -> None:
        """End `wait`."""
        self._calls.put(lambda: None)

    def wait(self) -> None:
        """Make the next call, or return after `TICK` seconds."""
        with suppress(Empty):
            self._calls.get(timeout=TICK)()


def run(work: Coroutine[Any, Any, T], on_tick: Callable[[], None] = lambda: None, caller: Caller | None = None) -> T:
    """Return the result of a coroutine that runs in the background loop. ``on_tick`` is called in this thread every `TICK` seconds.

    Through ``caller``, the coroutine may call functions in this thread. An interrupt, an error of ``on_tick`` or the end of a
    cancelled `awaited_thread` cancels the coroutine and waits for its end. A browser has no thread for a loop: everything that the
    coroutine awaits must be complete at once.
    """
    if not HAS_THREADS:
        return _at_once(work)
    caller = caller or Caller()
    running = Work(work)
    running.done.add_done_callback(lambda _: caller.wake())
    waiting = _awaited.get()
    works = [] if waiting is None else waiting.works
    works.append(running)
    ticked = monotonic()
    try:
        while not running.done.done():
            caller.wait()
            check_given_up()
            if monotonic() - ticked >= TICK:
                on_tick()
                ticked = monotonic()
    except BaseException:
        running.cancel()
        wait_for([running.done], STOPPING)
        raise
    finally:
        works.remove(running)
    return running.done.result()


def _at_once(work: Coroutine[Any, Any, T]) -> T:
    try:
        work.send(None)
    except StopIteration as done:
        return cast(T, done.value)
    work.close()
    raise RuntimeError("it waits for something that only an event loop brings")
