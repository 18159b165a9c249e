"""Server-sent events, read from the bytes of a response: what SDKs make of a stream that is none is an empty answer.

https://html.spec.whatwg.org/multipage/server-sent-events.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from .failures import Unreadable

_FIELD = re.compile(rb"(data|event|id|retry)?:|(data|event|id|retry)$")
_LINE_END = re.compile(rb"\r\n|\n|\r(?=.)", re.S)
"""A lone CR at the end of what has come may be the first half of a CRLF."""
DONE = "[DONE]"
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Event:
    """One event, its data read as JSON; ``data`` is `DONE` for the mark at the end of OpenAI's streams."""

    name: str
    data: Any


@dataclass(frozen=True, slots=True)
class Whole:
    """A body that is no stream: JSON, or text where it cannot be read as such."""

    body: Any


def events(chunks: Iterable[bytes]) -> Iterator[Event | Whole]:
    """The events in a body as they come, or the one body that came instead. Raises `Unreadable` for data that is no JSON."""
    lines = _lines(chunks)
    first = next((line for line in lines if line.strip()), b"")
    if first and not _FIELD.match(first):
        yield Whole(_json(b"\n".join([first, *lines]).decode("utf-8", "replace")))
        return
    name, data = "", list[bytes]()
    for line in _and_then(first, lines):
        if line:
            field, _, value = line.partition(b":")
            value = value.removeprefix(b" ")
            if field == b"data":
                data.append(value)
            elif field == b"event":
                name = value.decode("utf-8", "replace")
            continue
        if data:
            yield _event(name, data)
        name, data = "", []
    if data:  # not every server ends its last event with a blank line
        yield _event(name, data)


def _event(name: str, data: list[bytes]) -> Event:
    text = b"\n".join(data).decode("utf-8", "replace")
    if text.strip() == DONE:
        return Event(name, DONE)
    try:
        return Event(name, json.loads(text))
    except (ValueError, RecursionError):
        raise Unreadable("the answer could not be read", text if name == "error" else None) from None


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _and_then(first: bytes, others: Iterable[bytes]) -> Iterator[bytes]:
    yield first
    yield from others


def _lines(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Lines as servers end them. (U+2028 and the like, at which Python splits text, may be within JSON.)"""
    parts, begun = list[bytes](), False
    for chunk in chunks:
        parts.append(chunk)
        if b"\n" not in chunk and b"\r" not in chunk:
            continue
        *whole, rest = _LINE_END.split(b"".join(parts))
        if whole and not begun:
            whole[0], begun = whole[0].removeprefix(_BOM), True
        yield from whole
        parts = [rest]
    rest = b"".join(parts)
    if rest:
        yield (rest if begun else rest.removeprefix(_BOM)).removesuffix(b"\r")
