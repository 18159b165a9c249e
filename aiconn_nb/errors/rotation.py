"""Errors about what a key can be rotated to, before anything is changed."""

from __future__ import annotations

from aiconn_nb.model.hint import command
from aiconn_nb.model.nearest import meant

from .base import Lines, reason
from .commands import SHOWN, CommandError

NOT_CHANGED = "Nothing was changed."


@reason
class NoKeyToRotate(CommandError):
    """The connection has no key of this name, or none at all, that is set."""

    alias: str
    setting: str = ""
    """The name; '' where none was named."""
    nearest: str | None = None
    known: tuple[str, ...] = ()
    """The keys that are set."""
    unset: tuple[str, ...] = ()
    """Those that could be set."""

    def lines(self) -> Lines:
        missing = f"no key '{self.setting[:SHOWN]}' that is set" if self.setting else "no key that could be rotated"
        return f"{self.alias} has {missing}.", meant(self.nearest) or self._instead()

    def _instead(self) -> str:
        if self.known:
            return f"It has: {', '.join(self.known)}."
        if not self.unset:
            return "Its provider asks for none."
        return f"Give it one: {command('edit', self.alias, '--prompt', *self.unset[:2])}"


@reason
class SeveralKeys(CommandError):
    """The connection has several keys, and none was named."""

    alias: str
    settings: tuple[str, ...]

    def lines(self) -> Lines:
        return (
            f"{self.alias} has several keys: {', '.join(self.settings)}.",
            f"Say which one: {command('rotate', self.alias, '--field', self.settings[0])} (in Python field=...)",
        )


@reason
class KeysTogether(CommandError):
    """One reference for several fields that belong together."""

    alias: str
    settings: tuple[str, ...]

    def lines(self) -> Lines:
        each = " ".join(f"{key}=$Section:Key" for key in self.settings)
        return (
            f"{self.alias} has {len(self.settings)} fields that belong together: {', '.join(self.settings)}.",
            f"Say which reference is whose: --to {each} (in Python a dictionary).",
        )


@reason
class BadRotationTarget(CommandError):
    """The words behind ``--to``."""

    def lines(self) -> Lines:
        return (
            "--to takes one reference, or KEY=REFERENCE for each of several.",
            f"'{command('help rotate')}' shows how.",
        )


@reason
class NotToAReference(CommandError):
    """What a key is to be rotated to is no reference; it is not repeated."""

    says = "A key is rotated to a reference, which starts with $.", "For example: $OpenAI:NewKey"


@reason
class SameReference(CommandError):
    """The connection has this reference already."""

    alias: str

    def lines(self) -> Lines:
        explain = command("explain", self.alias)
        return (
            f"{self.alias} has this reference already; nothing was changed.",
            f"A new value for it is set where the value is: '{explain}' shows where.",
        )


@reason
class PlaceNotWritable(CommandError):
    """The value comes from a place that is not written."""

    setting: str
    reference: str
    place: str
    """``appsettings.json:3``."""
    key: str
    is_project_file: bool = False

    def lines(self) -> Lines:
        over = f"; '{command('secret set', self.key)}' overrides the file." if self.is_project_file else ""
        return (
            f"{self.setting} is {self.reference}, whose value comes from {self.place}; nothing is written there.",
            f"Change it there, or say where the new one is: --to $Section:Key{over}",
        )


@reason
class HiddenByOwn(CommandError):
    """A new value for all environments would be hidden by that of one."""

    setting: str
    reference: str
    environment: str
    key: str

    def lines(self) -> Lines:
        remove = command("secret remove", self.key, "--env", self.environment)
        return (
            f"{self.setting} is {self.reference}, whose value comes from the user secret of {self.environment}; "
            "a new one for all environments would be hidden by it.",
            f"Leave --all out, or take that one away first: {remove}",
        )


@reason
class SourceNotWritable(CommandError):
    """A configuration source takes no values."""

    source: str

    def lines(self) -> Lines:
        return f"{self.source} cannot be written.", "Change the value there."


@reason
class NoNewKey(CommandError):
    """A blank new key."""

    says = "No new key was given.", NOT_CHANGED
