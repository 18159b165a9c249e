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


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionRow:
    """One line of the list: a connection, and how it is here."""

    connection: Connection
    resolves: bool = True
    """Whether every reference of it resolves in this environment, and nothing that it needs is left out."""
    missing: tuple[str, ...] = ()
    """What does not resolve, as written, and what is not set, as ``api_key is not set``."""
    in_use: bool = False
    """Whether it is this kernel's current connection."""
    profiles: tuple[str, ...] = ()
    """The profiles that use it."""
    untrusted: str = ""
    """What it would send to a host that it was not allowed for, as ``would send $A:Key to https://host``; '' where nothing."""

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
    """What may be a slip: an environment without a file."""
    filtered: bool = False
    """Whether there are others, which were not asked for."""
    store: str = ""
    """The folder of the store, as it may be shown; '' where it is not to be told."""

    def data(self) -> Any:
        from .columns import COLUMNS

        return [
            {
                **{each.key: _plain(each.value(row)) for each in COLUMNS if each.value},
                "missing": list(row.missing),
                "in_use": row.in_use,
                "untrusted_host": row.untrusted or None,
            }
            for row in self
        ]


def _plain(value: object) -> object:
    """The value of a column as JSON has it."""
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
