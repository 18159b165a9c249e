"""The user's own secrets: sealed files, one for all environments and one for each, which lie over the JSON files.

The keys can be read, so that a list needs no master key and an error can say which value to give again; each value is sealed.
"""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from aiconn_nb.model.casing import fold
from aiconn_nb.model.errors import EnvironmentNotFound, SecretsFileError
from aiconn_nb.model.secret import Sealed, Secret

from .key import close_to_others, make_private_folder, write_private
from .lock import locked
from .seal import Vault

SCHEMA: Final = 1

Identity = tuple[int, int, int]


class UserSecrets:
    """The secrets files of one user. Keys compare as in the configuration: ignoring case, `:` goes down."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault
        self._read: dict[Path, tuple[Identity, dict[str, Sealed]]] = {}

    def path(self, environment: str | None = None) -> Path:
        """The file of an environment, or the one for all."""
        if environment is not None and (
            environment in ("", ".", "..") or any(c in (os.sep, "/") or ord(c) < 32 for c in environment)
        ):
            raise EnvironmentNotFound("This name cannot be part of a file name.", "Choose letters, digits, - and _.")
        return self._vault.config_home / ("secrets.json" if environment is None else f"secrets.{environment}.json")

    def environments(self) -> list[str]:
        """The environments that have a file of their own."""
        found = (path.name for path in self._vault.config_home.glob("secrets.*.json"))
        return sorted(filter(None, (name.removeprefix("secrets.").removesuffix(".json") for name in found)))

    def keys(self, environment: str | None = None) -> list[str]:
        """The keys as they were spelled, never a value."""
        return sorted(self._sealed(self.path(environment)))

    def value(self, key: str, environment: str | None = None) -> str:
        """The value of a key. Raises `UnsealError` where it cannot be opened, `SecretsFileError` where it is not there."""
        sealed = self._sealed(self.path(environment))
        spelled = _find(sealed, key)
        if spelled is None:
            raise SecretsFileError("There is no such user secret (any more).", "See: secret list")
        return self._vault.open(sealed[spelled], f"The user secret {spelled}").reveal()

    def set(self, key: str, value: Secret, environment: str | None = None) -> None:
        """Keep a value, in the place of an older one. Raises `SecretsFileError`, and saves nothing then."""
        if not key or key != key.strip() or key.startswith("$") or any(ord(c) < 32 for c in key):
            raise SecretsFileError(
                "This is no key for a secret: it is empty, or has blanks around it.", "For example: OpenAI:ApiKey"
            )
        path = self.path(environment)
        with self._changing(path) as sealed:
            former = _find(sealed, key)
            if former is not None:
                del sealed[former]
            sealed[key] = self._vault.seal(value)

    def remove(self, key: str, environment: str | None = None) -> bool:
        """Forget a key; answers whether it was there."""
        path = self.path(environment)
        if _find(self._sealed(path), key) is None:
            return False
        with self._changing(path) as sealed:
            spelled = _find(sealed, key)
            if spelled is not None:
                del sealed[spelled]
        return spelled is not None

    @contextmanager
    def _changing(self, path: Path) -> Iterator[dict[str, Sealed]]:
        """The content of a file under its lock, written back when the block ends without an error."""
        from filelock import Timeout

        problem = ""
        try:
            make_private_folder(path.parent)
            with locked(path):
                # Read anew: an identity can repeat within the steps of a file system's clock, and what was missed then
                # would be overwritten here.
                self._read.pop(path, None)
                sealed = dict(self._sealed(path))
                yield sealed
                _replace(path, sealed)
        except Timeout:
            problem = "another kernel is changing it"
        except OSError as error:
            problem = error.strerror or type(error).__name__
        if problem:
            raise SecretsFileError(
                f"The secret was not saved in {path}: {problem}.", "The file is as it was; try again."
            )

    def _sealed(self, path: Path) -> dict[str, Sealed]:
        """The file's content; read again only when it has changed."""
        problem = ""
        try:
            found = path.stat()
            identity = (found.st_ino, found.st_size, found.st_mtime_ns)
            known = self._read.get(path)
            if known and known[0] == identity:
                return known[1]
            content = _content(path) if stat.S_ISREG(found.st_mode) else None
            if content is not None:
                self._read[path] = identity, content
                return content
            problem = "it is damaged, or of a newer release"
        except FileNotFoundError:
            return {}
        except OSError as error:
            problem = error.strerror or type(error).__name__
        raise SecretsFileError(
            f"The user secrets in {path} cannot be read: {problem}.",
            "It was left as it is. Mend it, or move it away and set the secrets again.",
        )


def _content(path: Path) -> dict[str, Sealed] | None:
    """The sealed values by key, or None where the file is none of ours."""
    try:
        with open(path, "rb") as file:
            close_to_others(file.fileno())
            document = json.loads(file.read())
        values = document["secrets"] if document["schema"] == SCHEMA else None
        if not isinstance(values, dict) or not all(isinstance(value, str) for value in values.values()):
            return None
        return {key: Sealed(value) for key, value in values.items()}
    except (ValueError, KeyError, TypeError, RecursionError):
        return None


def _find(sealed: dict[str, Sealed], key: str) -> str | None:
    """A key as it was spelled, or None."""
    if key in sealed:
        return key
    folded = fold(key)
    return next((each for each in sealed if fold(each) == folded), None)


def _replace(path: Path, sealed: dict[str, Sealed]) -> None:
    draft = path.with_name(f"{path.name}.tmp")
    draft.unlink(missing_ok=True)
    document = {"schema": SCHEMA, "secrets": {key: sealed[key].token for key in sorted(sealed)}}
    try:
        write_private(draft, json.dumps(document, indent=1).encode())
        os.replace(draft, path)
    except OSError:
        with suppress(OSError):
            draft.unlink()
        raise
    with suppress(OSError):
        # So that the new name lasts through a power failure; not every file system lets a folder be synced.
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
