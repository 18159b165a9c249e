"""The way back after a deletion: how long it is offered, and what is the same for a list and a form of one kind."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import Generic, TypeVar

from aiconn_nb.errors import AiconnError
from aiconn_nb.model.connection import Connection
from aiconn_nb.model.profile import Profile
from aiconn_nb.session import Session

SECONDS: float = 10
"""How long "undo" is offered, in lists and forms. (The store keeps what was deleted for longer.)"""

Stored = TypeVar("Stored", Connection, Profile)
"""What a list shows, and a form edits or makes."""


@dataclass(frozen=True, slots=True)
class Deleted:
    """One that was deleted."""

    id: str
    alias: str
    used: bool
    """Whether it was in use, or was the default: it is so again if it is brought back."""


class Undoing(Generic[Stored]):
    """What a widget on one kind knows of it, to bring it back as it was."""

    session: Session

    @abstractmethod
    def _found(self, id: str) -> Stored | None:
        """What is stored now with this id, under whatever alias; None where it was deleted."""

    @abstractmethod
    def _is_used(self, stored: Stored) -> bool:
        """Whether it is in use, or is the default."""

    @abstractmethod
    def _use(self, stored: Stored) -> None:
        """Have it so again, after it was brought back. May raise `AiconnError`."""

    @abstractmethod
    def _undelete(self, deleted: Deleted) -> Stored:
        """Bring just this one back, even where another has had its alias since. Raises `AiconnError`."""

    def _bring_back(self, deleted: Deleted) -> tuple[Stored, AiconnError | None]:
        """It, brought back unless it is back already, and why it is not in use again where it was.

        Raises `AiconnError` where it stays deleted.
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
        if not self.session.default_alias(stored.capability):  # another one that became it meanwhile stays it
            self.session.default_profile(stored.alias)

    def _undelete(self, deleted: Deleted) -> Profile:
        return self.session.undelete_profile(deleted.alias, id=deleted.id).profile
