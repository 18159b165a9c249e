"""The results of the verbs on connections: the list, and one of them. None holds a secret."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from aiconn_nb.features.environments import FieldLine
from aiconn_nb.model.connection import Connection
from aiconn_nb.model.moment import iso
from aiconn_nb.session.results import Result, Rows


@dataclass(frozen=True, slots=True)
class ConnectionRow:
    """One line of the list."""

    alias: str
    name: str
    provider: str
    active: bool
    resolves: bool
    """Whether every reference of it resolves in this environment, and nothing that it needs is left out."""
    missing: tuple[str, ...]
    """What does not resolve, as written, and what is not set, as ``api_key is not set``."""
    modified: datetime
    in_use: bool
    """Whether it is this kernel's current connection."""
    version: int = 1
    id: str = ""
    profiles: tuple[str, ...] = ()
    """The profiles that use it."""
    untrusted: str = ""
    """What it would send to a host that it was not allowed for, as ``would send $A:Key to https://host``; '' where nothing."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class Connections(Rows[ConnectionRow]):
    """The list of connections."""

    environment: str
    notes: tuple[str, ...] = ()
    aside: str = ""
    """What may be a slip: an environment without a file."""
    filtered: bool = False
    """Whether there are others, which were not asked for."""
    store: str = ""
    """The folder of the store, as it may be shown; '' where it is not to be told."""

    def data(self) -> Any:
        return [
            {
                "alias": row.alias,
                "name": row.name,
                "provider": row.provider,
                "active": row.active,
                "resolves": row.resolves,
                "missing": list(row.missing),
                "profiles": list(row.profiles),
                "modified": iso(row.modified),
                "in_use": row.in_use,
                "untrusted_host": row.untrusted or None,
            }
            for row in self
        ]


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
    """What has just been done to it, such as ``created``; '' where it is only shown."""

    @property
    def alias(self) -> str:
        return self.connection.alias

    def with_warnings(self, texts: Sequence[str]) -> Shown:
        """The same, with more warnings."""
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
            "warnings": list(self.warnings),
        }
