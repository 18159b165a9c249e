"""Undoing a deletion: how long it is offered, and the shared code of lists and forms."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import Generic, TypeVar

from aiconn_nb.errors import AiconnError
from aiconn_nb.model.connection import Connection
from aiconn_nb.model.profile import Profile
from aiconn_nb.session import Session

SECONDS: float = 10
"""Seconds for which lists and forms offer "undo". (The store keeps deleted entries longer.)"""

Stored = TypeVar("Stored", Connection, Profile)
"""The entries of lists and forms."""


@dataclass(frozen=True, slots=True)
class Deleted:
    """A deleted entry."""

    id: str
    alias: str
    used: bool
    """Whether it was in use or the default; restoring it restores that."""


class Undoing(Generic[Stored]):
    """The operations of a widget on one kind of entry, to restore it completely."""

    session: Session

    @abstractmethod
    def _found(self, id: str) -> Stored | None:
        """Return the stored entry with this id, under any alias; None if it was deleted."""

    @abstractmethod
    def _is_used(self, stored: Stored) -> bool:
        """Whether it is in use or the default."""

    @abstractmethod
    def _use(self, stored: Stored) -> None:
        """Make it in use, or the default, after it was restored. May raise `AiconnError`."""

    @abstractmethod
    def _undelete(self, deleted: Deleted) -> Stored:
        """Restore exactly this entry, even if another one has its alias now. Raises `AiconnError`."""

    def _bring_back(self, deleted: Deleted) -> tuple[Stored, AiconnError | None]:
        """Return the restored entry, and an error if it could not be put in use again.

        It may have been restored already. Raises `AiconnError` if it stays deleted.
        """
        back = self._found(deleted.id) or self._undelete(deleted)
        try:
            if deleted.used:
                self._use(back)
        except AiconnError as error:
            return back, error
        return back, None


class UndoingConnections(Undoing[Connection]):
    """Connections: one may be in use."""

    def _found(self, id: str) -> Connection | None:
        return self.session.find(id)

    def _is_used(self, stored: Connection) -> bool:
        return self.session.using().alias == stored.alias

    def _use(self, stored: Connection) -> None:
        self.session.use(stored.alias)

    def _undelete(self, deleted: Deleted) -> Connection:
        return self.session.undelete(deleted.alias, id=deleted.id).connection


class UndoingProfiles(Undoing[Profile]):
    """Profiles: one may be the default of its capability."""

    def _found(self, id: str) -> Profile | None:
        return self.session.find_profile(id)

    def _is_used(self, stored: Profile) -> bool:
        return self.session.default_alias(stored.capability) == stored.alias

    def _use(self, stored: Profile) -> None:
        if not self.session.default_alias(
            stored.capability
        ):  # a profile that became the default meanwhile stays the default
            self.session.default_profile(stored.alias)

    def _undelete(self, deleted: Deleted) -> Profile:
        return self.session.undelete_profile(deleted.alias, id=deleted.id).profile
