"""Sealing: a literal is encrypted before it reaches the disk (Fernet: AES-128-CBC and HMAC-SHA256, from ``cryptography``)."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

from aiconn_nb.errors import MasterKeyMissing, NoKeyToUnseal, OtherKey
from aiconn_nb.errors.vault import KEY_FILE
from aiconn_nb.model.secret import Sealed, Secret

from .key import load_key, make_key, named_key

if TYPE_CHECKING:
    from cryptography.fernet import Fernet

PREFIX: Final = "aiconn:1:"
"""What our sealed text starts with: so that it is recognised when pasted, and another scheme can follow."""

_FERNET_TOKEN = re.compile(r"gAAAAA[A-Za-z0-9_-]{60,}=*")


class Vault:
    """Seals and opens with the user's master key, which is made when something is sealed for the first time."""

    def __init__(
        self,
        config_home: Path,
        environ: Mapping[str, str] | None = None,
        needs_key: Callable[[], bool] = lambda: False,
    ) -> None:
        """``needs_key``: whether something outside of this folder was encrypted, and needs the key that it was encrypted with."""
        self.config_home = config_home
        self._environ = os.environ if environ is None else environ
        self._needs_key = needs_key

    def __repr__(self) -> str:
        return f"<Vault {str(self.config_home)!r}>"

    def seal(self, secret: Secret) -> Sealed:
        """Encrypt a value. Raises `MasterKeyError` if there is no key and none can be stored, or if the key of former values is
        missing: once restored, it could not open the values that a second key has encrypted."""
        named = named_key(self._environ)
        key = load_key(self.config_home, named)
        if key is None and (holds_sealed(self.config_home.glob("secrets*.json")) or self._needs_key()):
            raise MasterKeyMissing(path=str(self.config_home / KEY_FILE))
        key = key or make_key(self.config_home)
        token = _fernet(key).encrypt(secret.reveal().encode("utf-8", "surrogatepass"))
        return Sealed(PREFIX + token.decode("ascii"))

    def open(self, sealed: Sealed, what: str = "A sealed value") -> Secret:
        """Decrypt a value. ``what`` names it in the error.

        Raises `UnsealError` where this is not the key that it was sealed with, or the text was changed; nothing is overwritten.
        """
        named = named_key(self._environ)
        key = load_key(self.config_home, named)
        if key is None:
            raise NoKeyToUnseal(sealed=what, path=str(self.config_home / KEY_FILE))
        opened = _decrypted(key, sealed)
        if opened is None:
            raise OtherKey(sealed=what)
        return opened

    @staticmethod
    def looks_sealed(text: str) -> bool:
        """Whether a text is sealed text, ours or a bare Fernet token, and so not a key."""
        return text.strip().startswith(PREFIX) or _FERNET_TOKEN.fullmatch(text.strip()) is not None


def holds_sealed(files: Iterable[Path]) -> bool:
    """Whether there is an encrypted value of ours in one of these files; one that cannot be read may hold some."""
    for file in files:
        try:
            if PREFIX.encode() in file.read_bytes():
                return True
        except FileNotFoundError:
            continue
        except OSError:
            return True
    return False


def _fernet(key: Secret) -> Fernet:
    from cryptography.fernet import Fernet

    return Fernet(key.reveal())


def _decrypted(key: Secret, sealed: Sealed) -> Secret | None:
    from cryptography.fernet import InvalidToken

    if not sealed.token.startswith(PREFIX):
        return None
    try:
        return Secret(_fernet(key).decrypt(sealed.token.removeprefix(PREFIX)).decode("utf-8", "surrogatepass"))
    except (InvalidToken, ValueError):
        # ValueError: what is not even ASCII is no token; what is not UTF-8 was not sealed by us.
        return None
