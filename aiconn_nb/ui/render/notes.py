"""Notes and cells that several views share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from .view import Cell

if TYPE_CHECKING:
    from aiconn_nb.features.environments import FieldLine


def called(alias: str, name: str) -> str:
    """Return an alias, with the display name if it differs."""
    return alias if name == alias else f"{alias} · {name}"


def warned(texts: Sequence[str]) -> tuple[Cell, ...]:
    """Return warnings as the notes of a view."""
    return tuple(Cell(f"Warning: {text}", "warn") for text in texts)


def kept_in(folder: str) -> tuple[Cell, ...]:
    """Return the folder of the store, as a note: another home folder, or another variable, means another store."""
    return (Cell(f"Store: {folder}", "quiet"),) if folder else ()


def with_remedy(words: str, remedy: str) -> str:
    """Join a finding and its remedy, without a colon after a full stop."""
    if not remedy:
        return words
    return f"{words} {remedy}" if words.endswith((".", "!", "?")) else f"{words}: {remedy}"


def yes_no(value: bool) -> Cell:
    """Return a cell for a boolean: yes is good, no is quiet."""
    return Cell("yes", "good") if value else Cell("no", "quiet")


def written(line: FieldLine) -> Cell:
    """Return the value of a field as it is written."""
    if line.kind == "unset":
        return Cell("not set", "quiet")
    if line.kind == "default":
        return Cell(f"{line.shown} (default)", "quiet")
    return Cell(line.written, "code" if line.kind != "sealed" else "good")
