"""Errors about the store and its location."""

from __future__ import annotations

import os

from aiconn_nb.model.hint import pip

from .base import AiconnError, Lines, clause, home_shown

OTHER_FOLDER = "Move it away, or name another folder in AICONN_HOME."

_PACKAGES = {"sqlalchemy": "'aiconn-nb[sql]'", "psycopg": "'psycopg[binary]'", "psycopg2": "psycopg2-binary"}
"""Module -> what pip installs, if its name is another one."""


class NoPlace(AiconnError):
    """The folder of the store or of the key cannot be determined: there is no home folder, and no variable names a folder."""


class NoHome(NoPlace, is_reason=True):
    """There is no home folder."""

    variable: str
    """The variable that can name the folder: ``AICONN_HOME`` or ``AICONN_CONFIG_HOME``."""
    problem: str = ""
    """What is wrong with HOME; '' if it is not set."""

    def lines(self) -> Lines:
        whose = "the store" if self.variable == "AICONN_HOME" else "the master key"
        why = (
            f"HOME {self.problem}" if self.problem else "There is no home folder here (no HOME, no entry of this user)"
        )
        return (
            f"{why}, so {whose} has no place.",
            "Set AICONN_HOME and AICONN_CONFIG_HOME, each to the full path of a separate folder.",
        )


class HomeUnknown(NoPlace, is_reason=True):
    """A variable begins with ``~``, but there is no home folder."""

    variable: str

    says = "{variable} begins with ~, and there is no home folder here.", "Write the full path."


class RelativeToNothing(NoPlace, is_reason=True):
    """A variable has a relative path, but the working folder was deleted."""

    variable: str

    says = "{variable} is a relative path, and the working folder is gone.", "Write the full path, or restart."


class StoreError(AiconnError):
    """A problem with the store's file."""


class StoreUnreadable(StoreError, is_reason=True):
    """The store cannot be read."""

    path: str
    problem: str

    def lines(self) -> Lines:
        return (
            f"The store cannot be read: {home_shown(self.path)}: {self.problem}.",
            "Nothing was changed. Give yourself access to it, or name another folder in AICONN_HOME.",
        )


class StoreBusy(StoreError):
    """Another process held the store's lock for too long."""

    seconds: float
    """The time waited."""
    lock: str
    """The lock file."""

    @property
    def reason(self) -> str:
        return f"another process has been changing the store for {self.seconds:g} s"

    def lines(self) -> Lines:
        return (
            f"A{self.reason[1:]}; its lock is {home_shown(self.lock)}.",
            "Nothing was saved. Try again; if nothing else is running, delete that file.",
        )


class StoreCorrupt(StoreError):
    """The store's file is damaged. It was set aside under a dated name; nothing was overwritten."""


class StoreSetAside(StoreCorrupt, is_reason=True):
    """The damaged file was renamed."""

    path: str
    aside: str
    """Its new path."""
    problem: str

    def lines(self) -> Lines:
        return (
            f"The store was damaged: {self.problem}. It was set aside as {home_shown(self.aside)}.",
            "The next use begins with an empty store. To use the old one, repair it and rename it to "
            f'{os.path.basename(self.path)}; one that was edited must have no "checksum".',
        )


class StoreLeftDamaged(StoreCorrupt, is_reason=True):
    """The damaged file could not be renamed."""

    path: str
    problem: str
    obstacle: str
    """Why it could not be set aside."""

    def lines(self) -> Lines:
        return (
            f"The store is damaged: {self.problem}. {home_shown(self.path)} could not be set aside "
            f"({clause(self.obstacle)}) and was left as it is.",
            OTHER_FOLDER,
        )


class NotTheStore(StoreCorrupt, is_reason=True):
    """The store's path is not a file."""

    path: str
    found: str
    """What it is: ``a folder``."""

    def lines(self) -> Lines:
        return f"{home_shown(self.path)} is {self.found}, not the store's file. It was left as it is.", OTHER_FOLDER


class StoreTooNew(StoreError):
    """A newer release wrote the store. Nothing was changed."""

    path: str

    def lines(self) -> Lines:
        return (
            f"{home_shown(self.path)} was written by a newer release of aiconn-nb.",
            f"Nothing was changed. Upgrade: {pip('--upgrade aiconn-nb')}",
        )


class StoreFailed(StoreError, is_reason=True):
    """The store of a plug-in, which AICONN_STORE names, cannot be used."""

    store: str
    problem: str

    says = (
        "The store {store} cannot be used: {problem}.",
        "Nothing was saved. AICONN_STORE names it; without that variable, the store is a file in AICONN_HOME.",
    )


class StoreOutcomeUnknown(StoreError, is_reason=True):
    """The connection to the database broke during a commit: it may have saved the change, and its answer was lost."""

    store: str
    problem: str

    says = (
        "The store {store} did not confirm a change: {problem}.",
        "It has saved all of the change, or nothing. Look before you repeat it.",
    )


class StorePackageMissing(StoreError, is_reason=True):
    """SQLAlchemy, or the driver that the URL in AICONN_STORE_URL names, is not installed."""

    store: str
    package: str
    """The name of its module."""

    def lines(self) -> Lines:
        return (
            f"The store {self.store} needs {self.package}, not installed here.",
            f"Run {pip(_PACKAGES.get(self.package, self.package))}",
        )


class SettingsUnusable(StoreError, is_reason=True):
    """The user's settings for all notebooks cannot be read. They are left as they are."""

    path: str
    problem: str

    def lines(self) -> Lines:
        return (
            f"{home_shown(self.path)} cannot be used: {self.problem}.",
            "Repair it, or delete it and switch on again what it switched on: no .env file is read meanwhile.",
        )


class StoreUnwritable(StoreError):
    """The store cannot be written: read-only folder, full disk. The old state is unchanged."""

    folder: str
    problem: str

    @property
    def reason(self) -> str:
        return f"{home_shown(self.folder)} cannot be written ({self.problem})"

    def lines(self) -> Lines:
        return (
            f"Nothing was saved: {self.reason}.",
            "The store is as it was. Make room or give write access, or name another folder in AICONN_HOME.",
        )
