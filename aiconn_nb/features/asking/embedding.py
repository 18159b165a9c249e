"""Embeddings: the texts of a request, and the resulting vectors."""

from __future__ import annotations

from collections.abc import AsyncIterable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from importlib.util import find_spec
from typing import Any

from aiconn_nb.errors import Attempt, BadOptions, NotAText, NotTexts, NumPyMissing
from aiconn_nb.features.profiles import Value, merged
from aiconn_nb.model.amounts import counted
from aiconn_nb.model.capability import Capability
from aiconn_nb.model.letters import whole_letters
from aiconn_nb.session.results import Rows

from .target import Target


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class Embedded(Rows[Sequence[float]]):
    """One vector per text, in the order of the texts. Its display summarizes the vectors and does not print them."""

    model: str
    connection: str
    """The alias of the connection that answered."""
    profile: str = ""
    """The alias of the profile; '' if the caller named a connection."""
    input_tokens: int | None = None
    """As counted by the provider; None if it reports no count for any batch."""
    seconds: float = 0.0
    attempts: tuple[Attempt, ...] = ()
    """The connections that failed or were skipped before, each with its reason."""
    notes: tuple[str, ...] = ()
    """Adjustments that the request needed, such as leaving out a parameter that the server refused."""
    as_array: bool = False
    """Whether `vectors` is a NumPy array."""
    errors: Mapping[int, str] = field(default_factory=dict)
    """The rows of a dataset without a vector, counted from 0, each with its reason. Their numbers are NaN."""
    known: int = 0
    """Rows whose vector came from the journal or from a row with the same text."""
    journal: str = ""
    """The journal of the vectors, from which the same call continues; '' without a journal."""
    output: str = ""
    """The file with the vectors; '' without one."""

    def __post_init__(self) -> None:
        if not hasattr(self._items, "dtype"):  # an array may be mapped from a file
            Rows.__post_init__(self)

    def __eq__(self, other: object) -> bool:
        return list(map(tuple, self)) == list(map(tuple, other)) if isinstance(other, Sequence) else NotImplemented

    @property
    def ok(self) -> bool:
        """Whether every text has a vector."""
        return not self.errors

    @property
    def dimensions(self) -> int:
        """Numbers per vector; 0 without vectors."""
        return len(self[0]) if len(self) else 0

    @cached_property
    def vectors(self) -> Any:
        """All vectors: a list of lists, or a NumPy array with one row per text."""
        if hasattr(self._items, "dtype"):
            return self._items
        return self.__array__() if self.as_array else [list(each) for each in self]

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        """Support ``numpy.asarray``."""
        import numpy

        if hasattr(self._items, "dtype"):
            return numpy.array(self._items, dtype=dtype, copy=copy)
        return numpy.array(self._items, dtype=dtype or float).reshape(len(self._items), self.dimensions)

    @property
    def footer(self) -> str:
        """One line for the footer: connection and model, cost, duration."""
        count = "tokens unknown" if self.input_tokens is None else counted(self.input_tokens, "token")
        line = " · ".join(filter(None, [self.profile, self.connection, self.model, count, f"{self.seconds:.1f} s"]))
        failed = ", ".join(f"{each.connection} ({each.label})" for each in self.attempts)
        errors = counted(len(self.errors), "error") if self.errors else ""
        known = f"{self.known:,} not asked again" if self.known else ""
        return " · ".join(filter(None, [line, known, errors, *self.notes, failed and f"in place of {failed}"]))

    def data(self) -> Any:
        return {
            "model": self.model,
            "connection": self.connection,
            "profile": self.profile or None,
            "dimensions": self.dimensions,
            "input_tokens": self.input_tokens,
            "seconds": round(self.seconds, 3),
            "attempts": [each.data() for each in self.attempts],
            "notes": list(self.notes),
            "errors": {str(row): error for row, error in self.errors.items()},
            "output": self.output or None,
            **({} if self.output else {"vectors": [list(map(float, each)) for each in self]}),
        }


def texts_of(given: str | Iterable[str]) -> list[str]:
    """Return the texts as a list; a single text becomes a list of one. Raises `CommandError` for a value that is not text."""
    if isinstance(given, Mapping) or not isinstance(given, Iterable):
        raise NotTexts(found=type(given).__name__, awaited="aembed" if isinstance(given, AsyncIterable) else "")
    texts = [given] if isinstance(given, str) else list(given)
    for place, text in enumerate(texts, start=1):
        if not isinstance(text, str):
            raise NotAText(place=place, count=len(texts), found=type(text).__name__)
    return [whole_letters(text) for text in texts]


def require_numpy() -> None:
    """Raise `CommandError` if NumPy is not installed, before any request costs money."""
    if find_spec("numpy") is None:
        raise NumPyMissing


def dimensions_of(target: Target, dimensions: Value | None) -> int | None:
    """Return numbers per vector, from the call or the profile; None for the model's default. Raises `BadOptions`."""
    problems: dict[str, str] = {}
    given = {} if dimensions is None else {"dimensions": dimensions}
    options = merged(Capability.EMBEDDING, target.options, given, problems)
    if problems:
        raise BadOptions(problems=problems)
    chosen = options.get("dimensions")
    return None if chosen is None else int(chosen)
