"""Errors about the vault: keys and secrets of this machine."""

from __future__ import annotations

from .base import AiconnError


class VaultError(AiconnError):
    """Something about the vault."""


class UnsealError(VaultError):
    """A sealed value cannot be opened with this machine's key; it has to be given again."""


class MasterKeyError(VaultError):
    """The master key is malformed, unreadable, or cannot be written."""


class SecretsFileError(VaultError):
    """The user secrets file is damaged, or cannot be read or written."""
