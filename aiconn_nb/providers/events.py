"""Server-sent events, read from the bytes of a response: what SDKs make of a stream that is none is an empty answer.

https://html.spec.whatwg.org/multipage/server-sent-events.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any

from .failures import Unreadable

_FIELD = re.compile(rb"(data|event|id|retry)?:|(data|event|id|retry)$")
_LINE_END = re.compile(rb"\r\n|\n|\r(?=.)", re.S)
"""A lone CR at the end of what has come may be the first half of a CRLF."""
DONE = "[DONE]"
MOST = 100_000_000
"""Bytes of one event, or of a body that is no stream. A server that sends more would fill the memory."""
TOO_LONG = "the answer is too long: one event of it does not end"
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
    """The events in a body as they come, or the one body that came instead.

    Raises `Unreadable` for data that is no JSON, and for an event of more than `MOST` bytes.
    """
    lines = _lines(chunks)
    first = next((line for line in lines if line.strip()), b"")
    if first and not _FIELD.match(first):
        yield Whole(_json(b"\n".join(_limited(chain([first], lines))).decode("utf-8", "replace")))
        return
    name, data, size = "", list[bytes](), 0
    for line in chain([first], lines):
        size = _counted(size, line)
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
        name, data, size = "", [], 0
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


def _limited(lines: Iterable[bytes]) -> Iterator[bytes]:
    size = 0
    for line in lines:
        size = _counted(size, line)
        yield line


def _counted(size: int, more: bytes) -> int:
    """The size with these bytes. Raises `Unreadable` where that is more than `MOST`."""
    size += len(more)
    if size > MOST:
        raise Unreadable(TOO_LONG)
    return size


def _lines(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Lines as servers end them. (U+2028 and the like, at which Python splits text, may be within JSON.)"""
    parts, begun, size = list[bytes](), False, 0
    for chunk in chunks:
        parts.append(chunk)
        size = _counted(size, chunk)
        if b"\n" not in chunk and b"\r" not in chunk:
            continue
        *whole, rest = _LINE_END.split(b"".join(parts))
        if whole and not begun:
            whole[0], begun = whole[0].removeprefix(_BOM), True
        yield from whole
        parts, size = [rest], len(rest)
    rest = b"".join(parts)
    if rest:
        yield (rest if begun else rest.removeprefix(_BOM)).removesuffix(b"\r")
