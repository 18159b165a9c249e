"""A provider's fields, the options of its models, and the conversion of text to a field's type."""

from __future__ import annotations

import re
from collections.abc import Callable, Container
from dataclasses import dataclass
from typing import Final, Literal
from urllib.parse import urlsplit

from . import headers
from .pattern import late

FieldType = Literal["text", "url", "integer", "number", "boolean", "path", "headers"]
FieldValue = str | int | float | bool

# Python refuses more than 4,300 digits with an error that is not ours, and whose traceback holds the text.
_INTEGER = late(r"\s*[+-]?[0-9]{1,1000}\s*", re.ASCII)
_NUMBER = late(r"\s*[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?\s*", re.ASCII)

_PATH = late(r"/|~[/\\]|[A-Za-z]:[/\\]|\\\\")
"""A relative path would be another file in each working folder."""

WANTED: dict[FieldType, str] = {
    "text": "text",
    "url": "a URL that starts with http:// or https://",
    "integer": "a whole number, such as 30",
    "number": "a number, such as 0.5",
    "boolean": "true or false",
    "path": "an absolute path, or one that begins with ~/",
    "headers": "NAME: VALUE, one in each line",
}
"""A description of each type that fits after "must be"."""


NETWORK_GROUP: Final = "Network"
"""The group of fields that every provider with a network has; it is shown if one of them is set."""


@dataclass(frozen=True, slots=True)
class Field:
    """One setting of a provider, or one option of its models, with everything that a form or a help text needs."""

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
    """Converts other spellings of the field's ecosystem before the type is checked; returns any other text unchanged."""
    suggested_reference: str = ""
    """The usual reference for it, such as ``$OpenAI:ApiKey``; offered, never assumed."""
    least: float | None = None
    """The minimum of a number."""
    most: float | None = None
    """The maximum of a number, or the maximum length of a text."""
    required_unless: tuple[str, ...] = ()
    """Fields that make a required one unnecessary: any of them selects another way to sign in."""

    def is_required(self, given: Container[str]) -> bool:
        """Whether a connection that sets the fields ``given`` must also set this one. A field with a default need not be set."""
        return self.required and self.default is None and not any(map(given.__contains__, self.required_unless))

    @property
    def range(self) -> str:
        """The permitted values in words: ``a number from 0 to 2``, ``one of low, high``."""
        if self.choices:
            return f"one of {', '.join(self.choices)}"
        if self.type not in ("integer", "number"):
            return WANTED[self.type] if self.most is None else f"text of at most {self.most} characters"
        what = "a number" if self.type == "number" else "a whole number"
        bounds = (("from", self.least), ("to", self.most))
        return " ".join([what, *(f"{word} {bound}" for word, bound in bounds if bound is not None)])

    def takes(self, value: object) -> bool:
        """Whether a value of this field's type is permitted."""
        if self.choices:
            return value in self.choices
        if isinstance(value, str):
            return self.type == "text" and (self.most is None or len(value) <= self.most)
        if isinstance(value, bool) or not isinstance(value, int | float):
            return self.type == "boolean" and isinstance(value, bool)
        is_number = self.type == "number" or (self.type == "integer" and value == int(value))
        return is_number and (self.least is None or value >= self.least) and (self.most is None or value <= self.most)


class NotOfType(ValueError):
    """Text that does not have the required type. The message describes the type and never repeats the text."""


def convert(text: str, field: Field) -> FieldValue:
    """Convert text to the field's type.

    The rules are .NET's, applied strictly and without culture: booleans are ``true``/``false`` in any case; integers have
    an optional sign and ASCII digits; blanks around a value are allowed, ``_`` and ``,`` never are.
    Raises `NotOfType`.
    """
    if field.reading is not None:
        text = field.reading(text)
    value = _converted(text, field)
    if (field.least, field.most) != (None, None) and not field.takes(value):
        raise NotOfType(f"must be {field.range}")
    return value


def _converted(text: str, field: Field) -> FieldValue:
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
    if field.type == "path" and _PATH.match(text.strip()):
        return text.strip()
    if field.type == "headers":
        if problem := headers.problem(text):
            raise NotOfType(problem)
        return "\n".join(headers.lines(text))
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
