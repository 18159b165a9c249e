"""The file of the user secrets: readable keys, each with a sealed value, and former values.

::

    {"schema": 1,
     "secrets": {"OpenAI:ApiKey": "gAAAA..."},
     "former": {"OpenAI:ApiKey": [{"value": "gAAAA...", "until": "2026-11-25T09:00:00+00:00"}]}}
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final, NamedTuple

from aiconn_nb import files
from aiconn_nb.model.casing import fold
from aiconn_nb.model.expiry import is_due, is_ripe, marked
from aiconn_nb.model.secret import Sealed
from aiconn_nb.model.strict import Malformed, moment_of, text_of

SCHEMA: Final = 1
MOST: Final = 10
"""The maximum number of former values per key."""


class Former(NamedTuple):
    """A value that was replaced or removed."""

    value: Sealed
    until: datetime
    """When it was replaced or removed."""
    due: datetime | None = None
    """When it was first found to be due for a purge."""

    def is_kept(self, moment: datetime) -> bool:
        """Whether it can be restored."""
        return not is_due(self.until, moment)


@dataclass(slots=True)
class Content:
    """The content of the file. Keys are found ignoring case, and keep their last spelling."""

    values: dict[str, Sealed] = field(default_factory=dict)
    former: dict[str, tuple[Former, ...]] = field(default_factory=dict)
    """Newest first."""

    def copy(self) -> Content:
        """A copy that can be changed while others read this one."""
        return Content(dict(self.values), dict(self.former))

    def put(self, key: str, value: Sealed, moment: datetime, *, keep: bool = True) -> None:
        """Set a value. The previous one becomes a former value, unless it is not worth keeping."""
        self.take(key, moment, keep=keep)
        self.values[key] = value

    def take(self, key: str, moment: datetime, *, keep: bool = True) -> None:
        """Remove a value, which becomes a former one."""
        spelled = spelled_in(self.values, key)
        gone = self.values.pop(spelled) if spelled is not None else None
        before = self.take_former(key)
        if gone is not None and keep:
            # Not before the previous one: after a clock was set back and then corrected, it would expire at once.
            before = (Former(gone, max([moment, *(each.until for each in before[:1])])), *before)
        if before:
            self.former[key] = before[:MOST]

    def take_former(self, key: str) -> tuple[Former, ...]:
        """Remove the former values of a key."""
        spelled = spelled_in(self.former, key)
        return self.former.pop(spelled) if spelled is not None else ()

    def expire(self, moment: datetime) -> None:
        """Mark the former values that are due, and purge those that are ripe; see `aiconn_nb.model.expiry`."""
        alive = {
            key: tuple(
                each._replace(due=None if each.is_kept(moment) else marked(each.due, moment))
                for each in kept
                if each.is_kept(moment) or not is_ripe(each.due, moment)
            )
            for key, kept in self.former.items()
        }
        self.former = {key: kept for key, kept in alive.items() if kept}


def spelled_in(keys: Mapping[str, object], key: str) -> str | None:
    """A key as it was spelled, or None."""
    if key in keys:
        return key
    folded = fold(key)
    return next((each for each in keys if fold(each) == folded), None)


def read_content(path: Path) -> Content | None:
    """The content of a file; None if it is not one of ours. Raises `OSError`."""
    try:
        document = json.loads(files.read(path, private=True))
        if document["schema"] != SCHEMA:
            return None
        values = {str(key): Sealed(text_of(token)) for key, token in document["secrets"].items()}
        former = {str(key): tuple(map(_former, kept)) for key, kept in document.get("former", {}).items()}
        return Content(values, former)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, Malformed):
        return None


def _former(document: Any) -> Former:
    due = document.get("due")
    return Former(
        Sealed(text_of(document["value"])), moment_of(document["until"]), None if due is None else moment_of(due)
    )


def write_content(path: Path, content: Content) -> None:
    """Replace a file, completely or not at all. Raises `OSError`."""
    document: dict[str, Any] = {
        "schema": SCHEMA,
        "secrets": {key: content.values[key].token for key in sorted(content.values)},
    }
    if content.former:
        document["former"] = {
            key: [
                {
                    "value": each.value.token,
                    "until": each.until.isoformat(),
                    **({"due": each.due.isoformat()} if each.due else {}),
                }
                for each in content.former[key]
            ]
            for key in sorted(content.former)
        }
    files.replace(path, json.dumps(document, indent=1).encode())
