"""An answer: a Python value that shows itself."""

from __future__ import annotations

import sys
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from copy import copy
from typing import Any, Generic, Self, TypeVar, overload

from .html import as_html
from .text import as_text, width_of
from .view import View

T = TypeVar("T")


class Answer(ABC):
    """What a verb answers: a Python value that shows itself in a notebook, a terminal and a saved page."""

    __slots__ = ()

    @abstractmethod
    def view(self) -> View:
        """How it is shown."""

    @abstractmethod
    def data(self) -> Any:
        """What ``--json`` prints: only dictionaries, lists, texts, numbers, booleans and None; never a secret."""

    @property
    def content(self) -> str:
        """What a terminal prints on stdout where that is a thing of its own, such as a file's; the answer itself, which tells of
        it, goes to stderr then."""
        return ""

    @property
    def ok(self) -> bool:
        """Whether a terminal should end with status 0."""
        return True

    @property
    def exit_status(self) -> int:
        """The status that a terminal ends with."""
        return 0 if self.ok else 1

    def __str__(self) -> str:
        return as_text(self.view())

    def __repr__(self) -> str:
        return as_text(self.view(), width_of(sys.stdout))

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        view = self.view()
        # A kernel's stdout is no terminal, that of a terminal's IPython is one.
        return {
            "text/plain": as_text(view, width_of(sys.stdout)),
            "text/html": as_html(view),
        }


class Rows(Answer, Sequence[T], Generic[T]):
    """An answer of many: reads like a sequence, shows as a table."""

    def __init__(self, items: Sequence[T]) -> None:
        self._items = tuple(items)

    @overload
    def __getitem__(self, index: int) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[T]: ...
    def __getitem__(self, index: int | slice) -> T | Sequence[T]:
        return self._items[index]

    def first(self, count: int) -> Self:
        """The same answer with so many of its rows, at most."""
        cut = copy(self)
        cut._items = self._items[:count]
        return cut

    def __len__(self) -> int:
        return len(self._items)

    def __iter__(self) -> Iterator[T]:
        return iter(self._items)

    def __eq__(self, other: object) -> bool:
        return self._items == (other._items if isinstance(other, Rows) else other)

    __hash__ = None  # type: ignore[assignment]  # like a list: compared by content
