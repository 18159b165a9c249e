"""The view of a result, for every output format: a table, a card, or texts side by side."""

from __future__ import annotations

from typing import Literal, NamedTuple

Tone = Literal["", "good", "bad", "warn", "quiet", "code", "bar"]


class Cell(NamedTuple):
    """A piece of text and its tone."""

    text: str
    tone: Tone = ""


class Table(NamedTuple):
    """Rows under column titles."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell | str, ...], ...]
    title: str = ""
    empty: str = "Nothing here."
    notes: tuple[Cell | str, ...] = ()


class Card(NamedTuple):
    """A single object: a title, labelled values, notes."""

    title: Cell | str
    pairs: tuple[tuple[str, Cell | str], ...] = ()
    notes: tuple[Cell | str, ...] = ()


class Side(NamedTuple):
    """One of several texts: its author, the text with its line breaks, and a footer."""

    title: Cell | str
    text: Cell | str
    foot: Cell | str = ""
    is_markdown: bool = False
    """Whether the text is a model's Markdown, which HTML renders."""


class SideBySide(NamedTuple):
    """Texts side by side, as far as there is room."""

    sides: tuple[Side, ...]
    notes: tuple[Cell | str, ...] = ()


class Said(NamedTuple):
    """A model's text, with a quiet line below it."""

    text: str
    foot: str = ""
    form: Literal["markdown", "text", "code"] = "markdown"
    """How HTML shows it: as Markdown, as plain text, or as a code block."""
    notes: tuple[Cell | str, ...] = ()


View = Table | Card | SideBySide | Said


def as_cell(cell: Cell | str) -> Cell:
    """Wrap a bare text in a cell without a tone."""
    return cell if isinstance(cell, Cell) else Cell(cell)
