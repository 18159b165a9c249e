"""Sealing: a literal is encrypted before it reaches the disk (Fernet: AES-128-CBC and HMAC-SHA256, from ``cryptography``)."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

from aiconn_nb import errors
from aiconn_nb.model.pattern import late
from aiconn_nb.model.secret import Sealed, Secret

if TYPE_CHECKING:
    from cryptography.fernet import Fernet

PREFIX: Final = "aiconn:1:"
"""The prefix of our sealed text: it makes the text recognizable when pasted, and allows another scheme later."""

_FERNET_TOKEN = late(r"gAAAAA[A-Za-z0-9_-]{60,}=*")


class Vault:
    """Seals and opens with the user's master key, which is created at the first seal."""

    def __init__(
        self,
        config_home: Path,
        environ: Mapping[str, str] | None = None,
        needs_key: Callable[[], bool] = lambda: False,
    ) -> None:
        """``needs_key``: whether an encrypted value outside of this folder needs its original key."""
        self.config_home = config_home
        self._environ = os.environ if environ is None else environ
        self._needs_key = needs_key

    def __repr__(self) -> str:
        return f"<Vault {str(self.config_home)!r}>"

    def seal(self, secret: Secret) -> Sealed:
        """Encrypt a value. Raises `MasterKeyError` if there is no key and none can be stored, or if the key of former values is
        missing: once restored, it could not open the values that a second key has encrypted."""
        if not _can_seal():
            raise errors.CannotSeal
        from .key import make_key

        key = self.key() or make_key(self.config_home)
        token = _fernet(key).encrypt(secret.reveal().encode("utf-8", "surrogatepass"))
        return Sealed(PREFIX + token.decode("ascii"))

    def key(self) -> Secret | None:
        """The master key; None if there is none yet and no encrypted value needs one. Raises `MasterKeyError`, also if the key of
        former values is missing."""
        from aiconn_nb.errors.vault import KEY_FILE

        from .key import load_key, named_key

        key = load_key(self.config_home, named_key(self._environ))
        if key is None and (holds_sealed(self.config_home.glob("secrets*.json")) or self._needs_key()):
            raise errors.MasterKeyMissing(path=str(self.config_home / KEY_FILE))
        return key

    def open(self, sealed: Sealed, what: str = "A sealed value") -> Secret:
        """Decrypt a value. ``what`` names it in the error.

        Raises `UnsealError` if it was sealed with another key or was changed; nothing is overwritten.
        """
        from aiconn_nb.errors.vault import KEY_FILE

        from .key import load_key, named_key

        named = named_key(self._environ)
        key = load_key(self.config_home, named)
        if key is None:
            raise errors.NoKeyToUnseal(sealed=what, path=str(self.config_home / KEY_FILE))
        if not _can_seal():
            raise errors.CannotUnseal(sealed=what)
        opened = _decrypted(key, sealed)
        if opened is None:
            raise errors.OtherKey(sealed=what)
        return opened

    @staticmethod
    def looks_sealed(text: str) -> bool:
        """Whether a text is sealed, by us or as a bare Fernet token, and so not a key."""
        return text.strip().startswith(PREFIX) or _FERNET_TOKEN.fullmatch(text.strip()) is not None


def holds_sealed(files: Iterable[Path]) -> bool:
    """Whether one of these files has an encrypted value of ours; an unreadable file may have one."""
    for file in files:
        try:
            if PREFIX.encode() in file.read_bytes():
                return True
        except FileNotFoundError:
            continue
        except OSError:
            return True
    return False


def _can_seal() -> bool:
    try:
        import cryptography.fernet  # noqa: F401 - whether it is there
    except ImportError:
        return False
    return True


def _fernet(key: Secret) -> Fernet:
    from cryptography.fernet import Fernet

    return Fernet(key.reveal())


def _decrypted(key: Secret, sealed: Sealed) -> Secret | None:
    from cryptography.fernet import InvalidToken

    token = sealed.token.removeprefix(PREFIX)
    if token == sealed.token or len(token) % 4:  # Python 3.15 reads base64 that was cut off before its padding
        return None
    try:
        return Secret(_fernet(key).decrypt(token).decode("utf-8", "surrogatepass"))
    except (InvalidToken, ValueError):
        # ValueError: a token is always ASCII, and everything that we sealed is UTF-8.
        return None
