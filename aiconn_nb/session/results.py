"""What the verbs answer: values that show themselves as text, Markdown and HTML. None of them holds a secret."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from aiconn_nb.ui.render import Answer, Card, Cell, View


def warned(texts: Sequence[str]) -> tuple[Cell, ...]:
    """Warnings as the notes of a view."""
    return tuple(Cell(f"Warning: {text}", "warn") for text in texts)


def kept_in(folder: str) -> tuple[Cell, ...]:
    """Where the store is, as a note: another home, or another variable, has another one."""
    return (Cell(f"Store: {folder}", "quiet"),) if folder else ()


def yes_no(value: bool) -> Cell:
    """Yes is good, no is quiet."""
    return Cell("yes", "good") if value else Cell("no", "quiet")


def stamp(moment: datetime) -> str:
    """A moment as answers say it: ``2026-11-25T06:00:00Z``."""
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")


@dataclass(frozen=True, slots=True, repr=False)
class Done(Answer):
    """Something was done; ``what`` says what, in one line."""

    what: str
    aliases: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    def view(self) -> View:
        return Card(self.what, (), warned(self.warnings))

    def data(self) -> Any:
        return {"done": self.what, "aliases": list(self.aliases), "warnings": list(self.warnings)}
