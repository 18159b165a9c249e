"""A prompt with column names in braces, filled in row by row.

A placeholder is ``{column}`` with the name of a column of the data. Doubled braces, and braces around anything other than a
name, stay unchanged, as in the prompts of ``%aiconn ask``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from aiconn_nb.errors import ColumnNotFound, TemplateWithoutColumn
from aiconn_nb.model.letters import whole_letters
from aiconn_nb.model.nearest import nearest

_PLACE: Final = re.compile(r"(?<!\{)\{([^{}\n]{1,200})\}(?!\})")
_NAME: Final = re.compile(r"(?<![\w}\\^$#%@)\]])\{[^\W\d][\w.-]*\}(?![\w{(\[])")
"""Text in braces that looks like a column name, not like code, LaTeX or JSON."""
_WORDS: Final = re.compile(r"\s*([^\W\d][\w .-]*?)\s*(?:[:!][^\s{}]+)?")
"""Text that may be meant as a column name, with spaces or with a format specification of ``str.format``."""
_ALIKE: Final = 0.8
_PLAIN: Final = (str, int, float, bool, Decimal, date, time, timedelta, UUID)


class NotFilled(Exception):
    """A row has no prompt; ``str()`` is the reason, without the value."""


class Template:
    """A template for data with these columns. Raises `ColumnNotFound` and `TemplateWithoutColumn`."""

    def __init__(self, text: str, columns: Sequence[str]) -> None:
        self._parts: list[tuple[str, str]] = []
        """Literal text, and the column that follows it."""
        end = 0
        for place in _PLACE.finditer(text):
            if place[1] in columns:
                self._parts.append((text[end : place.start()], place[1]))
                end = place.end()
            elif _NAME.match(text, place.start()) or _is_meant(place[1], columns):
                raise ColumnNotFound(column=place[1], columns=tuple(columns))
        if not self._parts:
            raise TemplateWithoutColumn(columns=tuple(columns))
        self._rest = text[end:]

    @property
    def columns(self) -> list[str]:
        """The columns named in the template, without duplicates."""
        return list(dict.fromkeys(column for _, column in self._parts))

    def fill(self, row: Mapping[str, Any]) -> str:
        """Return the prompt of a row. Raises `NotFilled`."""
        texts = list[str]()
        for before, column in self._parts:
            texts += [before, _text(row.get(column), column)]
        prompt = whole_letters("".join([*texts, self._rest]))
        if not prompt.strip():
            raise NotFilled("the prompt is empty")
        return prompt


def _is_meant(written: str, columns: Sequence[str]) -> bool:
    """Whether the words in braces are close to a column's name. Sent literally, they would spoil the prompt of every row."""
    words = _WORDS.fullmatch(written)
    return words is not None and nearest(words[1], columns, alike=_ALIKE) is not None


def _text(value: Any, column: str) -> str:
    if isinstance(value, str):
        return value
    if _is_of_numpy(value):
        value = _plain(value)
    if value is None or _is_missing(value):
        raise NotFilled(f"{column} is missing")
    if isinstance(value, _PLAIN):
        return str(value)
    if isinstance(value, list | tuple | dict):
        try:
            return json.dumps(value, ensure_ascii=False, default=_plain)
        except (TypeError, ValueError, RecursionError):
            pass
    # Any other value may be a secret, or an SDK object that contains one.
    raise NotFilled(f"{column} is {type(value).__name__}, not a text, number, date, list or dictionary")


def _is_of_numpy(value: Any) -> bool:
    return type(value).__module__.startswith("numpy") and hasattr(value, "tolist") and hasattr(value, "dtype")


def _plain(value: Any) -> Any:
    """Return a number, a date as text, or an array as a list: lists of a Parquet file are arrays. Raises `TypeError` otherwise."""
    if not _is_of_numpy(value):
        raise TypeError
    if value.dtype.kind in "mM" and not value.ndim:
        return None if value != value else str(value)
    return value.tolist()


def _is_missing(value: Any) -> bool:
    """Whether the value is NaN, NaT or pandas.NA, the only values not equal to themselves."""
    try:
        return not bool(value == value)
    except (TypeError, ValueError):  # pandas.NA has no truth value, an array has several
        return type(value).__name__ == "NAType"
