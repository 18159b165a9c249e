"""Errors about a file argument: a bundle or a notebook."""

from __future__ import annotations

from aiconn_nb.model.hint import command, option
from aiconn_nb.model.nearest import meant

from .base import AiconnError, CommandError, Lines


class BundleError(AiconnError):
    """A bundle cannot be read or written, or is invalid. The error names the place in it, never the value."""


class BundleNotRead(BundleError, is_reason=True):
    """The file of a bundle cannot be read or is not JSON."""

    path: str
    problem: str

    says = "{path} was not read: {problem}.", "Nothing was imported."


class BundleMalformed(BundleError, is_reason=True):
    """The file is not a bundle, or contains something that a bundle may not contain."""

    problem: str
    """The place in the file, and what is wrong there."""
    is_bundle: bool = True
    """Whether the file is a bundle at all."""

    @property
    def reason(self) -> str:
        return f"This is not a readable bundle: {self.problem}"

    def lines(self) -> Lines:
        return (
            f"{self.reason}.",
            f"Nothing was imported.{'' if self.is_bundle else f' {what_import_takes()}'}",
        )


class ConfigurationAsBundle(BundleError, is_reason=True):
    """The file is a configuration file."""

    path: str

    def lines(self) -> Lines:
        return (
            f"{self.path} is a configuration file, not a bundle: references are resolved in it without an import.",
            f"Nothing was imported. {what_import_takes()}",
        )


def what_import_takes() -> str:
    """Return the advice on ``import`` for a file that is not a bundle."""
    return f"import takes what '{command('export -o FILE')}' wrote."


class BundleOutdated(BundleError, is_reason=True):
    """The store changed between the preview of a bundle and its import."""

    path: str

    says = (
        "{path} was not imported: the store, or what it resolves to, has changed since the preview.",
        "Preview it again, then import it.",
    )


class BundleTooLarge(BundleError, is_reason=True):
    """The bundle to export would be too large to import."""

    says = "The bundle would be larger than one that can be imported.", "Name fewer connections."


class BundleNotWritten(BundleError, is_reason=True):
    """The file of a bundle cannot be written."""

    path: str
    problem: str = ""
    """Why; '' if the file exists already."""

    def lines(self) -> Lines:
        if self.problem:
            return f"{self.path} was not written: {self.problem}.", "Nothing was written."
        return (
            f"{self.path} was not written: the file exists already.",
            f"Add {option('--yes', 'overwrite=True')} to overwrite it, or name another.",
        )


class NotebookNotScanned(AiconnError, is_reason=True):
    """A file cannot be read or is not a notebook."""

    path: str
    problem: str

    says = "{path} was not scanned: {problem}.", "Nothing was changed."


class NotebookNotChanged(AiconnError, is_reason=True):
    """A notebook or its backup copy cannot be written."""

    path: str
    problem: str

    says = "{path} was not changed: {problem}.", "Make room or give write access, then try again."


class BadRename(CommandError, is_reason=True):
    """The words after ``--rename`` are wrong."""

    says = "--rename takes OLD=NEW, each OLD once.", "For example: --rename gateway=gateway-2"


class NotInBundle(CommandError, is_reason=True):
    """The bundle does not have the alias to rename."""

    alias: str
    nearest: str | None = None

    def lines(self) -> Lines:
        return f"The bundle has no '{self.alias[:100]}' to rename.", meant(self.nearest)


class BadNewAlias(CommandError, is_reason=True):
    """An alias of the bundle cannot be renamed to this."""

    alias: str
    problem: str

    says = "The new alias of {alias} {problem}.", ""


class TwinsInBundle(CommandError, is_reason=True):
    """Two entries of the bundle would get the same alias."""

    says = "Two entries of the bundle would have the same alias.", "Rename them to different ones."
