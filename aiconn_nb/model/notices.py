"""Notes on how a result was obtained. They belong to the result, although they arise deep below it.

`note` adds one. The code that makes the result collects them with `notes_heard` and shows the list. A note that is not collected
becomes a Python warning.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_heard: ContextVar[list[str] | None] = ContextVar("aiconn_notes", default=None)


class AliasRenamed(UserWarning):
    """An alias was found under its former name."""


class SecretHidesFile(UserWarning):
    """A user secret has taken the place of a file's value, outside of Development."""


class UsageNote(UserWarning):
    """A note on recorded usage, its caps, or the log of calls."""


class _Said(str):
    """A note, with the class of its warning if it is not collected."""

    __slots__ = ("category",)
    category: type[Warning]


def is_heard() -> bool:
    """Whether notes are collected now."""
    return _heard.get() is not None


def heard_so_far() -> tuple[str, ...]:
    """The notes collected until now, for a result that is shown before it is returned."""
    return tuple(_heard.get() or ())


def is_of_usage(text: str) -> bool:
    """Whether a collected note is a `UsageNote`, which matters to more than the one result that has it."""
    return getattr(text, "category", None) is UsageNote


@contextmanager
def notes_heard(say: Callable[[str], None] | None = None) -> Iterator[list[str]]:
    """Collect the notes within the block, without duplicates. After it, those that are left in the list go to ``say``, also if an
    error ends the block."""
    heard: list[str] = []
    token = _heard.set(heard)
    try:
        yield heard
    finally:
        _heard.reset(token)
        if say is not None:
            for each in heard:
                say(each)


def note(text: str, category: type[Warning] | None = None) -> None:
    """Note that something was found under another name, or any other fact with a ``category``."""
    if category is not None:
        text = _Said(text)
        text.category = category
    heard = _heard.get()
    if heard is None:
        warnings.warn(str(text), getattr(text, "category", AliasRenamed), stacklevel=_levels_of_ours())
    elif text not in heard:
        heard.append(text)


def _levels_of_ours() -> int:
    """The number of our own frames above: a warning names the line that called us."""
    own = (__name__.partition(".")[0], "contextlib")
    frame, levels = sys._getframe(1), 1
    while frame.f_back is not None and str(frame.f_globals.get("__name__", "")).partition(".")[0] in own:
        frame, levels = frame.f_back, levels + 1
    return levels
