"""Notes on how something was found. They belong to the answer, although they arise deep below it.

`note` adds one. The code that makes the answer collects them with `notes_heard` and shows the list. A note that is not collected
is a Python warning.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_heard: ContextVar[list[str] | None] = ContextVar("aiconn_notes", default=None)


class AliasRenamed(UserWarning):
    """Something was found by the alias that it had before it was renamed."""


def is_heard() -> bool:
    """Whether the notes that are said now are collected."""
    return _heard.get() is not None


@contextmanager
def notes_heard() -> Iterator[list[str]]:
    """Collect what is noted within, each note once."""
    heard: list[str] = []
    token = _heard.set(heard)
    try:
        yield heard
    finally:
        _heard.reset(token)


def note(text: str) -> None:
    """Say that something was found otherwise than it was asked for."""
    heard = _heard.get()
    if heard is None:
        warnings.warn(text, AliasRenamed, stacklevel=_levels_of_ours())
    elif text not in heard:
        heard.append(text)


def _levels_of_ours() -> int:
    """How many frames up the code is that called us: a warning names its line, not one of ours."""
    own = (__name__.partition(".")[0], "contextlib")
    frame, levels = sys._getframe(1), 1
    while frame.f_back is not None and str(frame.f_globals.get("__name__", "")).partition(".")[0] in own:
        frame, levels = frame.f_back, levels + 1
    return levels
