"""Commands on profiles."""

from __future__ import annotations

from .command import Command

COMMANDS: tuple[Command, ...] = ()
