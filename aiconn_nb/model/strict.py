"""Strict reading of untrusted JSON: exact keys and exact types, or `Malformed`, which names the place and never a value.

The store and bundles use it. The libraries msgspec and cattrs were tried for this. Their errors repeat the name of an unknown
field, which in a stranger's file may be anything, and do not name a key within a mapping; they accept numbers that are not
finite; and their import takes as long as all of this parsing.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, TypeVar

Plain = str | int | float | bool
T = TypeVar("T")
Choice = TypeVar("Choice", bound=StrEnum)

_NO: Final[dict[type, str]] = {
    str: "is not text",
    bool: "is neither true nor false",
    int: "is not a whole number",
    list: "is not a list",
    dict: "is not an object",
}


class Malformed(Exception):
    """A part of a document violates the layout."""

    def __init__(self, field: str, problem: str) -> None:
        """``field`` is '' for the document as a whole."""
        super().__init__(f"{field or 'it'} {problem}")
        self.field = field
        self.problem = problem

    def within(self, place: str) -> Malformed:
        """The same error for a document that contains this one."""
        return Malformed(f"{place}.{self.field}" if self.field else place, self.problem)


def exactly(found: Any, wanted: Collection[str], allowed: Collection[str] = ()) -> dict[str, Any]:
    """Check for an object with these keys, optionally those in ``allowed``, and no other. Raises `Malformed`."""
    if type(found) is not dict:
        raise Malformed("", _NO[dict])
    if missing := {*wanted} - found.keys():
        raise Malformed(min(missing), "is missing")
    if len(found) > len(wanted) and not found.keys() <= {*wanted, *allowed}:
        raise Malformed("", "has a field that is not known here")
    return found


def shaped(found: Any, kinds: Mapping[str, type], allowed: Collection[str] = ()) -> dict[str, Any]:
    """Check for an object with exactly these keys, optionally those in ``allowed``, and with a value of exactly its type for each
    key: true is not a number. Raises `Malformed`."""
    exactly(found, kinds, allowed)
    for field, kind in kinds.items():
        if type(found[field]) is not kind:
            raise Malformed(field, _NO[kind])
    return found  # type: ignore[no-any-return]


def typed(document: dict[str, Any], field: str, kind: type[T]) -> T:
    """A field of exactly this type: true is not a number. Raises `Malformed`."""
    value = document[field]
    if type(value) is not kind:
        raise Malformed(field, _NO[kind])
    return value


def text(document: dict[str, Any], field: str, most: int) -> str:
    """A field with text of at most so many characters; see `text_of`. Without a maximum it is `typed`."""
    return text_of(document[field], field, most)


def text_of(value: Any, field: str = "", most: int | None = None) -> str:
    """A text of at most so many characters. Raises `Malformed`."""
    if type(value) is not str:
        raise Malformed(field, _NO[str])
    if most is not None and len(value) > most:
        raise Malformed(field, f"is longer than {most} characters")
    return value


def entries(document: dict[str, Any], field: str, read: Callable[[Any], T], most: int | None = None) -> tuple[T, ...]:
    """The entries of a list, or none if it is missing. Raises `Malformed` with the entry's number."""
    found = typed(document, field, list) if field in document else []
    if most is not None and len(found) > most:
        raise Malformed(field, f"has more than {most} entries")
    made = []
    for number, each in enumerate(found):
        try:
            made.append(read(each))
        except Malformed as malformed:
            raise malformed.within(f"{field}[{number}]") from None
    return tuple(made)


def plain(value: Any, field: str = "") -> Plain:
    """Text, a number, true or false. Raises `Malformed`, above all for a `Secret`, which must be sealed first."""
    if type(field) is not str:
        raise Malformed("a key", _NO[str])
    if type(value) is float and value - value != 0:
        raise Malformed(field, "is not a finite number")
    if type(value) is int and value.bit_length() > 64:
        raise Malformed(field, "is too large a number")
    if type(value) in (str, int, float, bool):
        return value  # type: ignore[no-any-return]
    raise Malformed(field, "is neither text, a number, true nor false")


def one_of(kind: type[Choice], value: Any, field: str) -> Choice:
    """The enum member of this name. Raises `Malformed`."""
    if isinstance(value, str) and value in (known := {str(each): each for each in kind}):
        return known[value]
    raise Malformed(field, "is not one of " + ", ".join(kind))


def moment_of(value: Any, field: str = "") -> datetime:
    """A time with its time zone, in ISO 8601. Raises `Malformed`."""
    try:
        found = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        found = datetime.min
    if found.utcoffset() is None:
        raise Malformed(field, "is not a time with a time zone")
    return found
