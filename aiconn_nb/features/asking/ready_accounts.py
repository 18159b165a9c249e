"""A cache of accounts: a client is reused as long as its connection does not change."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import TYPE_CHECKING

from aiconn_nb.model.connection import Connection
from aiconn_nb.session.forking import renew_in_child

if TYPE_CHECKING:
    from aiconn_nb.providers.account import Account

LARGEST = 32
"""Maximum number of cached accounts; the oldest is dropped first."""


class ReadyAccounts:
    """Accounts by connection and timeout. Building an SDK client takes longer than waiting for the first token."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, float | None], Account] = {}
        self._of_the_parent: list[Account] = []
        """Kept so that a forked child does not close the parent's clients by dropping them."""
        self._lock = Lock()
        renew_in_child(self)

    def renew(self) -> None:
        """Start empty after a fork: two processes must not share a network connection."""
        self._of_the_parent += self._kept.values()
        self._kept = {}
        self._lock = Lock()

    def of(self, connection: Connection, patience: float | None, make: Callable[[], Account]) -> Account:
        """Return the account from ``make``, or an equal cached one whose client exists.

        ``make`` runs every time, because its references may resolve to new values.
        """
        made = make()
        key = (connection.id, patience)
        with self._lock:
            kept = self._kept.get(key)
            if kept is not None and kept.is_like(made):
                kept.told = made.told  # the connection may have been saved again since
                return kept
            self._kept.pop(key, None)
            while len(self._kept) >= LARGEST:
                del self._kept[next(iter(self._kept))]
            self._kept[key] = made
            return made
