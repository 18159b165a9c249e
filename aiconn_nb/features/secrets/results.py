"""The keys of the user's own secrets, as a list. No value is in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from aiconn_nb.model.hint import command
from aiconn_nb.model.moment import iso
from aiconn_nb.ui.render import Cell, Rows, Table, View, at


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
                "former": iso(row.former) if row.former else None,
                "removed": row.removed,
            }
            for row in self
        ]


def _former(row: SecretRow) -> Cell:
    words = f"{'removed' if row.removed else 'replaced'} {at(row.former)}" if row.former else ""
    return Cell(words, "warn" if row.removed else "quiet")
