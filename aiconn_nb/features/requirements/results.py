"""What a notebook needs and whether it is there."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from aiconn_nb.session.results import Rows


class Lack(StrEnum):
    """What keeps a need from being met."""

    MISSING = "missing"
    """It is not in the store."""
    DIFFERS = "differs"
    """It is there with other settings than the project file has; it is used as it is here."""
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
    NO_DEFAULT = "no default"


@dataclass(frozen=True, slots=True)
class Need:
    """One thing that a notebook needs. ``lack`` is None where it is met."""

    kind: str
    """``connection``, ``profile`` or ``default``."""
    alias: str
    """For a default the profile that is to be it."""
    lack: Lack | None = None
    words: str = ""
    """What is wrong, or what is there."""
    remedy: str = ""
    """A command that helps; '' where only the words do."""

    @property
    def is_met(self) -> bool:
        """Whether nothing has to be done. A connection that differs from the file is used as it is."""
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
    """Everything that a notebook needs, each with what helps where it is not met."""

    source: str = ""
    """The project file, as it may be shown; '' where aliases were named."""
    environment: str
    done: tuple[str, ...] = ()
    """What has just been done about it."""

    @property
    def unmet(self) -> tuple[Need, ...]:
        """The needs that something has to be done about."""
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
