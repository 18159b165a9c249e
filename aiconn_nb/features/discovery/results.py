"""The finds, as a list of possible connections. It contains no key."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from aiconn_nb.session.results import Rows


class State(StrEnum):
    """The state of a proposal."""

    NEW = "new"
    THERE = "already there"
    CREATED = "created"
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class Proposal:
    """A possible connection."""

    name: str
    """Its proposed alias."""
    source: str
    """The source: ``environment``, ``.env``, ``llm``, ``AWS`` ..."""
    place: str
    """The place in the source: a variable, a file with its line, an address. Never a value."""
    provider: str
    """The provider's id."""
    provider_name: str
    stored: tuple[tuple[str, str], ...]
    """Field -> the value to save: a reference, or a value that is not secret."""
    kept: tuple[str, ...] = ()
    """The references whose values would be copied to the encrypted user secrets."""
    host: str = ""
    """The host of the key, if it is not the provider's own."""
    is_of_folder: bool = False
    """Whether a file of the working folder names the host, which then gets no key without a question."""
    missing: tuple[str, ...] = ()
    """Required fields without a value. The connection is not created without them."""
    state: State = State.NEW
    there: str = ""
    """The existing connection with the same values."""
    note: str = ""
    """Why it was not created, and what helps."""

    def data(self) -> dict[str, Any]:
        """See `Result.data`."""
        return {
            "name": self.name,
            "source": self.source,
            "place": self.place,
            "provider": self.provider,
            "settings": dict(self.stored),
            "user_secrets": list(self.kept),
            "host": self.host or None,
            "missing": list(self.missing),
            "state": str(self.state),
            "there": self.there or None,
            "note": self.note or None,
        }


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class Proposals(Rows[Proposal]):
    """All finds."""

    notes: tuple[str, ...] = ()
    """Unreadable files, and warnings."""

    @property
    def created(self) -> tuple[str, ...]:
        """The aliases of the created connections."""
        return tuple(each.name for each in self if each.state is State.CREATED)

    def data(self) -> Any:
        return {"proposals": [each.data() for each in self], "notes": list(self.notes)}
