"""Server-sent events, read from the bytes of a response: SDKs turn a body that is not a stream into an empty answer.

https://html.spec.whatwg.org/multipage/server-sent-events.html
"""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, AsyncIterable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from ..failures.classifying import Unreadable
from ..failures.json_text import NOT_JSON, parsed, parsed_or_text
from .either_client import each, pieces

FIELD = re.compile(rb"(data|event|id|retry)?:|(data|event|id|retry)$|error: *\{")
"""The beginning of a stream. Servers of llama.cpp until 2025 send an error as a field of its own, which no standard has."""
_ALIVE = frozenset({"ping", "keepalive", "keep-alive", "heartbeat"})
"""Names of events that only keep a connection open; their data may be anything."""
_LINE_END = re.compile(rb"\r\n|\n|\r(?=.)", re.S)
"""A lone CR at the end of a chunk may be the first half of a CRLF."""
DONE = "[DONE]"
MOST = 100_000_000
"""The maximum bytes of one event, or of a body that is not a stream. A server that sends more would fill the memory."""
TOO_LONG = "the answer is too long: one event of it does not end"
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Event:
    """One event, its data parsed as JSON; ``data`` is `DONE` for the mark at the end of OpenAI's streams."""

    name: str
    data: Any


@dataclass(frozen=True, slots=True)
class Whole:
    """A body that is not a stream: JSON, or text if it is not JSON."""

    body: Any


def events(chunks: Iterable[bytes]) -> Iterator[Event | Whole]:
    """The events in a body as they come, or the one body that came instead. Raises `Unreadable` for data that is no JSON, and for
    an event of more than `MOST` bytes."""
    return pieces(async_events(each(iter(chunks))))


async def async_events(chunks: AsyncIterable[bytes]) -> AsyncGenerator[Event | Whole, None]:
    """Do the same for asynchronous chunks."""
    name, data, size = "", list[bytes](), 0
    has_begun = False
    other: list[bytes] | None = None
    """The lines of a body that is not a stream; None if it is one."""
    async for line in lines_of(chunks):
        if not has_begun and line.strip():
            has_begun = True
            other = None if FIELD.match(line) else []
        size = _counted(size, line)
        if other is not None:
            other.append(line)
        elif line:
            field, _, value = line.partition(b":")
            value = value.removeprefix(b" ")
            if field == b"data":
                data.append(value)
            elif field == b"error" and value.startswith(b"{"):
                name, data = "error", [value]
            elif field == b"event":
                name = value.decode("utf-8", "replace")
        else:
            for event in _event(name, data):
                yield event
            name, data, size = "", [], 0
    if other is not None:
        yield Whole(parsed_or_text(b"\n".join(other).decode("utf-8", "replace")))
    else:  # not every server ends its last event with a blank line
        for event in _event(name, data):
            yield event


def _event(name: str, data: list[bytes]) -> Iterator[Event]:
    """The event, unless it only keeps the connection open. Raises `Unreadable` for data that is not JSON."""
    text = b"\n".join(data).decode("utf-8", "replace")
    value = parsed(text)
    if value is not NOT_JSON:
        yield Event(name, value)
    elif text.strip() == DONE:
        yield Event(name, DONE)
    elif text.strip() and name.lower() not in _ALIVE:
        raise Unreadable("the answer could not be read", text if name == "error" else None)


def _counted(size: int, more: bytes) -> int:
    """The size with these bytes. Raises `Unreadable` if it exceeds `MOST`."""
    size += len(more)
    if size > MOST:
        raise Unreadable(TOO_LONG)
    return size


async def lines_of(chunks: AsyncIterable[bytes]) -> AsyncGenerator[bytes, None]:
    """The lines, split at the line ends of servers. (U+2028 and the like, at which Python splits text, may occur within JSON.)"""
    parts, size, bom = list[bytes](), 0, _BOM
    async for chunk in chunks:
        parts.append(chunk)
        size = _counted(size, chunk)
        if b"\n" in chunk or b"\r" in chunk:
            *whole, rest = _LINE_END.split(b"".join(parts))
            parts, size = [rest], len(rest)
            for line in whole:
                yield line.removeprefix(bom)
                bom = b""
    if last := b"".join(parts).removeprefix(bom).removesuffix(b"\r"):
        yield last
