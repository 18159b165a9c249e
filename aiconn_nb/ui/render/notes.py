"""Notes and cells that several views have."""

from __future__ import annotations

from collections.abc import Sequence

from .view import Cell


def warned(texts: Sequence[str]) -> tuple[Cell, ...]:
    """Warnings as the notes of a view."""
    return tuple(Cell(f"Warning: {text}", "warn") for text in texts)


def kept_in(folder: str) -> tuple[Cell, ...]:
    """Where the store is, as a note: another home, or another variable, has another one."""
    return (Cell(f"Store: {folder}", "quiet"),) if folder else ()


def yes_no(value: bool) -> Cell:
    """Yes is good, no is quiet."""
    return Cell("yes", "good") if value else Cell("no", "quiet")
