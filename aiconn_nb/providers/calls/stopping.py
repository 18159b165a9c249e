"""Stop a thread that waits for an answer, as Ctrl-C stops the main thread: at once, closing its connection."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from contextlib import suppress
from threading import Thread
from time import monotonic, sleep

from .deadline import wake

PATIENCE = 2.0
"""Seconds to wait for a thread's end. A thread in a name lookup cannot be woken; it ends later by itself."""
AGAIN = 0.5
"""Seconds after which a running thread is interrupted again: Python can lose an exception in a finalizer."""


def stop(threads: list[Thread]) -> None:
    """Raise `KeyboardInterrupt` in each thread, and wake those that wait for a server.

    The interrupt alone would take effect only with the next byte. Shutting down the socket ends the wait.
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
    """Run in a thread that may be stopped. The interrupt may come while the thread reports its end; that is not an error."""

    def run() -> None:
        with suppress(KeyboardInterrupt):
            call()

    return run


def _interrupt(thread: Thread) -> None:
    if thread.ident is not None and thread.is_alive():
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread.ident), ctypes.py_object(KeyboardInterrupt))
