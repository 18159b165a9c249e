"""A provider's fields, the options of its models, and the conversion of text to a field's type."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple
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
    def samples(self) -> tuple[FieldValue, FieldValue]:
        """Two values that this field takes, the first and the last where there is an order, for rules that need some value."""
        if self.choices:
            return self.choices[0], self.choices[-1]
        if self.type not in ("integer", "number"):
            return TYPES[self.type].samples
        number = int if self.type == "integer" else float
        first = self.least if self.least is not None else 1 if self.most is None else min(1, self.most)
        return number(first), number(first + 1 if self.most is None else self.most)

    @property
    def range(self) -> str:
        """The permitted values in words: ``a number from 0 to 2``, ``one of low, high``."""
        if self.choices:
            return f"one of {', '.join(self.choices)}"
        if self.type not in ("integer", "number"):
            return TYPES[self.type].wanted if self.most is None else f"text of at most {self.most} characters"
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


def as_text(value: object) -> str:
    """A plain value as a user writes it: ``true``, not ``True``."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def convert(text: str, field: Field) -> FieldValue:
    """Convert text to the field's type.

    The rules are .NET's, applied strictly and without culture: booleans are ``true``/``false`` in any case; integers have
    an optional sign and ASCII digits; blanks around a value are allowed, ``_`` and ``,`` never are.
    Raises `NotOfType`.
    """
    if field.reading is not None:
        text = field.reading(text)
    if field.choices and text not in field.choices:
        raise NotOfType("must be one of " + ", ".join(field.choices))
    of_type = TYPES[field.type]
    if (value := of_type.read(text)) is None:
        raise NotOfType(f"must be {of_type.wanted}")
    if (field.least, field.most) != (None, None) and not field.takes(value):
        raise NotOfType(f"must be {field.range}")
    return value


def _boolean(text: str) -> bool | None:
    return {"true": True, "false": False}.get(text.strip().lower())


def _url(text: str) -> str | None:
    try:
        parts = urlsplit(text.strip())
        is_url = (
            parts.scheme in ("http", "https")
            and bool(parts.hostname)
            and (parts.port or 1) > 0
            and not re.search(r"\s", text.strip())
        )
    except ValueError:
        return None
    return text if is_url else None


def _path(text: str) -> str | None:
    return text.strip() if _PATH.match(text.strip()) else None


def _headers(text: str) -> str:
    if problem := headers.problem(text):
        raise NotOfType(problem)
    return "\n".join(headers.lines(text))


class TypeOfField(NamedTuple):
    """What a type of field is: its description, its conversion from text, and two different values."""

    wanted: str
    """A description that fits after "must be"."""
    read: Callable[[str], FieldValue | None]
    """The value of a text; None if the text does not have this type. Raises `NotOfType` if it can say more."""
    samples: tuple[FieldValue, FieldValue]


TYPES: Final[Mapping[FieldType, TypeOfField]] = {
    "text": TypeOfField("text", str, ("one", "two")),
    "url": TypeOfField(
        "a URL that starts with http:// or https://", _url, ("https://one.invalid", "https://two.invalid")
    ),
    "integer": TypeOfField(
        "a whole number, such as 30", lambda text: int(text) if _INTEGER.fullmatch(text) else None, (1, 2)
    ),
    "number": TypeOfField(
        "a number, such as 0.5", lambda text: float(text) if _NUMBER.fullmatch(text) else None, (1.0, 2.0)
    ),
    "boolean": TypeOfField("true or false", _boolean, (True, False)),
    "path": TypeOfField("an absolute path, or one that begins with ~/", _path, ("/one", "/two")),
    "headers": TypeOfField("NAME: VALUE, one in each line", _headers, ("One: 1", "Two: 2")),
}
"""Every type of field. A new one is an entry here, its name in `FieldType`, and a component of the page if it looks different."""
