"""Extra headers of a connection's requests: ``NAME: VALUE`` lines, as stored in a setting. A value may be a reference."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from .pattern import late
from .reference import is_reference
from .secret import holds_key, is_secret_name

SETTING: Final = "headers"
"""The key of the field."""
MOST: Final = 50
"""The maximum number of headers of a connection."""

_NAME: Final = late(r"[!#%&'*+.^_`|~0-9A-Za-z-]{1,200}", re.ASCII)
"""A token of RFC 9110, without ``$``, which begins a reference."""
_VALUE: Final = late(r"[\t\x20-\x7e]{1,8000}", re.ASCII)
_RESERVED: Final = frozenset(
    {
        # The HTTP library sets these.
        "accept-encoding", "connection", "content-encoding", "content-length", "content-type", "expect", "host", "te",
        "trailer", "transfer-encoding", "upgrade",
        # These carry the key of the connection.
        "api-key", "authorization", "proxy-authorization", "x-api-key", "x-goog-api-key",
    }
)  # fmt: skip
_CREDENTIAL: Final = late(r"(?i)\s*(?:bearer|basic|digest)\s+\S")


def lines(text: str) -> Iterator[str]:
    """The lines that are not blank."""
    return (line.strip() for line in text.split("\n") if line.strip())


def split(line: str) -> tuple[str, str]:
    """Name and value of a line; '' for both if there is no colon."""
    name, colon, value = line.partition(":")
    return (name.strip(), value.strip()) if colon else ("", "")


def read(text: str) -> dict[str, str]:
    """The headers by name, in the order of the lines. Lines with a `problem` are left out."""
    return {name: value for name, value in map(split, lines(text)) if name}


def written(headers: Mapping[str, str]) -> str:
    """Write a mapping as lines."""
    return "\n".join(f"{name}: {value}" for name, value in headers.items())


def problem(text: str) -> str:
    """What is wrong with the lines, in words that follow the field's name, or ''. No value is repeated."""
    seen: set[str] = set()
    for number, line in enumerate(lines(text), 1):
        name, value = split(line)
        if not _NAME.fullmatch(name):
            return f"line {number} must be NAME: VALUE"
        if not _VALUE.fullmatch(value):
            return f"the value of {name} {'is missing' if not value else 'may only have printable ASCII characters'}"
        if name.lower() in _RESERVED:
            return f"{name} is set by the SDK: it is not an extra header"
        if name.lower() in seen:
            return f"{name} occurs twice"
        seen.add(name.lower())
    return "" if len(seen) <= MOST else f"has {len(seen)} headers, at most {MOST} are allowed"


def open_secret(text: str) -> str:
    """The name of the first header whose literal value looks like a secret; '' if there is none."""
    for name, value in read(text).items():
        is_secret = is_secret_name(name.replace("-", "_")) or name.lower() == "cookie"
        if not value.startswith("$") and (is_secret or holds_key(value) or _CREDENTIAL.match(value)):
            return name
    return ""


def references(settings: Mapping[str, object]) -> dict[str, str]:
    """The references in the headers of a connection, as written, by ``headers NAME``."""
    text = settings.get(SETTING)
    if not isinstance(text, str) or text.startswith("$"):
        return {}
    return {f"{SETTING} {name}": value for name, value in read(text).items() if is_reference(value)}


def filled(text: str, value_of: Callable[[str], str]) -> str:
    """The lines with references replaced by their values. ``$$`` is a literal ``$``."""

    def value(given: str) -> str:
        return value_of(given) if is_reference(given) else given.removeprefix("$") if given.startswith("$$") else given

    return written({name: value(given) for name, given in read(text).items()})
