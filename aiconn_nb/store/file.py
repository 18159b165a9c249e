"""The store's file on the disk: private, locked, replaced as a whole, never overwritten where it is damaged."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple
from zlib import crc32

from aiconn_nb.errors import StoreBusy, StoreCorrupt, StoreError, StoreUnwritable
from aiconn_nb.model.place import tilde
from aiconn_nb.model.stamp import Stamp, stamp_of

if TYPE_CHECKING:
    from filelock import BaseFileLock

WAIT: Final = 10.0
"""Seconds that a change waits for another one to end."""
POLL: Final = 0.005
"""Seconds between two looks at the lock. filelock's own 50 ms starve one writer of eight for seconds."""
HEAD: Final = 96
"""Bytes at the start of the file that are part of its identity; the store's header with its checksum lies in them."""

_NO_LOCKS: Final = frozenset({errno.ENOSYS, errno.EOPNOTSUPP, errno.ENOTSUP, errno.ENOLCK})
# O_NOFOLLOW: a link is refused, not followed. O_NONBLOCK: opening a pipe must not hang.
_NO_LINK: Final = getattr(os, "O_NOFOLLOW", 0)
_SAFELY: Final = os.O_CLOEXEC | _NO_LINK | getattr(os, "O_NONBLOCK", 0)


class Identity(NamedTuple):
    """What tells one state of the file from another without reading it all.

    The head is in it because the rest can repeat: file systems give a freed inode number to the next file, and stamp times
    in steps of milliseconds or more.
    """

    stamp: Stamp
    head: int


class StoreFile:
    """One file with its lock and its draft beside it, all three readable by their owner alone."""

    def __init__(self, path: Path, *, wait: float = WAIT) -> None:
        self.path = path
        self.folder = path.parent
        self.lock_path = path.with_name(f"{path.name}.lock")
        self.draft_path = path.with_name(f"{path.name}.tmp")
        """One fixed name: a killed writer leaves at most one draft, and the next writer takes its place."""
        self._soft_path = path.with_name(f"{path.name}.softlock")
        self._wait = wait
        self._soft: bool | None = None
        self._is_open = False

    @property
    def is_open_to_others(self) -> bool:
        """Whether the file system was found to refuse what would close the folder or the file to other people."""
        return self._is_open

    @property
    def locks_are_soft(self) -> bool:
        """Whether the file system was found to have no locks of its own."""
        return bool(self._soft)

    # ---- reading ------------------------------------------------------------------------------------------------------

    def identity(self) -> Identity | None:
        """The file's present identity, None where there is none. Raises `StoreError` for what is no readable file."""
        read = self._read(HEAD)
        return read and read[0]

    def content(self) -> tuple[Identity, bytes] | None:
        """The file's identity and bytes, None where there is none. Raises `StoreError` for what is no readable file."""
        return self._read(-1)

    def _read(self, length: int) -> tuple[Identity, bytes] | None:
        refused = problem = ""
        is_link = os.path.islink(self.path)
        try:
            # A link is followed for reading only: Kubernetes and configuration managers put a store there that way.
            descriptor = os.open(self.path, os.O_RDONLY | (_SAFELY & ~_NO_LINK if is_link else _SAFELY))
            try:
                refused = _not_a_file(os.fstat(descriptor).st_mode)
                if not refused:
                    if not is_link:
                        self._is_open |= not make_private(descriptor)
                    with open(descriptor, "rb", buffering=0, closefd=False) as file:
                        content = file.read(length)
                    return _identity(descriptor, content), content
            finally:
                os.close(descriptor)
        except FileNotFoundError:
            if not is_link:
                return None
            refused = "a link that leads nowhere"
        except OSError as error:
            # ELOOP is what O_NOFOLLOW says to a symbolic link, ENXIO what a socket says to being opened.
            refused = {errno.ELOOP: "a symbolic link", errno.ENXIO: "a socket"}.get(error.errno or 0, "")
            problem = reason(error)
        if refused:
            raise StoreCorrupt(
                f"{tilde(self.path)} is {refused}, not the store's file. It was left as it is.",
                "Move it away, or name another folder in AICONN_HOME.",
            )
        raise StoreError(f"The store cannot be read: {tilde(self.path)}: {problem}.", "Nothing was changed.")

    # ---- writing ------------------------------------------------------------------------------------------------------

    def replace(self, content: bytes) -> Identity:
        """Put new content in the file's place, all of it or none, on the disk when this returns. Only under the lock.

        Raises `StoreUnwritable`; the old file is then still there. A link is not replaced: it leads to somebody's own file.
        """
        if os.path.islink(self.path):
            raise self.unwritable(f"{self.path.name} is a link, which is only read")
        try:
            descriptor = create_anew(self.draft_path)
            try:
                with open(descriptor, "wb", closefd=False) as draft:
                    draft.write(content)
                os.fsync(descriptor)
                os.replace(self.draft_path, self.path)
                identity = _identity(descriptor, content)
            finally:
                os.close(descriptor)
        except OSError as error:
            problem = reason(error)
        else:
            sync_folder(self.folder)
            return identity
        with suppress(OSError):
            self.draft_path.unlink()
        raise self.unwritable(problem)

    def unwritable(self, problem: str) -> StoreUnwritable:
        """The error that says that nothing was saved."""
        return StoreUnwritable(
            f"Nothing was saved: {tilde(self.folder)} cannot be written ({problem}).",
            "The store is as it was. Make room or give write access, or name another folder in AICONN_HOME.",
        )

    def set_aside(self, problem: str) -> StoreCorrupt:
        """Rename the damaged file, so that nothing overwrites it; answers the error that says so. Only under the lock."""
        if os.path.islink(self.path):
            return self.left_damaged(problem, "it is a link")
        aside = self.dated("damaged")
        try:
            os.rename(self.path, aside)
        except OSError as error:
            return self.left_damaged(problem, reason(error))
        sync_folder(self.folder)
        return StoreCorrupt(
            f"The store was damaged: {problem}. It was set aside as {tilde(aside)}.",
            "The next use begins with an empty store. To use the old one, mend it and rename it back to "
            f'{self.path.name}; one that was edited must have no "checksum".',
        )

    def left_damaged(self, problem: str, obstacle: str) -> StoreCorrupt:
        """The error that says that the file is damaged and still lies where it was."""
        return StoreCorrupt(
            f"The store is damaged: {problem}. {tilde(self.path)} could not be set aside ({obstacle}) and was left as it is.",
            "Move it away, or name another folder in AICONN_HOME.",
        )

    def keep_copy(self, word: str) -> Path:
        """Copy the file under a dated name. Only under the lock. Raises `StoreUnwritable`."""
        read = self.content()
        copy = self.dated(word)
        problem = ""
        try:
            descriptor = create_anew(copy)
            with open(descriptor, "wb") as file:
                file.write(read[1] if read else b"")
                file.flush()
                os.fsync(descriptor)
        except OSError as error:
            problem = reason(error)
        if problem:
            raise self.unwritable(problem)
        return copy

    def dated(self, word: str) -> Path:
        """A free name beside the file that says when: ``connections.damaged-20261123T101500Z.json``."""
        stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
        numbers = ("", *(f"-{number}" for number in range(2, 1000)))
        names = (f"{self.path.stem}.{word}-{stamp}{number}{self.path.suffix}" for number in numbers)
        return next(path for name in names if not os.path.lexists(path := self.folder / name))

    def set_aside_earlier(self) -> list[str]:
        """The names of damaged files that lie beside this one."""
        with suppress(OSError):
            return sorted(path.name for path in self.folder.glob(f"{self.path.stem}.damaged-*{self.path.suffix}"))
        return []

    # ---- locking ------------------------------------------------------------------------------------------------------

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Keep other writers out; readers need no lock. The lock is on a file of its own, as `replace` swaps this one.

        Raises `StoreBusy` after `WAIT` seconds, `StoreUnwritable` where the folder or the lock cannot be made.
        """
        held: list[BaseFileLock] = []
        # Ctrl-C may come as soon as the lock is held, and also while it is let go, which is then done again. No ``try`` begins
        # while it is held: what is interrupted just there is not cleaned up by the ones around it.
        try:
            try:
                busy, problem = self._take(held)
                if busy:
                    raise StoreBusy(
                        f"Another process has been changing the store for {self._wait:g} s; its lock is {tilde(busy)}.",
                        "Nothing was saved. Try again; if nothing else is running, delete that file.",
                    )
                if problem:
                    raise self.unwritable(problem)
                yield
            finally:
                let_go(held)
        finally:
            let_go(held)

    def _take(self, held: list[BaseFileLock]) -> tuple[str, str]:
        """Acquire the lock, and put it into ``held`` before that. Answers whose lock is in the way, and why it cannot be made."""
        from filelock import Timeout

        try:
            self._is_open |= not make_private_folder(self.folder)
            held.append(self._new_lock())
            held[0].acquire(timeout=self._wait, poll_interval=POLL)
        except Timeout as timeout:
            return timeout.lock_file, ""
        except OSError as error:
            return "", reason(error)
        return "", ""

    def _new_lock(self) -> BaseFileLock:
        from filelock import FileLock, SoftFileLock

        if self._soft is None:
            self._soft = not _has_locks(self.lock_path)
        # Under a name of its own: the file of a real lock stays behind, and a soft one would take it for a held lock.
        return SoftFileLock(self._soft_path, mode=0o600) if self._soft else FileLock(self.lock_path, mode=0o600)


def let_go(held: list[BaseFileLock]) -> None:
    """Release a lock, whole even where an earlier release was interrupted; one that is not held is let go in vain."""
    for each in held:
        each.release(force=True)


def _has_locks(lock_path: Path) -> bool:
    """Whether the file system knows locks at all; some network and FUSE mounts do not."""
    try:
        import fcntl
    except ImportError:
        return True
    file = None
    try:
        try:
            # A file object, which closes itself: a descriptor that Ctrl-C leaves open would keep the lock.
            file = open(lock_path, "a+b", buffering=0, opener=_safely_opened)  # noqa: SIM115 - closed below, also where that is interrupted
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


def _safely_opened(path: str, flags: int) -> int:
    return os.open(path, flags | _SAFELY, 0o600)


def _identity(descriptor: int, content: bytes) -> Identity:
    found = os.fstat(descriptor)
    return Identity(stamp_of(found), crc32(content[:HEAD]))


def _not_a_file(mode: int) -> str:
    """What it is instead of an ordinary file, or ''."""
    kinds = {stat.S_IFDIR: "a folder", stat.S_IFIFO: "a pipe", stat.S_IFSOCK: "a socket"}
    return "" if stat.S_ISREG(mode) else kinds.get(stat.S_IFMT(mode), "a device")


def create_anew(path: Path) -> int:
    """A descriptor of a new, empty, private file; what a killed writer left under this name is removed first."""
    with suppress(FileNotFoundError):
        path.unlink()
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _SAFELY, 0o600)


def make_private(descriptor: int) -> bool:
    """Take other people's access to a file of ours, which somebody may have copied here. Answers whether they have none."""
    found = os.fstat(descriptor)
    if found.st_mode & 0o077 and hasattr(os, "fchmod"):
        with suppress(OSError):
            os.fchmod(descriptor, 0o600)
        return not os.fstat(descriptor).st_mode & 0o077
    return True


def make_private_folder(folder: Path) -> bool:
    """Make the folder, for its owner alone. An empty one of ours is made private; one in use is its owner's business.

    Answers False where the file system refused that: FAT and some shares know no owners.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = folder.stat()
    if found.st_mode & 0o077 and hasattr(os, "geteuid") and found.st_uid == os.geteuid():
        with os.scandir(folder) as entries:
            empty = next(entries, None) is None
        if empty:
            try:
                folder.chmod(0o700)
            except OSError:
                return False
            return not folder.stat().st_mode & 0o077
    return True


def sync_folder(folder: Path) -> None:
    """Make a rename last through a power failure, as far as the file system lets us: not all can."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def reason(error: OSError) -> str:
    """Why the system refused, in its own words: ``No space left on device``."""
    return error.strerror or type(error).__name__
