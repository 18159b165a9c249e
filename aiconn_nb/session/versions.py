"""The versions of a connection or profile: what changed when and by whom. Sealed values stay sealed in it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from aiconn_nb.model.connection import Connection
from aiconn_nb.model.profile import Profile
from aiconn_nb.ui.render import Cell, Rows, Table, View

Entity = TypeVar("Entity", Connection, Profile)

SHORT = 80
"""Characters of a value in the history's table."""


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field that differs between two versions. Of sealed values it is only said that they differ."""

    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class VersionRow:
    """One version, and what it changed."""

    version: int
    modified: datetime
    modified_by: str
    changes: tuple[FieldChange, ...]
    first: bool
    """Whether it is the oldest that is kept; what it changed cannot be told then."""
    current: bool


class Versions(Rows[VersionRow]):
    """The history of a connection or profile, the newest version first."""

    def view(self) -> View:
        rows = tuple(
            (
                f"{'▸ ' if row.current else ''}{row.version}",
                row.modified.isoformat(sep=" ", timespec="seconds").replace("+00:00", " UTC"),
                row.modified_by or Cell("unknown", "quiet"),
                _summary(row),
            )
            for row in self
        )
        return Table(("version", "when", "who", "what changed"), rows, notes=(Cell("▸ is the present one.", "quiet"),))

    def data(self) -> Any:
        return [
            {
                "version": row.version,
                "modified": row.modified.isoformat(),
                "modified_by": row.modified_by,
                "current": row.current,
                "changes": [_data(change) for change in row.changes],
            }
            for row in self
        ]


class Differences(Rows[FieldChange]):
    """What differs between two versions."""

    def __init__(self, items: Sequence[FieldChange], title: str) -> None:
        super().__init__(items)
        self.title = title

    def view(self) -> View:
        rows = tuple((change.field, Cell(change.before, "code"), Cell(change.after, "code")) for change in self)
        return Table(("field", "before", "after"), rows, title=self.title, empty="Nothing differs.")

    def data(self) -> Any:
        return [_data(change) for change in self]


def _data(change: FieldChange) -> dict[str, str]:
    return {"field": change.field, "before": change.before, "after": change.after}


def _summary(row: VersionRow) -> Cell:
    if row.first:
        return Cell("created" if row.version == 1 else "the oldest version kept", "quiet")
    changes = (f"{each.field}: {_short(each.before)} → {_short(each.after)}" for each in row.changes)
    return Cell("; ".join(changes) or "nothing")


def _short(text: str) -> str:
    """A system prompt can be a page; the difference between two versions shows all of it."""
    return text if len(text) <= SHORT else text[: SHORT - 1] + "…"


def history_of(states: Sequence[Entity], changed: Callable[[Entity, Entity], tuple[FieldChange, ...]]) -> Versions:
    """States of one connection or profile, oldest first, as its history."""
    rows = [
        VersionRow(
            state.version,
            state.modified,
            state.modified_by,
            changed(states[index - 1], state) if index else (),
            index == 0,
            state is states[-1],
        )
        for index, state in enumerate(states)
    ]
    return Versions(rows[::-1])
