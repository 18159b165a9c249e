"""Accounts that were asked before: a client is made once, as long as nothing of its connection changes."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import TYPE_CHECKING

from aiconn_nb.model.connection import Connection
from aiconn_nb.session.forking import renew_in_child

if TYPE_CHECKING:
    from aiconn_nb.providers.account import Account

LARGEST = 32
"""Accounts that are kept at most; the one that was made first goes first."""


class ReadyAccounts:
    """Accounts by connection and patience. To make an SDK's client takes longer than to ask for the first token."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, float | None], Account] = {}
        self._of_the_parent: list[Account] = []
        """Kept, so that no client of the parent's is closed by the child that drops it."""
        self._lock = Lock()
        renew_in_child(self)

    def renew(self) -> None:
        """Two processes must not talk over one connection."""
        self._of_the_parent += self._kept.values()
        self._kept = {}
        self._lock = Lock()

    def of(self, connection: Connection, patience: float | None, make: Callable[[], Account]) -> Account:
        """The account that ``make`` makes, or an equal one that has its client already.

        ``make`` is called each time: it resolves the references anew, which may have changed.
        """
        made = make()
        key = (connection.id, patience)
        with self._lock:
            kept = self._kept.get(key)
            if kept is not None and kept.is_like(made):
                return kept
            self._kept.pop(key, None)
            while len(self._kept) >= LARGEST:
                del self._kept[next(iter(self._kept))]
            self._kept[key] = made
            return made
