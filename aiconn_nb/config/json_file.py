"""A JSON file as a flat map from path to text, in the dialect and with the quirks of .NET's configuration.

This is a custom parser, because no maintained one fits the rules: json5 accepts single quotes, bare names and ``+1``,
json-with-comments accepts ``{,}`` and ``NaN`` and has no positions, tree-sitter-json accepts ``1.`` and raw control characters.
No function here raises to its caller, because the frames of an error from here would hold the file's text.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from dataclasses import dataclass
from typing import NamedTuple

from aiconn_nb.model.casing import fold
from aiconn_nb.model.pattern import late

from .entry import Entry

MAX_DEPTH = 64
"""The maximum nesting of objects and arrays (System.Text.Json's default)."""

MOST_KEYS = 100_000
"""The maximum number of values in a file: half a million numbers fit into a megabyte, and would delay every command by seconds."""
MOST_LETTERS = 20_000_000
"""The maximum total length of all keys of a file. Each key contains the names of all its parents, so that a long name around a
long list would need a thousand times the file's size."""

_MARKS = (
    (b"\xef\xbb\xbf", "utf-8", "UTF-8"),
    (b"\xff\xfe\0\0", "utf-32-le", "UTF-32"),
    (b"\0\0\xfe\xff", "utf-32-be", "UTF-32"),
    (b"\xff\xfe", "utf-16-le", "UTF-16"),
    (b"\xfe\xff", "utf-16-be", "UTF-16"),
)
_NEWLINE = late(r"\r\n|\r|\n")
_BLANK = re.compile(r"[ \t\r\n]*+")
# A // comment may not hold U+2028 or U+2029: System.Text.Json refuses them, since some editors show a new line there.
_COMMENTS = late(r"(?:[ \t\r\n]++|//[^\r\n\u2028\u2029]*+(?![\u2028\u2029])|/\*(?s:.*?)\*/)*+")
_STRING_START = r'"[^"\\\x00-\x1f]*+(?:\\(?:["\\/bfnrt]|u[0-9A-Fa-f]{4})[^"\\\x00-\x1f]*+)*+'
_TOKEN = re.compile(
    rf"""(?P<string>{_STRING_START}")
    |(?P<number>-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?(?:[eE][+-]?[0-9]++)?)
    |(?P<word>true|false|null)
    |(?P<mark>[{{}}\[\],:])""",
    re.VERBOSE,
)
_BROKEN_STRING = late(_STRING_START)
_SURROGATE = late("[\ud800-\udfff]")
_WORDS = {"true": "True", "false": "False", "null": None}


class Problem(NamedTuple):
    """Why a file cannot be read, and where. It never contains a value from the file."""

    why: str
    line: int | None = None
    column: int | None = None


class _Refused(Exception):
    """Carries the reason and the offset from the parser to `parse`, which catches it."""

    def __init__(self, why: str, at: int) -> None:
        self.why = why
        self.at = at


class _Token(NamedTuple):
    kind: str
    """``string``, ``number``, ``word``, or the mark itself."""
    at: int
    until: int


@dataclass(slots=True, repr=False)
class _Open:
    """An object or array that is being read."""

    path: str | None
    """None at the root, which has no key."""
    closer: str
    at: int
    count: int = 0

    def child(self, name: str) -> str:
        return name if self.path is None else f"{self.path}:{name}"


def parse(data: bytes, source: str) -> dict[str, Entry] | Problem:
    """Return the entries of a file by folded key, in the order of the file, or the problem with it.

    ``source`` is put into every entry.
    """
    decoded = _decode(data)
    if isinstance(decoded, Problem):
        return decoded
    reader = _Reader(decoded, source)
    try:
        reader.read()
    except _Refused as refused:
        return Problem(refused.why, *reader.place(refused.at))
    return reader.entries


def _decode(data: bytes) -> str | Problem:
    codec, name = "utf-8", "UTF-8"
    for mark, its_codec, its_name in _MARKS:
        if data.startswith(mark):
            data, codec, name = data[len(mark) :], its_codec, its_name
            break
    try:
        return data.decode(codec)
    except UnicodeDecodeError as error:
        # .NET would silently put U+FFFD here, and so into a secret.
        before = data[: error.start].decode(codec, "replace")
    return Problem(f"this is not valid {name}.", *_place(_line_starts(before), len(before)))


def _line_starts(text: str) -> list[int]:
    return [0, *(newline.end() for newline in _NEWLINE.finditer(text))]


def _place(line_starts: list[int], at: int) -> tuple[int, int]:
    """Line and column, both from 1."""
    line = bisect_right(line_starts, at)
    return line, at - line_starts[line - 1] + 1


class _Reader:
    """Reads one text once. Uses an explicit stack, so that deep files cannot exhaust Python's."""

    def __init__(self, text: str, source: str) -> None:
        self.entries: dict[str, Entry] = {}
        self._text = text
        self._source = source
        self._at = 0
        self._letters = 0
        self._line_starts = _line_starts(text)

    def place(self, at: int) -> tuple[int, int]:
        return _place(self._line_starts, at)

    def read(self) -> None:
        root = self._take("an object in { } must be the root")
        if root.kind != "{":
            raise _Refused("the root must be an object in { }.", root.at)
        opened = [_Open(None, "}", root.at)]
        while opened:
            inside = opened[-1]
            path, token = self._next_value(inside)
            if path is None:
                opened.pop()
            elif token.kind in ("{", "["):
                if len(opened) == MAX_DEPTH:
                    raise _Refused(f"objects and arrays are nested deeper than {MAX_DEPTH} levels.", token.at)
                opened.append(_Open(path, "}" if token.kind == "{" else "]", token.at))
            else:
                self._put(path, self._scalar(token), token.at)
        self._skip_blank()
        if self._at < len(self._text):
            more = "there is more text after the end of the root object."
            raise _Refused(self._why(self._at, more) if self._text[self._at] in "#/" else more, self._at)

    def _next_value(self, inside: _Open) -> tuple[str | None, _Token]:
        """The path and first token of the next value in an object or array; the path is None at its end."""
        wanted = f"a comma or {inside.closer} is missing" if inside.count else f"{inside.closer} is missing"
        token = self._take(wanted)
        if inside.count and token.kind != inside.closer:
            if token.kind != ",":
                raise _Refused(self._why(token.at, wanted), token.at)
            token = self._take(f"{inside.closer} is missing")
        if token.kind == inside.closer:
            if not inside.count and inside.path is not None:
                # {} is null and [] the empty text at their own path. .NET overwrites an existing value, without the check.
                self._put(inside.path, None if inside.closer == "}" else "", inside.at, overwrites=True)
            return None, token
        if inside.closer == "]":
            path = inside.child(str(inside.count))
        else:
            if token.kind != "string":
                raise _Refused(self._why(token.at, "a name in double quotes is missing"), token.at)
            path = inside.child(self._string(token))
            colon = self._take("a colon is missing after a name")
            if colon.kind != ":":
                raise _Refused(self._why(colon.at, "a colon is missing after a name"), colon.at)
            token = self._take("a value is missing")
        inside.count += 1
        return path, token

    def _skip_blank(self) -> None:
        for blank in (_BLANK, _COMMENTS):
            found = blank.match(self._text, self._at)
            self._at = found.end() if found else self._at
            if not self._text.startswith("/", self._at):
                break

    def _take(self, wanted: str) -> _Token:
        """The next token after blanks and comments. ``wanted`` describes what is missing if there is none."""
        self._skip_blank()
        start = self._at
        found = _TOKEN.match(self._text, start)
        if found is None:
            raise _Refused(self._why(start, wanted), self._breach(start))
        self._at = found.end()
        kind = found.lastgroup or ""
        return _Token(found.group() if kind == "mark" else kind, start, found.end())

    def _put(self, path: str, value: str | None, at: int, *, overwrites: bool = False) -> None:
        self._letters += len(path)
        if self._letters > MOST_LETTERS or len(self.entries) >= MOST_KEYS:
            raise _Refused("its keys are too many, or too many and too long.", at)
        folded = fold(path)
        if folded in self.entries and not overwrites:
            first = self.entries[folded].line
            raise _Refused(f"the key {path!r} occurs twice (first on line {first}).", at)
        self.entries[folded] = Entry(path, value, self._source, *self.place(at))

    def _scalar(self, token: _Token) -> str | None:
        if token.kind == "string":
            return self._string(token)
        raw = self._text[token.at : token.until]
        if token.kind == "number":
            return raw
        if token.kind == "word":
            return _WORDS[raw]
        raise _Refused(self._why(token.at, "a value is missing"), token.at)

    def _string(self, token: _Token) -> str:
        raw = self._text[token.at : token.until]
        if "\\" not in raw:
            return raw[1:-1]
        text: str = json.loads(raw)
        if _SURROGATE.search(text):
            raise _Refused("a text has half of a surrogate pair (a lone \\ud800 to \\udfff).", token.at)
        return text

    def _breach(self, start: int) -> int:
        """The position of the error in a quoted text; ``start`` if there is none."""
        good = _BROKEN_STRING.match(self._text, start)
        return good.end() if good else start

    def _why(self, at: int, wanted: str) -> str:
        """Describe the error at an offset, without any text of the file."""
        char = self._text[at : at + 1]
        if char == '"' and not _TOKEN.match(self._text, at):
            breach = self._text[(end := self._breach(at)) : end + 1]
            if not breach:
                return "a text is not closed by a double quote."
            return "a text has a bad escape." if breach == "\\" else "a text has a raw line break or control character."
        reasons = {
            "": f"the file ends too early: {wanted}.",
            "#": "# does not start a comment; // does.",
            "'": "names and texts stand in double quotes.",
            "/": "a comment is not closed, or has a line separator (U+2028) in it.",
            ",": "there is a comma too many.",
        }
        if char in reasons:
            return reasons[char]
        if char.isalpha() or char == "_":
            return "names and texts stand in double quotes; only true, false, null and plain numbers stand without."
        if char in "0123456789+-." and char.isascii():
            return f"{wanted}, or this is not a number as JSON writes it."
        return f"{wanted}."
