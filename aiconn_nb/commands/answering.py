"""Commands on several answers: compare, embed, failover, rotate."""

from __future__ import annotations

from .command import Command

COMMANDS: tuple[Command, ...] = ()
