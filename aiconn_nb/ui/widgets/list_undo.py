"""Deletions in a list that can be undone for some seconds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from time import monotonic
from typing import Any

from . import undo
from .protocol import Answer
from .protocol import Deletion as Told
from .undo import Deleted


@dataclass(frozen=True, slots=True)
class Deletion:
    """The entries of one deletion, or the remaining ones."""

    number: int
    what: str
    hint: str
    entries: tuple[Deleted, ...]
    when: float


class Deletions:
    """The last deletions. A click in time counts, however long the kernel was busy."""

    def __init__(self) -> None:
        self._numbers = count(1)
        self._kept: dict[int, Deletion] = {}

    def add(self, entries: Sequence[Deleted], hint: str = "") -> dict[str, Any]:
        """Remember a deletion; returns the message for the page."""
        return self._keep(next(self._numbers), f"Deleted {_named(entries)}.", hint, entries)

    def offered(self) -> list[dict[str, Any]]:
        """Return the deletions that a newly loaded page may still offer, with the remaining seconds."""
        ages = [(deletion, monotonic() - deletion.when) for deletion in self._kept.values()]
        return [_told(deletion, undo.SECONDS - age) for deletion, age in ages if age < undo.SECONDS]

    def entries(self, number: object) -> tuple[Deleted, ...]:
        """Return the entries of the deletion with this number; empty if it was undone already."""
        kept = self._kept.get(number) if isinstance(number, int) else None
        return kept.entries if kept else ()

    def leave(self, number: object, entries: Sequence[Deleted], reason: str) -> dict[str, Any] | None:
        """Offer again the entries that could not be restored, with the reason. Returns None if all are restored."""
        kept = self._kept.pop(number, None) if isinstance(number, int) else None
        if kept is None or not entries:
            return None
        what = f"{_named(entries)} {'is' if len(entries) == 1 else 'are'} still deleted."
        return self._keep(kept.number, what, reason, entries)

    def _keep(self, number: int, what: str, hint: str, entries: Sequence[Deleted]) -> dict[str, Any]:
        self._kept[number] = Deletion(number, what, hint, tuple(entries), monotonic())
        return _told(self._kept[number], undo.SECONDS)


def _named(entries: Sequence[Deleted]) -> str:
    return ", ".join(each.alias for each in entries)


def _told(deletion: Deletion, seconds: float) -> dict[str, Any]:
    undo: Answer = {"text": "Undo", "icon": "undo", "intent": "undo", "data": {"number": deletion.number}}
    told: Told = {
        "number": deletion.number,
        "tone": "plain",
        "what": deletion.what,
        "hint": deletion.hint,
        "answers": [undo],
    }
    return {**told, "seconds": round(seconds, 1)}
