"""The lock that lets one process at a time change a file of the vault."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from filelock import BaseFileLock

WAIT: Final = 10.0
"""Seconds that a change waits for another kernel's to end."""
POLL: Final = 0.005
"""Seconds between two looks at the lock."""

_NO_LOCKS: Final = frozenset({errno.ENOSYS, errno.EOPNOTSUPP, errno.ENOTSUP, errno.ENOLCK})


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Keep other processes from changing ``path``. Raises filelock's `Timeout` after `WAIT` seconds, and `OSError`."""
    held: list[BaseFileLock] = []
    # Twice: Ctrl-C may come before the first release, or within it. No ``try`` begins while the lock is held.
    try:
        try:
            held.append(_lock_for(path))
            held[0].acquire(timeout=WAIT, poll_interval=POLL)
            yield
        finally:
            _let_go(held)
    finally:
        _let_go(held)


def _let_go(held: list[BaseFileLock]) -> None:
    for each in held:
        each.release(force=True)


def _lock_for(path: Path) -> BaseFileLock:
    """A lock on a file beside ``path``; where the file system has no locks, one made of a marker file."""
    from filelock import FileLock, SoftFileLock

    lock_path = path.with_name(f"{path.name}.lock")
    if _has_locks(lock_path):
        return FileLock(lock_path, mode=0o600)
    # Under another name: the file of a real lock stays behind, and a marker of the same name would count as held.
    return SoftFileLock(path.with_name(f"{path.name}.softlock"), mode=0o600)


def _has_locks(lock_path: Path) -> bool:
    try:
        import fcntl
    except ImportError:
        return True
    file = None
    try:
        try:
            # A file object, which closes itself: a descriptor that Ctrl-C leaves open would keep the lock.
            file = open(lock_path, "a+b", buffering=0, opener=_safely)  # noqa: SIM115 - closed below, also where that is interrupted
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        finally:
            if file is not None:
                file.close()
    except BlockingIOError:
        return True
    except OSError as error:
        if error.errno in _NO_LOCKS:
            return False
        raise
    finally:
        if file is not None:
            file.close()
    return True


def _safely(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK, 0o600)
