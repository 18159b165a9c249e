"""Where the master key lives: ``AICONN_MASTER_KEY``, else a file of the user's own, never beside the store."""

from __future__ import annotations

import base64
import binascii
import os
import stat
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

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
        make_private_folder(config_home)
        # Written under a name of our own and then linked: link fails where the key is there already, so that of two
        # kernels that make one at once both go on with the same.
        draft = config_home / f"{FILE_NAME}.{os.getpid()}.{base64.b16encode(os.urandom(4)).decode()}.tmp"
        try:
            write_private(draft, base64.urlsafe_b64encode(os.urandom(32)) + b"\n")
            with suppress(FileExistsError):
                _place(draft, path)
        finally:
            draft.unlink(missing_ok=True)
    except OSError as error:
        problem = error.strerror or type(error).__name__
    if problem:
        raise MasterKeyError(
            f"The master key cannot be kept in {tilde(path)}: {problem}.",
            f"Make room, or name another folder in AICONN_CONFIG_HOME (or the key itself in {VARIABLE}).",
        )
    made = load_key(config_home, None)
    if made is None:
        raise MasterKeyError(f"The master key {tilde(path)} has vanished.", "Try again.")
    return made


def _place(draft: Path, path: Path) -> None:
    try:
        os.link(draft, path)
    except FileExistsError:
        raise
    except OSError:
        # A file system without hard links: an exclusive creation is the next best.
        write_private(path, draft.read_bytes())


def _read(path: Path) -> Secret | None:
    problem = ""
    try:
        with open(path, "rb", opener=_open_at_once) as file:
            close_to_others(file.fileno())
            # Not in a local of its own: what is read is a key, or nearly one, and a traceback may print locals.
            return Secret(file.read(MOST_BYTES).decode("ascii", "replace").strip())
    except FileNotFoundError:
        return None
    except OSError as error:
        problem = error.strerror or type(error).__name__
    raise MasterKeyError(
        f"The master key file {tilde(path)} cannot be read: {problem}.", "Give yourself read access to it."
    )


def _open_at_once(path: str, flags: int) -> int:
    """Open without waiting: a pipe in the file's place must not hang the kernel."""
    return os.open(path, flags | os.O_CLOEXEC | getattr(os, "O_NONBLOCK", 0))


def _checked(key: Secret, where: str) -> Secret:
    if not key.satisfies(_is_key):
        raise MasterKeyError(f"{where} is no key: 32 bytes in URL-safe base64 are wanted.", HOW)
    return key


def _is_key(text: str) -> bool:
    try:
        return len(base64.b64decode(text, altchars=b"-_", validate=True)) == 32
    except (binascii.Error, ValueError):
        return False


def make_private_folder(folder: Path) -> None:
    """Make the folder for its owner alone; one of ours that is open to others is closed to them."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if os.name == "posix":
        found = folder.stat()
        # A sticky folder is one that everybody shares, such as /tmp.
        if found.st_mode & 0o077 and found.st_uid == os.geteuid() and not found.st_mode & stat.S_ISVTX:
            with suppress(OSError):  # FAT and some shares know no owners, and refuse
                folder.chmod(0o700)


def close_to_others(descriptor: int) -> None:
    """Take other people's access to a file, which somebody may have copied here, as far as we may."""
    if os.name == "posix" and stat.S_IMODE(os.fstat(descriptor).st_mode) & 0o077:
        with suppress(OSError):
            os.fchmod(descriptor, 0o600)


def write_private(path: Path, content: bytes) -> None:
    """Create a file that must not be there yet, readable by its owner alone, on the disk when this returns."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with open(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
