"""SQLite files that several processes and threads open and change at the same time."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from time import monotonic, sleep
from typing import Final, TypeVar

from aiconn_nb import files

_T = TypeVar("_T")

BESIDE: Final = ("-wal", "-shm", "-journal")
"""The ends of the names of the files that SQLite makes beside its own."""
_FIRST_PAUSE: Final = 0.002
_LONGEST_PAUSE: Final = 0.1


def set_aside(place: Path) -> Path:
    """Rename a damaged file and those beside it, so that a new one can replace it; returns the new name. Raises `OSError`."""
    aside = place.with_name(f"{place.name}.damaged-{datetime.now().strftime('%Y%m%d-%H%M%S')}")
    os.replace(place, aside)
    for end in BESIDE:
        with suppress(FileNotFoundError):
            os.replace(f"{place}{end}", f"{aside}{end}")
    return aside


def connected(place: Path, patience: float) -> sqlite3.Connection:
    """A connection that waits ``patience`` seconds for others. Without `transaction`, each statement is one of its own."""
    return sqlite3.connect(place, timeout=patience, isolation_level=None, check_same_thread=False)


def make_private(place: Path) -> None:
    """Take the file from all others than its owner, where that is possible."""
    with suppress(OSError):
        if place.stat().st_mode & 0o077:
            place.chmod(files.PRIVATE)


def is_locked(error: Exception) -> bool:
    """Whether another process or thread holds the file's lock, so that the same statement may succeed later."""
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_OK)
    return code & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL)


def is_damage(error: Exception) -> bool:
    """Whether the file is damaged, or not an SQLite file."""
    return isinstance(error, sqlite3.DatabaseError) and not isinstance(error, sqlite3.OperationalError)


def patiently(step: Callable[[], _T], patience: float) -> _T:
    """Return the result of a step. It is repeated for up to ``patience`` seconds while the file is locked.

    SQLite waits by itself for most locks, but refuses at once where two processes could wait for each other: a change of the
    journal mode is such a step.
    """
    until = monotonic() + patience
    pause = _FIRST_PAUSE
    while True:
        try:
            return step()
        except sqlite3.OperationalError as error:
            if not is_locked(error) or monotonic() >= until:
                raise
        sleep(pause)
        pause = min(2 * pause, _LONGEST_PAUSE)


def survive_kills(file: sqlite3.Connection, patience: float, *, is_spread: bool = False) -> None:
    """Choose the journal mode in which a commit survives a killed process without fsync.

    That is a write-ahead log. Where it is unavailable (some network folders), or several hosts use the file (``is_spread``: the
    log needs memory that all its users share), a plain journal without fsync gives the same guarantee.
    """
    wanted = "truncate" if is_spread else "wal"
    (mode,) = patiently(lambda: file.execute(f"pragma journal_mode={wanted}").fetchone(), patience)
    file.execute(f"pragma synchronous={'normal' if mode == 'wal' else 'off'}")


@contextmanager
def transaction(file: sqlite3.Connection) -> Iterator[None]:
    """Commit all changes of the block, or none of them if it raises."""
    try:
        # Within the block: Ctrl-C during its wait for the lock comes as soon as it has the lock.
        file.execute("begin immediate")
        yield
        file.execute("commit")
    except BaseException:
        undo(file)
        raise


def undo(file: sqlite3.Connection) -> None:
    """Roll back the running transaction, if there is one."""
    with suppress(sqlite3.Error):
        if file.in_transaction:
            file.execute("rollback")
