"""Errors about a file that is given: a bundle, a notebook."""

from __future__ import annotations

from aiconn_nb.model.hint import command
from aiconn_nb.model.nearest import meant

from .base import AiconnError, Lines, reason
from .commands import CommandError


class BundleError(AiconnError):
    """A bundle cannot be read or written, or is invalid. Names the place in it, never the value."""


@reason
class BundleNotRead(BundleError):
    """The file of a bundle cannot be read, or is no JSON."""

    path: str
    problem: str

    def lines(self) -> Lines:
        return f"{self.path} was not read: {self.problem}.", "Nothing was imported."


@reason
class BundleMalformed(BundleError):
    """The content of a file is no bundle, or one with something in it that no bundle may have."""

    problem: str
    """The place in it, and what is wrong there."""
    is_bundle: bool = True
    """Whether it is one at all."""

    @property
    def reason(self) -> str:
        return f"This is no bundle that can be read here: {self.problem}"

    def lines(self) -> Lines:
        return (
            f"{self.reason}.",
            f"Nothing was imported.{'' if self.is_bundle else f' {what_import_takes()}'}",
        )


@reason
class ConfigurationAsBundle(BundleError):
    """The file is a configuration file."""

    path: str

    def lines(self) -> Lines:
        return (
            f"{self.path} is a configuration file, and no bundle: references are looked up in it where it is.",
            f"Nothing was imported. {what_import_takes()}",
        )


def what_import_takes() -> str:
    """What to give instead of what is no bundle."""
    return f"import takes what '{command('export -o FILE')}' wrote."


@reason
class BundleOutdated(BundleError):
    """Between the look at a bundle and its import the store changed."""

    path: str

    def lines(self) -> Lines:
        return (
            f"{self.path} was not imported: the store, or what it resolves to, has changed since it was looked at.",
            "Look again, and import it then.",
        )


@reason
class BundleTooLarge(BundleError):
    """What is to be exported could not be imported."""

    says = "The bundle would be larger than one that can be imported.", "Name fewer connections."


@reason
class BundleNotWritten(BundleError):
    """The file of a bundle cannot be written."""

    path: str
    problem: str = ""
    """Why; '' where there is a file already."""

    def lines(self) -> Lines:
        if self.problem:
            return f"{self.path} was not written: {self.problem}.", "Nothing was written."
        return (
            f"{self.path} was not written: there is a file already.",
            "Say --yes (in Python overwrite=True) to overwrite it, or name another.",
        )


@reason
class NotebookNotScanned(AiconnError):
    """A file cannot be read, or is no notebook."""

    path: str
    problem: str

    def lines(self) -> Lines:
        return f"{self.path} was not scanned: {self.problem}.", "Nothing was changed."


@reason
class NotebookNotChanged(AiconnError):
    """A notebook, or the copy of it, cannot be written."""

    path: str
    problem: str

    def lines(self) -> Lines:
        return f"{self.path} was not changed: {self.problem}.", "Make room or give write access, then try again."


@reason
class BadRename(CommandError):
    """The words behind ``--rename``."""

    says = "--rename takes OLD=NEW, each OLD once.", "For example: --rename gateway=gateway-2"


@reason
class NotInBundle(CommandError):
    """What is to be renamed is not in the bundle."""

    alias: str
    nearest: str | None = None

    def lines(self) -> Lines:
        return f"There is no '{self.alias[:100]}' in the bundle to be renamed.", meant(self.nearest)


@reason
class BadNewAlias(CommandError):
    """What is in the bundle cannot be renamed to this."""

    alias: str
    problem: str

    def lines(self) -> Lines:
        return f"The new alias of {self.alias} {self.problem}.", ""


@reason
class TwinsInBundle(CommandError):
    """Two of the bundle would have one alias."""

    says = "Two of the bundle would have one alias.", "Rename them to different ones."
