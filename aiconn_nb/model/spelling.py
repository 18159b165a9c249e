"""The spellings of a value in another text: unchanged, escaped once or several times, encoded."""

from __future__ import annotations

import base64
import html
import re
from collections.abc import Iterator
from typing import Final

SHORTEST_CORE: Final = 6
"""The minimum length of a base64 fragment to search for. Shorter ones occur in every text."""

_LONGEST_BEGINNING: Final = 16
"""The maximum number of characters of a value that are searched for as codes."""
_BACKSLASH: Final = r"(?:\\|%(?:25)*5[cC])"
_END: Final = r"(?:;|%(?:25)*3[bB])"
_AND: Final = rf"(?:&|%(?:25)*26)(?:amp{_END})*"
_NUMBER: Final = r"(?:#|%(?:25)*23)"
_ESCAPED: Final = {"\n": "n", "\r": "r", "\t": "t", "\b": "b", "\f": "f"}


def written(value: str) -> re.Pattern[str]:
    r"""A pattern for a value in any spelling: escaped for JSON, a repr, a URL or HTML, or in base64, there also as a part
    of a longer value.

    >>> bool(written('a/"b').search(r'{"key": "a\/\"b"}')), bool(written('a/"b').search("?key=a%2f%22b"))
    (True, True)
    """
    # The match excludes text before the first character: a long run of backslashes would be tried from each of them.
    head, *rest = re.findall(r"\\+|[^\\]", value) or [""]
    escaped = "".join([_ways(head, is_first=True), *map(_ways, rest)])
    raw = value.encode("utf-8", "surrogatepass")
    encoded = sorted(set(_in_base64(raw)), key=len, reverse=True)
    # A long value is searched by its beginning, plus all following text in the same spelling: a pattern is slow to compile.
    begins = value[:_LONGEST_BEGINNING]
    first = begins.encode("utf-8", "surrogatepass")
    codes = sorted({*_in_codes(begins, first), *_twice_in_base64(first)}, key=len, reverse=True)
    rest_of_it = r"[\w%\\&#;+/=-]*+" if begins != value else ""
    coded = f"(?:{'|'.join(map(re.escape, codes))}){rest_of_it}"
    return re.compile("|".join([escaped, *map(re.escape, encoded), coded]))


def _ways(character: str, *, is_first: bool = False) -> str:
    """The pattern of one character, or of a run of backslashes, whose number changes with every escaping."""
    if character.isascii() and character.isalnum():
        return character
    if character.startswith("\\"):
        return _BACKSLASH if is_first else f"{_BACKSLASH}+"
    before = "" if is_first else f"{_BACKSLASH}*"
    if character in "-._":
        return f"(?:{before}{re.escape(character)}|%(?:25)*{_hex(f'{ord(character):02x}')})"
    raw = character.encode("utf-8", "surrogatepass")
    units = character.encode("utf-16-be", "surrogatepass")
    ways = [
        re.escape(character),
        "".join(f"%(?:25)*{_hex(f'{byte:02x}')}" for byte in raw),
        f"{_AND}{_NUMBER}(?:0*{ord(character)}|[xX]0*{_hex(f'{ord(character):x}')}){_END}",
    ]
    named = html.escape(character)
    if named.startswith("&"):
        number = "" if named[1] != "#" else _NUMBER
        ways.append(f"{_AND}{number}{named.strip('&#;')}{_END}")
    if character == " ":
        ways += [r"\+", f"%(?:25)*2{_hex('b')}"]
    code = _hex(f"{ord(character):08x}")
    coded = [
        f"{_BACKSLASH}+x".join(["", *(_hex(f"{byte:02x}") for byte in raw)]),
        f"{_BACKSLASH}+u".join(["", *(_hex(units[at : at + 2].hex()) for at in range(0, len(units), 2))]),
        f"{_BACKSLASH}+(?:U{code}|x{_hex(f'{ord(character):02x}')})",
    ]
    if character in _ESCAPED:
        coded.append(f"{_BACKSLASH}+{_ESCAPED[character]}")
    if is_first:
        coded = [way.replace("+", "", 1) if way.startswith(f"{_BACKSLASH}+") else way for way in coded]
    return f"(?:{before}(?:{'|'.join(ways)})|{'|'.join(coded)})"


def _hex(digits: str) -> str:
    """Hexadecimal digits in either case."""
    return "".join(f"[{each.lower()}{each.upper()}]" if each.isalpha() else each for each in digits)


def _in_base64(raw: bytes) -> Iterator[str]:
    """Its base64, and the part of it that does not depend on the position: ``Basic`` credentials have a name before the key."""
    for before in range(3):
        # Three bytes are four letters. Letters that also encode neighbouring bytes are omitted.
        text = base64.b64encode(bytes(before) + raw).decode().rstrip("=")
        core = text[(8 * before + 5) // 6 : 8 * (before + len(raw)) // 6]
        for each in (core, *([text] if before == 0 else [])):
            if len(each) >= SHORTEST_CORE:
                yield each
                yield each.replace("+", "-").replace("/", "_")


def _twice_in_base64(raw: bytes) -> Iterator[str]:
    """The base64 of text that contains its base64."""
    for once in set(_in_base64(raw)):
        yield from _in_base64(once.encode())


def _in_codes(value: str, raw: bytes) -> Iterator[str]:
    """The value with every character as a code, and in hexadecimal. As plain text: the search string is long enough."""
    units = value.encode("utf-16-be", "surrogatepass")
    for digits in ("{:02x}", "{:02X}"):
        codes = [digits.format(byte) for byte in raw]
        yield "".join(codes)
        for before in ("%", "%25", "\\x", "\\\\x"):
            yield "".join(f"{before}{code}" for code in codes)
        pairs = [digits.format(high) + digits.format(low) for high, low in zip(units[::2], units[1::2], strict=True)]
        for before in ("\\u", "\\\\u"):
            yield "".join(f"{before}{pair}" for pair in pairs)
        for and_ in ("&", "&amp;"):
            yield "".join(f"{and_}#x{digits.format(ord(each))};" for each in value)
    for and_ in ("&", "&amp;"):
        yield "".join(f"{and_}#{ord(each)};" for each in value)
