"""Values that cannot be valid: blank, quoted, a placeholder, a mask, a key with something around it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import partial
from typing import Final

from .pattern import late
from .secret import MASK_LIKE, Secret, is_secret_name, shape_of

_PLACEHOLDER: Final = late(
    r"""(?ix)
      .*( your[-_ ]?(own[-_ ]?)?((api|access|secret)[-_ ]?)?(key|token|secret|endpoint|resource|value)
        | (key|token|secret)[-_ ]?(goes[-_ ]?)?here
        | change[-_ ]?me | replace[-_ ]?(me|this|with) | placeholder | fill[-_ ]?(me[-_ ]?)?in ).*
    | (sk-)?( x{4,} | 12345\d* ) | todo | tbd | none | null | undefined"""
)
_ASSIGNED: Final = late(
    r"""(?:export\s+|set\s+|\$env:)?["']?([A-Za-z][\w:.-]*)["']?\s*(?:=|:\s)\s*[^\s=].*""", re.DOTALL
)
_BEARER: Final = late(r"(?:authorization\s*[:=]\s*)?(?:bearer|basic|token)\s+\S.*", re.IGNORECASE | re.DOTALL)
_URL: Final = late(r"[a-z][a-z0-9+.-]*://.+", re.IGNORECASE | re.DOTALL)
_DOCUMENT: Final = late(r"\s*(?:\{.*\}|-----BEGIN .*)\s*", re.DOTALL)
"""A key file as a whole, such as that of a service account. It has lines, quotes and colons."""
_QUOTES: Final = "\"'`“”„‟‘’‚‛«»‹›"
_KINDS: Final = (
    ("“”„‟‘’‚‛«»‹›", "typographic quotes"),
    ("\u00a0\u202f\u2007", "a no-break space"),
    ("‐‑‒–—―−", "a typographic dash"),
    ("\n\r\u0085\u2028\u2029", "a line break"),
)


def odd_characters(text: str) -> str:
    """Return the kind of characters in a text that no key contains, such as ``typographic quotes``; '' if there are none."""
    if text.isascii() and text.isprintable():
        return ""
    for characters, kind in _KINDS:
        if any(each in characters for each in text):
            return kind
    if any(unicodedata.category(each) in ("Cc", "Cf") for each in text):
        return "invisible characters"
    return ""


Flaw = tuple[re.Pattern[str], str]
"""The pattern of the whole of a text that has it, and words for it."""
_QUOTED: Final[Flaw] = (
    late(rf"\s*[{_QUOTES}].*[{_QUOTES}]\s*", re.DOTALL),
    "is in quotation marks, which are not part of it",
)
_FLAWS: Final[tuple[Flaw, ...]] = (
    (late(r"\s*"), "is blank"),
    _QUOTED,
    (late(r"\s.*|.*\s", re.DOTALL), "has white space around it"),
    (MASK_LIKE, "is a mask, not the value itself"),
    (_PLACEHOLDER, "is a placeholder"),
)
_FLAWS_OF_KEYS: Final[tuple[Flaw, ...]] = (
    *_FLAWS,
    (late(rf"\s*[{_QUOTES}].*|.*[{_QUOTES}]\s*", re.DOTALL), "has a quotation mark at one end"),
    (_BEARER, "has the word before it that a request puts there, such as Bearer"),
    (_URL, "is an address, not a key"),
)


def implausible(value: str | Secret, shapes: Sequence[str] = (), *, is_key: bool | None = None) -> str:
    """Why a value cannot be valid, in words that follow the field's name and do not repeat it; '' if it can.

    ``shapes`` are the owners whose keys belong here (see `shape_of`); a key of another known owner is reported. ``is_key``: whether
    it is a key, which has no white space, for instance; by default, every `Secret` is.
    """
    secret = value if isinstance(value, Secret) else Secret(value)
    is_key = isinstance(value, Secret) if is_key is None else is_key
    return secret.judged(partial(_implausible_key, shapes) if is_key else _implausible_text)


def _implausible_text(text: str) -> str:
    return _flaw(_FLAWS, text) or ("has invisible characters in it" if _has_invisible(text) else "")


def _implausible_key(shapes: Sequence[str], text: str) -> str:
    if _DOCUMENT.fullmatch(text):
        return ""
    if reason := _flaw(_FLAWS_OF_KEYS, text) or _odd(text):
        return reason
    owner = shape_of(text) if shapes else None
    return f"looks like a key of {owner}" if owner and owner not in shapes else ""


def unusable(value: Secret) -> str:
    """Why a key can never be sent, in words that follow the field's name; '' if it could be. A key file has lines."""
    return value.judged(_unusable)


def _unusable(text: str) -> str:
    if _DOCUMENT.fullmatch(text):
        return ""
    quoted, words = _QUOTED
    if quoted.fullmatch(text):
        return f"{words}: leave them out"
    has_lines = any(unicodedata.category(each) in ("Cc", "Zl", "Zp") for each in text.strip())
    return "has a line break or a control character in it, which cannot be sent" if has_lines else ""


def _flaw(flaws: Sequence[Flaw], text: str) -> str:
    """The words for the first flaw of a text; '' if it has none."""
    for pattern, words in flaws:
        if pattern.fullmatch(text):
            return words
    return ""


def _has_invisible(text: str) -> bool:
    return any(unicodedata.category(each) in ("Cc", "Cf") for each in text.strip())


def _odd(text: str) -> str:
    """What a key has and no key can have: a name before it, odd characters."""
    text = text.strip()
    assigned = _ASSIGNED.fullmatch(text)
    if assigned and is_secret_name(assigned[1].replace("-", "_")):
        return "has a name before it, as in NAME=value"
    if kind := odd_characters(text):
        return f"has {kind} in it"
    if len(text.split()) > 1:
        return "has white space in it"
    return "" if text.isascii() else "has characters that no key has"
