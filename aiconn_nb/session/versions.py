"""The versions of a connection or profile: what changed when and by whom. Sealed values stay sealed in it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from aiconn_nb.model.connection import Connection
from aiconn_nb.model.profile import Profile
from aiconn_nb.session.results import Rows

Entity = TypeVar("Entity", Connection, Profile)


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


@dataclass(frozen=True, repr=False, eq=False)
class Differences(Rows[FieldChange]):
    """What differs between two versions."""

    title: str
    """Whose versions they are, and which."""

    def data(self) -> Any:
        return [_data(change) for change in self]


def _data(change: FieldChange) -> dict[str, str]:
    return {"field": change.field, "before": change.before, "after": change.after}


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
