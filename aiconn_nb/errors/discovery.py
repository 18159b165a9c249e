"""Errors about discovered credentials and servers."""

from __future__ import annotations

from aiconn_nb.model.hint import command
from aiconn_nb.model.nearest import did_you_mean

from .base import CommandError, Lines


class NoProposal(CommandError, is_reason=True):
    """No proposal of ``discover`` has this name."""

    name: str
    known: tuple[str, ...] = ()
    """The names of all proposals."""

    def lines(self) -> Lines:
        near = did_you_mean(self.name, self.known)
        return f"Nothing found is called '{self.name}'.", near or f"See: {command('discover')}"
