"""The versions of a connection or profile: what changed, when and by whom. Sealed values stay sealed."""

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
    """A field that differs between two versions. For sealed values it says only that they differ."""

    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class VersionRow:
    """A version and its changes."""

    version: int
    modified: datetime
    modified_by: str
    changes: tuple[FieldChange, ...]
    first: bool
    """Whether it is the oldest that is kept; its changes are then unknown."""
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
    """The differences between two versions."""

    title: str
    """The entity and the two versions."""

    def data(self) -> Any:
        return [_data(change) for change in self]


def _data(change: FieldChange) -> dict[str, str]:
    return {"field": change.field, "before": change.before, "after": change.after}


def history_of(states: Sequence[Entity], changed: Callable[[Entity, Entity], tuple[FieldChange, ...]]) -> Versions:
    """The history of one connection or profile from its states, oldest first."""
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
