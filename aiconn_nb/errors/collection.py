"""What connections and profiles have in common: an alias that is not there, is taken, or was saved meanwhile."""

from __future__ import annotations

from enum import Enum, auto
from typing import ClassVar

from aiconn_nb.model.hint import command
from aiconn_nb.model.nearest import meant

from .base import AiconnError, Lines, reason

LONGEST = 100
"""Characters of an alias that are repeated."""


class Entity(AiconnError):
    """One of the two kinds."""

    _is_reason = True
    word: ClassVar[str]
    """``connection`` or ``profile``."""
    prefix: ClassVar[str]
    """What its commands begin with: ``profile `` of ``profile show``."""

    def _command(self, verb: str, *words: str) -> str:
        return f"'{command(f'{self.prefix}{verb}', *words)}'"


class Missing(Enum):
    """Why an entity was not found."""

    NO_SUCH_ALIAS = auto()
    NO_TEXT = auto()
    """What was given as the alias is none: ``found`` is its type."""
    GONE = auto()
    """It was deleted since its id was read."""
    NOT_DELETED = auto()
    """Nothing deleted has this id."""
    FORGOTTEN = auto()
    """Nothing of this alias was deleted in the last 30 days."""
    GONE_FROM_LIST = auto()
    """It was deleted since the list was shown, which has been brought up to date."""


@reason
class NotFound(Entity):
    """An entity is not there; ``why`` says how it was looked for."""

    alias: str = ""
    why: Missing = Missing.NO_SUCH_ALIAS
    nearest: str | None = None
    """The closest alias that there is."""
    is_deleted: bool = False
    """Whether it can be brought back."""
    elsewhere: str = ""
    """What has this alias among the other kind."""
    found: str = ""
    declared_in: str = ""
    """The project file of the working folder, where it has this alias."""

    def lines(self) -> Lines:
        alias = self.alias[:LONGEST]
        match self.why:
            case Missing.NO_TEXT:
                return f"An alias is text, and this is {self.found}.", ""
            case Missing.GONE:
                return f"There is no such {self.word} (any more).", ""
            case Missing.NOT_DELETED:
                return f"There is no such deleted {self.word} (any more).", ""
            case Missing.FORGOTTEN:
                return f"No {self.word} '{alias}' was deleted in the last 30 days.", meant(self.nearest)
            case Missing.GONE_FROM_LIST:
                return f"This {self.word} was deleted meanwhile.", "The list is up to date now."
        return f"There is no {self.word} '{alias}'.", self._where()

    def _where(self) -> str:
        if self.declared_in:
            return f"{self.declared_in} in this folder has it: '{command('require --yes')}' takes it in."
        if self.is_deleted:
            undelete = command(f"{self.prefix}undelete", self.alias.lower())
            return f"It was deleted and can be brought back: {undelete}"
        if self.elsewhere:
            other, prefix = ("profile", "profile ") if self.word == "connection" else ("connection", "")
            return f"There is a {other} of that name: '{command(f'{prefix}show', self.elsewhere)}' shows it."
        return meant(self.nearest) or f"{self._command('list')} shows them."


@reason
class NoVersion(Entity):
    """A version that is not kept any more, or never was."""

    alias: str
    version: int
    oldest: int
    newest: int

    def lines(self) -> Lines:
        kept = f"{self.oldest} to {self.newest}" if self.oldest != self.newest else str(self.newest)
        gone = " any more" if 0 < self.version < self.oldest else ""
        return (
            f"{self.alias} has no version {self.version}{gone}.",
            f"Kept are: {kept}. {self._command('history', self.alias)} shows them.",
        )


@reason
class Exists(Entity):
    """Another entity has the alias, in whatever case it was written."""

    alias: str
    differences: tuple[str, ...] = ()
    """How it differs from what was to be made, never a secret: ``name is 'Demo' there, and 'Other' here``."""
    fixed: str = ""
    """The field that differs and never changes: ``provider`` or ``capability``."""
    is_undeleting: bool = False
    """Whether it keeps a deleted one from coming back."""
    is_itself: bool = False
    """Whether it is the one that was to be undeleted."""

    def lines(self) -> Lines:
        if self.is_itself:
            return f"{self.alias} is there, and was not deleted.", f"{self._command('show', self.alias)} shows it."
        there = f"There is a {self.word} '{self.alias}' already"
        if self.differences:
            return f"{there}, and it differs: {'; '.join(self.differences)}.", self._either()
        if self.is_undeleting:
            return f"{there}.", f"{self._command('rename', self.alias, 'NEW')} makes room for it."
        edit = self._command("edit", self.alias)
        return f"{there}.", f"Choose another alias; {edit} changes the one that is there."

    def _either(self) -> str:
        if self.fixed:
            return f"A {self.fixed} never changes: choose another alias."
        return "Add --update (in Python update=True) to change the one that is there, or choose another alias."


@reason
class Changed(Entity):
    """Someone else saved or deleted it after it was read; what they did was not overwritten."""

    alias: str
    version: int = 0
    """The version that is stored; 0 where it was deleted."""
    expected: int = 0
    """The version that was read."""

    def lines(self) -> Lines:
        if not self.version:
            alias = self.alias[:LONGEST]
            return f"The {self.word} '{alias}' was deleted meanwhile.", "Nothing was saved. Undelete it first."
        return (
            f"'{self.alias}' was saved after it was read (version {self.version}, not {self.expected}).",
            "Nothing was overwritten. Look at it again, then repeat the change.",
        )


class Outcome(Enum):
    """What became of something that breaks a rule."""

    NOT_SAVED = "Nothing was saved."
    NOT_CHANGED = "Nothing was changed."
    NOT_USABLE = "Set it: edit the connection."


class Invalid(Entity):
    """What was to be saved breaks a rule."""

    _is_reason = True
    _fields = ("problems", "outcome")

    def __init__(self, problems: dict[str, str], outcome: Outcome = Outcome.NOT_SAVED) -> None:
        self.problems = problems
        """Each field that is wrong, and what is wrong with it."""
        self.outcome = outcome

    @property
    def reason(self) -> str:
        return next(iter(self.problems.values())) if len(self.problems) == 1 else super().reason

    def lines(self) -> Lines:
        return "; ".join(f"{field}: {problem}" for field, problem in self.problems.items()), self.outcome.value
