"""What a provider asks for: its fields, the options of its models, and the conversion of text to a field's type."""

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
    """One setting of a provider, or one option of its models, with all that a form or a help text needs to say about it."""

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
    least: float | None = None
    """The smallest number that is taken."""
    most: float | None = None
    """The largest number that is taken; of a text, the number of its characters."""

    @property
    def range(self) -> str:
        """What a value must be, in words: ``a number from 0 to 2``, ``one of low, high``."""
        if self.choices:
            return f"one of {', '.join(self.choices)}"
        if self.type not in ("integer", "number"):
            return WANTED[self.type] if self.most is None else f"text of at most {self.most} characters"
        what = "a number" if self.type == "number" else "a whole number"
        bounds = (("from", self.least), ("to", self.most))
        return " ".join([what, *(f"{word} {bound}" for word, bound in bounds if bound is not None)])

    def takes(self, value: object) -> bool:
        """Whether a value that has this field's type is one that it takes."""
        if self.choices:
            return value in self.choices
        if isinstance(value, str):
            return self.type == "text" and (self.most is None or len(value) <= self.most)
        if isinstance(value, bool) or not isinstance(value, int | float):
            return self.type == "boolean" and isinstance(value, bool)
        is_number = self.type == "number" or (self.type == "integer" and value == int(value))
        return is_number and (self.least is None or value >= self.least) and (self.most is None or value <= self.most)


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
