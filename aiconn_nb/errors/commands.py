"""Errors about a command line."""

from __future__ import annotations

from .base import AiconnError


class CommandError(AiconnError):
    """A command line that cannot be understood: an unknown command or option, a missing argument."""


class CommandNotRun(CommandError):
    """The command behind ``run ALIAS --`` is not there, or may not be run; ``status`` is what a shell says then."""

    def __init__(self, what: str, hint: str = "", *, status: int = 126) -> None:
        super().__init__(what, hint)
        self.status = status


class Interrupted(AiconnError):
    """Somebody stopped a command while it was asking. In Python it is a ``KeyboardInterrupt``, as always."""
