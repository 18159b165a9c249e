"""Removing the locals of a traceback: IPython's Verbose mode, crash reports and Sentry print them, and they may contain a key.

A traceback of an `AiconnError` loses the frames of this package: they say nothing about a user's mistake.

With the environment variable ``AICONN_DEBUG=1`` the frames of our own logic keep them, to help with debugging. A key is still
printed only as a masked `Secret`: a frame is cleared if

- it, or one above it, is of another package, or of one that has keys in the clear (providers, vault, configuration);
- one of its locals holds a long text that the caller passed to the verb, which may be a key.

All frames are cleared if an argument's texts cannot be determined, such as those of another library's object.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from traceback import clear_frames, walk_tb
from types import FrameType, FunctionType, MethodType, NoneType, TracebackType
from typing import Final

from .secret import Secret

_KEEPING: Final = (
    "aiconn_nb.errors",
    "aiconn_nb.features",
    "aiconn_nb.session",
    "aiconn_nb.store",
    "aiconn_nb.ui.shell",
)
"""Packages whose frames hold keys only as a `Secret` or as an argument of a verb."""
_TRANSPARENT: Final = ("contextlib", "aiconn_nb.model.frames")
"""Modules that hold no values and call our code again."""
_INNER: Final = ("aiconn_nb", "asyncio", "concurrent", "contextlib")
"""This package, and those through which it calls itself."""
_LONG: Final = 8
"""The minimum number of characters of a text that may be a key."""
_WITHOUT_TEXT: Final = (NoneType, bool, int, float, complex, type, FunctionType, MethodType, Secret)
"""Types that show no text of an argument."""


def clear(traceback: TracebackType | None, given: object = (), *, in_debug: bool) -> None:
    """Remove the locals from a traceback's frames; ``in_debug``: in debug mode only if they may contain a key.

    ``given`` are the caller's arguments to the verb, without the object that the verb belongs to.
    """
    if not in_debug or os.environ.get("AICONN_DEBUG") != "1":
        clear_frames(traceback)
        return
    try:
        texts = [text for text in _texts_in(given) if len(text) >= _LONG]
    except Exception:
        clear_frames(traceback)
        return
    is_below = False
    for frame, _ in walk_tb(traceback):
        module = str(frame.f_globals.get("__name__"))
        is_below = is_below or not module.startswith((*_KEEPING, *_TRANSPARENT))
        if is_below or module.startswith(_TRANSPARENT) or _holds(frame, texts):
            with suppress(RuntimeError):  # it is still running
                frame.clear()


def shorten(error: BaseException) -> bool:
    """Remove this package's frames, and those through which it calls itself, from the traceback of an `AiconnError`, but not the
    frames of a user's callback. Returns False in debug mode, which keeps all."""
    if os.environ.get("AICONN_DEBUG") == "1":
        return False
    kept = None
    for each in reversed(list(_links(error.__traceback__))):
        if str(each.tb_frame.f_globals.get("__name__")).partition(".")[0] not in _INNER:
            kept = TracebackType(kept, each.tb_frame, each.tb_lasti, each.tb_lineno)
    error.__traceback__ = kept
    return True


def _links(traceback: TracebackType | None) -> Iterator[TracebackType]:
    while traceback is not None:
        yield traceback
        traceback = traceback.tb_next


def _holds(frame: FrameType, texts: Iterable[str]) -> bool:
    """Whether a local of the frame shows one of the texts."""
    for value in frame.f_locals.values():
        try:
            shown = value if isinstance(value, str) else repr(value)
        except Exception:
            return True  # unknown
        if any(text in shown or repr(text)[1:-1] in shown for text in texts):
            return True
    return False


def _texts_in(value: object) -> Iterator[str]:
    """The texts in the arguments. Raises `TypeError` for an object that may show a text and cannot be inspected."""
    if isinstance(value, str):
        yield str.__str__(value)  # a subclass may override __str__
    elif isinstance(value, bytes | bytearray):
        yield value.decode("utf-8", "replace")
        yield repr(bytes(value))[2:-1]
    elif isinstance(value, os.PathLike):
        yield from _texts_in(os.fspath(value))
    elif isinstance(value, Mapping):
        yield from _texts_in([*value, *value.values()])
    elif isinstance(value, list | tuple | set | frozenset):
        for each in value:
            yield from _texts_in(each)
    elif not isinstance(value, _WITHOUT_TEXT):
        raise TypeError
