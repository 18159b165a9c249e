"""Errors about references, configuration sources and their files."""

from __future__ import annotations

import re

from aiconn_nb.model.hint import command
from aiconn_nb.model.key_name import before_equals, without_syntax
from aiconn_nb.model.letters import printable
from aiconn_nb.model.nearest import did_you_mean
from aiconn_nb.model.reference import variable_of
from aiconn_nb.model.secret import MASK

from .base import AiconnError, Lines, path_shown

WRITE_A_REFERENCE = "Write $Section:Key."


class ConfigurationError(AiconnError):
    """A problem with a reference or the files that it is resolved in."""


class InvalidReference(ConfigurationError):
    """The text starts like a reference but is not one, such as a lone ``$``."""


class LoneDollar(InvalidReference, is_reason=True):
    """The text is a ``$`` without a key."""

    says = "'$' alone is not a reference: the key is missing.", "Write $Section:Key, or $$ for a literal $."


class NoReference(InvalidReference, is_reason=True):
    """The text has no ``$``, but a reference is needed."""

    says = "This is not a reference.", WRITE_A_REFERENCE


class LiteralDollar(InvalidReference, is_reason=True):
    """The text has ``$$``, but a reference is needed."""

    says = "This is a literal: $$ is a plain $.", WRITE_A_REFERENCE


class KeyAsReference(InvalidReference, is_reason=True):
    """The text is a ``$`` followed by the secret itself, as if the sign marked a secret."""

    says = "This looks like the key itself, not like its name.", WRITE_A_REFERENCE


class ReferenceNotFound(ConfigurationError):
    """No source of the environment has the key."""

    key: str
    """In a displayable form; see `aiconn_nb.model.key_name.shown_name`."""
    environment: str
    searched: tuple[str, ...] = ()
    """The display names of the sources."""
    nearest: str | None = None
    """The closest existing key."""
    is_meant: bool = False
    """Whether that key is surely the intended one. A key of another section is mentioned but not suggested."""
    is_spelled_as_variable: bool = False
    """Whether the key has the ``__`` of a variable's name."""
    children: tuple[str, ...] = ()
    """The first keys below the key, if it is a section without its own value."""
    more: int = 0
    """The number of further keys below it."""
    notes: tuple[str, ...] = ()
    """Problems with the files, as sentences."""
    is_shown: bool = False
    """Whether the field with the reference is shown, so that no secret can be its value."""

    def lines(self) -> Lines:
        hints = [f"Name one of them: {self._written}:{self.children[0]}."] if self.children else self._hints()
        return f"{self._missing} Searched: {', '.join(self.searched)}.", " ".join([*hints, *self.notes])

    @property
    def brief(self) -> str:
        """What happened, for a place that already names the sources."""
        what = printable(self._missing)
        return f"{self.field}: {what}" if self.field else what

    @property
    def _missing(self) -> str:
        why = "was not found"
        if self.children:
            listed = ", ".join(self.children) + (f" and {self.more} more" if self.more else "")
            why = f"is a section without a value (it contains: {listed})"
        return f"{self._written} {why} in the environment {self.environment}."

    @property
    def _written(self) -> str:
        """The reference on one line."""
        return re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]", "\ufffd", f"${self.key}")

    def _hints(self) -> list[str]:
        if plain := before_equals(self.key) or without_syntax(self.key):
            return [f"Write ${plain}: a reference is a $ and the name, without any other signs."]
        if MASK in self.key:
            return ["A key is written there in the place of its name. Write the name, and replace the key."]
        hints = [f"Did you mean ${self.nearest}?"] if self.is_meant else [self._where_to_put()]
        if "__" in self.key and not self.is_meant:
            hints.insert(0, f"For a variable, write ${self.key.replace('__', ':')}: in a reference, its __ is a colon.")
        if self.nearest and not self.is_meant:
            hints.append(f"The nearest known key, ${self.nearest}, is for something else.")
        elif self.nearest and self.is_spelled_as_variable:
            hints.append("In a reference, the __ of a variable's name is a colon.")
        return hints

    def _where_to_put(self) -> str:
        name = variable_of(self._written[1:])
        variable = f"the environment variable {name}"
        if self.is_shown:
            or_set = f", or set {variable}" if name else ""
            return f"Add it to a settings file{or_set}: the field is shown, so it takes no user secret."
        if self._written != f"${self.key}" or re.search(r"[\s'\"]", self.key):  # not usable as one word of a command
            return f"Add it to a file, or set {variable}." if name else "Add it to a file."
        or_else = f"a file or {variable}" if name else "a file"
        return f"'{command('secret set', self.key)}' saves a value for it; {or_else} can set it, too."


class UnusableValue(ConfigurationError):
    """A reference resolves to nothing, or to text that does not fit the field's type."""


class UnusableSetting(UnusableValue, is_reason=True):
    """The value of a field is empty or has the wrong type. The line starts with the field's name."""

    problem: str
    """What is wrong, such as ``$OpenAI:Timeout must be a number``."""
    source: str = ""
    """Where the value comes from."""
    line: int | None = None

    def lines(self) -> Lines:
        line = f", line {self.line}" if self.line else ""
        return f"{self.problem}.", f"It comes from {self.source}{line}." if self.source else ""


class ResolvesToNothing(UnusableValue, is_reason=True):
    """The value of a key is empty or blank."""

    reference: str
    place: str
    """Where the value is written: ``appsettings.json:3``."""

    says = "{reference} resolves to nothing ({place}).", ""


class SourceFailed(UnusableValue, is_reason=True):
    """The configuration source of a plug-in failed when it was asked for a key."""

    key: str
    source: str
    problem: str

    says = (
        "${key} could not be read from the configuration source {source}: {problem}.",
        "Correct it there. Its keys are not looked for in the sources below it.",
    )


class NoFolder(ConfigurationError, is_reason=True):
    """The working folder was deleted, or cannot be entered."""

    says = "The working folder was deleted or cannot be entered.", "Change to another one."


class EnvironmentNotFound(ConfigurationError):
    """No configuration file belongs to this environment, or its name cannot be part of a file name."""


class NoEnvironment(EnvironmentNotFound, is_reason=True):
    """No configuration file belongs to this environment."""

    environment: str
    known: tuple[str, ...] = ()
    """The existing environments."""
    folder: str = ""
    """The folder of their files; '' if there is none."""
    can_be_made: bool = False
    """Whether ``--yes`` of the command would create it."""

    def lines(self) -> Lines:
        where = f"in {self.folder}" if self.folder else "at or above the working folder"
        near = did_you_mean(self.environment, self.known) or f"There are: {', '.join(self.known)}."
        return (
            f"There is no environment '{self.environment}' here: no appsettings.{self.environment}.json {where}.",
            f"{near} --yes creates it with this secret." if self.can_be_made else near,
        )


class BadEnvironmentName(EnvironmentNotFound, is_reason=True):
    """The name of an environment cannot be part of a file name. The error does not repeat it."""

    problem: str = "cannot be part of a file name"
    variable: str = ""
    """The variable that holds the name."""

    def lines(self) -> Lines:
        return (
            f"The name of the environment {f'in {self.variable} ' if self.variable else ''}{self.problem}.",
            "Use the middle part of a file's name: Staging for appsettings.Staging.json.",
        )


class ConfigurationFileError(ConfigurationError):
    """A configuration file cannot be read. The error names file, line and column (both from 1), never a value."""

    path: str
    problem: str
    """Why, as a sentence without a subject: ``it is larger than 1 MB.``"""
    line: int | None = None
    column: int | None = None

    def lines(self) -> Lines:
        column = f", column {self.column}" if self.column else ""
        place = f", line {self.line}{column}" if self.line else ""
        return (
            f"{path_shown(self.path)}{place}: {self.problem}",
            "Correct the file. Until then every reference fails, even one that another source has.",
        )


class SettingsNotMade(ConfigurationError):
    """The settings file could not be created in the working folder."""

    path: str
    """'' if the working folder no longer exists."""
    problem: str

    def lines(self) -> Lines:
        name = path_shown(self.path) if self.path else "appsettings.json"
        return (
            f"{name} was not created: {self.problem}.",
            "Create it yourself where your settings belong, or use user secrets.",
        )
