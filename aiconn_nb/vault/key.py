"""The location of the master key: ``AICONN_MASTER_KEY``, else a private file, never beside the store."""

from __future__ import annotations

import base64
import binascii
import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

from aiconn_nb import files
from aiconn_nb.errors import (
    MasterKeyMalformed,
    MasterKeyNotKept,
    MasterKeyUnreadable,
    MasterKeyVanished,
)
from aiconn_nb.errors.vault import KEY_FILE as FILE_NAME
from aiconn_nb.errors.vault import KEY_VARIABLE as VARIABLE
from aiconn_nb.model.place import unquoted
from aiconn_nb.model.secret import Secret

MOST_BYTES: Final = 4096
"""The maximum length to read; anything longer is not a key."""


def named_key(environ: Mapping[str, str]) -> Secret | None:
    """The value of ``AICONN_MASTER_KEY``, not validated; None if it is not set.

    Separate from `load_key`, so that no frame of an error's traceback holds the mapping, whose repr is every variable.
    """
    named = Secret(unquoted(environ.get(VARIABLE, "")))
    return None if named.is_blank else named


def load_key(config_home: Path, named: Secret | None) -> Secret | None:
    """The master key from the variable, else from the key file, or None if there is none yet.

    Raises `MasterKeyError` for an invalid key.
    """
    if named is not None:
        return _checked(named)
    path = config_home / FILE_NAME
    kept = _read(path)
    return None if kept is None else _checked(kept, str(path))


def make_key(config_home: Path) -> Secret:
    """Create the key file, or read the one that another kernel has created meanwhile. Raises `MasterKeyError`."""
    path = config_home / FILE_NAME
    problem = ""
    try:
        files.make_private_folder(config_home, in_use=True)
        # If two kernels create one at once, both continue with the same key.
        with suppress(FileExistsError):
            files.create(path, base64.urlsafe_b64encode(os.urandom(32)) + b"\n")
    except OSError as error:
        problem = files.reason(error)
    if problem:
        raise MasterKeyNotKept(path=str(path), problem=problem)
    made = load_key(config_home, None)
    if made is None:
        raise MasterKeyVanished(path=str(path))
    return made


def _read(path: Path) -> Secret | None:
    try:
        # Not in a local variable: the content is a key, or nearly one, and a traceback may print locals.
        return Secret(files.read(path, most=MOST_BYTES, private=True).decode("ascii", "replace").strip())
    except FileNotFoundError:
        return None
    except OSError as error:
        problem = files.reason(error)
    raise MasterKeyUnreadable(path=str(path), problem=problem)


def _checked(key: Secret, path: str = "") -> Secret:
    if not key.satisfies(_is_key):
        raise MasterKeyMalformed(path=path)
    return key


def _is_key(text: str) -> bool:
    try:
        return len(base64.b64decode(text, altchars=b"-_", validate=True)) == 32
    except (binascii.Error, ValueError):
        return False
