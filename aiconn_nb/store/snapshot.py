"""The content of the store at one moment."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from aiconn_nb.errors import NoTarget
from aiconn_nb.model.capability import Capability
from aiconn_nb.model.connection import Connection
from aiconn_nb.model.nearest import nearest
from aiconn_nb.model.strict import Malformed, one_of

from .documents import Deleted, Entity, default_from, trusted_from
from .shelf import CONNECTION, PROFILE, Shelf, ShelfKind
from .storage import Damage, Tables

if TYPE_CHECKING:
    from aiconn_nb.model.profile import Profile

DELETED: Final = "deleted_"
"""The prefix that turns a table's name into the name of its table of deleted entities."""
DEFAULTS: Final = "defaults"
TRUSTED: Final = "trusted"


class Snapshot:
    """Everything stored, consistent in itself. It does not follow later changes: ask the store for a new one."""

    def __init__(
        self,
        connections: Shelf[Connection],
        profiles: Shelf[Profile],
        defaults: Mapping[Capability, str],
        trusted: Iterable[tuple[str, str]],
    ) -> None:
        self._connections = connections
        self._profiles = profiles
        self.shelves: tuple[Shelf[Any], ...] = (connections, profiles)
        """Connections and profiles, including deleted ones. For the store itself."""
        self._defaults = dict(defaults)
        self._trusted = set(trusted)

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {len(self.connections)} connections, {len(self.profiles)} profiles>"

    @property
    def connections(self) -> tuple[Connection, ...]:
        """The connections by alias."""
        return self._connections.all()

    @property
    def profiles(self) -> tuple[Profile, ...]:
        """The profiles by alias."""
        return self._profiles.all()

    @property
    def defaults(self) -> Mapping[Capability, str]:
        """Capability -> the id of its default profile, if there is one."""
        return MappingProxyType(self._defaults)

    @property
    def deleted(self) -> tuple[Deleted[Connection], ...]:
        """The deleted connections that can be restored, oldest deletion first."""
        return self._connections.deleted

    @property
    def deleted_profiles(self) -> tuple[Deleted[Profile], ...]:
        """The deleted profiles that can be restored, oldest deletion first."""
        return self._profiles.deleted

    def connection(self, alias: str) -> Connection:
        """The connection with this alias, in any case, or the one that had it before a rename.

        Raises `ConnectionNotFound`, naming a profile of that name, or the nearest.
        """
        return self._connections.by_alias(alias, self._profiles)

    def connections_called(self, aliases: Iterable[str]) -> list[Connection]:
        """The connections with these aliases. If several aliases refer to one, it occurs once. Raises `ConnectionNotFound`."""
        return list({each.id: each for each in map(self.connection, aliases)}.values())

    def connection_renamed_from(self, alias: str) -> Connection | None:
        """The connection that had this alias before a rename, with a note; None if there is none."""
        return self._connections.renamed_from(alias)

    def profile_renamed_from(self, alias: str) -> Profile | None:
        """The profile that had this alias before a rename, with a note; None if there is none."""
        return self._profiles.renamed_from(alias)

    def require_free(self, alias: str) -> None:
        """Raise `ConnectionExists` if a connection has this alias, in any case."""
        self._connections.require_free(alias)

    def connection_by_id(self, id: str) -> Connection | None:
        """The connection with this id, or None."""
        return self._connections.by_id(id)

    def profile(self, alias: str) -> Profile:
        """The profile with this alias, in any case, or the one that had it before a rename.

        Raises `ProfileNotFound`, naming a connection of that name, or the nearest.
        """
        return self._profiles.by_alias(alias, self._connections)

    def target(self, alias: str) -> Profile | Connection | None:
        """The target of a question to this alias, in any case: the profile, else the connection, else the entity that had the alias
        before a rename. None if there is none."""
        for find in (Shelf.called, Shelf.renamed_from):
            for shelf in self.shelves[::-1]:
                found: Profile | Connection | None = find(shelf, alias)
                if found is not None:
                    return found
        return None

    def connections_of(self, target: Profile | Connection) -> tuple[Connection, ...]:
        """The connections of a profile that exist, in its order; a connection itself."""
        if isinstance(target, Connection):
            return (target,)
        return tuple(found for id in target.connections if (found := self.connection_by_id(id)) is not None)

    def no_target(self, alias: str) -> NoTarget:
        """The error that `target` found nothing. It names the deleted entity with this alias, else the nearest alias."""
        was = next((shelf.kind.word for shelf in self.shelves[::-1] if shelf.has_deleted(alias)), "")
        known = [*(each.alias for each in self.profiles), *(each.alias for each in self.connections)]
        return NoTarget(alias=alias, nearest=nearest(alias, known), is_deleted=bool(was), was=was)

    def profile_by_id(self, id: str) -> Profile | None:
        """The profile with this id, or None."""
        return self._profiles.by_id(id)

    def dependents(self, connection_id: str) -> tuple[Profile, ...]:
        """The profiles that name this connection, first or as a fallback, by alias."""
        return tuple(profile for profile in self.profiles if connection_id in profile.connections)

    def broken_without(self, connection_ids: Collection[str]) -> tuple[Profile, ...]:
        """The profiles that would have no connection left without these, by alias."""
        left = {each.id for each in self.connections} - set(connection_ids)
        return tuple(
            profile
            for profile in self.profiles
            if left.isdisjoint(profile.connections) and not set(connection_ids).isdisjoint(profile.connections)
        )

    def users(self) -> Mapping[str, list[str]]:
        """Connection id -> the aliases of the profiles that name it, for all connections at once."""
        found: dict[str, list[str]] = {}
        for profile in self.profiles:
            for id in profile.connections:
                found.setdefault(id, []).append(profile.alias)
        return found

    def trusting(self, pairs: Iterable[tuple[str, str]]) -> Snapshot:
        """The same content with other pairs of what may be sent where."""
        return Snapshot(self._connections, self._profiles, self._defaults, pairs)

    def trusted(self) -> frozenset[tuple[str, str]]:
        """What may be sent where: (reference or sealed field, host)."""
        return frozenset(self._trusted)


TABLES: Final = frozenset(
    {
        *(prefix + kind.layout.table for kind in (CONNECTION, PROFILE) for prefix in ("", DELETED)),
        DEFAULTS,
        TRUSTED,
    }
)


def snapshot_of(tables: Tables) -> Snapshot:
    """The snapshot of TinyDB's tables. Raises `Damage`, naming table, id and field, never a value."""
    if not tables.keys() <= TABLES:
        raise Damage("it has an unknown table")
    connections = _shelf(CONNECTION, tables)
    profiles = _shelf(PROFILE, tables)
    defaults: dict[Capability, str] = {}
    trusted: set[tuple[str, str]] = set()
    try:
        for name, document in tables.get(DEFAULTS, {}).items():
            capability = one_of(Capability, name, "capability")
            profile = profiles.by_id(default_from(document))
            if profile is not None and profile.capability is capability:
                defaults[capability] = profile.id
        trusted = {trusted_from(document) for document in tables.get(TRUSTED, {}).values()}
    except Malformed as malformed:
        raise Damage(f"among the defaults or what is trusted, {malformed}") from None
    return Snapshot(connections, profiles, defaults, trusted)


def _shelf(kind: ShelfKind[Entity], tables: Tables) -> Shelf[Entity]:
    layout = kind.layout
    try:
        entities = {id: layout.from_document(found, id) for id, found in tables.get(layout.table, {}).items()}
        deleted = tables.get(DELETED + layout.table, {})
        gone = {id: layout.deleted_from(found, id) for id, found in deleted.items()}
    except Malformed as malformed:
        raise Damage(f"in one of its {kind.word}s, {malformed}") from None
    shelf = Shelf(kind, entities, gone)
    if shelf.has_twins or not entities.keys().isdisjoint(gone):
        raise Damage(f"two of its {kind.word}s have the same alias or id")
    return shelf
