"""What the verbs on profiles answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from aiconn_nb.model.connection import now
from aiconn_nb.model.hint import command
from aiconn_nb.model.moment import iso
from aiconn_nb.model.profile import Capability, Profile
from aiconn_nb.ui.render import Answer, Card, Cell, Rows, Table, View, at
from aiconn_nb.ui.render.notes import warned

from .health import Health, Link
from .options import OPTIONS, Value


@dataclass(frozen=True, slots=True)
class ProfileRow:
    """One line of the list of profiles."""

    alias: str
    name: str
    capability: Capability
    connections: tuple[Link, ...]
    """(alias, state) of each, in the order in which they are asked."""
    model: str
    default: bool
    """Whether it is the default of its capability."""
    health: Health
    tags: tuple[str, ...] = ()
    version: int = 1
    id: str = ""
    modified: datetime = field(default_factory=now)
    options: Mapping[str, Value] = field(default_factory=dict)

    def data(self) -> dict[str, Any]:
        return {
            "alias": self.alias,
            "name": self.name,
            "capability": str(self.capability),
            "connections": [{"alias": link.alias, "state": link.state} for link in self.connections],
            "model": self.model,
            "options": dict(self.options),
            "tags": list(self.tags),
            "default": self.default,
            "health": {"kind": str(self.health.kind), "words": self.health.words, "answers": self.health.answers},
            "version": self.version,
            "modified": iso(self.modified),
        }


class Profiles(Rows[ProfileRow]):
    """The list of profiles."""

    def __init__(self, items: Sequence[ProfileRow], *, notes: Sequence[str] = (), filtered: bool = False) -> None:
        super().__init__(items)
        self.notes = tuple(notes)
        self.filtered = filtered

    def view(self) -> View:
        rows = tuple(
            (
                Cell(f"{'★ ' if row.default else ''}{row.alias}", "code"),
                row.name,
                str(row.capability),
                _connections(row.connections),
                Cell(row.model, "code"),
                _health(row.health),
                Cell(at(row.modified), "quiet"),
            )
            for row in self
        )
        starred = [Cell("★ marks the default of its capability.", "quiet")] if any(row.default for row in self) else []
        return Table(
            columns=("alias", "name", "capability", "connections", "model", "health", "modified"),
            rows=rows,
            empty="No profile matches."
            if self.filtered
            else f"There are no profiles yet. Make one: {command('profile new ALIAS --connection A --model M')}",
            notes=(*starred, *warned(self.notes)),
        )

    def data(self) -> Any:
        return [row.data() for row in self]


@dataclass(frozen=True, slots=True, repr=False)
class ShownProfile(Answer):
    """One profile with everything that is stored of it, and how it is."""

    profile: Profile
    row: ProfileRow
    warnings: tuple[str, ...] = ()
    verb: str = ""
    """What has just been done to it, such as ``created``; '' where it is only shown."""
    notes: tuple[str, ...] = ()

    @property
    def alias(self) -> str:
        return self.profile.alias

    @property
    def health(self) -> Health:
        return self.row.health

    def view(self) -> View:
        made, row = self.profile, self.row
        options = tuple(
            (option.label, str(made.options[option.key]))
            for option in OPTIONS[made.capability]
            if option.key in made.options
        )
        saved = f"{iso(made.modified)}, version {made.version}"
        return Card(
            f"{made.alias} · {made.name}" + (f" · {self.verb}" if self.verb else ""),
            (
                ("capability", str(made.capability)),
                ("connections", _connections(row.connections)),
                ("model", Cell(made.model, "code")),
                *options,
                *((("tags", ", ".join(made.tags)),) if made.tags else ()),
                ("health", _health(row.health)),
                ("default", Cell(f"for {made.capability}", "good") if row.default else Cell("no", "quiet")),
                ("modified", Cell(saved, "quiet")),
            ),
            (*warned(self.warnings), *(Cell(note, "quiet") for note in self.notes)),
        )

    def data(self) -> Any:
        made = self.profile
        return {
            "id": made.id,
            **self.row.data(),
            "created": iso(made.created),
            "warnings": list(self.warnings),
        }


@dataclass(frozen=True, slots=True)
class DefaultRow:
    """A capability and its default profile."""

    capability: Capability
    alias: str
    """'' where there is none."""


class Defaults(Rows[DefaultRow]):
    """The default profile of each capability."""

    def view(self) -> View:
        rows = tuple(
            (str(row.capability), Cell(row.alias, "code") if row.alias else Cell("none", "quiet")) for row in self
        )
        return Table(
            ("capability", "default profile"),
            rows,
            notes=(Cell(f"'{command('profile default ALIAS')}' sets one.", "quiet"),),
        )

    def data(self) -> Any:
        return {str(row.capability): row.alias or None for row in self}


def _connections(links: Sequence[Link]) -> str:
    """``openai-dev → openai-spare (inactive)``: in order, with what is not ready said."""
    return " → ".join(link.alias if link.state == "ready" else f"{link.alias} ({_said(link)})" for link in links)


def _said(link: Link) -> str:
    return {"no provider": "no provider here", "no SDK": "no SDK here"}.get(link.state, link.state)


def _health(health: Health) -> Cell:
    return Cell(str(health.kind) if health.kind == "ready" else f"{health.kind}: {health.words}", health.tone)
