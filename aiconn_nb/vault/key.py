"""Where the master key lives: ``AICONN_MASTER_KEY``, else a file of the user's own, never beside the store."""

from __future__ import annotations

import base64
import binascii
import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

from aiconn_nb import files
from aiconn_nb.errors import MasterKeyError
from aiconn_nb.model.place import tilde
from aiconn_nb.model.secret import Secret

VARIABLE: Final = "AICONN_MASTER_KEY"
FILE_NAME: Final = "master.key"
MOST_BYTES: Final = 4096
"""More is no key, and need not be read."""
HOW: Final = (
    'A new one: python -c "from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())". '
    "What was sealed with the old one cannot be opened with it."
)


def named_key(environ: Mapping[str, str]) -> Secret | None:
    """What ``AICONN_MASTER_KEY`` says, not checked yet; None where it says nothing.

    Apart from `load_key`, so that the mapping, whose repr is every variable, stands in no frame that an error passes.
    """
    named = Secret(environ.get(VARIABLE, "").strip())
    return None if named.is_blank else named


def load_key(config_home: Path, named: Secret | None) -> Secret | None:
    """The named master key, else that of the key file, or None where there is none yet.

    Raises `MasterKeyError` for one that is no key.
    """
    if named is not None:
        return _checked(named, f"The environment variable {VARIABLE}")
    path = config_home / FILE_NAME
    kept = _read(path)
    return None if kept is None else _checked(kept, f"The master key file {tilde(path)}")


def make_key(config_home: Path) -> Secret:
    """Make the key file, or read the one that another kernel has made meanwhile. Raises `MasterKeyError`."""
    path = config_home / FILE_NAME
    problem = ""
    try:
        files.make_private_folder(config_home, in_use=True)
        # Of two kernels that make one at once both go on with the same.
        with suppress(FileExistsError):
            files.create(path, base64.urlsafe_b64encode(os.urandom(32)) + b"\n")
    except OSError as error:
        problem = files.reason(error)
    if problem:
        raise MasterKeyError(
            f"The master key cannot be kept in {tilde(path)}: {problem}.",
            f"Make room, or name another folder in AICONN_CONFIG_HOME (or the key itself in {VARIABLE}).",
        )
    made = load_key(config_home, None)
    if made is None:
        raise MasterKeyError(f"The master key {tilde(path)} has vanished.", "Try again.")
    return made


def _read(path: Path) -> Secret | None:
    try:
        # Not in a local of its own: what is read is a key, or nearly one, and a traceback may print locals.
        return Secret(files.read(path, most=MOST_BYTES, private=True).decode("ascii", "replace").strip())
    except FileNotFoundError:
        return None
    except OSError as error:
        problem = files.reason(error)
    raise MasterKeyError(
        f"The master key file {tilde(path)} cannot be read: {problem}.", "Give yourself read access to it."
    )


def _checked(key: Secret, where: str) -> Secret:
    if not key.satisfies(_is_key):
        raise MasterKeyError(f"{where} is no key: 32 bytes in URL-safe base64 are wanted.", HOW)
    return key


def _is_key(text: str) -> bool:
    try:
        return len(base64.b64decode(text, altchars=b"-_", validate=True)) == 32
    except (binascii.Error, ValueError):
        return False
