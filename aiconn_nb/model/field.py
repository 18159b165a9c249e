"""What a provider asks for: its fields, and the conversion of text to a field's type."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

FieldType = Literal["text", "url", "integer", "number", "boolean"]
FieldValue = str | int | float | bool

# Python refuses to read more than 4,300 digits, with an error that is not ours and a traceback that holds the text.
_INTEGER = re.compile(r"\s*[+-]?[0-9]{1,1000}\s*", re.ASCII)
_NUMBER = re.compile(r"\s*[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?\s*", re.ASCII)

WANTED: dict[FieldType, str] = {
    "text": "text",
    "url": "a URL that starts with http:// or https://",
    "integer": "a whole number, such as 30",
    "number": "a number, such as 0.5",
    "boolean": "true or false",
}
"""What each type wants, in words that fit behind "must be"."""


@dataclass(frozen=True, slots=True)
class Field:
    """One setting of a provider, with all that a form or a help text needs to say about it."""

    key: str
    label: str
    help: str = ""
    type: FieldType = "text"
    required: bool = False
    sensitive: bool = False
    group: str = ""
    default: FieldValue | None = None
    choices: tuple[str, ...] = ()
    placeholder: str = ""
    reading: Callable[[str], str] | None = None
    """What another spelling is read as that the field's ecosystem knows, before its type is checked; other text is answered
    as it is."""
    suggested_reference: str = ""
    """The reference that teams usually keep it under, such as ``$OpenAI:ApiKey``; offered, never assumed."""


class NotOfType(ValueError):
    """Text that is not of the wanted type. Its message says what is wanted and never repeats the text."""


def convert(text: str, field: Field) -> FieldValue:
    """Text as the field's type wants it.

    The rules are .NET's, read strictly and without culture: booleans are ``true``/``false`` in any case; integers have
    an optional sign and ASCII digits; blanks around a value are allowed, ``_`` and ``,`` never are.
    Raises `NotOfType`.
    """
    if field.reading is not None:
        text = field.reading(text)
    if field.choices and text not in field.choices:
        raise NotOfType("must be one of " + ", ".join(field.choices))
    if field.type == "boolean" and text.strip().lower() in ("true", "false"):
        return text.strip().lower() == "true"
    if field.type == "integer" and _INTEGER.fullmatch(text):
        return int(text)
    if field.type == "number" and _NUMBER.fullmatch(text):
        return float(text)
    if field.type == "text" or (field.type == "url" and _is_url(text.strip())):
        return text
    raise NotOfType(f"must be {WANTED[field.type]}")


def _is_url(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return (
            parts.scheme in ("http", "https")
            and bool(parts.hostname)
            and (parts.port or 1) > 0
            and not re.search(r"\s", text)
        )
    except ValueError:
        return False
