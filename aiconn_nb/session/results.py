"""The results of verbs: frozen values. They contain no rendering: `aiconn_nb.ui.render` has a view for each.

A result that plain Python shows, as the last line of a cell or in a REPL, finds its renderer in the four methods of `Result`
that Python and IPython call. Besides the names of 0.1.0 in `__init__`, their imports are the only upward ones of this package;
they run when something is shown.
"""

from __future__ import annotations

import sys
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, Self, TypeVar, overload

T = TypeVar("T")


class Result(ABC):
    """The result of a verb: a value that a notebook, a terminal and a saved page can show."""

    __slots__ = ()

    @abstractmethod
    def data(self) -> Any:
        """The output of ``--json``: only dictionaries, lists, texts, numbers, booleans and None; never a secret."""

    @property
    def content(self) -> str:
        """The text that the result consists of, such as a file's; a terminal prints only that on stdout, and the view on
        stderr. Empty for most results."""
        return ""

    @property
    def ok(self) -> bool:
        """Whether a terminal should exit with status 0."""
        return True

    @property
    def exit_status(self) -> int:
        """The exit status of a terminal."""
        return 0 if self.ok else 1

    @property
    def is_printed(self) -> bool:
        """Whether a terminal prints it. A program that was run has printed its own output."""
        return True

    def __str__(self) -> str:
        from aiconn_nb.ui.render import text_of

        return text_of(self)

    def __repr__(self) -> str:
        from aiconn_nb.ui.render import text_of, width_of

        return text_of(self, width_of(sys.stdout))

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        from aiconn_nb.ui.render import bundle_of

        return bundle_of(self)

    def _repr_html_(self) -> str | None:
        # Streamlit, Panel and Shiny ask for this one.
        return self._repr_mimebundle_().get("text/html")


@dataclass(frozen=True, repr=False, eq=False)
class Rows(Result, Sequence[T], Generic[T]):
    """A result with rows: it reads like a sequence and displays as a table. A subclass with more fields is a dataclass with the
    same options.
    """

    _items: Sequence[T]

    def __post_init__(self) -> None:
        object.__setattr__(self, "_items", tuple(self._items))

    @overload
    def __getitem__(self, index: int) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[T]: ...
    def __getitem__(self, index: int | slice) -> T | Sequence[T]:
        return self._items[index]

    def first(self, count: int) -> Self:
        """The same result with at most so many rows."""
        return replace(self, _items=self._items[:count])

    def __len__(self) -> int:
        return len(self._items)

    def __iter__(self) -> Iterator[T]:
        return iter(self._items)

    def __eq__(self, other: object) -> bool:
        return self._items == (other._items if isinstance(other, Rows) else other)

    __hash__ = None  # type: ignore[assignment]  # like a list: compared by content


@dataclass(frozen=True, slots=True, repr=False)
class Done(Result):
    """A completed operation; ``what`` describes it in one line."""

    what: str
    aliases: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    def data(self) -> Any:
        return {"done": self.what, "aliases": list(self.aliases), "warnings": list(self.warnings)}
