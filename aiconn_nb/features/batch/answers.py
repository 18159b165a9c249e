"""The answers of all rows, stored by column: a hundred thousand answers take little more memory than their texts."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

_NOT_KNOWN: Final = -1


class Answers:
    """Grows row by row. ``columns`` are the columns of the answer: one for text, or those of a schema."""

    def __init__(self, columns: Sequence[str]) -> None:
        self._columns = tuple(columns)
        self._count = 0
        self._values: list[list[Any]] = [[] for _ in self._columns]
        self._names: dict[str | None, int] = {None: 0}
        """A number for each name of a model or connection, because the names repeat."""
        self._models, self._connections = array("i"), array("i")
        self._tokens = (array("q"), array("q"))
        self._cost = array("d")
        self._errors: dict[int, str] = {}

    def __len__(self) -> int:
        return self._count

    def add(self) -> int:
        """Add an unanswered row; returns its number."""
        for values in self._values:
            values.append(None)
        self._models.append(0)
        self._connections.append(0)
        for tokens in self._tokens:
            tokens.append(_NOT_KNOWN)
        self._cost.append(float("nan"))
        self._count += 1
        return self._count - 1

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
        """Store the answer of a row."""
        for column, value in zip(self._values, values, strict=True):
            column[row] = value
        self._models[row] = self._names.setdefault(model, len(self._names))
        self._connections[row] = self._names.setdefault(connection, len(self._names))
        for counts, count in zip(self._tokens, tokens, strict=True):
            counts[row] = _NOT_KNOWN if count is None else count
        self._cost[row] = float("nan") if cost is None else cost

    def copy(self, before: int, row: int) -> None:
        """Copy the answer or error of an earlier row."""
        columns: tuple[Any, ...] = (*self._values, self._models, self._connections, *self._tokens, self._cost)
        for column in columns:
            column[row] = column[before]
        if before in self._errors:
            self._errors[row] = self._errors[before]

    def has_failed(self, row: int) -> bool:
        """Whether a row has an error instead of an answer."""
        return row in self._errors

    def fail(self, row: int, error: str) -> None:
        """Store why a row has no answer."""
        self._errors[row] = error

    def fail_the_rest(self, error: str) -> None:
        """Store this error for the rows that have neither an answer nor an error."""
        for row, number in enumerate(self._connections):
            if not number and row not in self._errors:
                self._errors[row] = error

    def take(self) -> Iterator[tuple[str, Iterable[Any]]]:
        """Take out the columns, one after the other, in the order of the rows; unknown values are None.

        Each column is released when the next one is taken, so the answers are never in memory twice.
        """
        values, self._values = self._values[::-1], []
        for name in self._columns:
            yield name, values.pop()
        names = list(self._names)
        for name, numbers in (("model", self._models), ("connection", self._connections)):
            yield name, (names[number] for number in numbers)
            del numbers[:]
        for name, counts in zip(("input_tokens", "output_tokens"), self._tokens, strict=True):
            yield name, (None if count == _NOT_KNOWN else count for count in counts)
            del counts[:]
        yield "cost", (None if cost != cost else cost for cost in self._cost)
        del self._cost[:]
        yield "error", (self._errors.get(row) for row in range(self._count))
