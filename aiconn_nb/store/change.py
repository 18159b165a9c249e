"""A transaction on the store, and the changes that it can make."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime

from aiconn_nb.errors import InvalidProfile, Missing, ProfileNotFound
from aiconn_nb.model.capability import Capability
from aiconn_nb.model.connection import Connection, now
from aiconn_nb.model.expiry import is_due
from aiconn_nb.model.profile import Profile

from .documents import Document, Entity, trusted_document
from .shelf import Shelf
from .snapshot import DEFAULTS, DELETED, TRUSTED, Snapshot

Step = tuple[str, list[tuple[Document, Document]]]
"""An id, and (former state, its successor) of each of its saves."""


class Change(Snapshot):
    """A writable snapshot; reads see its own writes. Nothing is saved until the block ends without an error."""

    def __init__(self, before: Snapshot, author: str) -> None:
        super().__init__(before._connections.copy(), before._profiles.copy(), before._defaults, before._trusted)
        self._author = author
        self._tables: dict[str, dict[str, Document | None]] = {}
        """Table -> id -> its changed document, or None if it was removed."""
        for shelf in self.shelves:
            table = shelf.kind.layout.table
            self._tables |= {table: shelf.documents, DELETED + table: shelf.gone_documents}
        self._tables |= {DEFAULTS: {}, TRUSTED: {}}
        self.new_ids: set[str] = set()
        """The ids that this change created."""
        self._closed = False

    # ---- connections --------------------------------------------------------------------------------------------------

    def put(self, connection: Connection, *, expected_version: int | None = None) -> Connection:
        """Save a connection and return it as saved.

        An unknown id is a new connection, version 1. A known id becomes the next version, and its former state goes to the
        history. The store sets ``created``, ``modified``, ``modified_by`` and ``version``. An unchanged connection is
        not saved again. Raises `ConnectionExists` for another connection's alias, `ConnectionChanged` if the stored version
        is not the expected one or the connection was deleted, `InvalidConnection` for values that cannot be stored.
        """
        return self._put(self._connections, connection, expected_version)

    def remove(self, connection_id: str) -> Connection:
        """Delete a connection; it can be restored for 30 days. Raises `ConnectionNotFound`."""
        self._check_open()
        return self._connections.remove(connection_id, self._author)

    def restore(self, connection_id: str) -> Connection:
        """Restore a deleted connection as it was. Raises `ConnectionNotFound`, `ConnectionExists`."""
        self._check_open()
        return self._connections.restore(connection_id)

    # ---- profiles -----------------------------------------------------------------------------------------------------

    def put_profile(self, profile: Profile, *, expected_version: int | None = None) -> Profile:
        """Save a profile, as `put` saves a connection. Raises `ProfileExists`, `ProfileChanged`, `InvalidProfile`."""
        return self._put(self._profiles, profile, expected_version)

    def remove_profile(self, profile_id: str) -> Profile:
        """Delete a profile. It is no longer a default, and can be restored for 30 days. Raises `ProfileNotFound`."""
        self._check_open()
        removed = self._profiles.remove(profile_id, self._author)
        for capability, default in list(self._defaults.items()):
            if default == profile_id:
                self.set_default(capability, None)
        return removed

    def restore_profile(self, profile_id: str) -> Profile:
        """Restore a deleted profile as it was, but not as a default. Raises `ProfileNotFound`, `ProfileExists`."""
        self._check_open()
        return self._profiles.restore(profile_id)

    def set_default(self, capability: Capability, profile_id: str | None) -> None:
        """Make a profile the default of its capability, or none. Raises `ProfileNotFound`, `InvalidProfile`."""
        self._check_open()
        if profile_id is None:
            self._defaults.pop(capability, None)
            self._tables[DEFAULTS][str(capability)] = None
        else:
            profile = self.profile_by_id(profile_id)
            if profile is None:
                raise ProfileNotFound(why=Missing.GONE)
            if profile.capability is not capability:
                raise InvalidProfile(
                    {"capability": f"is {profile.capability}, so it cannot be the default for {capability}"}
                )
            self._defaults[capability] = profile_id
            self._tables[DEFAULTS][str(capability)] = {"profile": profile_id}

    # ---- trust --------------------------------------------------------------------------------------------------------

    def trust(self, pair: tuple[str, str]) -> None:
        """Record that this may be sent there: (reference or sealed field, host)."""
        self._check_open()
        self._trusted.add(pair)
        self._tables[TRUSTED][" -> ".join(pair)] = trusted_document(pair)

    # ---- for the store ------------------------------------------------------------------------------------------------

    def close(self, ripe: Callable[[Collection[str], datetime], list[str]]) -> list[str] | None:
        """End the change: no more writes. Return the ids of deleted entities that expired; None if nothing was changed.

        ``ripe`` selects those of the due ids that may be purged; see `DueMarks.ripe`.
        """
        self._closed = True
        if not any(self._tables.values()):
            return None
        moment = now()
        due = [id for shelf in self.shelves for id, each in shelf.gone.items() if is_due(each.moment, moment)]
        expired = ripe(due, moment)
        if expired:
            for shelf in self.shelves:
                shelf.forget(expired)
        return expired

    def steps(self) -> list[Step]:
        """The steps to add to the history."""
        by_id: dict[str, list[tuple[Document, Document]]] = {}
        for shelf in self.shelves:
            for id, former, successor in shelf.steps:
                by_id.setdefault(id, []).append((former, successor))
        return list(by_id.items())

    def documents(self) -> list[tuple[str, dict[str, Document | None]]]:
        """The changes per table: id -> its document, or None if it was removed."""
        return [(table, dict(sorted(changed.items()))) for table, changed in self._tables.items() if changed]

    def result(self) -> Snapshot:
        """The stored content after the change, for use when the change is closed."""
        return Snapshot(self._connections, self._profiles, self._defaults, self._trusted)

    def _put(self, shelf: Shelf[Entity], entity: Entity, expected_version: int | None) -> Entity:
        self._check_open()
        is_new = shelf.by_id(entity.id) is None
        saved = shelf.put(entity, self._author, expected_version)
        if is_new:
            self.new_ids.add(saved.id)
        return saved

    def _check_open(self) -> None:
        if self._closed:
            raise RuntimeError("the change has ended; begin a new one")
