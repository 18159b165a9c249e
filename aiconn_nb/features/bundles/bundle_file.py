"""Reading and writing a bundle's file. The file is untrusted: its kind, size, depth, characters and duplicate names are checked."""

from __future__ import annotations

import errno
import json
import os
import re
import unicodedata
from pathlib import Path
from typing import Any, Final, NoReturn

from aiconn_nb import files
from aiconn_nb.errors import BundleNotRead, BundleNotWritten
from aiconn_nb.model import headers
from aiconn_nb.model.place import shown

LARGEST: Final = 1_000_000
"""Maximum bytes of the file."""
DEEPEST: Final = 8
"""The deepest nesting of objects and arrays; our own bundles have five levels."""

_STRING: Final = re.compile(r'"(?:[^"\\]++|\\.)*+"?', re.DOTALL)
_OF_LINES: Final = frozenset({"system", headers.SETTING})
"""The names of texts that may have several lines: a system prompt, and the extra headers of a connection."""
_REFUSED: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
"""Unicode categories of invisible and text-reversing characters: control, format (bidi, zero width), surrogates ..."""


def read_bundle(path: str | os.PathLike[str]) -> Any:
    """Return the JSON of a bundle's file. Raises `BundleError`, which quotes no content."""
    file = os.path.abspath(os.path.expanduser(path))
    name = shown(file)
    data = _bytes_of(file, name)
    problem = ""
    try:
        return _parsed(data)
    except _Refused as refused:
        problem = str(refused)
    except RecursionError:  # pragma: no cover - the depth is counted before
        problem = "it is nested too deep"
    raise BundleNotRead(path=name, problem=problem)


class _Refused(Exception):
    """Why a text is not a bundle, in words that quote no content."""


def _bytes_of(file: str, name: str) -> bytes:
    problem = ""
    try:
        return files.read(file, most=LARGEST)
    except ValueError:
        problem = "its name is not a valid file name"
    except OSError as error:
        problem = f"it is larger than {LARGEST // 1_000_000} MB" if error.errno == errno.EFBIG else files.reason(error)
    raise BundleNotRead(path=name, problem=problem)


def _parsed(data: bytes) -> Any:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _Refused("it is not UTF-8") from None
    depth = 0
    for mark in re.findall(r"[\[\]{}]", _STRING.sub("", text)):
        depth += 1 if mark in "[{" else -1
        if depth > DEEPEST:
            raise _Refused(f"it is nested deeper than {DEEPEST} levels")
    try:
        found = json.loads(text, object_pairs_hook=_without_twins, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        raise _Refused(f"line {error.lineno}, column {error.colno} is not JSON") from None
    except ValueError:
        raise _Refused("a number in it is too long") from None
    _check_characters(found)
    return found


def _without_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        # JSON readers differ in which duplicate they take: the user could see one and import the other.
        raise _Refused("a name occurs twice in one object")
    return found


def _no_constant(name: str) -> NoReturn:
    raise _Refused("NaN and Infinity are not numbers")


def without_hidden(text: str) -> str:
    """Return a text without the characters that a bundle forbids."""
    return "".join(c for c in text if unicodedata.category(c) not in _REFUSED)


def hidden_in(value: Any) -> str:
    """Return the problem with the characters in a part of a bundle, or ''."""
    try:
        _check_characters(value)
    except _Refused as refused:
        return str(refused)
    return ""


def _check_characters(value: Any) -> None:
    if isinstance(value, dict):
        for key, inner in value.items():
            _check_text(key)
            _check_characters(
                inner.translate({10: " ", 9: " "}) if key in _OF_LINES and isinstance(inner, str) else inner
            )
    elif isinstance(value, list):
        for inner in value:
            _check_characters(inner)
    elif isinstance(value, str):
        _check_text(value)


def _check_text(text: str) -> None:
    if not (text.isascii() and text.isprintable()) and any(unicodedata.category(c) in _REFUSED for c in text):
        raise _Refused("a text in it has control characters or invisible ones")


def write_bundle(path: str | os.PathLike[str], text: str, *, overwrite: bool) -> str:
    """Write a bundle, all or nothing. Returns the path in a displayable form.

    The umask decides the file's mode, because a bundle is meant to be shared. Raises `BundleError`, also if the file exists,
    unless ``overwrite``.
    """
    target = Path(os.path.abspath(os.path.expanduser(path)))
    name = shown(str(target))
    problem = ""
    try:
        if target.is_dir():
            problem = "it is a folder"
        else:
            files.write_document(target, text.encode(), overwrite=overwrite)
            return name
    except FileExistsError:
        pass
    except OSError as error:
        problem = files.reason(error)
    except ValueError:
        problem = "its name is not a valid file name"
    raise BundleNotWritten(path=name, problem=problem)
