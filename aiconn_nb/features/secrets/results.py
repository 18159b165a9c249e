"""The keys of the user's own secrets, as a list without values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from aiconn_nb.model.moment import iso
from aiconn_nb.session.results import Rows


@dataclass(frozen=True, slots=True)
class SecretRow:
    """A key of the user secrets."""

    key: str
    environment: str
    """The environment; '' for a secret of all environments."""
    former: datetime | None = None
    """When the restorable value was replaced or removed; None without one."""
    removed: bool = False
    """Whether only a restorable value exists."""
    place: str = ""
    """The place of a value outside the user secrets: ``.env:3``."""


class SecretKeys(Rows[SecretRow]):
    """The keys of the user secrets, and of a ``.env`` file in use; never a value."""

    def data(self) -> Any:
        return [
            {
                "key": row.key,
                "environment": row.environment or None,
                "former": iso(row.former) if row.former else None,
                "removed": row.removed,
                "place": row.place or None,
            }
            for row in self
        ]
