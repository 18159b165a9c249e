"""The view of a result, for every output: a table, a card, or texts side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Tone = Literal["", "good", "bad", "warn", "quiet", "code", "bar"]


@dataclass(frozen=True, slots=True)
class Cell:
    """A piece of text and how it is meant."""

    text: str
    tone: Tone = ""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under column titles."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell | str, ...], ...]
    title: str = ""
    empty: str = "Nothing here."
    notes: tuple[Cell | str, ...] = ()


@dataclass(frozen=True, slots=True)
class Card:
    """One thing: a title, labelled values, notes."""

    title: Cell | str
    pairs: tuple[tuple[str, Cell | str], ...] = ()
    notes: tuple[Cell | str, ...] = ()


@dataclass(frozen=True, slots=True)
class Side:
    """One of several texts: whose it is, the text with its line breaks, and what is said of it below."""

    title: Cell | str
    text: Cell | str
    foot: Cell | str = ""
    is_markdown: bool = False
    """Whether the text is Markdown of a model, which HTML shows as such."""


@dataclass(frozen=True, slots=True)
class SideBySide:
    """Texts beside each other, as far as there is room."""

    sides: tuple[Side, ...]
    title: str = ""
    notes: tuple[Cell | str, ...] = ()


@dataclass(frozen=True, slots=True)
class Said:
    """What a model said, with a quiet line below it."""

    text: str
    foot: str = ""
    form: Literal["markdown", "text", "code"] = "markdown"
    """How HTML shows it: read as Markdown, as it is, or as a block of code."""
    notes: tuple[Cell | str, ...] = ()


View = Table | Card | SideBySide | Said


def as_cell(cell: Cell | str) -> Cell:
    """A text alone is a cell without a tone."""
    return cell if isinstance(cell, Cell) else Cell(cell)
