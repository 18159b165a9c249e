"""Errors about references, the configuration behind them, and its files."""

from __future__ import annotations

import re

from aiconn_nb.model.hint import command
from aiconn_nb.model.nearest import did_you_mean

from .base import AiconnError, Lines, fields, path_shown, reason

WRITE_A_REFERENCE = "Write $Section:Key."


class ConfigurationError(AiconnError):
    """Something about a configuration reference or the files behind it."""


class InvalidReference(ConfigurationError):
    """Text that starts like a reference but is none, such as a lone ``$``."""


@reason
class LoneDollar(InvalidReference):
    """A ``$`` without a key."""

    says = "'$' alone is no reference: the key is missing.", "Write $Section:Key, or $$ for a literal $."


@reason
class NoReference(InvalidReference):
    """Text without a ``$``, where a reference is needed."""

    says = "This is no reference.", WRITE_A_REFERENCE


@reason
class LiteralDollar(InvalidReference):
    """Text with ``$$``, where a reference is needed."""

    says = "This is a literal: $$ is a plain $.", WRITE_A_REFERENCE


@reason
class KeyAsReference(InvalidReference):
    """A ``$`` before the key itself, as if it marked a secret."""

    says = "This looks like the key itself, not like its name.", WRITE_A_REFERENCE


@fields
class ReferenceNotFound(ConfigurationError):
    """The key is in no source of the environment."""

    key: str
    environment: str
    searched: tuple[str, ...] = ()
    """The sources, as they are named to a reader."""
    nearest: str | None = None
    """The closest key that there is."""
    is_meant: bool = False
    """Whether that is surely what was meant: one of another section is named, and is no advice."""
    is_spelled_as_variable: bool = False
    """Whether the key has the ``__`` of a variable's name."""
    children: tuple[str, ...] = ()
    """What is below the key, which is a section without a value of its own: the first of them."""
    more: int = 0
    """How many others there are."""
    notes: tuple[str, ...] = ()
    """What is odd about the files, in sentences."""

    def lines(self) -> Lines:
        why, hints = self._section() if self.children else ("was not found", self._hints())
        what = f"{self._written} {why} in the environment {self.environment}. Searched: {', '.join(self.searched)}."
        return what, " ".join([*hints, *self.notes])

    @property
    def _written(self) -> str:
        """The key on one line."""
        return re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]", "\ufffd", f"${self.key}")

    def _section(self) -> tuple[str, list[str]]:
        listed = ", ".join(self.children) + (f" and {self.more} more" if self.more else "")
        why = f"is a section without a value of its own (in it: {listed})"
        return why, [f"Name one of them: {self._written}:{self.children[0]}."]

    def _hints(self) -> list[str]:
        hints = [f"Did you mean ${self.nearest}?"] if self.is_meant else [self._where_to_put()]
        if self.nearest and not self.is_meant:
            hints.append(f"The nearest known key, ${self.nearest}, is for something else.")
        elif self.nearest and self.is_spelled_as_variable:
            hints.append("In a reference, the __ of a variable's name is a colon.")
        return hints

    def _where_to_put(self) -> str:
        variable = f"the environment variable {self._written[1:].replace(':', '__')}"
        if self._written != f"${self.key}" or re.search(r"[\s'\"]", self.key):  # not as one word of a command
            return f"Add it to a file, or set {variable}."
        return f"'{command('secret set', self.key)}' keeps a value for it, or a file, or {variable}."


class UnusableValue(ConfigurationError):
    """A reference resolved, but to nothing, or to text that is not of the field's type."""


@reason
class UnusableSetting(UnusableValue):
    """The value of a field, which is named before it, is nothing, or not of its type."""

    problem: str
    """What is wrong, such as ``$OpenAI:Timeout must be a number``."""
    source: str = ""
    """Where it comes from."""
    line: int | None = None

    def lines(self) -> Lines:
        line = f", line {self.line}" if self.line else ""
        return f"{self.problem}.", f"It comes from {self.source}{line}." if self.source else ""


@reason
class ResolvesToNothing(UnusableValue):
    """The value of a key is empty or blank."""

    reference: str
    place: str
    """Where that is written: ``appsettings.json:3``."""

    def lines(self) -> Lines:
        return f"{self.reference} resolves to nothing ({self.place}).", ""


@reason
class SourceFailed(UnusableValue):
    """A configuration source of a plug-in failed when it was asked for a key."""

    key: str
    source: str
    problem: str

    def lines(self) -> Lines:
        return (
            f"${self.key} could not be read from the configuration source {self.source}: {self.problem}.",
            "Correct it there. Its keys are not looked for in the sources below it.",
        )


class EnvironmentNotFound(ConfigurationError):
    """No configuration file belongs to this environment, or its name cannot be part of a file name."""


@reason
class NoEnvironment(EnvironmentNotFound):
    """No configuration file belongs to this environment."""

    environment: str
    known: tuple[str, ...] = ()
    """Those that there are."""
    folder: str = ""
    """Where their files are; '' where there is no such folder."""
    can_be_made: bool = False
    """Whether ``--yes`` of the command would make it."""

    def lines(self) -> Lines:
        where = f"in {self.folder}" if self.folder else "at or above the working folder"
        near = did_you_mean(self.environment, self.known) or f"There are: {', '.join(self.known)}."
        return (
            f"There is no environment '{self.environment}' here: no appsettings.{self.environment}.json {where}.",
            f"{near} --yes makes it with this secret." if self.can_be_made else near,
        )


@reason
class BadEnvironmentName(EnvironmentNotFound):
    """The name of an environment cannot be part of a file name; it is not repeated."""

    problem: str = "cannot be part of a file name"
    variable: str = ""
    """The variable that it comes from."""

    def lines(self) -> Lines:
        return (
            f"The name of the environment {f'in {self.variable} ' if self.variable else ''}{self.problem}.",
            "Take the middle of a file's name: Staging for appsettings.Staging.json.",
        )


@fields
class ConfigurationFileError(ConfigurationError):
    """A configuration file cannot be read. Names file, line and column (both from 1), never a value."""

    path: str
    problem: str
    """Why, as a sentence without a subject: ``it is larger than 1 MB.``"""
    line: int | None = None
    column: int | None = None

    def lines(self) -> Lines:
        place = f", line {self.line}, column {self.column}" if self.line else ""
        return (
            f"{path_shown(self.path)}{place}: {self.problem}",
            "Correct the file. Until then every reference fails, even one that another source answers.",
        )
