"""Values that cannot be valid: blank, quoted, a placeholder, a mask, a key with something around it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
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


def _is_document(text: str) -> bool:
    return _DOCUMENT.fullmatch(text) is not None


def _quoted(text: str) -> bool:
    text = text.strip()
    return len(text) > 1 and text[0] in _QUOTES and text[-1] in _QUOTES


def _half_quoted(text: str) -> bool:
    text = text.strip()
    return text[:1] in _QUOTES or text[-1:] in _QUOTES


def _assigned(text: str) -> bool:
    found = _ASSIGNED.fullmatch(text.strip())
    return found is not None and is_secret_name(found[1].replace("-", "_"))


def _has_lines(text: str) -> bool:
    return any(unicodedata.category(each) in ("Cc", "Zl", "Zp") for each in text.strip())


Question = tuple[Callable[[str], bool], str]
_QUESTIONS: tuple[Question, ...] = (
    (lambda text: not text.strip(), "is blank"),
    (_quoted, "is in quotation marks, which are not part of it"),
    (lambda text: text != text.strip(), "has white space around it"),
    (lambda text: MASK_LIKE.fullmatch(text) is not None, "is a mask, not the value itself"),
    (lambda text: _PLACEHOLDER.fullmatch(text) is not None, "is a placeholder"),
)
_ONLY_KEYS: tuple[Question, ...] = (
    (_half_quoted, "has a quotation mark at one end"),
    (
        lambda text: _BEARER.fullmatch(text) is not None,
        "has the word before it that a request puts there, such as Bearer",
    ),
    (_assigned, "has a name before it, as in NAME=value"),
    (lambda text: _URL.fullmatch(text) is not None, "is an address, not a key"),
)
_UNUSABLE: tuple[Question, ...] = (
    (_quoted, "is in quotation marks, which are not part of it: leave them out"),
    (_has_lines, "has a line break or a control character in it, which cannot be sent"),
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
    return _first_of(_QUESTIONS, text) or ("has invisible characters in it" if _has_invisible(text) else "")


def _implausible_key(shapes: Sequence[str], text: str) -> str:
    if _is_document(text):
        return ""
    if reason := _first_of(_QUESTIONS, text) or _first_of(_ONLY_KEYS, text) or _odd(text):
        return reason
    owner = shape_of(text) if shapes else None
    return f"looks like a key of {owner}" if owner and owner not in shapes else ""


def unusable(value: Secret) -> str:
    """Why a key can never be sent, in words that follow the field's name; '' if it could be. A key file has lines."""
    return value.judged(lambda text: "" if _is_document(text) else _first_of(_UNUSABLE, text))


def _first_of(questions: Sequence[Question], text: str) -> str:
    """The words behind the first test that a text satisfies; '' if it satisfies none."""
    return next((words for is_so, words in questions if is_so(text)), "")


def _has_invisible(text: str) -> bool:
    return any(unicodedata.category(each) in ("Cc", "Cf") for each in text.strip())


def _odd(text: str) -> str:
    """The odd characters in a key."""
    if kind := odd_characters(text.strip()):
        return f"has {kind} in it"
    if len(text.split()) > 1:
        return "has white space in it"
    return "" if text.isascii() else "has characters that no key has"
