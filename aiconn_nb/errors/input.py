"""Errors about settings and keys on a line, and about required input from the user."""

from __future__ import annotations

from aiconn_nb.model.hint import command

from .base import CommandError, Lines


class NotASetting(CommandError, is_reason=True):
    """A word after ``--set`` has no ``=``."""

    known: tuple[str, ...]
    """The keys of the settings."""
    is_spaced: bool = False
    """Whether a word begins or ends with the ``=``."""

    def lines(self) -> Lines:
        spaced = "Write no space beside the '='. " if self.is_spaced else ""
        return "--set takes KEY=VALUE, and a word has no '='.", f"{spaced}The keys are: {', '.join(self.known)}."


class NamedTwice(CommandError, is_reason=True):
    """A setting, or an option of a model, is named more than once on a line. One of the words would be without effect."""

    name: str

    def lines(self) -> Lines:
        return f"{self.name} is named twice.", "Leave one of them out."


class NotAnOption(CommandError, is_reason=True):
    """A word after ``--option`` has no ``=``."""

    says = "--option takes KEY=VALUE, and a word has no '='.", "For example: --option reasoning_effort=low"


class ReferenceExpanded(CommandError, is_reason=True):
    """The shell expanded a reference as a variable."""

    where: str
    """The setting or the option."""
    example: str
    """What to type: the option, and the part in quotes."""
    option: str

    says = (
        "{where}: the shell expanded the reference ($ and a name is a variable there).",
        "Put it in single quotes: {option} '{example}'",
    )


class KeyOnLine(CommandError, is_reason=True):
    """A key was given in place of a reference, on a line that is saved."""

    setting: str = ""
    """The setting; '' for the new key of a rotation."""
    reference: str = "$Section:Key"
    """What to type instead."""
    in_shell: bool = False

    def lines(self) -> Lines:
        saved = "the shell's history" if self.in_shell else "the notebook and the history"
        if not self.setting:
            return (
                f"--to takes a reference; a key is not taken from the line, which is saved in {saved}.",
                "Write --to $Section:Key, or leave --to out to be asked for the key without echo.",
            )
        quote, form = ("'", ".") if self.in_shell else ("", ", or use the form (%aiconn).")
        return (
            f"{self.setting} is a secret and is not taken from the line, which is saved in {saved}.",
            f"Write a reference (--set {quote}{self.setting}={self.reference}{quote}), or --prompt {self.setting}{form}",
        )


class KnownKeyGiven(CommandError, is_reason=True):
    """A text contains a key that this machine knows."""

    whose: str
    """``the api_key of openai-dev``."""

    says = (
        "This holds {whose}; nothing was done or sent.",
        "Leave the key out. If it was saved with the notebook or a history, replace it.",
    )


class SettingsNeeded(CommandError, is_reason=True):
    """Required settings are missing, and the user cannot be asked here."""

    examples: tuple[tuple[str, str], ...]
    """Setting -> an example of its value."""
    are_references: bool = False

    def lines(self) -> Lines:
        one = len(self.examples) == 1
        give = "Give a reference" if self.are_references else "Give it" if one else "Give them"
        return (
            f"{' and '.join(key for key, _ in self.examples)} {'is' if one else 'are'} needed, "
            "and cannot be asked for here.",
            f"{give}: --set {' '.join(map('='.join, self.examples))}",
        )


class NewKeyNeeded(CommandError, is_reason=True):
    """A rotation needs a new key, and the user cannot be asked here."""

    settings: tuple[str, ...]

    def lines(self) -> Lines:
        return (
            f"A new {' and '.join(self.settings)} is needed, and cannot be asked for here.",
            "Give a reference: --to $Section:Key",
        )


class SecretNeeded(CommandError, is_reason=True):
    """A user secret needs a value, and the user cannot be asked here."""

    key: str
    in_shell: bool = False

    def lines(self) -> Lines:
        pipe = f"Pipe it in, with - as the value: {command('secret set', self.key, '-')}"
        return (
            "secret set asks for the value without echo, which is not possible here.",
            pipe if self.in_shell else "Run it where input is possible; a value is never taken from the line.",
        )


class NothingAnswered(CommandError, is_reason=True):
    """The user did not answer a prompt."""

    says = "Nothing was entered, and nothing was changed.", "Run it again where you can answer."


class PipedNoText(CommandError, is_reason=True):
    """The piped input is not text."""

    says = "The piped input is not text in UTF-8.", "Nothing was done. Write it as UTF-8, without NUL characters."


class DeletionNotConfirmed(CommandError, is_reason=True):
    """A deletion needs confirmation, and the user cannot be asked here."""

    aliases: tuple[str, ...]

    def lines(self) -> Lines:
        were = "was" if len(self.aliases) == 1 else "were"
        return (
            f"{', '.join(self.aliases)} {were} not deleted: this cannot be confirmed here.",
            "Add --yes if you are sure.",
        )


class ImportNotConfirmed(CommandError, is_reason=True):
    """The changes of an import need confirmation, and the user cannot be asked here."""

    path: str

    says = (
        "{path} was not imported: this cannot be confirmed here.",
        "Look at it with --dry-run, and add --yes if you are sure.",
    )
