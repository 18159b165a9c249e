"""Former versions of a connection or profile: what changed when and by whom, and the way back. Sealed values stay sealed in it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar

from aiconn_nb.errors import NoConnectionVersion
from aiconn_nb.model.connection import Connection, Setting, now
from aiconn_nb.model.profile import Profile
from aiconn_nb.model.secret import Sealed
from aiconn_nb.model.url import masked_url
from aiconn_nb.session.context import Context
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


def history(context: Context, connection: Connection) -> Versions:
    """Every version that is kept, the newest first."""
    return told(_states(context, connection), changes)


def diff(context: Context, connection: Connection, before: int | None, after: int | None) -> Differences:
    """What differs between two versions; without numbers between the last two, with one between it and the present."""
    states = _states(context, connection)
    return compared(states, changes, before, after, lambda version: _version(states, connection, version))


def told(states: Sequence[Entity], changed: Callable[[Entity, Entity], tuple[FieldChange, ...]]) -> Versions:
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


def compared(
    states: Sequence[Entity],
    changed: Callable[[Entity, Entity], tuple[FieldChange, ...]],
    before: int | None,
    after: int | None,
    version: Callable[[int], Entity],
) -> Differences:
    """What differs between two of the states, which ``version`` finds by number."""
    first = states[-2:][0] if before is None else version(before)
    second = states[-1] if after is None else version(after)
    return Differences(changed(first, second), f"{states[-1].alias}, version {first.version} to {second.version}")


def rollback(context: Context, alias: str, version: int, expected_version: int | None = None) -> Connection:
    """Save the state of a former version as a new one. Its id, and what the store says of it, stay; and so does its alias, by which
    notebooks know it, and which somebody else may have had since: `edit` changes that."""
    connection = context.store.read().connection(alias)
    former = _version(_states(context, connection), connection, version)
    with context.store.change() as change:
        current = change.connection(alias)
        return change.put(
            replace(
                current,
                name=former.name,
                settings=former.settings,
                active=former.active,
                modified=now(),
            ),
            expected_version=connection.version if expected_version is None else expected_version,
        )


def changes(before: Connection, after: Connection) -> tuple[FieldChange, ...]:
    """The fields that differ, in the order: alias, name, active, settings."""
    found = [
        FieldChange(name, shown(getattr(before, name)), shown(getattr(after, name)))
        for name in ("alias", "name", "active")
        if getattr(before, name) != getattr(after, name)
    ]
    for key in dict.fromkeys([*before.settings, *after.settings]):
        old, new = before.settings.get(key), after.settings.get(key)
        if old != new:
            both_sealed = isinstance(old, Sealed) and isinstance(new, Sealed)
            found.append(FieldChange(key, shown(old), "sealed, changed" if both_sealed else shown(new)))
    return tuple(found)


def shown(value: Setting | None) -> str:
    """A setting as it may be shown: never what is sealed, a URL without its key."""
    if value is None:
        return "not set"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "sealed" if isinstance(value, Sealed) else masked_url(str(value))


def _states(context: Context, connection: Connection) -> list[Connection]:
    return [each.state for each in context.store.history(connection.id) if isinstance(each.state, Connection)]


def _version(states: Sequence[Connection], connection: Connection, version: int) -> Connection:
    found = next((state for state in states if state.version == version), None)
    if found is None:
        raise NoConnectionVersion(
            alias=connection.alias, version=version, oldest=states[0].version, newest=states[-1].version
        )
    return found
