"""Errors that connections and profiles share: an alias is missing or taken, or the entity was saved in the meantime."""

from __future__ import annotations

from enum import Enum, auto
from typing import ClassVar

from aiconn_nb.model.hint import command, option
from aiconn_nb.model.nearest import meant

from .base import AiconnError, Lines

LONGEST = 100
"""The number of characters of an alias that an error repeats."""


class Entity(AiconnError, is_reason=True):
    """An error about a connection or a profile."""

    word: ClassVar[str]
    """``connection`` or ``profile``."""
    prefix: ClassVar[str]
    """The prefix of its commands: ``profile `` of ``profile show``."""

    def _command(self, verb: str, *words: str) -> str:
        return f"'{command(f'{self.prefix}{verb}', *words)}'"


class Missing(Enum):
    """Why an entity was not found."""

    NO_SUCH_ALIAS = auto()
    NO_TEXT = auto()
    """The given alias is not a text: ``found`` is its type."""
    GONE = auto()
    """It was deleted after its id was read."""
    NOT_DELETED = auto()
    """No deleted entity has this id."""
    FORGOTTEN = auto()
    """No entity with this alias was deleted in the last 30 days."""
    GONE_FROM_LIST = auto()
    """It was deleted after the list was shown. The list has been refreshed."""


class NotFound(Entity, is_reason=True):
    """An entity does not exist; ``why`` says how it was looked up."""

    alias: str = ""
    why: Missing = Missing.NO_SUCH_ALIAS
    nearest: str | None = None
    """The closest existing alias."""
    is_deleted: bool = False
    """Whether it can be undeleted."""
    elsewhere: str = ""
    """The entity of the other kind that has this alias."""
    instead: str = ""
    """The command that does the same to the other kind: ``profile delete``."""
    found: str = ""
    declared_in: str = ""
    """The project file of the working folder, if it has this alias."""

    @property
    def sought(self) -> tuple[str, ...]:
        """The kinds of entities that were looked for."""
        return (self.word,)

    def lines(self) -> Lines:
        alias = self.alias[:LONGEST]
        match self.why:
            case Missing.NO_TEXT:
                return f"An alias must be text, not {self.found}.", ""
            case Missing.GONE:
                return f"There is no such {self.word} (any more).", ""
            case Missing.NOT_DELETED:
                return f"There is no such deleted {self.word} (any more).", ""
            case Missing.FORGOTTEN:
                return f"No {self.word} '{alias}' was deleted in the last 30 days.", meant(self.nearest)
            case Missing.GONE_FROM_LIST:
                return f"This {self.word} was deleted meanwhile.", "The list is up to date now."
        return f"There is no {' or '.join(self.sought)} '{alias}'.", self._back() or self._near()

    def _back(self) -> str:
        """Return the command that brings the entity back; '' if it is neither declared here nor deleted."""
        if self.declared_in:
            return f"{self.declared_in} in this folder has it: '{command('require --yes')}' imports it."
        return f"It was deleted and can be brought back: {self.undelete}" if self.is_deleted else ""

    @property
    def undelete(self) -> str:
        """The command that restores a deleted entity."""
        return command(f"{self.prefix}undelete", self.alias.lower())

    def _near(self) -> str:
        if self.elsewhere:
            other, prefix = ("profile", "profile ") if self.word == "connection" else ("connection", "")
            if self.instead:
                return f"There is a {other} of that name: '{command(self.instead, self.elsewhere)}'"
            its = " and its connections" if other == "profile" else ""
            return f"There is a {other} of that name: '{command(f'{prefix}show', self.elsewhere)}' shows it{its}."
        return meant(self.nearest) or f"{self._command('list')} shows them."


class NoVersion(Entity, is_reason=True):
    """The version is no longer kept or never existed."""

    alias: str
    version: int
    oldest: int
    newest: int

    def lines(self) -> Lines:
        kept = f"{self.oldest} to {self.newest}" if self.oldest != self.newest else str(self.newest)
        gone = " any more" if 0 < self.version < self.oldest else ""
        return (
            f"{self.alias} has no version {self.version}{gone}.",
            f"Kept versions: {kept}. {self._command('history', self.alias)} shows them.",
        )


class Exists(Entity, is_reason=True):
    """Another entity has the alias; case is ignored."""

    alias: str
    differences: tuple[str, ...] = ()
    """How the existing entity differs from the new one, never a secret: ``name is 'Demo' there, and 'Other' here``."""
    fixed: str = ""
    """The differing field that never changes: ``provider`` or ``capability``."""
    is_undeleting: bool = False
    """Whether the existing entity prevents an undelete."""
    is_itself: bool = False
    """Whether the existing entity is the one to undelete."""

    def lines(self) -> Lines:
        if self.is_itself:
            return f"{self.alias} exists and was not deleted.", f"{self._command('show', self.alias)} shows it."
        there = f"There is already a {self.word} '{self.alias}'"
        if self.differences:
            return f"{there}, and it differs: {'; '.join(self.differences)}.", self._either()
        if self.is_undeleting:
            return f"{there}.", f"{self._command('rename', self.alias, 'NEW')} makes room for it."
        edit = self._command("edit", self.alias)
        return f"{there}.", f"Choose another alias; {edit} changes the existing one."

    def _either(self) -> str:
        if self.fixed:
            return f"A {self.fixed} never changes: choose another alias."
        return f"Add {option('--update', 'update=True')} to change the existing one, or choose another alias."


class Changed(Entity, is_reason=True):
    """Another kernel saved or deleted the entity after it was read. Nothing was overwritten."""

    alias: str
    version: int = 0
    """The stored version; 0 if it was deleted."""
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
    """What happened to an entity that breaks a rule."""

    NOT_SAVED = "Nothing was saved."
    NOT_CHANGED = "Nothing was changed."
    NOT_USABLE = "Set it: edit the connection."


class Invalid(Entity, is_reason=True):
    """The entity to save breaks a rule."""

    _fields = ("problems", "outcome")

    def __init__(self, problems: dict[str, str], outcome: Outcome = Outcome.NOT_SAVED) -> None:
        self.problems = problems
        """Field -> what is wrong with it."""
        self.outcome = outcome
        self.alias = ""
        """The entity, if it is one that was saved."""

    @property
    def reason(self) -> str:
        return next(iter(self.problems.values())) if len(self.problems) == 1 else super().reason

    def lines(self) -> Lines:
        if self.alias and self.outcome is Outcome.NOT_USABLE:
            asking = command(f"{self.prefix}edit", self.alias, "--prompt", *self.problems)
            return (
                "; ".join(f"{field} of {self.alias} {problem}" for field, problem in self.problems.items()) + ".",
                f"'{asking}' asks for it.",
            )
        return "; ".join(f"{field}: {problem}" for field, problem in self.problems.items()), self.outcome.value
