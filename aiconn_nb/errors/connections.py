"""Errors about one connection."""

from __future__ import annotations

from typing import ClassVar

from aiconn_nb.model.hint import binding, command, option

from .base import AiconnError, CommandError, Lines
from .collection import Changed, Exists, Invalid, NotFound, NoVersion


class ConnectionProblem(AiconnError):
    """A problem with one connection. (``ConnectionError`` is a built-in of Python.)"""

    word = "connection"
    prefix = ""


class ConnectionNotFound(NotFound, ConnectionProblem):
    """No connection has this alias. The wording comes from `NotFound`, which profiles share."""


class NoConnectionVersion(NoVersion, ConnectionNotFound):
    """This version of the connection is not kept."""


class ConnectionExists(Exists, ConnectionProblem):
    """Another connection has this alias; case is ignored. ``differences`` says how it differs, never a secret."""


class InvalidConnection(Invalid, ConnectionProblem):
    """The connection to save breaks a rule. ``problems`` maps each field to what is wrong with it."""


class ConnectionChanged(Changed, ConnectionProblem):
    """Another kernel saved or deleted the connection after it was read. Nothing was overwritten."""


class ConnectionInactive(ConnectionProblem):
    """The connection is switched off. Enable it before use."""

    alias: str

    @property
    def reason(self) -> str:
        return "is switched off"

    def lines(self) -> Lines:
        return f"{self.alias} {self.reason}.", f"'{command('enable', self.alias)}' switches it on."


class ConnectionInUse(ConnectionProblem):
    """Profiles depend on the connection; ``profiles`` has their aliases."""

    aliases: tuple[str, ...]
    """The connections to delete."""
    profiles: tuple[str, ...]

    def lines(self) -> Lines:
        one = len(self.profiles) == 1
        depend = f"the profile {self.profiles[0]} depends" if one else f"the profiles {', '.join(self.profiles)} depend"
        return (
            f"{', '.join(self.aliases)} {'was' if len(self.aliases) == 1 else 'were'} not deleted: {depend} on "
            f"{'it' if len(self.aliases) == 1 else 'them'}.",
            f"Disable instead: {command('disable', *self.aliases)}. Or delete anyway "
            f"with {option('--force', 'force=True')}.",
        )


class NoConnectionInUse(ConnectionProblem):
    """A call names no alias, and no connection is in use."""

    def lines(self) -> Lines:
        return "No connection is in use here.", f"Name one, or '{command('use ALIAS')}' first."


class RotationFailed(ConnectionProblem):
    """A new key did not pass the test, which ended at ``rung``. The old key is kept; nothing was changed."""

    rung = ""


class NewKeyFailed(RotationFailed, is_reason=True):
    """The new key failed the test."""

    alias: str
    rung: str
    step: str
    """The name of the failed step: ``not authenticated``."""
    detail: str
    """The message of the test."""
    advice: str = ""
    """The advice of the test."""

    def lines(self) -> Lines:
        return (
            f"{self.alias} keeps its key: the new one failed its test, {self.step}: {self.detail}",
            self.advice or "Nothing was changed.",
        )


class NewKeyUntested(RotationFailed, is_reason=True):
    """The test cannot determine whether the new key works."""

    alias: str
    rung: str
    doubt: str = ""
    """Why the test cannot determine it."""

    def lines(self) -> Lines:
        return (
            f"{self.alias} keeps its key: the test cannot tell whether the new one works"
            + (f" ({self.doubt})." if self.doubt else "."),
            f"Name a model, which is asked for one token: '{command('rotate', self.alias, '--model', 'MODEL')}' "
            "(in Python model=...).",
        )


class QueryNotExported(ConnectionProblem, is_reason=True):
    """The endpoint of a connection has a query, and its variables were asked for: programs would put their path after it."""

    alias: str

    def lines(self) -> Lines:
        return (
            f"The endpoint of {self.alias} has a query, which programs that read its variables would misread.",
            f"Use its client instead: {binding(self.alias, 'client')}. Or leave the query out of the endpoint.",
        )


class Implausible(ConnectionProblem, is_reason=True):
    """A value cannot be right for its field."""

    setting: str
    """The field of the value."""
    problem: str
    alias: str = ""
    """The connection; '' for an unsaved one."""
    is_sealed: bool = False
    """Whether the connection has the value itself, encrypted."""
    secret: str = ""
    """The key of the user secret that has the value; '' if it comes from elsewhere."""
    options: tuple[str, ...] = ()
    """The options that select this user secret in a command."""

    @property
    def remedy(self) -> str:
        """The command that replaces the value, or says where it is; '' for an unsaved connection."""
        if not self.alias:
            return ""
        if self.secret:
            return command("secret set", self.secret, *self.options)
        return command("edit", self.alias, "--prompt", self.setting) if self.is_sealed else self._where

    @property
    def _where(self) -> str:
        return command("explain", self.alias)

    @property
    def warning(self) -> str:
        """The warning after a save."""
        return f"{self.setting} {self.problem}. {self.lines()[1]}"

    def lines(self) -> Lines:
        advice = f"'{self.remedy}' asks for it again."
        if not (self.is_sealed or self.secret) or not self.alias:
            where = f"; '{self._where}' says where that is" if self.alias else ""
            advice = f"Correct it where it is written{where}."
        return f"{self.setting} {self.problem}.", advice


class UntrustedHost(ConnectionProblem):
    """A key would go to a host that is not allowed for it."""

    alias: str
    sent: tuple[str, ...]
    """What would be sent: references and sealed fields, never a value."""
    host: str = ""
    """For example ``https://gateway.example``; '' if it cannot be determined."""

    UNREADABLE: ClassVar = "a host that cannot be determined from its endpoint"

    @property
    def words(self) -> str:
        """What would happen, as a clause: ``would send $OpenAI:ApiKey to https://gateway.example``."""
        return f"would send {' and '.join(self.sent)} to {self.host or self.UNREADABLE}"

    @property
    def warning(self) -> str:
        """The warning beside a connection that is only shown."""
        return f"untrusted host: {self.alias} {self.words}. {self.hint}"

    def lines(self) -> Lines:
        return (
            f"Untrusted host: {self.alias} {self.words}, which was not allowed yet.",
            f"'{command('trust', self.alias)}' allows it, if this is the host that you mean."
            if self.host
            else "Write it plainly: https://host/path.",
        )


class TrustNotConfirmed(CommandError, is_reason=True):
    """A host needs the user's permission, and the user cannot be asked here."""

    untrusted: UntrustedHost

    def lines(self) -> Lines:
        return (
            f"Nothing was allowed: {self.untrusted.alias} {self.untrusted.words}, and this cannot be confirmed here.",
            "Add --yes if this is the host that you mean.",
        )
