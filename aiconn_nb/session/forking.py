"""State that a forked process must not share with its parent: locks of threads, connections to servers and databases."""

from __future__ import annotations

import os
from threading import Lock
from typing import Protocol
from weakref import WeakSet


class Forked(Protocol):
    """An object that resets itself in a forked process."""

    def renew(self) -> None:
        """Called once in the child, while no other thread runs."""


class Closing(Protocol):
    """An object with an open database.

    The child inherits SQLite's own notes on the locks of its parent, and trusts them: it would neither see the locks that the
    parent takes later, nor ever get those that a thread of the parent held. Without an open connection there are no notes.
    """

    def before_fork(self) -> None:
        """Close the database and keep other threads from opening it."""

    def after_fork(self) -> None:
        """Called in the parent: let other threads open it again."""


_KEPT: WeakSet[Forked] = WeakSet()
_CLOSING: WeakSet[Closing] = WeakSet()
_closed: list[Closing] = []
_adding = Lock()


def renew_in_child(each: Forked) -> None:
    """Call ``renew`` in each process that is forked from this one, as long as the object lives."""
    _KEPT.add(each)


def close_before_fork(each: Closing) -> None:
    """Call ``before_fork`` and ``after_fork`` around each fork of this process, as long as the object lives."""
    with _adding:
        _CLOSING.add(each)


def _before() -> None:
    with _adding:
        _closed[:] = _CLOSING
    for each in _closed:
        each.before_fork()


def _after() -> None:
    while _closed:
        _closed.pop().after_fork()


def _renew() -> None:
    global _adding
    _adding = Lock()
    _closed.clear()
    for each in list(_KEPT):
        each.renew()


if hasattr(os, "register_at_fork"):  # Windows has neither this function nor fork
    os.register_at_fork(before=_before, after_in_parent=_after, after_in_child=_renew)
