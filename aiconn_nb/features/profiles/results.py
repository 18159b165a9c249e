"""The results of the verbs on profiles."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from aiconn_nb.model.capability import Capability
from aiconn_nb.model.connection import now
from aiconn_nb.model.moment import iso
from aiconn_nb.model.profile import Profile
from aiconn_nb.session.results import Result, Rows

from .health import Health, Link
from .options import Value


@dataclass(frozen=True, slots=True)
class ProfileRow:
    """One line of the list of profiles."""

    alias: str
    name: str
    capability: Capability
    connections: tuple[Link, ...]
    """The connections, in the order of the attempts."""
    model: str
    """The models of its connections without duplicates; most profiles have one."""
    default: bool
    """Whether it is the default of its capability."""
    health: Health
    tags: tuple[str, ...] = ()
    version: int = 1
    id: str = ""
    modified: datetime = field(default_factory=now)
    options: Mapping[str, Value] = field(default_factory=dict)
    models: Mapping[str, str] = field(default_factory=dict)
    """Alias of a connection -> the model of that connection."""

    def data(self) -> dict[str, Any]:
        return {
            "alias": self.alias,
            "name": self.name,
            "capability": str(self.capability),
            "connections": [
                {
                    "alias": link.alias,
                    "state": link.state,
                    "model": link.model,
                    "checked": iso(link.checked) if link.checked else None,
                    "shutdown": link.shutdown or None,
                }
                for link in self.connections
            ],
            "model": self.model,
            "models": dict(self.models),
            "options": dict(self.options),
            "tags": list(self.tags),
            "default": self.default,
            "health": {
                "kind": str(self.health.kind),
                "words": self.health.words,
                "answers": self.health.answers,
                "checked": iso(self.health.checked) if self.health.checked else None,
            },
            "version": self.version,
            "modified": iso(self.modified),
        }


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class Profiles(Rows[ProfileRow]):
    """The list of profiles."""

    notes: tuple[str, ...] = ()
    filtered: bool = False
    """Whether the filter hides some profiles."""

    def data(self) -> Any:
        return [row.data() for row in self]


@dataclass(frozen=True, slots=True, repr=False)
class ShownProfile(Result):
    """One profile with all its stored fields, and its health."""

    profile: Profile
    row: ProfileRow
    warnings: tuple[str, ...] = ()
    verb: str = ""
    """The action just done, such as ``created``; '' if it is only shown."""
    notes: tuple[str, ...] = ()
    caps: tuple[str, ...] = ()
    """Its caps and the amount spent, as sentences."""

    @property
    def alias(self) -> str:
        return self.profile.alias

    @property
    def health(self) -> Health:
        return self.row.health

    def data(self) -> Any:
        made = self.profile
        return {
            "id": made.id,
            **self.row.data(),
            "created": iso(made.created),
            "caps": list(self.caps),
            "warnings": list(self.warnings),
        }


@dataclass(frozen=True, slots=True)
class DefaultRow:
    """A capability and its default profile."""

    capability: Capability
    alias: str
    """'' if there is none."""


class Defaults(Rows[DefaultRow]):
    """The default profile of each capability."""

    def data(self) -> Any:
        return {str(row.capability): row.alias or None for row in self}
