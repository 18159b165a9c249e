"""Filling a prompt in from the notebook: ``{name}``, ``{name.attribute}``, ``{name[key]}``."""

from __future__ import annotations

import keyword
import re
from collections.abc import Mapping
from typing import Any, Final

from aiconn_nb.model.errors import CommandError
from aiconn_nb.model.secret import Sealed, Secret

_PLACE: Final = re.compile(
    r"(?:(?<!\{)|(?=\{[^{}]*\}(?!\})))"  # not {{name}}: its braces were doubled on purpose
    r"\{([^\W\d]\w*)((?:\.[^\W\d_]\w*|\[[^\[\]{}\n]+\])*)\}"
)
_BARE: Final = re.compile(r"(?<![\w{}\\^$#%@)\]])\{([^\W\d]\w*)\}(?![\w{}(\[])")
_STEP: Final = re.compile(r"\.([^\W\d_]\w*)|\[([^\[\]{}\n]+)\]")


def fill(text: str, names: Mapping[str, Any]) -> str:
    """``text`` with each place filled in whose name is in ``names``; every other brace stays as it is.

    A key in brackets is a whole number, or text with or without quotes, as in ``str.format``. Attributes that begin with ``_``
    are no places: they lead out of the data into Python itself. Raises `CommandError`, naming the place, where an attribute or
    a key is not there, or where the value is a secret.
    """
    return _PLACE.sub(lambda found: _value(found, names) if found[1] in names else found[0], text)


def left_as_is(text: str, names: Mapping[str, Any]) -> tuple[str, ...]:
    """The places that look like a name of the notebook and are none, each once: ``{topc}``.

    Only a bare name that stands for itself, not what has a part in code, JSON or LaTeX: ``f{x}``, ``${x}``, ``{{x}}``.
    """
    found = (each[0] for each in _BARE.finditer(text) if each[1] not in names and not keyword.iskeyword(each[1]))
    return tuple(dict.fromkeys(found))


def _value(found: re.Match[str], names: Mapping[str, Any]) -> str:
    value = names[found[1]]
    problem = ""
    try:
        for step in _STEP.finditer(found[2]):
            value = getattr(value, step[1]) if step[1] else value[_key(step[2])]
        text = "" if isinstance(value, Secret | Sealed) else str(value)
    except Exception as error:
        problem = type(error).__name__
    if problem:
        raise CommandError(f"{found[0]} could not be filled in ({problem}).", "Correct it, or say --raw.")
    if isinstance(value, Secret | Sealed):
        raise CommandError(f"{found[0]} is a secret, which is not sent in a prompt.", "Take it out of the text.")
    return text


def _key(text: str) -> int | str:
    text = text.strip()
    if re.fullmatch(r"-?[0-9]{1,18}", text, re.ASCII):
        return int(text)
    quoted = len(text) > 1 and text[0] == text[-1] and text[0] in "'\""
    return text[1:-1] if quoted else text
