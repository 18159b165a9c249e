"""Operations that connections and profiles share: creating again, copying, deleting, restoring, and their versions.

An `EntityKind` describes the differences between the two. The rules for saving are passed to the calls that save.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, count
from operator import index
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from aiconn_nb.errors import (
    ConnectionExists,
    ConnectionNotFound,
    Missing,
    NoConnectionVersion,
    NoProfileVersion,
    ProfileExists,
    ProfileNotFound,
)
from aiconn_nb.model.connection import ALIAS_LENGTH, NAME_LENGTH, Connection, now
from aiconn_nb.model.hint import command
from aiconn_nb.model.ids import new_id
from aiconn_nb.model.nearest import nearest
from aiconn_nb.model.profile import Profile

from .context import Context
from .versions import Differences, FieldChange, Versions, history_of

if TYPE_CHECKING:
    from aiconn_nb.store.change import Change
    from aiconn_nb.store.documents import Deleted
    from aiconn_nb.store.snapshot import Snapshot

Entity = TypeVar("Entity", Connection, Profile)
Said = TypeVar("Said")


@dataclass(frozen=True, slots=True, kw_only=True)
class EntityKind(Generic[Entity]):
    """The differences between connections and profiles: errors, fields, and their place in the store."""

    fixed: str
    """The field that never changes."""
    kept_in_versions: tuple[str, ...]
    """The fields that a rollback restores. The alias is excluded: notebooks use it, and another entity may have it by now."""
    missing: type[ConnectionNotFound] | type[ProfileNotFound]
    exists: type[ConnectionExists] | type[ProfileExists]
    no_version: type[NoConnectionVersion] | type[NoProfileVersion]
    all: Callable[[Snapshot], Sequence[Entity]]
    find: Callable[[Snapshot, str], Entity]
    """By alias. Raises ``missing``."""
    deleted: Callable[[Snapshot], Sequence[Deleted[Entity]]]
    put: Callable[[Change, Entity, int | None], Entity]
    """Save the entity if the stored version is the given one, or if none is given."""
    remove: Callable[[Change, str], Entity]
    restore: Callable[[Change, str], Entity]
    changes: Callable[[Snapshot, Entity, Entity], tuple[FieldChange, ...]]
    """The differences between two states."""


class Collection(Generic[Entity]):
    """The connections, or the profiles, of the store."""

    def __init__(self, kind: EntityKind[Entity], context: Context) -> None:
        self._kind: EntityKind[Entity] = kind
        self._context = context

    def called(self, snapshot: Snapshot, alias: str) -> Entity | None:
        """The entity that has this alias now, in any case, or None."""
        return next((each for each in self._kind.all(snapshot) if each.alias == alias.lower()), None)

    # ---- changing -----------------------------------------------------------------------------------------------------

    def create_again(
        self,
        change: Change,
        there: Entity,
        wanted: Callable[[], Entity],
        differ: tuple[str, ...],
        *,
        is_fixed: bool,
        update: bool,
        expected_version: int | None = None,
    ) -> tuple[Entity, str]:
        """Create an entity whose alias ``there`` already has. Return the result, and a word for what was done.

        An existing entity without differences stays unchanged; with ``update``, another one is saved as ``wanted``. Raises the
        kind's "exists" without ``update``, and if the field that never changes differs (``is_fixed``).
        """
        if not differ:
            return there, "unchanged"
        if is_fixed or not update:
            raise self.differs(there, differ, is_fixed=is_fixed)
        return self._kind.put(change, wanted(), expected_version), "updated"

    def differs(self, there: Entity, differ: tuple[str, ...], *, is_fixed: bool) -> ConnectionExists | ProfileExists:
        """The error that another entity exists, with the differences."""
        return self._kind.exists(alias=there.alias, differences=differ, fixed=self._kind.fixed if is_fixed else "")

    def duplicate(
        self, alias: str, new_alias: str | None, name: str | None, save: Callable[[Change, Entity, Entity], Entity]
    ) -> Entity:
        """Copy to another alias, a free one if none is given. ``save`` gets the original and the copy."""
        with self._context.store.change() as change:
            former = self._kind.find(change, alias)
            taken = [each.alias for each in self._kind.all(change)]
            copy = replace(
                former,
                id=new_id(),
                alias=copy_alias(former.alias, taken) if new_alias is None else new_alias,
                name=f"{former.name} (copy)"[:NAME_LENGTH] if name is None else name.strip(),
                created=now(),
            )
            return save(change, former, copy)

    def delete(
        self, aliases: Sequence[str], said: Callable[[Change, Sequence[Entity]], Said]
    ) -> tuple[list[Entity], Said]:
        """Delete them, all or none. ``said`` checks them first: it may refuse, or return notes on the effect on others."""
        with self._context.store.change() as change:
            found = list({each.id: each for each in (self._kind.find(change, alias) for alias in aliases)}.values())
            about = said(change, found)
            for each in found:
                self._kind.remove(change, each.id)
            return found, about

    def undelete(self, alias: str, id: str | None = None) -> Entity:
        """Restore the last deleted entity with this alias or id. Raises the kind's "not found" and "exists"."""
        with self._context.store.change() as change:
            if id is not None:
                return self._kind.restore(change, id)
            gone = [each for each in self._kind.deleted(change) if each.state.alias == alias.lower()]
            if not gone:
                raise self._not_deleted(change, alias)
            return self._kind.restore(change, max(gone, key=lambda each: each.moment).state.id)

    def _not_deleted(self, snapshot: Snapshot, alias: str) -> Exception:
        there = self.called(snapshot, alias)
        if there is not None:
            return self._kind.exists(alias=there.alias, is_itself=True)
        close = nearest(alias, (each.state.alias for each in self._kind.deleted(snapshot)))
        return self._kind.missing(alias=alias, why=Missing.FORGOTTEN, nearest=close)

    # ---- versions -----------------------------------------------------------------------------------------------------

    def history(self, alias: str) -> Versions:
        """All kept versions, newest first."""
        snapshot = self._context.store.read()
        states = self._states(self._kind.find(snapshot, alias))
        return history_of(states, lambda before, after: self._kind.changes(snapshot, before, after))

    def diff(self, alias: str, before: int | None, after: int | None) -> Differences:
        """The differences between two versions: by default the last two; with one number, that version and the current one."""
        snapshot = self._context.store.read()
        states = self._states(self._kind.find(snapshot, alias))
        first = states[-2:][0] if before is None else self._version(states, before)
        second = states[-1] if after is None else self._version(states, after)
        title = f"{states[-1].alias}, version {first.version} to {second.version}"
        return Differences(self._kind.changes(snapshot, first, second), title)

    def rollback(self, alias: str, version: int, expected_version: int | None = None) -> tuple[Entity, str]:
        """Save the state of a former version as a new one; its id and alias stay. Also returns what was done, for the reader."""
        there = self._kind.find(self._context.store.read(), alias)
        former = self._version(self._states(there), version)
        back: Mapping[str, Any] = {key: getattr(former, key) for key in self._kind.kept_in_versions}
        with self._context.store.change() as change:
            current = replace(self._kind.find(change, alias), **back)
            saved = self._kind.put(change, current, there.version if expected_version is None else expected_version)
        if saved.version != there.version:
            return saved, f"restored to version {version}"
        is_itself = saved.version == version
        return saved, f"unchanged, it is version {version}" if is_itself else f"unchanged, it equals version {version}"

    def _states(self, entity: Entity) -> list[Entity]:
        return [each.state for each in self._context.store.history(entity.id) if isinstance(each.state, type(entity))]

    def _version(self, states: Sequence[Entity], version: int) -> Entity:
        # A number of NumPy is one, too. A text has no version, and becomes an error about its type.
        found = next((state for state in states if state.version == index(version)), None)
        if found is None:
            last = states[-1]
            raise self._kind.no_version(
                alias=last.alias, version=version, oldest=states[0].version, newest=last.version
            )
        return found


def copy_alias(alias: str, taken: Sequence[str]) -> str:
    """``alias-copy``, or ``alias-copy-2`` and so on if that is taken."""
    endings = chain(["-copy"], (f"-copy-{number}" for number in count(2)))
    return next(
        free for ending in endings if (free := alias[: ALIAS_LENGTH - len(ending)].rstrip("-") + ending) not in taken
    )


def said_of_deletion(aliases: Sequence[str], prefix: str = "") -> str:
    """Return what was deleted, and the command that brings it back. ``prefix`` is that of the kind's commands."""
    back = command(f"{prefix}undelete", aliases[0]) if len(aliases) == 1 else command(f"{prefix}undelete ALIAS")
    return (
        f"Deleted {', '.join(aliases)}. '{back}' restores {'it' if len(aliases) == 1 else 'one of them'}, for 30 days."
    )
