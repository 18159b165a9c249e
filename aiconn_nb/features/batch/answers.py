"""The answers of all rows, column by column: a hundred thousand of them take little more room than their texts."""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from typing import Any, Final

_NOT_KNOWN: Final = -1


class Answers:
    """Grows row by row. ``columns`` are those of the answer: one for text, or those of a schema."""

    def __init__(self, columns: Sequence[str]) -> None:
        self._columns = tuple(columns)
        self._values: list[tuple[Any, ...] | None] = []
        self._models: list[str | None] = []
        self._connections: list[str | None] = []
        self._tokens = (array("q"), array("q"))
        self._cost = array("d")
        self._errors: dict[int, str] = {}

    def __len__(self) -> int:
        return len(self._values)

    def add(self) -> int:
        """One more row, not answered yet; answers its number."""
        self._values.append(None)
        self._models.append(None)
        self._connections.append(None)
        for tokens in self._tokens:
            tokens.append(_NOT_KNOWN)
        self._cost.append(float("nan"))
        return len(self._values) - 1

    def answer(
        self,
        row: int,
        values: tuple[Any, ...],
        *,
        model: str,
        connection: str,
        tokens: tuple[int | None, int | None],
        cost: float | None,
    ) -> None:
        """The answer of a row."""
        self._values[row] = values
        # The same few names again and again: one object for each.
        self._models[row] = model
        self._connections[row] = connection
        for column, count in zip(self._tokens, tokens, strict=True):
            column[row] = _NOT_KNOWN if count is None else count
        self._cost[row] = float("nan") if cost is None else cost

    def copy(self, before: int, row: int) -> None:
        """The same answer, or error, as that of an earlier row."""
        columns: tuple[Any, ...] = (self._values, self._models, self._connections, *self._tokens, self._cost)
        for column in columns:
            column[row] = column[before]
        if before in self._errors:
            self._errors[row] = self._errors[before]

    def has_failed(self, row: int) -> bool:
        """Whether a row has an error in place of an answer."""
        return row in self._errors

    def fail(self, row: int, error: str) -> None:
        """Why a row has no answer."""
        self._errors[row] = error

    def table(self) -> Mapping[str, Sequence[Any]]:
        """The columns in the order of the rows; what is not known is None."""
        found: dict[str, list[Any]] = {
            name: [None if values is None else values[place] for values in self._values]
            for place, name in enumerate(self._columns)
        }
        found["model"], found["connection"] = self._models, self._connections
        for name, column in zip(("input_tokens", "output_tokens"), self._tokens, strict=True):
            found[name] = [None if count == _NOT_KNOWN else count for count in column]
        found["cost"] = [None if cost != cost else cost for cost in self._cost]
        found["error"] = [self._errors.get(row) for row in range(len(self._values))]
        return found
