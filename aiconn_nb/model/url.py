"""Keys within a URL: in its user part, or as the value of a parameter with a secret's name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import unquote, unquote_plus

from .pattern import late
from .secret import MASK, WEB_TOKEN, Secret, holds_key

_TELLING: Final = late(
    r"key|token|secret|sig|pass|pwd|auth|credential|code|jwt|bearer|(?:^|[^a-z])(?:sas|pw|pat)(?:$|[^a-z])",
    re.IGNORECASE,
)
"""Names of parameters whose value counts as a key. The short ones are parts of harmless words, so they must match completely."""
_BEARER: Final = late(r"bearer\s+\S", re.IGNORECASE)
_MOST_DECODINGS: Final = 3
_USER: Final = late(r"(?<=://)(?:[^\s/?#]*|[^\s/:@]*:[^\s/@]+)(?=@)")
"""A password may have a ``?`` or ``#`` that was not encoded."""
_PASSWORD: Final = late(r"(?<=://)[^\s/:@]*:([^\s@]+)@")
_NAME: Final = late(r"[?&#;]([^=&#;\s]*+)(=?)")
_VALUE: Final = late(r"[^&#;\s]*+")
_PLAIN: Final = late(r"[^?&#;\s]*+")


def key_in_url(text: str) -> str:
    """What is wrong with a URL that contains a key, in words that fit after a field's name; '' if it contains none.

    >>> key_in_url("https://host/v1?api-version=1"), key_in_url("https://host/v1?api-key=k")
    ('', 'must not hold a key in its query; this field is not kept secret')
    """
    if _USER.search(text):
        return "must not hold a user name or password; this field is not kept secret"
    if next(_values(text), None) or ("://" in text and holds_key(text)):
        return "must not hold a key in its query; this field is not kept secret"
    return ""


def masked_url(text: str) -> str:
    """A text in a form that may be shown: the user, password and keys in a URL are masked.

    >>> masked_url("https://me:pw@host/v1?sig=abc&a=1")
    'https://••••••••@host/v1?sig=••••••••&a=1'
    """
    if "://" not in text:
        return text
    text, parts, at = _USER.sub(MASK, text), list[str](), 0
    for begin, end in _values(text):
        parts += [text[at:begin], MASK]
        at = end
    return "".join([*parts, text[at:]])


def secrets_in_url(text: str) -> Iterator[Secret]:
    """The user, the password and the keys in a URL, as written and decoded."""
    if "://" not in text:
        return
    yield from _spelled([part for each in _USER.findall(text) for part in each.split(":", 1)], text)


def passwords_in_url(text: str) -> Iterator[Secret]:
    """The password and the keys in the URL of a database, as written and decoded. The user is no secret there, and the password
    may have any character but ``@``."""
    yield from _spelled(_PASSWORD.findall(text), text)


def _spelled(found: list[str], url: str) -> Iterator[Secret]:
    for each in (*found, *(url[begin:end] for begin, end in _values(url))):
        for spelled in dict.fromkeys((each, unquote(each))):
            if spelled.strip():
                yield Secret(spelled)


def _values(text: str) -> Iterator[tuple[int, int]]:
    """The positions of keys in parameter values. Each character is visited once, because a file may contain any text."""
    at = 0
    while name := _NAME.search(text, at):
        at = name.end()
        # A value that is not a key may itself be a URL with parameters, from the next question mark on.
        plain = _PLAIN.match(text, at) if name[2] else None
        if plain and (_TELLING.search(_decoded(name[1])) or _has_key(_decoded(plain[0]))):
            if (value := _VALUE.match(text, at)) and value[0]:
                yield value.span()
                at = value.end()
        elif plain:
            at = plain.end()


def _has_key(value: str) -> bool:
    """Whether a value looks like a key, or is a URL that contains one."""
    if _BEARER.search(value) or WEB_TOKEN.search(value) or _USER.search(value) or holds_key(value):
        return True
    return any(name[2] and _TELLING.search(name[1]) for name in _NAME.finditer(value))


def _decoded(text: str) -> str:
    """The text that a server reads, even if it was encoded more than once on its way."""
    for _ in range(_MOST_DECODINGS):
        text = unquote_plus(text)
    return text
