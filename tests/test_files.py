"""Each test is named after the accident that the writer and the lock of our files prevent."""

from __future__ import annotations

import errno
import fcntl
import os
import weakref
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import NoReturn

import pytest

from aiconn_nb import files
from aiconn_nb.model.place import tilde

Write = Callable[[Path, bytes], object]

WRITERS: dict[str, Write] = {
    "replace": files.replace,
    "create": files.create,
    "document": lambda path, content: files.write_document(path, content, overwrite=True),
    "new document": lambda path, content: files.write_document(path, content, overwrite=False),
}
IN_PLACE = {name: WRITERS[name] for name in ("replace", "document")}
ANEW = {name: WRITERS[name] for name in ("create", "new document")}


def each_of(writers: dict[str, Write]) -> pytest.MarkDecorator:
    """Run the test once for each of these writers."""
    return pytest.mark.parametrize("write", writers.values(), ids=writers)


@pytest.fixture(autouse=True)
def open_umask() -> Iterator[None]:
    """Set a umask that restricts nothing."""
    former = os.umask(0o022)
    yield
    os.umask(former)


def failing(code: int) -> Callable[..., NoReturn]:
    """Return a system call that the file system refuses."""

    def fail(*_: object, **__: object) -> NoReturn:
        raise OSError(code, os.strerror(code))

    return fail


@each_of(WRITERS)
@pytest.mark.parametrize("call", ["open", "fsync", "replace", "link"])
def test_a_full_disk_leaves_no_draft(tmp_path: Path, write: Write, call: str) -> None:
    """Only the earlier files remain."""
    path = tmp_path / "file"
    with pytest.MonkeyPatch.context() as patch, suppress(OSError):
        patch.setattr(os, call, failing(errno.ENOSPC))
        write(path, b"new")
    assert {each.name for each in tmp_path.iterdir()} <= {"file"}
    assert not path.exists() or path.read_bytes() == b"new"


@each_of(IN_PLACE)
@pytest.mark.parametrize("call", ["open", "fsync", "replace"])
def test_a_full_disk_keeps_the_old_content(tmp_path: Path, write: Write, call: str) -> None:
    """The error is the system's."""
    path = tmp_path / "file"
    path.write_bytes(b"old")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, call, failing(errno.ENOSPC))
        with pytest.raises(OSError, match="No space left") as raised:
            write(path, b"new")
    assert raised.value.errno == errno.ENOSPC
    assert path.read_bytes() == b"old"
    assert [each.name for each in tmp_path.iterdir()] == ["file"]


class Cycle:
    """Garbage that only the cycle collector finds. Its finalizer runs lines of this package."""

    def __init__(self) -> None:
        self.myself = self
        weakref.finalize(self, tilde, "/left/behind")


def test_only_what_is_called_is_interrupted(interrupted_at: Callable[[int, Callable[[], object]], None]) -> None:
    """Finalizers of other garbage, which Python may run at any time, are not interrupted."""

    def call() -> None:
        Cycle()
        kept = [[number] for number in range(5_000)]  # enough for Python to collect
        tilde(f"/{len(kept)}")

    with pytest.raises(KeyboardInterrupt):
        interrupted_at(1, call)


@each_of(WRITERS)
def test_ctrl_c_leaves_no_draft(
    tmp_path: Path, write: Write, interrupted_at: Callable[[int, Callable[[], object]], None]
) -> None:
    """The write is complete or undone, at whatever line Ctrl-C comes. Only the removal of the draft itself can be interrupted."""
    drafts = 0
    for number in count(1):
        path = tmp_path / str(number)
        try:
            interrupted_at(number, lambda path=path: write(path, b"new"))
        except KeyboardInterrupt:
            assert not path.exists() or path.read_bytes() == b"new"
            path.unlink(missing_ok=True)
            left = list(tmp_path.iterdir())
            drafts += len(left)
            for each in left:
                each.unlink()
        else:
            break
    assert number > 10
    assert drafts <= 2


@each_of(ANEW)
def test_what_is_there_is_not_overwritten(tmp_path: Path, write: Write) -> None:
    """This includes a dangling link."""
    path, link = tmp_path / "file", tmp_path / "link"
    path.write_bytes(b"old")
    link.symlink_to(tmp_path / "nowhere")
    for each in (path, link):
        with pytest.raises(FileExistsError):
            write(each, b"new")
    assert path.read_bytes() == b"old"
    assert {each.name for each in tmp_path.iterdir()} == {"file", "link"}


@each_of(ANEW)
@pytest.mark.parametrize("code", [errno.EPERM, errno.EOPNOTSUPP, errno.EMLINK])
def test_a_file_system_without_hard_links_overwrites_nothing_either(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, write: Write, code: int
) -> None:
    """The written file is complete there, too."""
    monkeypatch.setattr(os, "link", failing(code))
    path = tmp_path / "file"
    write(path, b"new")
    assert path.read_bytes() == b"new"
    with pytest.raises(FileExistsError):
        write(path, b"newer")
    assert path.read_bytes() == b"new"
    assert [each.name for each in tmp_path.iterdir()] == ["file"]


@each_of(ANEW)
def test_no_empty_file_is_left_where_there_are_no_hard_links(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, write: Write
) -> None:
    """An empty master key would prevent every later kernel from creating one."""
    for name in ("link", "replace"):
        monkeypatch.setattr(os, name, failing(errno.EIO))
    with pytest.raises(OSError, match="Input/output error"):
        write(tmp_path / "file", b"new")
    assert list(tmp_path.iterdir()) == []


def test_our_own_files_are_private_whatever_the_umask(tmp_path: Path) -> None:
    """This also holds for a file that was open to others."""
    old = tmp_path / "old"
    old.write_bytes(b"old")
    old.chmod(0o644)
    os.umask(0)
    files.replace(old, b"new")
    files.create(tmp_path / "new", b"new")
    assert {each.stat().st_mode & 0o777 for each in tmp_path.iterdir()} == {0o600}


def test_a_document_keeps_its_mode_and_a_new_one_follows_the_umask(tmp_path: Path) -> None:
    """Documents are made to be shared, but not with more users than before."""
    old, new = tmp_path / "old", tmp_path / "new"
    old.write_bytes(b"old")
    old.chmod(0o640)
    files.write_document(old, b"new", overwrite=True)
    files.write_document(new, b"new", overwrite=False)
    assert old.stat().st_mode & 0o777 == 0o640
    assert new.stat().st_mode & 0o777 == 0o644


def test_a_document_that_is_a_link_is_changed_where_it_is(tmp_path: Path) -> None:
    """The link stays. Its target gets the content and keeps its mode."""
    target, link = tmp_path / "far" / "target", tmp_path / "link"
    target.parent.mkdir()
    target.write_bytes(b"old")
    target.chmod(0o600)
    link.symlink_to(target)
    files.write_document(link, b"new", overwrite=True)
    assert link.is_symlink()
    assert target.read_bytes() == b"new"
    assert target.stat().st_mode & 0o777 == 0o600
    assert {each.name for each in tmp_path.rglob("*")} == {"far", "target", "link"}


def test_a_file_of_ours_that_is_a_link_is_only_read(tmp_path: Path) -> None:
    """Its lock would not exclude writers that use the file's own name."""
    target, link = tmp_path / "target", tmp_path / "link"
    target.write_bytes(b"old")
    link.symlink_to(target)
    with pytest.raises(OSError, match="link"):
        files.replace(link, b"new")
    assert link.is_symlink()
    assert files.read(link) == b"old"


def test_a_draft_that_a_killed_writer_left_is_no_obstacle(tmp_path: Path) -> None:
    """If it is a link, it is not followed either."""
    other = tmp_path / "other"
    other.write_bytes(b"other")
    (tmp_path / "file.tmp").symlink_to(other)
    files.replace(tmp_path / "file", b"new")
    assert (tmp_path / "file").read_bytes() == b"new"
    assert other.read_bytes() == b"other"
    assert {each.name for each in tmp_path.iterdir()} == {"file", "other"}


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir], ids=["pipe", "folder"])
def test_what_is_no_file_is_not_waited_for(tmp_path: Path, make: Callable[[Path], None]) -> None:
    """It is an error at once."""
    make(tmp_path / "there")
    with pytest.raises((files.NotAFile, IsADirectoryError)):
        files.read(tmp_path / "there")


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    """A file of exactly the maximum size is read."""
    (tmp_path / "file").write_bytes(b"12345")
    assert files.read(tmp_path / "file", most=5) == b"12345"
    with pytest.raises(OSError, match="4 bytes"):
        files.read(tmp_path / "file", most=4)


def test_a_private_file_is_closed_to_others_when_it_is_read(tmp_path: Path) -> None:
    """A user may have copied it there."""
    (tmp_path / "file").write_bytes(b"key")
    (tmp_path / "file").chmod(0o644)
    files.read(tmp_path / "file", private=True)
    assert (tmp_path / "file").stat().st_mode & 0o777 == 0o600


def busy(lock_path: str) -> Exception:
    """Return the caller's error for a lock that is held."""
    return TimeoutError(lock_path)


def failed(problem: str) -> Exception:
    """Return the caller's error for a lock that cannot be created."""
    return ConnectionError(problem)


@pytest.mark.parametrize("code", [None, errno.ENOSYS, errno.EOPNOTSUPP, errno.ENOLCK])
def test_two_holders_of_a_lock_exclude_each_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int | None
) -> None:
    """This also holds on a file system without locks, which then are reported as soft."""
    if code is not None:
        monkeypatch.setattr(fcntl, "flock", failing(code))
    one, two = files.Lock(tmp_path / "file", wait=0), files.Lock(tmp_path / "file", wait=0)
    with one.held(busy, failed), pytest.raises(TimeoutError, match=r"file\.(soft)?lock$"), two.held(busy, failed):
        pass
    with two.held(busy, failed):
        assert one.is_soft == two.is_soft == (code is not None)


def test_in_a_browser_there_is_no_lock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """JupyterLite restores an open file that was removed, so a marker would remain and prevent every later save."""
    monkeypatch.setattr(files, "IN_BROWSER", True)
    with files.Lock(tmp_path / "file").held(busy, failed):
        assert list(tmp_path.iterdir()) == []


def test_a_lock_that_cannot_be_made_is_the_callers_error(tmp_path: Path) -> None:
    """It has no cause or context, whose frames stay private."""
    (tmp_path / "file.lock").mkdir()
    with (
        pytest.raises(ConnectionError, match="Is a directory") as raised,
        files.Lock(tmp_path / "file").held(busy, failed),
    ):
        pass
    assert raised.value.__context__ is None


def test_an_error_in_the_block_is_not_taken_for_one_of_the_lock(tmp_path: Path) -> None:
    """The lock is free afterwards."""
    lock = files.Lock(tmp_path / "file", wait=0)
    with pytest.raises(PermissionError), lock.held(busy, failed):
        raise PermissionError
    with lock.held(busy, failed):
        pass
