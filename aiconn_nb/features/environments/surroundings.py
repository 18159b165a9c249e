"""What a session finds around it: environments, user secrets, providers. No value of a secret is among it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from aiconn_nb.model.hint import command
from aiconn_nb.model.place import tilde
from aiconn_nb.model.profile import Capability
from aiconn_nb.session.done import kept_in, stamp, warned
from aiconn_nb.ui.render import Cell, Rows, Table, View, at


@dataclass(frozen=True, slots=True)
class EnvironmentRow:
    """An environment that has files."""

    name: str
    current: bool
    origin: str
    """Who decided on it, where it is the current one."""
    files: tuple[str, ...]


class Environments(Rows[EnvironmentRow]):
    """The environments and the current one."""

    def __init__(
        self,
        items: Sequence[EnvironmentRow],
        *,
        root: str,
        notes: Sequence[str] = (),
        aside: str = "",
        store: str = "",
    ) -> None:
        super().__init__(items)
        self.root = root
        self.notes = tuple(notes)
        self.aside = aside
        """What may be a slip: an environment without a file."""
        self.store = store
        """The folder of the store, as it may be shown."""

    @property
    def current(self) -> str:
        return next(row.name for row in self if row.current)

    def view(self) -> View:
        rows = tuple(
            (
                Cell(f"{'▸ ' if row.current else ''}{row.name}", "code"),
                Cell(f"current, from {row.origin}", "good") if row.current else "",
                ", ".join(row.files) or Cell("no file of its own", "quiet"),
            )
            for row in self
        )
        where = (
            f"Configuration folder: {tilde(self.root)}"
            if self.root
            else "No appsettings.json at or above the working folder."
        )
        notes = (Cell(where, "quiet"), *kept_in(self.store), *warned([*filter(None, [self.aside]), *self.notes]))
        return Table(("environment", "", "files"), rows, notes=notes)

    def data(self) -> Any:
        return {
            "current": self.current,
            "root": self.root or None,
            "store": self.store or None,
            "environments": [{"name": row.name, "current": row.current, "files": list(row.files)} for row in self],
        }


@dataclass(frozen=True, slots=True)
class SecretRow:
    """A key of the user secrets."""

    key: str
    environment: str
    """'' where it holds in all environments."""
    former: datetime | None = None
    """When the value was replaced that can be brought back, or removed; None where there is none."""
    removed: bool = False
    """Whether there is only that."""


class SecretKeys(Rows[SecretRow]):
    """The keys of the user secrets; never a value."""

    def view(self) -> View:
        has_former = any(row.former for row in self)
        rows = tuple(
            (
                Cell(row.key, "code"),
                row.environment or Cell("all", "quiet"),
                *([_former(row)] if has_former else []),
            )
            for row in self
        )
        return Table(
            ("key", "environment", *(["former value"] if has_former else [])),
            rows,
            empty=f"There are no user secrets yet. '{command('secret set KEY')}' makes one.",
            notes=(Cell(f"'{command('secret restore KEY')}' brings a former value back, for 30 days.", "quiet"),)
            if has_former
            else (),
        )

    def data(self) -> Any:
        return [
            {
                "key": row.key,
                "environment": row.environment or None,
                "former": stamp(row.former) if row.former else None,
                "removed": row.removed,
            }
            for row in self
        ]


def _former(row: SecretRow) -> Cell:
    words = f"{'removed' if row.removed else 'replaced'} {at(row.former)}" if row.former else ""
    return Cell(words, "warn" if row.removed else "quiet")


@dataclass(frozen=True, slots=True)
class ProviderRow:
    """An installed provider, or a broken plug-in with its reason."""

    id: str
    name: str
    capabilities: tuple[Capability, ...] = ()
    fields: tuple[str, ...] = ()
    """Keys, with ``*`` behind a required and ``!`` behind a sensitive one."""
    missing: tuple[str, ...] = ()
    """Modules of its SDK that are not installed."""
    install: str = ""
    broken: str = ""
    key_shapes: tuple[str, ...] = ()
    """Whose keys belong here, in the words of `aiconn_nb.model.secret.shape_of`."""


class Providers(Rows[ProviderRow]):
    """The installed providers."""

    def view(self) -> View:
        rows = tuple(
            (
                Cell(row.id, "code"),
                row.name,
                ", ".join(row.capabilities),
                ", ".join(row.fields),
                Cell(row.broken, "bad")
                if row.broken
                else Cell(f"no: {row.install}", "warn")
                if row.missing
                else Cell("yes", "good"),
            )
            for row in self
        )
        return Table(
            ("provider", "name", "capabilities", "fields", "ready"),
            rows,
            notes=(Cell("* required, ! sensitive", "quiet"),),
        )

    def data(self) -> Any:
        return [
            {
                "id": row.id,
                "name": row.name,
                "capabilities": [str(c) for c in row.capabilities],
                "fields": list(row.fields),
                "ready": not (row.missing or row.broken),
                "install": row.install if row.missing else None,
                "broken": row.broken or None,
            }
            for row in self
        ]
