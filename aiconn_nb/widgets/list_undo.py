"""The deletions that can be undone, each for ten seconds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from time import monotonic
from typing import Any

SECONDS = 10
"""How long "undo" is offered. (The store keeps what was deleted for longer.)"""


@dataclass(frozen=True, slots=True)
class Deletion:
    """What was deleted in one go."""

    number: int
    aliases: tuple[str, ...]
    used: str
    """The one of them that was in use, or was the default, or ''."""
    hint: str
    when: float


class Deletions:
    """What was deleted last. One that was clicked in time is undone however long the kernel was busy."""

    def __init__(self) -> None:
        self._numbers = count(1)
        self._kept: dict[int, Deletion] = {}

    def add(self, aliases: Sequence[str], used: str = "", hint: str = "") -> dict[str, Any]:
        """Remember a deletion; answers what the page is told of it."""
        deletion = Deletion(next(self._numbers), tuple(aliases), used, hint, monotonic())
        self._kept[deletion.number] = deletion
        return _told(deletion, SECONDS)

    def offered(self) -> list[dict[str, Any]]:
        """What a page that loads now may still offer, with the seconds that are left."""
        ages = [(deletion, monotonic() - deletion.when) for deletion in self._kept.values()]
        return [_told(deletion, SECONDS - age) for deletion, age in ages if age < SECONDS]

    def take(self, number: object) -> Deletion | None:
        """The deletion with this number, once."""
        return self._kept.pop(number, None) if isinstance(number, int) else None


def _told(deletion: Deletion, seconds: float) -> dict[str, Any]:
    what = f"Deleted {', '.join(deletion.aliases)}."
    return {"number": deletion.number, "what": what, "hint": deletion.hint, "seconds": round(seconds, 1)}
