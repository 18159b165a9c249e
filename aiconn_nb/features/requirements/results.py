"""The requirements of a notebook, and whether they are met."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from aiconn_nb.session.results import Rows


class Lack(StrEnum):
    """Why a need is not met."""

    MISSING = "missing"
    """The entry is not in the store."""
    DIFFERS = "differs"
    """Its settings differ from the project file; it is used as it is here."""
    TAKEN = "taken"
    """Its alias belongs to something else."""
    INACTIVE = "inactive"
    NO_PROVIDER = "no provider"
    NO_SDK = "no SDK"
    UNSET = "unset"
    """A required field has no value."""
    UNRESOLVED = "unresolved"
    """A reference does not resolve in this environment."""
    UNTRUSTED = "untrusted host"
    UNLISTED = "unlisted"
    """The model is not in the provider's list."""
    UNUSABLE = "unusable"
    """None of the profile's connections can answer here."""
    NO_DEFAULT = "no default"


@dataclass(frozen=True, slots=True)
class Need:
    """One requirement of a notebook. ``lack`` is None if it is met."""

    kind: str
    """``connection``, ``profile`` or ``default``."""
    alias: str
    """For a default: the profile that should be the default."""
    lack: Lack | None = None
    words: str = ""
    """What is wrong, or what was found."""
    remedy: str = ""
    """A command that helps; '' if there is none."""

    @property
    def is_met(self) -> bool:
        """Whether the user need not do anything. A connection that differs from the file is used as it is."""
        return self.lack in (None, Lack.DIFFERS)

    def data(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "alias": self.alias,
            "met": self.is_met,
            "lack": None if self.lack is None else str(self.lack),
            "words": self.words,
            "remedy": self.remedy,
        }


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class Requirements(Rows[Need]):
    """All requirements of a notebook, each with a remedy if it is not met."""

    source: str = ""
    """The project file, in a form that may be shown; '' if aliases were named."""
    environment: str
    done: tuple[str, ...] = ()
    """What was just done about it."""

    @property
    def unmet(self) -> tuple[Need, ...]:
        """The needs that the user has to act on."""
        return tuple(each for each in self if not each.is_met)

    @property
    def ok(self) -> bool:
        return not self.unmet

    def data(self) -> Any:
        return {
            "source": self.source,
            "environment": self.environment,
            "ok": self.ok,
            "done": list(self.done),
            "needs": [each.data() for each in self],
        }
