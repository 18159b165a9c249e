"""Stopping a thread that is being answered, as Ctrl-C stops the main one: at once, and so that its connection is closed."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from contextlib import suppress
from threading import Thread
from time import monotonic, sleep

from .deadline import wake

PATIENCE = 2.0
"""Seconds that a thread has to end. One that looks up a host's name cannot be woken; it ends on its own, later."""
AGAIN = 0.5
"""Seconds after which a thread that goes on is interrupted once more: Python lets an exception in a finalizer be lost."""


def stop(threads: list[Thread]) -> None:
    """Raise `KeyboardInterrupt` in each thread, and wake those that wait for a server.

    The interrupt alone would be seen only with the next byte. A wait for a socket ends when the socket is shut down.
    """
    started = monotonic()
    interrupts = 0
    while any(thread.is_alive() for thread in threads) and (passed := monotonic() - started) < PATIENCE:
        if passed >= interrupts * AGAIN:
            interrupts += 1
            for thread in threads:
                _interrupt(thread)
        for thread in threads:
            wake(thread.ident)
        sleep(0.01)


def stoppable(call: Callable[[], None]) -> Callable[[], None]:
    """What a thread runs that may be stopped. It may hear of it late, while it tells that it has ended; that is no error."""

    def run() -> None:
        with suppress(KeyboardInterrupt):
            call()

    return run


def _interrupt(thread: Thread) -> None:
    if thread.ident is not None and thread.is_alive():
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread.ident), ctypes.py_object(KeyboardInterrupt))
