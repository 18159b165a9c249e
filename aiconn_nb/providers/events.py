"""Server-sent events, read from the bytes of a response: SDKs turn a body that is not a stream into an empty answer.

https://html.spec.whatwg.org/multipage/server-sent-events.html
"""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, AsyncIterable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from .failures import Unreadable
from .json_text import NOT_JSON, parsed, parsed_or_text

_FIELD = re.compile(rb"(data|event|id|retry)?:|(data|event|id|retry)$")
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


class EventReader:
    """Reads a body piece by piece. Both methods return the events that are complete.

    They raise `Unreadable` for data that is not JSON, and for an event of more than `MOST` bytes.
    """

    def __init__(self) -> None:
        self._lines = _Lines()
        self._begun = False
        self._other: list[bytes] | None = None
        """The lines of a body that is not a stream; None if it is one."""
        self._name = ""
        self._data = list[bytes]()
        self._size = 0

    def feed(self, chunk: bytes) -> Iterator[Event]:
        """The events that end within this chunk."""
        for line in self._lines.feed(chunk):
            yield from self._taken(line)

    def end(self) -> Iterator[Event | Whole]:
        """The rest at the end of the body."""
        for line in self._lines.end():
            yield from self._taken(line)
        if self._other is not None:
            yield Whole(parsed_or_text(b"\n".join(self._other).decode("utf-8", "replace")))
        elif self._data:  # not every server ends its last event with a blank line
            yield _event(self._name, self._data)

    def _taken(self, line: bytes) -> Iterator[Event]:
        if not self._begun and line.strip():
            self._begun = True
            self._other = None if _FIELD.match(line) else []
        self._size = _counted(self._size, line)
        if self._other is not None:
            self._other.append(line)
        elif line:
            field, _, value = line.partition(b":")
            value = value.removeprefix(b" ")
            if field == b"data":
                self._data.append(value)
            elif field == b"event":
                self._name = value.decode("utf-8", "replace")
        else:
            name, data, self._name, self._data, self._size = self._name, self._data, "", [], 0
            if data:
                yield _event(name, data)


def events(chunks: Iterable[bytes]) -> Iterator[Event | Whole]:
    """The events in a body as they come, or the one body that came instead. Raises `Unreadable` for data that is no JSON."""
    reader = EventReader()
    for chunk in chunks:
        yield from reader.feed(chunk)
    yield from reader.end()


async def async_events(chunks: AsyncIterable[bytes]) -> AsyncGenerator[Event | Whole, None]:
    """Do the same for asynchronous chunks."""
    reader = EventReader()
    async for chunk in chunks:
        for event in reader.feed(chunk):
            yield event
    for last in reader.end():
        yield last


def _event(name: str, data: list[bytes]) -> Event:
    text = b"\n".join(data).decode("utf-8", "replace")
    if text.strip() == DONE:
        return Event(name, DONE)
    value = parsed(text)
    if value is NOT_JSON:
        raise Unreadable("the answer could not be read", text if name == "error" else None)
    return Event(name, value)


def _counted(size: int, more: bytes) -> int:
    """The size with these bytes. Raises `Unreadable` if it exceeds `MOST`."""
    size += len(more)
    if size > MOST:
        raise Unreadable(TOO_LONG)
    return size


class _Lines:
    """Splits lines at the line ends of servers. (U+2028 and the like, at which Python splits text, may occur within JSON.)"""

    def __init__(self) -> None:
        self._parts = list[bytes]()
        self._begun = False
        self._size = 0

    def feed(self, chunk: bytes) -> Iterable[bytes]:
        """The lines that end within this chunk."""
        self._parts.append(chunk)
        self._size = _counted(self._size, chunk)
        if b"\n" not in chunk and b"\r" not in chunk:
            return ()
        *whole, rest = _LINE_END.split(b"".join(self._parts))
        if whole and not self._begun:
            whole[0], self._begun = whole[0].removeprefix(_BOM), True
        self._parts, self._size = [rest], len(rest)
        return whole

    def end(self) -> Iterable[bytes]:
        """The last line, if no line end follows it."""
        rest = b"".join(self._parts)
        return [(rest if self._begun else rest.removeprefix(_BOM)).removesuffix(b"\r")] if rest else ()
