"""Reading, writing and locking of files: one mechanism for the store, the vault, bundles and notebooks.

A write is all or nothing. The content goes to a draft in the same folder and is synced to the disk; then the draft replaces
the file. The draft is removed on every error, Ctrl-C too. There are two kinds of files:

- A file of ours is private (0600). If it is a link, it is read but not written: a lock beside the link would not exclude
  writers that use the file's own name.
- A document belongs to the user, who names it. It keeps its mode, and a link to it is followed.

Every function raises `OSError`; the caller says what that means for the user. Callers change a file of ours under its `Lock`.
"""

from __future__ import annotations

import errno
import os
import stat
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from io import BufferedWriter
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from filelock import BaseFileLock

IN_BROWSER: Final = sys.platform == "emscripten"
"""Whether Python runs in a browser, as in JupyterLite: its files are in memory, except those beside the notebook in ``/drive``."""

WAIT: Final = 10.0
"""Seconds that a writer waits for another one."""
POLL: Final = 0.005
"""Seconds between two tries for the lock. With filelock's default of 50 ms, one writer of eight starves for seconds."""

PRIVATE: Final = 0o600
_NO_LOCKS: Final = frozenset({errno.ENOSYS, errno.EOPNOTSUPP, errno.ENOTSUP, errno.ENOLCK})
_AT_ONCE: Final = 0 if IN_BROWSER else getattr(os, "O_NONBLOCK", 0)
"""Opening a pipe in a file's place must not hang. JupyterLite has no pipes, and would write a file that is read with this flag."""
_NO_LINK: Final = getattr(os, "O_NOFOLLOW", 0)
_KINDS: Final = {stat.S_IFDIR: "a folder", stat.S_IFIFO: "a pipe", stat.S_IFSOCK: "a socket"}


def reason(error: OSError) -> str:
    """The system's reason for an error: ``No space left on device``."""
    return error.strerror or str(error) or type(error).__name__


# ---- reading ----------------------------------------------------------------------------------------------------------


class NotAFile(OSError):
    """The path is a folder, a pipe, a socket or a device; ``kind`` says which."""

    def __init__(self, kind: str) -> None:
        super().__init__(errno.EINVAL, f"it is {kind}, not a file")
        self.kind = kind


def read(path: str | os.PathLike[str], *, most: int | None = None, private: bool = False) -> bytes:
    """Return the content of a file, without ever waiting for it.

    ``most``: the maximum number of bytes. ``private``: remove other users' access to it, as far as the file system permits.
    Raises `NotAFile` and other `OSError`.
    """
    with open(path, "rb", opener=at_once) as file:
        check_is_file(os.fstat(file.fileno()))
        if private:
            make_private(file.fileno())
        content = file.read(-1 if most is None else most + 1)
    if most is not None and len(content) > most:
        raise OSError(errno.EFBIG, f"it is larger than {most} bytes")
    return content


def check_is_file(found: os.stat_result) -> None:
    """Raise `NotAFile` unless this is the stat result of an ordinary file."""
    if not stat.S_ISREG(found.st_mode):
        raise NotAFile(_KINDS.get(stat.S_IFMT(found.st_mode), "a device"))


def at_once(path: str, flags: int, mode: int = PRIVATE) -> int:
    """An opener that does not wait for the other end of a pipe."""
    return os.open(path, flags | _AT_ONCE, mode)


def no_link(path: str, flags: int, mode: int = PRIVATE) -> int:
    """An opener that neither waits nor follows a link: the system then raises ``ELOOP``."""
    return os.open(path, flags | _AT_ONCE | _NO_LINK, mode)


# ---- writing ----------------------------------------------------------------------------------------------------------


def replace(path: Path, content: bytes, *, draft: Path | None = None) -> os.stat_result:
    """Replace the content of a file of ours. Returns the stat result of the new file.

    The draft has one fixed name, so that a killed writer leaves at most one, and the next writer replaces it.
    """
    if os.path.islink(path):
        raise OSError(errno.ELOOP, f"{path.name} is a link, which is only read")
    draft = draft or path.with_name(f"{path.name}.tmp")
    with _drafted(draft, content) as file:
        os.replace(draft, path)
        # Of the open file: by name, a file that another user puts there would be taken for ours.
        found = os.fstat(file.fileno())
    sync_folder(path.parent)
    return found


def create_empty(path: Path) -> bool:
    """Create an empty private file if nothing has its name; returns whether it did.

    An existing file is not opened, because closing it would release this process's locks.
    """
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, PRIVATE))
    except FileExistsError:
        return False
    return True


def create(path: Path, content: bytes, *, mode: int = PRIVATE) -> None:
    """Create a file that must not exist yet. Raises `FileExistsError`, also if two processes create it at once."""
    draft = _own_draft(path)
    with _drafted(draft, content, mode):
        publish(draft, path, mode=mode)


def publish(draft: Path, path: Path, *, mode: int = PRIVATE) -> None:
    """Give a complete draft its name, which nothing may have yet. Raises `FileExistsError`. The draft may keep its own, too."""
    try:
        os.link(draft, path)
    except FileExistsError:
        raise
    except (OSError, AttributeError):  # the file system has no hard links, or Python runs in a browser
        _claim(draft, path, mode)
    sync_folder(path.parent)


def write_document(path: Path, content: bytes, *, overwrite: bool) -> None:
    """Write a file that the user named, with its current mode or the umask's. Raises `FileExistsError`."""
    if not overwrite:
        return create(path, content, mode=0o666)
    target = Path(os.path.realpath(path))
    draft = _own_draft(target)
    with _drafted(draft, content, 0o666):
        with suppress(FileNotFoundError):
            draft.chmod(stat.S_IMODE(target.stat().st_mode))
        os.replace(draft, target)
    sync_folder(target.parent)
    return None


def unwritable(folder: Path, size: int = 4096) -> str:
    """Return why a file of this many bytes cannot be written in a folder, or in the nearest one above that exists; else ''.

    It is written and removed: permissions do not tell of a full disk or a quota.
    """
    there = next(each for each in (folder, *folder.parents) if each.exists())
    try:
        with _drafted(_own_draft(there / "trial"), bytes(size)):
            return ""
    except OSError as error:
        return reason(error)


@contextmanager
def _drafted(draft: Path, content: bytes, mode: int = PRIVATE) -> Iterator[BufferedWriter]:
    """A new file with this content, on the disk. If the name still exists at the end, it is removed."""
    try:
        with suppress(FileNotFoundError):
            draft.unlink()
        with open(draft, "xb", opener=partial(no_link, mode=mode)) as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
            yield file
    finally:
        with suppress(OSError):
            draft.unlink()


def _own_draft(path: Path) -> Path:
    """A name that no other writer uses, for a file without a lock."""
    return path.with_name(f".{path.name}.{os.urandom(8).hex()}.tmp")


def _claim(draft: Path, path: Path, mode: int) -> None:
    """Create the file if the file system has no hard links: another process may see it empty for a moment."""
    with open(path, "xb", opener=partial(no_link, mode=mode)):
        pass
    try:
        os.replace(draft, path)
    except BaseException:
        path.unlink()
        raise


def sync_folder(folder: Path) -> None:
    """Make a rename survive a power failure; not every file system can sync a folder."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


# ---- privacy ----------------------------------------------------------------------------------------------------------


def make_private(descriptor: int) -> bool:
    """Remove other users' access to a file of ours, which may have been copied here. Returns whether they have none."""
    if stat.S_IMODE(os.fstat(descriptor).st_mode) & 0o077 and hasattr(os, "fchmod"):
        with suppress(OSError):
            os.fchmod(descriptor, PRIVATE)
        return not os.fstat(descriptor).st_mode & 0o077
    return True


def make_private_folder(folder: Path, *, in_use: bool = False) -> bool:
    """Create a folder for its owner alone. An existing empty one of ours becomes private; ``in_use``: also one with files.

    A sticky folder, such as /tmp, is shared on purpose and stays open. Returns False if the file system refused to make it private:
    FAT and some shares have no owners.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = folder.stat()
    if not found.st_mode & 0o077 or not hasattr(os, "geteuid") or found.st_uid != os.geteuid():
        return True
    if found.st_mode & stat.S_ISVTX or not (in_use or _is_empty(folder)):
        return True
    try:
        folder.chmod(0o700)
    except OSError:
        return False
    return not folder.stat().st_mode & 0o077


def _is_empty(folder: Path) -> bool:
    with os.scandir(folder) as entries:
        return next(entries, None) is None


# ---- locking ----------------------------------------------------------------------------------------------------------


class Lock:
    """Prevents other processes from changing a file. The lock is a separate file, because `replace` swaps the protected one."""

    def __init__(self, path: Path, *, wait: float = WAIT) -> None:
        self.path = path.with_name(f"{path.name}.lock")
        self._soft_path = path.with_name(f"{path.name}.softlock")
        self.wait = wait
        self.is_soft: bool | None = None
        """Whether a marker file replaces the lock, because the file system has no locks; None before the first use."""

    @contextmanager
    def held(self, busy: Callable[[str], Exception], failed: Callable[[str], Exception]) -> Iterator[None]:
        """Hold the lock for a block; readers need none.

        ``busy`` builds the error for a lock that another process holds for `wait` seconds, from its path. ``failed`` builds the one
        for a lock that cannot be created, from the reason.

        JupyterLite has no locks. An open file that is removed there reappears when it is closed, so a marker file would remain.
        """
        if IN_BROWSER:
            yield
            return
        held: list[BaseFileLock] = []
        # Ctrl-C may come as soon as the lock is held, and also during its release, which is then repeated. No ``try`` begins
        # while it is held, because an interrupt at that point would skip the cleanup of the surrounding ones.
        try:
            try:
                refusal = self._take(held, busy, failed)
                if refusal is not None:
                    raise refusal
                yield
            finally:
                _release(held)
        finally:
            _release(held)

    def _take(
        self, held: list[BaseFileLock], busy: Callable[[str], Exception], failed: Callable[[str], Exception]
    ) -> Exception | None:
        """Acquire the lock, after putting it into ``held``. Returns the error if that fails."""
        from filelock import Timeout

        try:
            held.append(self._new())
            held[0].acquire(timeout=self.wait, poll_interval=POLL)
        except Timeout as timeout:
            return busy(timeout.lock_file)
        except OSError as error:
            return failed(reason(error))
        return None

    def _new(self) -> BaseFileLock:
        from filelock import FileLock, SoftFileLock

        if self.is_soft is None:
            self.is_soft = not _has_locks(self.path)
        # With a separate name: the file of a real lock stays behind, and a soft one would take it for a held lock.
        return SoftFileLock(self._soft_path, mode=PRIVATE) if self.is_soft else FileLock(self.path, mode=PRIVATE)


def _release(held: list[BaseFileLock]) -> None:
    """Release a lock completely, even if an earlier release was interrupted. A lock that is not held is left alone."""
    for each in held:
        each.release(force=True)


def _has_locks(lock_path: Path) -> bool:
    """Whether the file system has locks; some network and FUSE mounts have none."""
    try:
        from fcntl import LOCK_NB, LOCK_SH, flock
    except ImportError:  # Windows has its own locks
        return True
    file = None
    try:
        try:
            # A file object, which closes itself: a descriptor that Ctrl-C leaves open would keep the lock.
            file = open(lock_path, "a+b", buffering=0, opener=no_link)  # noqa: SIM115 - closed below, also where that is interrupted
            flock(file, LOCK_SH | LOCK_NB)
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
