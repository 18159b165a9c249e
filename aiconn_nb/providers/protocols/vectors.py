"""Parse vectors from servers: numbers or base64, with or without an index. An ambiguous vector is rejected."""

from __future__ import annotations

import math
import sys
from array import array
from base64 import b64decode
from collections.abc import Mapping, Sequence
from typing import Any

from ..failures.classifying import Unreadable
from ..failures.json_text import parsed

_NOT_POOLED = (
    "The model does not pool its vectors: choose a model for embeddings, or start the server with a pooling type."
)


def vector(value: object) -> list[float]:
    """A vector from a list of numbers or from base64. Raises `Unreadable`."""
    if isinstance(value, str):
        numbers = _decoded(value)
    elif isinstance(value, list) and value and isinstance(value[0], list):
        if len(value) > 1:  # of llama-cpp-python and infinity
            raise Unreadable("the answer has a vector per token in place of one per text", advice=_NOT_POOLED)
        return vector(value[0])  # llama.cpp's format
    elif isinstance(value, list):
        try:
            numbers = array("d", value)
        except (TypeError, OverflowError):
            raise Unreadable("a vector holds something other than numbers") from None
    else:
        raise Unreadable("the answer has no vector")
    if not numbers:
        raise Unreadable("a vector is empty")
    if not math.isfinite(sum(numbers)):
        raise Unreadable("a vector holds a number that is not finite")
    return numbers.tolist()


def in_order(entries: Sequence[Any], texts: int) -> list[list[float]]:
    """One vector per text from the entries of an answer, in the order of the texts. Raises `Unreadable`.

    An entry is a mapping with ``embedding`` and usually ``index``, or a bare vector. A missing index is filled in
    if only one is possible: Google's server omits the index 0, others omit all.
    """
    found = [each.get("embedding") if isinstance(each, Mapping) else each for each in entries]
    if len(found) != texts:
        raise miscounted(len(found), texts)
    places = [_index(each.get("index")) if isinstance(each, Mapping) else None for each in entries]
    order: list[list[float]] = [[] for _ in range(texts)]
    for place, value in zip(_filled(places), found, strict=True):
        order[place] = vector(value)
    return order


def miscounted(came: int, texts: int) -> Unreadable:
    """The error for an answer without one vector per text."""
    counted = "1 vector" if came == 1 else f"{came} vectors"
    return Unreadable(
        f"the answer does not have one vector per text: {counted} for {texts} {'text' if texts == 1 else 'texts'}",
        # Models for text and images treat several texts as parts of one.
        alone=came == 1 and texts > 1,
    )


def _filled(places: list[int | None]) -> Sequence[int]:
    size = len(places)
    expected = range(size)
    if all(place is None or place == number for number, place in enumerate(places)):
        return expected
    missing = set(expected) - set(places)
    if len(missing) == 1 and places.count(None) == 1:
        (only,) = missing
        places = [only if place is None else place for place in places]
    given = [place for place in places if place is not None]
    lowest = min(given, default=0)
    if len(given) == size and lowest in (0, 1) and sorted(given) == list(range(lowest, lowest + size)):
        return [place - lowest for place in given]
    raise Unreadable("the answer does not say which vector belongs to which text")


def _index(value: object) -> int | None:
    if value is None:
        return None
    number = int(value) if isinstance(value, str) and value.isdecimal() else value
    if isinstance(number, bool) or not isinstance(number, int):
        raise Unreadable("the answer does not say which vector belongs to which text")
    return number


def _decoded(text: str) -> array[float]:
    """The numbers of a list in JSON, or of base64: 32 bits each, little-endian."""
    try:
        if text.lstrip().startswith("["):
            return array("d", parsed(text))
        numbers = array("f", b64decode(text, validate=True))
    except (OverflowError, TypeError, ValueError):
        raise Unreadable("a vector is text that cannot be read") from None
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers
