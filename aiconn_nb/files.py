"""How this package reads, writes and locks files: one mechanism for the store, the vault, bundles and notebooks.

A write is all or nothing. The content goes to a draft in the same folder and from there to the disk (fsync); then the draft takes
the file's place. The draft is removed on every error, Ctrl-C too. There are two kinds of files:

- A file of ours is private (0600). One that is a link is read, and not written: a lock beside the link would not exclude
  writers that know the file by its own name.
- A document belongs to the user, who names it. It keeps its mode, and a link to it is followed.

Every function raises `OSError`; the caller says what that means for the user. Callers change a file of ours under its `Lock`.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from io import BufferedWriter
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from filelock import BaseFileLock

WAIT: Final = 10.0
"""Seconds that a writer waits for another one to end."""
POLL: Final = 0.005
"""Seconds between two looks at the lock. filelock's own 50 ms starve one writer of eight for seconds."""

PRIVATE: Final = 0o600
_NO_LOCKS: Final = frozenset({errno.ENOSYS, errno.EOPNOTSUPP, errno.ENOTSUP, errno.ENOLCK})
_AT_ONCE: Final = getattr(os, "O_NONBLOCK", 0)
"""Opening a pipe in a file's place must not hang."""
_NO_LINK: Final = getattr(os, "O_NOFOLLOW", 0)
_KINDS: Final = {stat.S_IFDIR: "a folder", stat.S_IFIFO: "a pipe", stat.S_IFSOCK: "a socket"}


def reason(error: OSError) -> str:
    """Why the system refused, in its own words: ``No space left on device``."""
    return error.strerror or str(error) or type(error).__name__


# ---- reading ----------------------------------------------------------------------------------------------------------


class NotAFile(OSError):
    """What has the file's name is a folder, a pipe, a socket or a device; ``kind`` says which."""

    def __init__(self, kind: str) -> None:
        super().__init__(errno.EINVAL, f"it is {kind}, not a file")
        self.kind = kind


def read(path: str | os.PathLike[str], *, most: int | None = None, private: bool = False) -> bytes:
    """The content of a file, which is never waited for.

    ``most``: how many bytes it may have. ``private``: take other people's access to it, as far as the file system lets us.
    Raises `NotAFile` and other `OSError`.
    """
    with open(path, "rb", opener=at_once) as file:
        check_is_file(file.fileno())
        if private:
            make_private(file.fileno())
        content = file.read(-1 if most is None else most + 1)
    if most is not None and len(content) > most:
        raise OSError(errno.EFBIG, f"it is larger than {most} bytes")
    return content


def check_is_file(descriptor: int) -> None:
    """Raises `NotAFile` for what is no ordinary file."""
    mode = os.fstat(descriptor).st_mode
    if not stat.S_ISREG(mode):
        raise NotAFile(_KINDS.get(stat.S_IFMT(mode), "a device"))


def at_once(path: str, flags: int, mode: int = PRIVATE) -> int:
    """An opener that does not wait for the other end of a pipe."""
    return os.open(path, flags | _AT_ONCE, mode)


def no_link(path: str, flags: int, mode: int = PRIVATE) -> int:
    """An opener that neither waits nor follows a link: the system then answers ``ELOOP``."""
    return os.open(path, flags | _AT_ONCE | _NO_LINK, mode)


# ---- writing ----------------------------------------------------------------------------------------------------------


def replace(path: Path, content: bytes, *, draft: Path | None = None) -> os.stat_result:
    """Put new content into a file of ours. Answers what the system knows of the new file.

    The draft has one fixed name, so that a killed writer leaves at most one, and the next writer replaces it.
    """
    if os.path.islink(path):
        raise OSError(errno.ELOOP, f"{path.name} is a link, which is only read")
    draft = draft or path.with_name(f"{path.name}.tmp")
    with _drafted(draft, content) as file:
        os.replace(draft, path)
        # Of the open file: by its name, one that someone else puts there would be taken for ours.
        found = os.fstat(file.fileno())
    sync_folder(path.parent)
    return found


def create(path: Path, content: bytes, *, mode: int = PRIVATE) -> None:
    """Make a file that must not be there yet. Raises `FileExistsError`, also where two processes create it at once."""
    draft = _own_draft(path)
    with _drafted(draft, content, mode):
        try:
            os.link(draft, path)
        except FileExistsError:
            raise
        except OSError:
            _claim(draft, path, mode)
    sync_folder(path.parent)


def write_document(path: Path, content: bytes, *, overwrite: bool) -> None:
    """Write a file that the user named, as open as the umask or its present mode says. Raises `FileExistsError`."""
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


@contextmanager
def _drafted(draft: Path, content: bytes, mode: int = PRIVATE) -> Iterator[BufferedWriter]:
    """A new file with this content, on the disk. What has this name in the end is removed."""
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
    """A name that no other writer uses, where there is no lock."""
    return path.with_name(f".{path.name}.{os.urandom(8).hex()}.tmp")


def _claim(draft: Path, path: Path, mode: int) -> None:
    """Create the file where the file system has no hard links: another process may see it empty for a moment."""
    with open(path, "xb", opener=partial(no_link, mode=mode)):
        pass
    try:
        os.replace(draft, path)
    except BaseException:
        path.unlink()
        raise


def sync_folder(folder: Path) -> None:
    """Make a rename last through a power failure; not every file system lets a folder be synced."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


# ---- privacy ----------------------------------------------------------------------------------------------------------


def make_private(descriptor: int) -> bool:
    """Take other people's access to a file of ours, which may have been copied here. Answers whether they have none."""
    if stat.S_IMODE(os.fstat(descriptor).st_mode) & 0o077 and hasattr(os, "fchmod"):
        with suppress(OSError):
            os.fchmod(descriptor, PRIVATE)
        return not os.fstat(descriptor).st_mode & 0o077
    return True


def make_private_folder(folder: Path, *, in_use: bool = False) -> bool:
    """Make a folder for its owner alone. An empty one of ours is closed to others; ``in_use``: one that holds files, too.

    A sticky folder, such as /tmp, is shared on purpose and stays open. Answers False where the file system refused to close it: FAT
    and some shares know no owners.
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
    """Keeps other processes from changing a file. The lock is a file of its own, as `replace` swaps the file that it protects."""

    def __init__(self, path: Path, *, wait: float = WAIT) -> None:
        self.path = path.with_name(f"{path.name}.lock")
        self._soft_path = path.with_name(f"{path.name}.softlock")
        self.wait = wait
        self.is_soft: bool | None = None
        """Whether a marker file takes the lock's place, since the file system has no locks; None before the first time."""

    @contextmanager
    def held(self, busy: Callable[[str], Exception], failed: Callable[[str], Exception]) -> Iterator[None]:
        """Hold the lock for a block; readers need none.

        ``busy`` makes the error for a lock that is held for `wait` seconds, from its path. ``failed`` makes the one for a lock that
        cannot be made, from the reason.
        """
        held: list[BaseFileLock] = []
        # Ctrl-C may come as soon as the lock is held, and also while it is released, which is then done again. No ``try`` begins
        # while it is held: what is interrupted just there is not cleaned up by the ones around it.
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
        """Acquire the lock, and put it into ``held`` before that. Answers the error where that fails."""
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
        # Under a name of its own: the file of a real lock stays behind, and a soft one would take it for a held lock.
        return SoftFileLock(self._soft_path, mode=PRIVATE) if self.is_soft else FileLock(self.path, mode=PRIVATE)


def _release(held: list[BaseFileLock]) -> None:
    """Release a lock, whole even where an earlier release was interrupted. One that is not held stays as it is."""
    for each in held:
        each.release(force=True)


def _has_locks(lock_path: Path) -> bool:
    """Whether the file system has locks; some network and FUSE mounts have none."""
    try:
        import fcntl
    except ImportError:
        return True
    file = None
    try:
        try:
            # A file object, which closes itself: a descriptor that Ctrl-C leaves open would keep the lock.
            file = open(lock_path, "a+b", buffering=0, opener=no_link)  # noqa: SIM115 - closed below, also where that is interrupted
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
