"""The requirements of a notebook, and whether they are met."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from aiconn_nb.errors import NeedsNotMet
from aiconn_nb.model.frames import ONLY_USERS_FRAMES
from aiconn_nb.model.reference import variable_of
from aiconn_nb.session.results import Rows


class Lack(StrEnum):
    """Why a need is not met."""

    MISSING = "missing"
    """The entry is not in the store."""
    DIFFERS = "differs"
    """Its settings differ from the project file; the local ones apply."""
    TAKEN = "taken"
    """Its alias belongs to another entry."""
    INACTIVE = "inactive"
    NO_PROVIDER = "no provider"
    NO_SDK = "no SDK"
    UNSET = "unset"
    """A required field has no value."""
    UNRESOLVED = "unresolved"
    """A reference does not resolve in this environment."""
    UNOPENED = "not opened"
    """A sealed value does not open: the master key is missing, or is another one."""
    IMPLAUSIBLE = "implausible"
    """A value cannot be valid, such as a key in quotation marks."""
    UNTRUSTED = "untrusted host"
    UNLISTED = "unlisted"
    """The model is not in the provider's list."""
    NOT_CHECKED = "not checked"
    """No problem is known, and it has not been checked here in its present state."""
    ENDING = "ending"
    """It answers, and one of its models has an announced last day."""
    NO_FALLBACK = "no fallback"
    """It answers, but a connection with a higher priority cannot."""
    REFUSED = "refused"
    """Its key or a model was refused in the last request."""
    SHUT_DOWN = "shut down"
    """The last day of a model has passed."""
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
    """The problem, or the entry that was found."""
    remedy: str = ""
    """A command that helps; '' without one."""
    reference: str = ""
    """The reference that does not resolve, as written; '' for other problems."""
    is_shown: bool = False
    """Whether a field with this reference is shown, so that no secret can be its value."""
    is_offered: bool = False
    """Whether an import adds the missing entry, or replaces the deleted connections of a profile."""
    relinked: tuple[str, ...] = ()
    """The aliases of connections that an import links a profile to, in place of deleted ones."""

    @property
    def variable(self) -> str:
        """The environment variable that would give a missing reference its value; '' for other problems."""
        return variable_of(self.reference.removeprefix("$"))

    @property
    def is_met(self) -> bool:
        """Whether the user need not act. A connection that differs from the file is used with its local settings, and an
        unchecked one may well work."""
        return self.lack in (None, Lack.DIFFERS, Lack.NOT_CHECKED, Lack.ENDING, Lack.NO_FALLBACK)

    def data(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "alias": self.alias,
            "met": self.is_met,
            "lack": None if self.lack is None else str(self.lack),
            "words": self.words,
            "remedy": self.remedy,
            "variable": self.variable or None,
        }


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class Requirements(Rows[Need]):
    """All requirements of a notebook, each with a remedy if it is not met."""

    source: str = ""
    """The project file, in a displayable form; '' if the caller named aliases."""
    environment: str
    aliases: tuple[str, ...] = ()
    """The aliases that the caller named."""
    file: str = ""
    """The project file that the caller named."""
    done: tuple[str, ...] = ()
    """The actions just taken."""
    allowed: tuple[str, ...] = ()
    """What was just permitted: ``gateway may send $Gateway:ApiKey to https://gateway.example``."""
    notes: tuple[str, ...] = ()
    """Problems with the environment, such as a mistyped name, as sentences."""

    @property
    def unmet(self) -> tuple[Need, ...]:
        """The needs that the user has to act on."""
        return tuple(each for each in self if not each.is_met)

    @property
    def ok(self) -> bool:
        return not self.unmet

    def __bool__(self) -> bool:
        return self.ok

    def raise_if_unmet(self) -> Requirements:
        """Raise `NeedsNotMet` with every need that is not met; returns the needs if all are. For jobs and scripts."""
        if self.ok:
            return self
        variables = dict.fromkeys(each.variable for each in self.unmet if each.variable and not each.is_shown)
        with ONLY_USERS_FRAMES:
            raise NeedsNotMet(
                needs=tuple(f"{each.alias}: {each.words}" for each in self.unmet),
                remedies=tuple(dict.fromkeys(each.remedy for each in self.unmet if each.remedy)),
                notes=self.notes,
                variables=tuple(variables),
            )

    def data(self) -> Any:
        return {
            "source": self.source,
            "environment": self.environment,
            "ok": self.ok,
            "done": list(self.done),
            "allowed": list(self.allowed),
            "needs": [each.data() for each in self],
            "notes": list(self.notes),
        }
