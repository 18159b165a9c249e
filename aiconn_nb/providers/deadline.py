"""A limit for a whole call. An SDK's timeout is one for each read: a server that sends a byte now and then never meets it."""

from __future__ import annotations

import os
import socket
import sys
from contextlib import suppress
from threading import Thread, get_ident
from time import monotonic, sleep
from types import FrameType
from typing import Final, Self

TICK: Final = 0.2
"""Seconds between two looks at what has taken too long."""
IDLE: Final = 25
"""Looks at nothing before the watching thread ends."""


class Deadline:
    """Ends what the thread of a ``with`` block waits for when its time is up, and says so in ``passed``.

    The wait is ended as a server would end it: its socket is shut down. What the block is about to answer then is for the caller
    to let go.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.passed = False
        self.thread = get_ident()
        self.due = 0.0
        self.block = 0
        """The frame that has the ``with`` block, by its id: to keep a frame is to keep the keys among its locals."""

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
        frame = sys._current_frames().get(self.thread)
        while frame is not None and id(frame) != self.block:
            frame = frame.f_back
        return frame is None


_waiting: dict[Deadline, None] = {}
"""Changed and copied in single steps, so that no lock is needed, which a forked process could inherit while it is held."""
_watcher: Thread | None = None


def _watch() -> None:
    """Have a thread that looks after those that wait. In a forked process there is none."""
    global _watcher
    if _watcher is None or not _watcher.is_alive():
        _watcher = Thread(target=_look, name="aiconn-deadline", daemon=True)
        _watcher.start()


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
            idle = 0 if _waiting else idle  # one came meanwhile, and found this thread alive


def _forget_other_threads() -> None:
    """In a forked process: they are not there, and a new thread may get the number of one of them."""
    for each in list(_waiting):
        if each.thread != get_ident():
            _waiting.pop(each, None)


if hasattr(os, "register_at_fork"):  # there is none on Windows, which has no fork either
    os.register_at_fork(after_in_child=_forget_other_threads)


def wake(thread: int | None) -> None:
    """Shut down the socket that a thread waits for, if it waits for one.

    Which one it is, the thread's own frames say: no SDK has a call for it that another thread may make.
    """
    frame: FrameType | None = sys._current_frames().get(thread or 0)
    # The innermost frames only: those are the ones of the wait itself, of ssl, http.client or an SDK's transport.
    for _ in range(4):
        if frame is None:
            return
        for value in list(frame.f_locals.values()):
            for held in (value, getattr(value, "_sock", None)):
                if isinstance(held, socket.socket):
                    with suppress(OSError):
                        held.shutdown(socket.SHUT_RDWR)
        frame = frame.f_back
