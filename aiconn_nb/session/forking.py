"""What a forked process must not share with its parent: locks that a thread held, and connections to a server."""

from __future__ import annotations

import os
from typing import Protocol
from weakref import WeakSet


class Forked(Protocol):
    """What starts anew in a forked process."""

    def renew(self) -> None:
        """Called once in the child, while no other thread runs."""


_KEPT: WeakSet[Forked] = WeakSet()


def renew_in_child(each: Forked) -> None:
    """Have ``renew`` called in each process that is forked from this one, as long as the object lives."""
    _KEPT.add(each)


def _renew() -> None:
    for each in list(_KEPT):
        each.renew()


if hasattr(os, "register_at_fork"):  # there is none on Windows, which has no fork either
    os.register_at_fork(after_in_child=_renew)
