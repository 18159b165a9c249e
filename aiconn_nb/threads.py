"""Threads, if the platform has them: Python in a browser (Pyodide, as in JupyterLite) has none, and does the work at once."""

from __future__ import annotations

import sys
from collections.abc import Callable
from threading import Thread
from typing import Final

HAS_THREADS: Final = sys.platform != "emscripten"


def started(call: Callable[[], object], name: str) -> Thread:
    """A started daemon thread with this name that runs ``call``; in a browser it has already finished."""
    made = (Thread if HAS_THREADS else _AtOnce)(target=call, name=name, daemon=True)
    # At the end of the process a new thread never begins, and Python would wait for it forever.
    if not sys.is_finalizing():
        made.start()
    return made


def in_future(error: BaseException) -> BaseException:
    """Return the error of a call as a future takes it: up to Python 3.11, one that is given a `StopIteration` never ends."""
    if not isinstance(error, StopIteration):
        return error
    return RuntimeError("the call raised StopIteration").with_traceback(error.__traceback__)


class _AtOnce(Thread):
    """Replaces a thread: does the work when it is started."""

    def start(self) -> None:
        """Do the work. Exceptions are raised here."""
        self.run()

    def join(self, timeout: float | None = None) -> None:
        """Do nothing: the work is done."""
