"""Commands on asking."""

from __future__ import annotations

from .command import Command

COMMANDS: tuple[Command, ...] = ()
