"""A time limit for a whole call. An SDK's timeout applies to each read, so a server that sends an occasional byte never hits it."""

from __future__ import annotations

import gc
import os
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import islice
from threading import Thread, get_ident
from time import monotonic, sleep
from types import FrameType
from typing import Final, Self, TypeVar

from aiconn_nb.threads import HAS_THREADS, started

T = TypeVar("T")
TICK: Final = 0.2
"""Seconds between two checks for overdue calls."""
IDLE: Final = 25
"""Idle checks before the watching thread ends."""


class Deadline:
    """Ends the wait of a ``with`` block's thread when its time is up, and then sets ``passed``.

    It shuts down the socket, as if the server had ended the connection. The caller discards any result that the block still
    returns.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.passed = False
        self.thread = get_ident()
        self.due = 0.0
        self.block = 0
        """The id of the frame with the ``with`` block. Keeping the frame itself would keep the keys among its locals."""

    def __enter__(self) -> Self:
        self.thread = get_ident()
        self.due = monotonic() + self.seconds
        self.block = id(sys._getframe(1))
        _waiting[self] = None
        _watch()
        return self

    def __exit__(self, *of: object) -> None:
        _waiting.pop(self, None)

    @property
    def is_over(self) -> bool:
        """Whether its thread has left the block. Ctrl-C during ``__enter__`` leaves it without an ``__exit__``."""
        return _without_collection(lambda: all(id(each) != self.block for each in _frames_of(self.thread)))


_waiting: dict[Deadline, None] = {}
"""Changed and copied in single steps, so that it needs no lock, which a forked process could inherit while it is held."""
_watcher: Thread | None = None


def _watch() -> None:
    """Ensure that a thread watches the waiting calls. A forked process has none at first."""
    global _watcher
    if HAS_THREADS and (_watcher is None or not _watcher.is_alive()):
        _watcher = started(_look, "aiconn-deadline")


def _without_collection(look: Callable[[], T]) -> T:
    """The result of a look at the frames of another thread, without the garbage collector.

    A collection may run a finalizer that lets the other thread run. Two things break then in CPython 3.11: the process hangs,
    because making the mapping of all frames holds a lock, or it crashes, because the frame that the walk is about to reach is
    gone.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        return look()
    finally:
        if was_enabled:
            gc.enable()


def _frames_of(thread: int) -> Iterator[FrameType]:
    """The frames of a thread, the innermost first."""
    frame = sys._current_frames().get(thread)
    while frame is not None:
        yield frame
        frame = frame.f_back


def _look() -> None:
    global _watcher
    idle = 0
    while idle < IDLE:
        sleep(TICK)
        idle = 0 if _waiting else idle + 1
        for each in list(_waiting):
            if each.is_over:
                _waiting.pop(each, None)
            elif monotonic() >= each.due:
                each.passed = True
                wake(each.thread)
        if idle == IDLE:
            _watcher = None
            idle = 0 if _waiting else idle  # a new call arrived and found this thread alive


def _forget_other_threads() -> None:
    """Clear the state in a forked process: the other threads do not exist there, and a new thread may reuse one of their ids."""
    for each in list(_waiting):
        if each.thread != get_ident():
            _waiting.pop(each, None)


if hasattr(os, "register_at_fork"):  # Windows has neither this function nor fork
    os.register_at_fork(after_in_child=_forget_other_threads)


def wake(thread: int | None) -> None:
    """Shut down the socket that a thread waits for, if any.

    The thread's own frames reveal the socket: no SDK has a call for this that another thread may use.
    """
    for held in _without_collection(lambda: _sockets_of(thread or 0)):
        with suppress(OSError):
            held.shutdown(socket.SHUT_RDWR)


def _sockets_of(thread: int) -> list[socket.socket]:
    """Return the sockets in the innermost frames of a thread. A waiting thread is in ssl, http.client or an SDK's transport.

    Sockets of asyncio are left out: a thread that tells a loop something has the loop's own socket. Without it, the loop never
    waits again.
    """
    return [
        held
        for frame in islice(_frames_of(thread), 4)
        if not str(frame.f_globals.get("__name__")).startswith("asyncio.")
        for value in list(frame.f_locals.values())
        for held in (value, getattr(value, "_sock", None))
        if isinstance(held, socket.socket)
    ]
