"""Errors about the arguments of a key rotation, before anything is changed."""

from __future__ import annotations

from aiconn_nb.model.hint import command, option
from aiconn_nb.model.nearest import meant

from .base import CommandError, Lines
from .commands import SHOWN

NOT_CHANGED = "Nothing was changed."


class NoKeyToRotate(CommandError, is_reason=True):
    """The connection has no such key that is set, or no key at all."""

    alias: str
    setting: str = ""
    """The name; '' if none was given."""
    nearest: str | None = None
    known: tuple[str, ...] = ()
    """The keys that are set."""
    unset: tuple[str, ...] = ()
    """The keys that could be set."""

    def lines(self) -> Lines:
        missing = f"no key '{self.setting[:SHOWN]}' that is set" if self.setting else "no key that could be rotated"
        return f"{self.alias} has {missing}.", meant(self.nearest) or self._instead()

    def _instead(self) -> str:
        if self.known:
            return f"It has: {', '.join(self.known)}."
        if not self.unset:
            return "Its provider asks for none."
        return f"Give it one: {command('edit', self.alias, '--prompt', *self.unset[:2])}"


class SeveralKeys(CommandError, is_reason=True):
    """The connection has several keys, and the call names none."""

    alias: str
    settings: tuple[str, ...]

    def lines(self) -> Lines:
        return (
            f"{self.alias} has several keys: {', '.join(self.settings)}.",
            f"Say which one: {command('rotate', self.alias, '--field', self.settings[0])} (in Python field=...)",
        )


class KeysTogether(CommandError, is_reason=True):
    """One reference was given for several fields that belong together."""

    alias: str
    settings: tuple[str, ...]

    def lines(self) -> Lines:
        typed = " ".join(f"{key}=$Section:Key" for key in self.settings)
        python = ", ".join(f'"{key}": "$Section:Key"' for key in self.settings)
        return (
            f"{self.alias} has {len(self.settings)} fields that belong together: {', '.join(self.settings)}.",
            f"Say which reference is whose: {option(f'--to {typed}', f'to={{{python}}}')}",
        )


class BadRotationTarget(CommandError, is_reason=True):
    """The words after ``--to`` are wrong."""

    def lines(self) -> Lines:
        return (
            "--to takes one reference, or KEY=REFERENCE for each of several.",
            f"'{command('help rotate')}' shows how.",
        )


class NotToAReference(CommandError, is_reason=True):
    """The new value for a key is not a reference. The error does not repeat it."""

    says = "A key is rotated to a reference, which starts with $.", "For example: $OpenAI:NewKey"


class SameReference(CommandError, is_reason=True):
    """The connection already has this reference."""

    alias: str

    def lines(self) -> Lines:
        explain = command("explain", self.alias)
        return (
            f"{self.alias} has this reference already; nothing was changed.",
            f"A new value for it is set where the value is: '{explain}' shows where.",
        )


class PlaceNotWritable(CommandError, is_reason=True):
    """The value comes from a place that aiconn_nb does not write."""

    setting: str
    reference: str
    place: str
    """``appsettings.json:3``."""
    key: str
    is_project_file: bool = False

    def lines(self) -> Lines:
        there = option("--to $Section:Key", 'to="$Section:Key"')
        over = f"; '{command('secret set', self.key)}' overrides the file." if self.is_project_file else ""
        return (
            f"{self.setting} is {self.reference}, whose value comes from {self.place}; nothing is written there.",
            f"Change it there, or say where the new one is: {there}{over}",
        )


class HiddenByOwn(CommandError, is_reason=True):
    """The value of one environment would hide a new value for all environments."""

    setting: str
    reference: str
    environment: str
    key: str

    def lines(self) -> Lines:
        remove = command("secret remove", self.key, "--env", self.environment)
        return (
            f"{self.setting} is {self.reference}, whose value comes from the user secret of {self.environment}; "
            "a new one for all environments would be hidden by it.",
            f"Leave {option('--all', 'all=True')} out, or remove that one first: {remove}",
        )


class SourceNotWritable(CommandError, is_reason=True):
    """A configuration source is read-only."""

    source: str

    says = "{source} cannot be written.", "Change the value there."


class NoNewKey(CommandError, is_reason=True):
    """The new key is blank."""

    says = "No new key was given.", NOT_CHANGED
