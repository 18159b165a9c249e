"""The results of the verbs on connections: the list, and a single connection. No result contains a secret."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from aiconn_nb.model.connection import Connection
from aiconn_nb.model.moment import at, iso
from aiconn_nb.session.results import Result, Rows

if TYPE_CHECKING:
    from aiconn_nb.features.environments import FieldLine


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionRow:
    """One row of the list: a connection and its state here."""

    connection: Connection
    resolves: bool = True
    """Whether all its references resolve in this environment, its sealed values open, and no required setting is missing."""
    missing: tuple[str, ...] = ()
    """The references that do not resolve, as written, the missing settings, as ``api_key is not set``, and the sealed ones that do
    not open, with the reason."""
    in_use: bool = False
    """Whether it is this kernel's current connection."""
    profiles: tuple[str, ...] = ()
    """The profiles that use it."""
    checked: datetime | None = None
    """When its key was last proven or refused, for its present state and environment; None if it never was."""
    refused: bool = False
    """Whether the key was refused at that time."""
    untrusted: str = ""
    """What it would send to a host without permission, as ``would send $A:Key to https://host``; '' if nothing."""

    @property
    def check(self) -> str:
        """The time of the check, in words."""
        if self.checked is None:
            return "not checked"
        return f"refused {at(self.checked)}" if self.refused else at(self.checked)

    @property
    def id(self) -> str:
        return self.connection.id

    @property
    def alias(self) -> str:
        return self.connection.alias

    @property
    def name(self) -> str:
        return self.connection.name

    @property
    def provider(self) -> str:
        return self.connection.provider

    @property
    def active(self) -> bool:
        return self.connection.active

    @property
    def modified(self) -> datetime:
        return self.connection.modified

    @property
    def version(self) -> int:
        return self.connection.version


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class Connections(Rows[ConnectionRow]):
    """The list of connections."""

    environment: str
    notes: tuple[str, ...] = ()
    aside: str = ""
    """A possible mistake: an environment without a file."""
    filtered: bool = False
    """Whether the filter hides some connections."""
    store: str = ""
    """The folder of the store in a displayable form; '' to hide it."""

    def data(self) -> Any:
        from .columns import COLUMNS

        return [
            {
                **{each.key: _plain(each.value(row)) for each in COLUMNS if each.value},
                "missing": list(row.missing),
                "in_use": row.in_use,
                "untrusted_host": row.untrusted or None,
                "checked": None if row.checked is None else {"ok": not row.refused, "at": iso(row.checked)},
            }
            for row in self
        ]


def _plain(value: object) -> object:
    """Return the value of a column for JSON."""
    if isinstance(value, datetime):
        return iso(value)
    return list(value) if isinstance(value, tuple) else value


@dataclass(frozen=True, slots=True, repr=False)
class Shown(Result):
    """One connection with every field."""

    connection: Connection
    provider_name: str
    fields: tuple[FieldLine, ...]
    profiles: tuple[str, ...]
    in_use: bool
    warnings: tuple[str, ...] = ()
    verb: str = ""
    """The action just done, such as ``created``; '' if it is only shown."""
    caps: tuple[str, ...] = ()
    """Its caps and the amount spent, as sentences."""

    @property
    def alias(self) -> str:
        return self.connection.alias

    def with_warnings(self, texts: Sequence[str]) -> Shown:
        """Return a copy with more warnings."""
        return replace(self, warnings=(*texts, *self.warnings)) if texts else self

    def data(self) -> Any:
        made = self.connection
        return {
            "id": made.id,
            "alias": made.alias,
            "name": made.name,
            "provider": made.provider,
            "active": made.active,
            "settings": {line.key: line.written for line in self.fields if line.kind not in ("unset", "default")},
            "profiles": list(self.profiles),
            "in_use": self.in_use,
            "created": iso(made.created),
            "modified": iso(made.modified),
            "version": made.version,
            "caps": list(self.caps),
            "warnings": list(self.warnings),
        }
