"""Removing the locals of a traceback: IPython's Verbose mode and crash reports print them, and they may contain a key.

With the environment variable ``AICONN_DEBUG=1`` the frames of our own logic keep them, to help with debugging. A key is still
printed only as a masked `Secret`: a frame is cleared if

- it, or one above it, is of another package, or of one that has keys in the clear (providers, vault, configuration);
- one of its locals holds a long text that the caller of the verb gave, which may be a key.

All are cleared if something was given whose texts cannot be told, such as an object of another library.
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
"""Packages in whose frames a key is a `Secret`, or what was given to a verb."""
_TRANSPARENT: Final = ("contextlib", "aiconn_nb.model.frames")
"""Modules that hold nothing and call ours again."""
_LONG: Final = 8
"""Characters of a text that may be a key."""
_WITHOUT_TEXT: Final = (NoneType, bool, int, float, complex, type, FunctionType, MethodType, Secret)
"""What shows no text that was given."""


def clear(traceback: TracebackType | None, given: object = (), *, in_debug: bool) -> None:
    """Take the locals out of the frames of a traceback; ``in_debug``: in debug mode only where a key may be in them.

    ``given`` is what the caller gave to the verb, without the object that the verb belongs to.
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


def _holds(frame: FrameType, texts: Iterable[str]) -> bool:
    """Whether a local of the frame shows one of the texts."""
    for value in frame.f_locals.values():
        try:
            shown = value if isinstance(value, str) else repr(value)
        except Exception:
            return True  # it cannot be told
        if any(text in shown or repr(text)[1:-1] in shown for text in texts):
            return True
    return False


def _texts_in(value: object) -> Iterator[str]:
    """The texts in what was given. Raises `TypeError` for an object that may show one and is not looked into."""
    if isinstance(value, str):
        yield str.__str__(value)  # a subclass may say something else of itself
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
