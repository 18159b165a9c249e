"""The parts of a collection that are specific to connections: their differences, and the fields that a rollback restores."""

from __future__ import annotations

from typing import Final

from aiconn_nb.errors import ConnectionExists, ConnectionNotFound, NoConnectionVersion
from aiconn_nb.model.connection import Connection, Setting
from aiconn_nb.model.key_name import shown_name
from aiconn_nb.model.reference import is_reference
from aiconn_nb.model.secret import Sealed
from aiconn_nb.model.url import masked_url
from aiconn_nb.session.collection import Collection, EntityKind
from aiconn_nb.session.context import Context
from aiconn_nb.session.versions import FieldChange


def changes(before: Connection, after: Connection) -> tuple[FieldChange, ...]:
    """Return the fields that differ, in the order: alias, name, active, settings."""
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
    """Return the displayable form of a setting: no sealed value, a URL without its key."""
    if value is None:
        return "not set"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Sealed):
        return "sealed"
    return shown_name(value) if is_reference(value) else masked_url(str(value))


CONNECTIONS: Final = EntityKind(
    fixed="provider",
    kept_in_versions=("name", "settings", "active"),
    missing=ConnectionNotFound,
    exists=ConnectionExists,
    no_version=NoConnectionVersion,
    all=lambda snapshot: snapshot.connections,
    find=lambda snapshot, alias: snapshot.connection(alias),
    deleted=lambda snapshot: snapshot.deleted,
    put=lambda change, connection, version: change.put(connection, expected_version=version),
    remove=lambda change, id: change.remove(id),
    restore=lambda change, id: change.restore(id),
    changes=lambda snapshot, before, after: changes(before, after),
)


def connections(context: Context) -> Collection[Connection]:
    """Return the connections of the store."""
    return Collection(CONNECTIONS, context)
