"""A call that is given up after a while: not every SDK can be hurried, and a server may send a byte now and then for ever."""

from __future__ import annotations

from collections.abc import Callable
from threading import Thread
from typing import Generic, TypeVar

from aiconn_nb.errors import AiconnError

T = TypeVar("T")


class _Outcome(Generic[T]):
    value: T
    error: BaseException | None = None


def within(seconds: float, call: Callable[[], T]) -> T:
    """What ``call`` returns or raises, an `AiconnError` or a `NotImplementedError`, within so many seconds.

    Raises `TimeoutError` where it takes longer; it is left behind in a thread that does not keep the process alive.
    """
    outcome: _Outcome[T] = _Outcome()

    def run() -> None:
        try:
            outcome.value = call()
        except (AiconnError, NotImplementedError) as error:
            outcome.error = error.with_traceback(None)
        except BaseException as error:
            # Only its type: its words and frames are unknown, and may have a key in them.
            outcome.error = RuntimeError(type(error).__name__)

    thread = Thread(target=run, name="aiconn-test-call", daemon=True)
    thread.start()
    thread.join(seconds)
    if thread.is_alive():
        raise TimeoutError
    if outcome.error is not None:
        raise outcome.error
    return outcome.value
