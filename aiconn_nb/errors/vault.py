"""Errors about the vault: the master key, sealed values, the user secrets."""

from __future__ import annotations

from typing import ClassVar, Final

from aiconn_nb.model.hint import command, pip

from .base import AiconnError, Lines, home_shown

KEY_VARIABLE: Final = "AICONN_MASTER_KEY"
KEY_FILE: Final = "master.key"
HOW_TO_MAKE_A_KEY: Final = (
    'To create one: python -c "from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())". '
    "What was sealed with the old one cannot be opened with it."
)


class VaultError(AiconnError):
    """A problem with the vault."""


class UnsealError(VaultError):
    """This machine's key cannot open a sealed value. Enter the value again."""

    brief: ClassVar[str]
    """Why, for a place that already names the value."""


class NoKeyToUnseal(UnsealError, is_reason=True):
    """There is no master key."""

    brief = "there is no master key here"
    sealed: str
    """What cannot be opened: ``The user secret OpenAI:ApiKey``."""
    path: str
    """Where the key should be."""

    def lines(self) -> Lines:
        where = f"no {home_shown(self.path)}, no {KEY_VARIABLE}"
        return (
            f"{self.sealed} cannot be opened: there is no master key here ({where}).",
            "Restore it. If it is lost, put a new one there and enter the value again.",
        )


class OtherKey(UnsealError, is_reason=True):
    """The value was sealed with another master key."""

    brief = "it was sealed with another master key"
    sealed: str

    says = (
        "{sealed} cannot be opened: it was sealed with another master key, or was changed since.",
        f"Enter the value again, or restore the old key ({KEY_VARIABLE} or {KEY_FILE}).",
    )


class CannotUnseal(UnsealError, is_reason=True):
    """The package that decrypts is missing, as can happen in a browser."""

    brief = "the package cryptography is missing here"
    sealed: str

    def lines(self) -> Lines:
        return (
            f"{self.sealed} cannot be opened: the package cryptography is missing here.",
            f"Install it ('{pip('cryptography')}'), or set a reference in the place of the key.",
        )


class CannotSeal(VaultError, is_reason=True):
    """The package that encrypts is missing, as can happen in a browser. Without it, no secret is saved."""

    def lines(self) -> Lines:
        return (
            "A key cannot be saved here: the package cryptography, which encrypts it, is missing.",
            f"Install it ('{pip('cryptography')}'), or set a reference such as $OpenAI:ApiKey; "
            "its value may come from appsettings.json or from an environment variable.",
        )


class MasterKeyError(VaultError):
    """The master key is malformed, unreadable, or cannot be written."""


class MasterKeyMissing(MasterKeyError, is_reason=True):
    """There is no master key, and creating another one would be wrong: existing values need the first."""

    path: str

    def lines(self) -> Lines:
        where = home_shown(self.path)
        return (
            f"The master key is missing (no {where}, no {KEY_VARIABLE}), and there are values that need it.",
            f"Restore it. If it is lost, put a new one into {where} or {KEY_VARIABLE}. {HOW_TO_MAKE_A_KEY}",
        )


class MasterKeyNotKept(MasterKeyError, is_reason=True):
    """A new master key cannot be written."""

    path: str
    problem: str

    def lines(self) -> Lines:
        return (
            f"The master key cannot be saved in {home_shown(self.path)}: {self.problem}.",
            f"Make room, or name another folder in AICONN_CONFIG_HOME (or the key itself in {KEY_VARIABLE}).",
        )


class MasterKeyVanished(MasterKeyError, is_reason=True):
    """The master key existed a moment ago."""

    path: str

    def lines(self) -> Lines:
        return f"The master key {home_shown(self.path)} has vanished.", "Try again."


class MasterKeyUnreadable(MasterKeyError, is_reason=True):
    """The master key file cannot be read."""

    path: str
    problem: str

    def lines(self) -> Lines:
        return (
            f"The master key file {home_shown(self.path)} cannot be read: {self.problem}.",
            "Give yourself read access to it.",
        )


class MasterKeyMalformed(MasterKeyError, is_reason=True):
    """The master key is not a valid key."""

    path: str = ""
    """The file; '' for the environment variable."""

    def lines(self) -> Lines:
        where = (
            f"The master key file {home_shown(self.path)}" if self.path else f"The environment variable {KEY_VARIABLE}"
        )
        return f"{where} is not a key: it must be 32 bytes in URL-safe base64.", HOW_TO_MAKE_A_KEY


class SecretsFileError(VaultError):
    """The user secrets file is damaged, or cannot be read or written."""


class SecretsUnreadable(SecretsFileError, is_reason=True):
    """The user secrets cannot be read."""

    path: str
    problem: str

    def lines(self) -> Lines:
        return (
            f"The user secrets in {home_shown(self.path)} cannot be read: {self.problem}.",
            "The file was left as it is. Repair it, or move it away and set the secrets again.",
        )


class SecretNotSaved(SecretsFileError, is_reason=True):
    """The user secrets cannot be written."""

    path: str
    problem: str

    def lines(self) -> Lines:
        return (
            f"The secret was not saved in {home_shown(self.path)}: {self.problem}.",
            "The file is as it was. Make room, or name another folder in AICONN_CONFIG_HOME.",
        )


class SecretsBusy(SecretsFileError, is_reason=True):
    """Another process held the lock of the user secrets for too long."""

    path: str
    lock: str

    def lines(self) -> Lines:
        return (
            f"The secret was not saved in {home_shown(self.path)}: another kernel is changing it; "
            f"its lock is {home_shown(self.lock)}.",
            "The file is as it was. Try again; if nothing else is running, delete that lock.",
        )


class SecretGone(SecretsFileError, is_reason=True):
    """The user secret no longer exists."""

    def lines(self) -> Lines:
        return "There is no such user secret (any more).", f"See: {command('secret list')}"


class BadSecretName(SecretsFileError, is_reason=True):
    """The given text is not a valid key of a user secret. The error does not repeat it."""

    says = (
        "This is not a valid key for a secret: it is empty, has blanks around it, or has an empty part at a colon.",
        "For example: OpenAI:ApiKey",
    )


class KeyAsSecretName(SecretsFileError, is_reason=True):
    """The name of a user secret contains something with the shape of a key. The error does not repeat it."""

    def lines(self) -> Lines:
        return (
            "This looks like the key itself, not like its name; nothing was saved.",
            f"Give only the name: '{command('secret set', 'OpenAI:ApiKey')}' asks for the key without echo. "
            "If the line was saved with a notebook or a history, replace the key.",
        )


class ValueInSecretName(SecretsFileError, is_reason=True):
    """A value follows the name of a user secret, after ``=``. The error repeats only the name."""

    name: str

    def lines(self) -> Lines:
        return (
            "A value is never taken from the line; nothing was saved.",
            f"Leave it out: '{command('secret set', self.name)}' asks for it without echo. "
            "If it was a key, and the line was saved with a notebook or a history, replace the key.",
        )


class SecretNameInSyntax(SecretsFileError, is_reason=True):
    """The name of a user secret is in the syntax of a shell or another language, such as ``{NAME}``."""

    name: str

    def lines(self) -> Lines:
        return "A name has no braces, percent signs or env: around it.", f"'{command('secret set', self.name)}'"
