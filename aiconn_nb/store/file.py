"""The store's file on the disk: private, locked, replaced as a whole, never overwritten if it is damaged."""

from __future__ import annotations

import errno
import os
from contextlib import AbstractContextManager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, NamedTuple
from zlib import crc32

from aiconn_nb import errors, files
from aiconn_nb.files import WAIT, reason
from aiconn_nb.model.stamp import Stamp, stamp_of

HEAD: Final = 96
"""The number of bytes at the start of the file that are part of its identity; they include the store's header with its checksum."""

_REFUSED: Final = {errno.ELOOP: "a symbolic link", errno.EISDIR: "a folder", errno.ENXIO: "a socket"}
"""Errors of the system when it opens something other than a file."""


class Identity(NamedTuple):
    """Identifies a state of the file without reading all of it.

    It includes the head because the rest can repeat: file systems reuse the inode number of a deleted file, and timestamps have
    steps of milliseconds or more.
    """

    stamp: Stamp
    head: int


class StoreFile:
    """A file with its lock and its draft beside it, all three readable only by their owner."""

    def __init__(self, path: Path, *, wait: float = WAIT) -> None:
        self.path = path
        self.folder = path.parent
        self._lock = files.Lock(path, wait=wait)
        self._is_open = False

    @property
    def is_open_to_others(self) -> bool:
        """Whether the file system refused to make the folder or the file private."""
        return self._is_open

    @property
    def locks_are_soft(self) -> bool:
        """Whether the file system has no locks."""
        return bool(self._lock.is_soft)

    # ---- reading ------------------------------------------------------------------------------------------------------

    def read(self, most: int = -1) -> tuple[Identity, bytes] | None:
        """The file's current identity and content, or None if there is no file. Raises `StoreError` if it is not a readable file.

        ``most`` bytes are read, at least `HEAD`; all of them by default.
        """
        is_link = os.path.islink(self.path)
        try:
            # Links are followed only for reading: Kubernetes and configuration managers install a store that way.
            with open(self.path, "rb", buffering=0, opener=files.at_once if is_link else files.no_link) as file:
                files.check_is_file(os.fstat(file.fileno()))
                if not is_link:
                    self._is_open |= not files.make_private(file.fileno())
                content = file.read(most)
                return Identity(stamp_of(os.fstat(file.fileno())), crc32(content[:HEAD])), content
        except FileNotFoundError:
            if not is_link:
                return None
            refused, problem = "a link that leads nowhere", ""
        except files.NotAFile as error:
            refused, problem = error.kind, ""
        except OSError as error:
            refused, problem = _REFUSED.get(error.errno or 0, ""), reason(error)
        if refused:
            raise errors.NotTheStore(path=str(self.path), found=refused)
        raise errors.StoreUnreadable(path=str(self.path), problem=problem)

    # ---- writing ------------------------------------------------------------------------------------------------------

    def replace(self, content: bytes) -> Identity:
        """Replace the file's content, all of it or none, on the disk when this returns. Only under the lock.

        Raises `StoreUnwritable`; the old file is then unchanged.
        """
        try:
            return Identity(stamp_of(files.replace(self.path, content)), crc32(content[:HEAD]))
        except OSError as error:
            problem = reason(error)
        raise self.unwritable(problem)

    def unwritable(self, problem: str) -> errors.StoreUnwritable:
        """The error that nothing was saved."""
        return errors.StoreUnwritable(folder=str(self.folder), problem=problem)

    def set_aside(self, problem: str) -> errors.StoreCorrupt:
        """Rename the damaged file, so that nothing overwrites it; return the error that says so. Only under the lock."""
        if os.path.islink(self.path):
            return self.left_damaged(problem, "it is a link")
        aside = self.dated("damaged")
        try:
            os.rename(self.path, aside)
        except OSError as error:
            return self.left_damaged(problem, reason(error))
        files.sync_folder(self.folder)
        return errors.StoreSetAside(path=str(self.path), aside=str(aside), problem=problem)

    def left_damaged(self, problem: str, obstacle: str) -> errors.StoreCorrupt:
        """The error that the file is damaged and was not renamed."""
        return errors.StoreLeftDamaged(path=str(self.path), problem=problem, obstacle=obstacle)

    def keep_copy(self, word: str) -> Path:
        """Copy the file under a dated name. Only under the lock. Raises `StoreUnwritable`."""
        read = self.read()
        copy = self.dated(word)
        try:
            files.create(copy, read[1] if read else b"")
        except OSError as error:
            problem = reason(error)
        else:
            return copy
        raise self.unwritable(problem)

    def dated(self, word: str) -> Path:
        """A free name beside the file with the date: ``connections.damaged-20261123T101500Z.json``."""
        stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
        numbers = ("", *(f"-{number}" for number in range(2, 1000)))
        names = (f"{self.path.stem}.{word}-{stamp}{number}{self.path.suffix}" for number in numbers)
        return next(path for name in names if not os.path.lexists(path := self.folder / name))

    def set_aside_earlier(self) -> list[str]:
        """The names of damaged files beside this one."""
        with suppress(OSError):
            names = sorted(os.listdir(self.folder))
            damaged = f"{self.path.stem}.damaged-"
            return [name for name in names if name.startswith(damaged) and name.endswith(self.path.suffix)]
        return []

    # ---- locking ------------------------------------------------------------------------------------------------------

    def lock(self) -> AbstractContextManager[None]:
        """Exclude other writers; readers need no lock.

        Raises `StoreBusy` after `WAIT` seconds, `StoreUnwritable` if the folder or the lock cannot be created.
        """
        problem = ""
        try:
            self._is_open |= not files.make_private_folder(self.folder)
        except OSError as error:
            problem = reason(error)
        if problem:
            raise self.unwritable(problem)
        return self._lock.held(self._busy, self.unwritable)

    def _busy(self, lock_path: str) -> errors.StoreBusy:
        return errors.StoreBusy(seconds=self._lock.wait, lock=lock_path)
