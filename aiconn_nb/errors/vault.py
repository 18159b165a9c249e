"""Errors about the vault: the master key, sealed values, the user secrets."""

from __future__ import annotations

from typing import Final

from aiconn_nb.model.hint import command

from .base import AiconnError, Lines, home_shown, reason

KEY_VARIABLE: Final = "AICONN_MASTER_KEY"
KEY_FILE: Final = "master.key"
HOW_TO_MAKE_A_KEY: Final = (
    'A new one: python -c "from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())". '
    "What was sealed with the old one cannot be opened with it."
)


class VaultError(AiconnError):
    """Something about the vault."""


class UnsealError(VaultError):
    """A sealed value cannot be opened with this machine's key; it has to be given again."""


@reason
class NoKeyToUnseal(UnsealError):
    """There is no master key."""

    sealed: str
    """What cannot be opened: ``The user secret OpenAI:ApiKey``."""
    path: str
    """Where the key would be."""

    def lines(self) -> Lines:
        where = f"no {home_shown(self.path)}, no {KEY_VARIABLE}"
        return (
            f"{self.sealed} cannot be opened: there is no master key here ({where}).",
            "Bring it back. If it is lost for good, put a new one there and give the value again.",
        )


@reason
class OtherKey(UnsealError):
    """The master key is not the one that the value was sealed with."""

    sealed: str

    def lines(self) -> Lines:
        return (
            f"{self.sealed} cannot be opened: it was sealed with another master key, or was changed since.",
            f"Give the value again, or bring the old key back ({KEY_VARIABLE} or {KEY_FILE}).",
        )


class MasterKeyError(VaultError):
    """The master key is malformed, unreadable, or cannot be written."""


@reason
class MasterKeyMissing(MasterKeyError):
    """There is no master key, and a second one must not be made: there are values that need the first."""

    path: str

    def lines(self) -> Lines:
        where = home_shown(self.path)
        return (
            f"The master key is missing (no {where}, no {KEY_VARIABLE}), and there are values that need it.",
            f"Bring it back. If it is lost for good, put a new one into {where} or {KEY_VARIABLE}. {HOW_TO_MAKE_A_KEY}",
        )


@reason
class MasterKeyNotKept(MasterKeyError):
    """A new master key cannot be written."""

    path: str
    problem: str

    def lines(self) -> Lines:
        return (
            f"The master key cannot be kept in {home_shown(self.path)}: {self.problem}.",
            f"Make room, or name another folder in AICONN_CONFIG_HOME (or the key itself in {KEY_VARIABLE}).",
        )


@reason
class MasterKeyVanished(MasterKeyError):
    """The master key was there a moment ago."""

    path: str

    def lines(self) -> Lines:
        return f"The master key {home_shown(self.path)} has vanished.", "Try again."


@reason
class MasterKeyUnreadable(MasterKeyError):
    """The file of the master key cannot be read."""

    path: str
    problem: str

    def lines(self) -> Lines:
        return (
            f"The master key file {home_shown(self.path)} cannot be read: {self.problem}.",
            "Give yourself read access to it.",
        )


@reason
class MasterKeyMalformed(MasterKeyError):
    """What is there is no key."""

    path: str = ""
    """The file; '' for the environment variable."""

    def lines(self) -> Lines:
        where = (
            f"The master key file {home_shown(self.path)}" if self.path else f"The environment variable {KEY_VARIABLE}"
        )
        return f"{where} is no key: 32 bytes in URL-safe base64 are wanted.", HOW_TO_MAKE_A_KEY


class SecretsFileError(VaultError):
    """The user secrets file is damaged, or cannot be read or written."""


@reason
class SecretsUnreadable(SecretsFileError):
    """The user secrets cannot be read."""

    path: str
    problem: str

    def lines(self) -> Lines:
        return (
            f"The user secrets in {home_shown(self.path)} cannot be read: {self.problem}.",
            "The file was left as it is. Repair it, or move it away and set the secrets again.",
        )


@reason
class SecretNotSaved(SecretsFileError):
    """The user secrets cannot be written."""

    path: str
    problem: str

    def lines(self) -> Lines:
        return (
            f"The secret was not saved in {home_shown(self.path)}: {self.problem}.",
            "The file is as it was. Make room, or name another folder in AICONN_CONFIG_HOME.",
        )


@reason
class SecretsBusy(SecretsFileError):
    """Another process held the lock of the user secrets for too long."""

    path: str
    lock: str

    def lines(self) -> Lines:
        return (
            f"The secret was not saved in {home_shown(self.path)}: another kernel is changing it; "
            f"its lock is {home_shown(self.lock)}.",
            "The file is as it was. Try again; if nothing else is running, delete that lock.",
        )


@reason
class SecretGone(SecretsFileError):
    """The user secret is not there (any more)."""

    def lines(self) -> Lines:
        return "There is no such user secret (any more).", f"See: {command('secret list')}"


@reason
class BadSecretName(SecretsFileError):
    """What was given is no key that a user secret could have; it is not repeated."""

    says = "This is no key for a secret: it is empty, or has blanks around it.", "For example: OpenAI:ApiKey"
