"""A call with a time limit returns its result or an error without a key, and no one waits for it longer than the limit."""

from __future__ import annotations

import traceback
from contextvars import ContextVar
from threading import Event, current_thread

import pytest

from aiconn_nb.time_limit import GivenUp, within

CANARY = "canary-5c4b-key"


def plain(error: BaseException) -> BaseException:
    """Return an error with only the type's name."""
    return RuntimeError(type(error).__name__)


def test_it_answers_in_the_context_of_the_caller() -> None:
    """The thread keeps no process alive."""
    variable: ContextVar[int] = ContextVar("variable")
    variable.set(3)
    seen = within(30, lambda: (variable.get(), current_thread().name, current_thread().daemon), plain, name="here")
    assert seen == (3, "here", True)


def test_one_that_does_not_return_is_given_up() -> None:
    """The event tells when the call has ended."""
    go_on = Event()
    with pytest.raises(GivenUp) as raised:
        within(0.05, lambda: go_on.wait(30), plain, name="x")
    assert not raised.value.over.is_set()
    go_on.set()
    assert raised.value.over.wait(30)


@pytest.mark.parametrize("kind", [ValueError, SystemExit, KeyboardInterrupt])
def test_whatever_it_raises_is_made_into_what_is_told(kind: type[BaseException]) -> None:
    """The original error is not chained to it, because its frames may hold a key."""

    def fail() -> None:
        key = CANARY
        raise kind(key)

    with pytest.raises(RuntimeError, match=kind.__name__) as raised:
        within(30, fail, plain, name="x")
    assert raised.value.__cause__ is raised.value.__context__ is None
    frames = traceback.StackSummary.extract(traceback.walk_tb(raised.value.__traceback__), capture_locals=True)
    assert CANARY not in str([frame.locals for frame in frames])
