"""The file of the user secrets: keys that can be read, each with a sealed value, and the values that were there before.

::

    {"schema": 1,
     "secrets": {"OpenAI:ApiKey": "gAAAA..."},
     "former": {"OpenAI:ApiKey": [{"value": "gAAAA...", "until": "2026-11-25T09:00:00+00:00"}]}}
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from aiconn_nb.model.casing import fold
from aiconn_nb.model.secret import Sealed

from .key import close_to_others, write_private

SCHEMA: Final = 1
KEPT_FOR: Final = timedelta(days=30)
"""How long a value that was replaced or removed is kept: as long as a deleted connection."""
GRACE: Final = timedelta(days=1)
"""How long after it was found to be old enough a value is forgotten, at the earliest."""
MOST: Final = 10
"""Former values that are kept of one key."""


@dataclass(frozen=True, slots=True)
class Former:
    """A value that was replaced or removed."""

    value: Sealed
    until: datetime
    """When that was."""
    due: datetime | None = None
    """When it was first found to be old enough to be forgotten."""

    def is_kept(self, moment: datetime) -> bool:
        """Whether it can be brought back."""
        return moment - self.until <= KEPT_FOR


@dataclass(slots=True)
class Content:
    """What stands in the file. Keys are found ignoring case, and kept as they were spelled last."""

    values: dict[str, Sealed] = field(default_factory=dict)
    former: dict[str, tuple[Former, ...]] = field(default_factory=dict)
    """The newest first."""

    def copy(self) -> Content:
        """One that can be changed while others read this one."""
        return Content(dict(self.values), dict(self.former))

    def put(self, key: str, value: Sealed, moment: datetime, *, keep: bool = True) -> None:
        """Set a value; the one in its place becomes a former one, unless it is not worth to be kept."""
        self.take(key, moment, keep=keep)
        self.values[key] = value

    def take(self, key: str, moment: datetime, *, keep: bool = True) -> None:
        """Take a value away, which becomes a former one."""
        spelled = spelled_in(self.values, key)
        gone = self.values.pop(spelled) if spelled is not None else None
        before = self.take_former(key)
        if gone is not None and keep:
            # Not before the one it follows: a clock that was set back would let it expire at once when it is set right.
            before = (Former(gone, max([moment, *(each.until for each in before[:1])])), *before)
        if before:
            self.former[key] = before[:MOST]

    def take_former(self, key: str) -> tuple[Former, ...]:
        """Take the former values of a key away."""
        spelled = spelled_in(self.former, key)
        return self.former.pop(spelled) if spelled is not None else ()

    def expire(self, moment: datetime) -> None:
        """Mark the former values that were kept long enough, and forget those that were marked a day ago or longer: a clock
        that is far ahead for a single change forgets nothing."""
        alive = {
            key: tuple(_marked(each, moment) for each in kept if not _is_over(each, moment))
            for key, kept in self.former.items()
        }
        self.former = {key: kept for key, kept in alive.items() if kept}


def _is_over(former: Former, moment: datetime) -> bool:
    return not former.is_kept(moment) and former.due is not None and moment - former.due >= GRACE


def _marked(former: Former, moment: datetime) -> Former:
    if former.is_kept(moment):
        return former if former.due is None else replace(former, due=None)
    # A mark of the future is one that a wrong clock made.
    return former if former.due is not None and former.due <= moment else replace(former, due=moment)


def spelled_in(keys: Mapping[str, object], key: str) -> str | None:
    """A key as it was spelled, or None."""
    if key in keys:
        return key
    folded = fold(key)
    return next((each for each in keys if fold(each) == folded), None)


def read_content(path: Path) -> Content | None:
    """What stands in a file, or None where the file is none of ours. Raises `OSError`."""
    try:
        with open(path, "rb") as file:
            close_to_others(file.fileno())
            document = json.loads(file.read())
        if document["schema"] != SCHEMA:
            return None
        values = {str(key): _sealed(token) for key, token in document["secrets"].items()}
        former = {str(key): tuple(map(_former, kept)) for key, kept in document.get("former", {}).items()}
        return Content(values, former)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def _sealed(token: Any) -> Sealed:
    if not isinstance(token, str):
        raise TypeError("This is no sealed value.")
    return Sealed(token)


def _former(document: Any) -> Former:
    due = document.get("due")
    return Former(_sealed(document["value"]), _moment(document["until"]), None if due is None else _moment(due))


def _moment(text: Any) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("This is no moment.")
    return moment


def write_content(path: Path, content: Content) -> None:
    """Put a file in the place of the former one, whole or not at all. Raises `OSError`."""
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
    draft = path.with_name(f"{path.name}.tmp")
    draft.unlink(missing_ok=True)
    try:
        write_private(draft, json.dumps(document, indent=1).encode())
        os.replace(draft, path)
    except OSError:
        with suppress(OSError):
            draft.unlink()
        raise
    with suppress(OSError):
        # So that the new name lasts through a power failure; not every file system lets a folder be synced.
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
