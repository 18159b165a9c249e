"""Commands on sharing."""

from __future__ import annotations

from .command import Command

COMMANDS: tuple[Command, ...] = ()
