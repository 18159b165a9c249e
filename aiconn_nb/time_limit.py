"""A call that is given up after a while: code of other packages may take any time, and a server may send a byte now and then."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import copy_context
from threading import Event, Thread
from typing import TypeVar

T = TypeVar("T")


class GivenUp(Exception):
    """The call has not returned in time. It goes on in its thread, which keeps no process alive; then ``over`` is set."""

    def __init__(self, over: Event) -> None:
        super().__init__("no answer in time")
        self.over = over


def within(
    seconds: float, call: Callable[[], T], failure_of: Callable[[BaseException], BaseException], *, name: str
) -> T:
    """What ``call`` answers, from a thread of its own with this name, in the context of the caller. Ctrl-C ends the wait.

    Raises `GivenUp` after so many seconds, and what ``failure_of`` makes of whatever the call raises: the frames of other
    packages may hold a key.
    """
    answers: list[T] = []
    failures: list[BaseException] = []
    over = Event()

    def run() -> None:
        try:
            answers.append(call())
        except BaseException as error:
            failures.append(failure_of(error))
        finally:
            over.set()

    Thread(target=copy_context().run, args=(run,), name=name, daemon=True).start()
    if not over.wait(seconds):
        raise GivenUp(over)
    if failures:
        raise failures[0]
    return answers[0]
