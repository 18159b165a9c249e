"""A prompt with the names of columns in braces, filled in row by row.

A place is ``{column}``, where the data has a column of that name. A name in doubled braces, and braces around anything that is
no name, stay as they are, as in the prompts of ``%aiconn ask``.
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

_PLACE: Final = re.compile(r"(?<!\{)\{([^{}\n]{1,200})\}(?!\})")
_NAME: Final = re.compile(r"(?<![\w}\\^$#%@)\]])\{[^\W\d]\w*\}(?![\w{(\[])")
"""What looks like a column and not like code, LaTeX or JSON."""
_PLAIN: Final = (str, int, float, bool, Decimal, date, time, timedelta, UUID)


class NotFilled(Exception):
    """A row has no prompt; ``str()`` says why, without the value."""


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
            elif _NAME.match(text, place.start()):
                raise ColumnNotFound(column=place[1], columns=tuple(columns))
        if not self._parts:
            raise TemplateWithoutColumn(columns=tuple(columns))
        self._rest = text[end:]

    @property
    def columns(self) -> list[str]:
        """The columns that it names, each once."""
        return list(dict.fromkeys(column for _, column in self._parts))

    def fill(self, row: Mapping[str, Any]) -> str:
        """The prompt of a row. Raises `NotFilled`."""
        texts = list[str]()
        for before, column in self._parts:
            texts += [before, _text(row.get(column), column)]
        return whole_letters("".join([*texts, self._rest]))


def _text(value: Any, column: str) -> str:
    if isinstance(value, str):
        return value
    if value is None or _is_missing(value):
        raise NotFilled(f"{column} is missing")
    if hasattr(value, "item") and type(value).__module__.startswith("numpy"):
        value = value.item()
    if isinstance(value, _PLAIN):
        return str(value)
    if isinstance(value, list | tuple | dict):
        try:
            return json.dumps(value, ensure_ascii=False)
        except (TypeError, ValueError, RecursionError):
            pass
    # Anything else may be a secret, or an object of an SDK that holds one.
    raise NotFilled(f"{column} is {type(value).__name__}, not a text, number, date, list or dictionary")


def _is_missing(value: Any) -> bool:
    """NaN, NaT and pandas.NA: of all values only these are not equal to themselves."""
    try:
        return not bool(value == value)
    except (TypeError, ValueError):  # pandas.NA has no truth value, an array has several
        return type(value).__name__ == "NAType"
