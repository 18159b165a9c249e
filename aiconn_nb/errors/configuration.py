"""Errors about the configuration and its files."""

from __future__ import annotations

from .base import AiconnError, Lines, reason


class ConfigurationError(AiconnError):
    """Something about a configuration reference or the files behind it."""


class InvalidReference(ConfigurationError):
    """Text that starts like a reference but is none, such as a lone ``$``."""


class ReferenceNotFound(ConfigurationError):
    """The key is in no layer of the environment. ``nearest`` is the closest key that is."""

    def __init__(self, what: str, hint: str = "", *, key: str = "", nearest: str | None = None) -> None:
        super().__init__(what, hint)
        self.key = key
        self.nearest = nearest


class UnusableValue(ConfigurationError):
    """A reference resolved, but to nothing, or to text that is not of the field's type."""


@reason
class UnusableSetting(UnusableValue):
    """The value of a field is nothing, or not of its type."""

    setting: str
    """The field."""
    problem: str
    """What is wrong, such as ``$OpenAI:Timeout must be a number``."""
    source: str = ""
    """Where it comes from."""
    line: int | None = None

    def lines(self) -> Lines:
        line = f", line {self.line}" if self.line else ""
        return f"{self.setting}: {self.problem}.", f"It comes from {self.source}{line}." if self.source else ""


class EnvironmentNotFound(ConfigurationError):
    """No configuration file belongs to this environment, or its name cannot be part of a file name."""


class ConfigurationFileError(ConfigurationError):
    """A configuration file cannot be read. Names file, line and column (both from 1), never a value."""

    def __init__(
        self, what: str, hint: str = "", *, path: str = "", line: int | None = None, column: int | None = None
    ):
        super().__init__(what, hint)
        self.path = path
        self.line = line
        self.column = column
