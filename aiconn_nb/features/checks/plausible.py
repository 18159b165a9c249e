"""Values that resolve but cannot be valid: blank, quoted, a placeholder, a mask."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence

from aiconn_nb.model.secret import MASK_LIKE, Secret, shape_of

_PLACEHOLDER = re.compile(
    r"""(?ix)
      .*( your[-_ ]?(own[-_ ]?)?((api|access|secret)[-_ ]?)?(key|token|secret|endpoint|resource|value)
        | (key|token|secret)[-_ ]?(goes[-_ ]?)?here
        | change[-_ ]?me | replace[-_ ]?(me|this|with) | placeholder | fill[-_ ]?(me[-_ ]?)?in ).*
    | (sk-)?( x{4,} | 12345\d* ) | todo | tbd | none | null | undefined"""
)


def _quoted(text: str) -> bool:
    text = text.strip()
    return len(text) > 1 and text[0] in "\"'`“‘«" and text[-1] in "\"'`”’»"


def _invisible(text: str) -> bool:
    return any(unicodedata.category(c) in ("Cc", "Cf") for c in text.strip())


_QUESTIONS: tuple[tuple[Callable[[str], bool], str], ...] = (
    (lambda text: not text.strip(), "is blank"),
    (_quoted, "is in quotation marks, which are not part of it"),
    (lambda text: text != text.strip(), "has white space around it"),
    (lambda text: MASK_LIKE.fullmatch(text) is not None, "is a mask, not the value itself"),
    (lambda text: _PLACEHOLDER.fullmatch(text) is not None, "is a placeholder"),
    (_invisible, "has invisible characters in it"),
)
_ONLY_SECRETS: tuple[tuple[Callable[[str], bool], str], ...] = (
    (lambda text: any(c.isspace() for c in text), "has white space in it"),
    (lambda text: not text.isascii(), "has characters that no key has"),
)


def implausible(value: str | Secret, shapes: Sequence[str] = ()) -> str:
    """Why a resolved value cannot be valid, in words that follow the field's name; '' if it can.

    ``shapes`` are the owners whose keys belong here (see `shape_of`); a key of another known owner is reported.
    """
    secret = value if isinstance(value, Secret) else Secret(value)
    questions = _QUESTIONS + (_ONLY_SECRETS if isinstance(value, Secret) else ())
    reason = next((words for question, words in questions if secret.satisfies(question)), "")
    owner = shape_of(secret) if shapes and isinstance(value, Secret) else None
    if not reason and owner and owner not in shapes:
        reason = f"looks like a key of {owner}"
    return reason
