"""Calls with a time limit: code of other packages may take any time, and a server may send an occasional byte."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import copy_context
from threading import Event
from typing import TypeVar

from aiconn_nb.threads import started

T = TypeVar("T")


class GivenUp(Exception):
    """The call did not return in time. It continues in its daemon thread, and ``over`` is set when it ends."""

    def __init__(self, over: Event) -> None:
        super().__init__("no answer in time")
        self.over = over


def within(
    seconds: float, call: Callable[[], T], failure_of: Callable[[BaseException], BaseException], *, name: str
) -> T:
    """Return the result of ``call`` from a separate thread with this name, in the context of the caller. Ctrl-C ends the wait.

    Raises `GivenUp` after so many seconds, and the error that ``failure_of`` builds from any exception of the call: the frames of
    other packages may hold a key.
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

    context = copy_context()
    started(lambda: context.run(run), name)
    if not over.wait(seconds):
        raise GivenUp(over)
    if failures:
        raise failures[0]
    return answers[0]
