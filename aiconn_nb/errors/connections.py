"""Errors about one connection."""

from __future__ import annotations

from typing import ClassVar

from aiconn_nb.model.hint import command

from .base import AiconnError, Lines, fields, reason
from .collection import Changed, Exists, Invalid, NotFound, NoVersion
from .commands import CommandError


class ConnectionProblem(AiconnError):
    """Something about one connection. (``ConnectionError`` is Python's own.)"""

    word = "connection"
    prefix = ""


class ConnectionNotFound(NotFound, ConnectionProblem):
    """No connection has this alias. Its words, which profiles share, are those of `NotFound`."""


@reason
class NoConnectionVersion(NoVersion, ConnectionNotFound):
    """This version of it is not kept."""


class ConnectionExists(Exists, ConnectionProblem):
    """Another connection has this alias, in whatever case it was written. ``differences`` says how it differs, never a secret."""


class InvalidConnection(Invalid, ConnectionProblem):
    """What was to be saved breaks a rule. ``problems`` names each field and what is wrong with it."""


class ConnectionChanged(Changed, ConnectionProblem):
    """Someone else saved or deleted it after it was read; what they did was not overwritten."""


@fields
class ConnectionInactive(ConnectionProblem):
    """The connection is switched off; it has to be enabled before it can be used."""

    alias: str

    @property
    def reason(self) -> str:
        return "is switched off"

    def lines(self) -> Lines:
        return f"{self.alias} {self.reason}.", f"'{command('enable', self.alias)}' switches it on."


@fields
class ConnectionInUse(ConnectionProblem):
    """Profiles depend on the connection; ``profiles`` has their aliases."""

    aliases: tuple[str, ...]
    """What was to be deleted."""
    profiles: tuple[str, ...]

    def lines(self) -> Lines:
        one = len(self.profiles) == 1
        depend = f"the profile {self.profiles[0]} depends" if one else f"the profiles {', '.join(self.profiles)} depend"
        return (
            f"{', '.join(self.aliases)} {'was' if len(self.aliases) == 1 else 'were'} not deleted: {depend} on "
            f"{'it' if len(self.aliases) == 1 else 'them'}.",
            f"Disable instead: {command('disable', *self.aliases)}. Or delete all the same "
            "with --force (in Python force=True).",
        )


@fields
class NoConnectionInUse(ConnectionProblem):
    """A call without an alias, while no connection is in use."""

    def lines(self) -> Lines:
        return "No connection is in use here.", f"Name one, or '{command('use ALIAS')}' first."


class RotationFailed(ConnectionProblem):
    """A new key did not pass the test, which ended at ``rung``; the old one was kept, and nothing was changed."""

    rung = ""


@reason
class NewKeyFailed(RotationFailed):
    """The new key failed the test."""

    alias: str
    rung: str
    detail: str
    """What the test says."""
    advice: str = ""
    """What to do, as the test says it."""

    def lines(self) -> Lines:
        return (
            f"{self.alias} keeps its key: the new one failed at '{self.rung}': {self.detail}",
            self.advice or "Nothing was changed.",
        )


@reason
class NewKeyUntested(RotationFailed):
    """The test cannot tell whether the new key works."""

    alias: str
    rung: str
    doubt: str = ""
    """Why it cannot tell."""

    def lines(self) -> Lines:
        return (
            f"{self.alias} keeps its key: the test cannot tell whether the new one works"
            + (f" ({self.doubt})." if self.doubt else "."),
            f"Name a model, which is asked for one token: '{command('rotate', self.alias, '--model', 'MODEL')}' "
            "(in Python model=...).",
        )


@reason
class Implausible(ConnectionProblem):
    """A value that is there cannot be what it should be."""

    setting: str
    """Its field."""
    problem: str
    alias: str = ""
    """The connection; '' for one that is not saved."""

    def lines(self) -> Lines:
        where = f"; '{command('explain', self.alias)}' says where that is" if self.alias else ""
        return f"{self.setting} {self.problem}.", f"Correct it where it is written{where}."


@fields
class UntrustedHost(ConnectionProblem):
    """A key would go to a host that it was not allowed for."""

    alias: str
    sent: tuple[str, ...]
    """What would go there: references and sealed fields, never a value."""
    host: str = ""
    """Such as ``https://gateway.example``; '' where it cannot be told."""

    UNREADABLE: ClassVar = "a host that cannot be told from its endpoint"

    @property
    def words(self) -> str:
        """``would send $OpenAI:ApiKey to https://gateway.example``."""
        return f"would send {' and '.join(self.sent)} to {self.host or self.UNREADABLE}"

    @property
    def warning(self) -> str:
        """What is said of a connection that is only shown."""
        return f"untrusted host: {self.alias} {self.words}. {self.hint}"

    def lines(self) -> Lines:
        return (
            f"Untrusted host: {self.alias} {self.words}, which was not allowed yet.",
            f"'{command('trust', self.alias)}' allows it, if this is the host that you mean."
            if self.host
            else "Write it plainly: https://host/path.",
        )


@reason
class TrustNotConfirmed(CommandError):
    """A host that a key may go to, where no one can be asked."""

    untrusted: UntrustedHost

    def lines(self) -> Lines:
        return (
            f"Nothing was allowed: {self.untrusted.alias} {self.untrusted.words}, and this cannot be confirmed here.",
            "Say --yes if this is the host that you mean.",
        )
