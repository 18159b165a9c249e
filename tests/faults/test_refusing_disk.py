"""The store keeps its old state when the disk is full, is read-only or fails at any step."""

from __future__ import annotations

import errno
import os
import resource
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from aiconn_nb.errors import StoreUnwritable
from aiconn_nb.store.store import Store

from .conftest import Fork, Record, connection, problem_of, strays


def save(store: Store, name: str) -> None:
    """Change everything at once: edit one connection with its history, create one and delete one."""
    with store.change() as change:
        change.put(replace(change.connection("c-0"), name=name))
        change.put(connection(f"new-{len(change.connections)}-{len(change.deleted)}"))
        change.remove(change.connection("c-1").id)


def rename(store: Store, name: str) -> None:
    """Make a small change."""
    with store.change() as change:
        change.put(replace(change.connection("c-0"), name=name))


def add(store: Store, *aliases: str) -> None:
    """Add new connections in one change."""
    with store.change() as change:
        for alias in aliases:
            change.put(connection(alias))


def state(store: Store) -> tuple[Any, ...]:
    """Return everything that a fresh reader sees."""
    snapshot = Store(store.home).read()
    return snapshot.connections, snapshot.deleted, snapshot.trusted()


class Failing:
    """A patch that makes the n-th system call fail, whichever call it is."""

    CALLS = ("open", "write", "fsync", "replace", "mkdir", "unlink")

    def __init__(self, monkeypatch: pytest.MonkeyPatch, at: int, error: BaseException) -> None:
        self.at, self.error, self.calls, self.failed = at, error, 0, ""
        for name in self.CALLS:
            monkeypatch.setattr(os, name, self._wrapped(name, getattr(os, name)))

    def _wrapped(self, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **options: Any) -> Any:
            self.calls += 1
            if self.calls == self.at:
                self.failed = name
                raise self.error
            return real(*args, **options)

        return call


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS])
def test_whichever_call_fails_the_store_is_old_or_new(full_store: Store, record_figure: Record, code: int) -> None:
    """Every system call of a save fails once. The error is ours, the state is unchanged, and the next save works."""
    failures = refused = 0
    for at in range(1, 200):
        before = state(full_store)
        with pytest.MonkeyPatch.context() as patch:
            failing = Failing(patch, at, OSError(code, os.strerror(code)))
            problem = problem_of(lambda at=at: save(full_store, f"Name {at}"))
        if not failing.failed:
            break
        failures += 1
        if problem is not None:
            refused += 1
            assert os.strerror(code) in problem.what
            assert state(full_store) == before
        with full_store.change() as change:
            change.put(replace(change.connection("c-0"), name=f"Mended {at}"))
            for gone in change.deleted:
                if gone.state.alias == "c-1":
                    change.restore(gone.state.id)
        assert strays(full_store.home) == set()
    assert failures > 8
    assert refused > 5
    record_figure(f"system calls of a save that failed ({errno.errorcode[code]})", failures)


def test_a_full_disk_leaves_the_old_state(
    full_store: Store, home: Path, fork: Fork, ended: Callable[[int], None], record_figure: Record
) -> None:
    """No file may grow beyond a limit, with limits from nothing to enough. A change is refused or saved, and nothing in between."""
    size = full_store.path.stat().st_size
    limits = [*range(0, size + 400, 97), size + 4000]

    def fill() -> None:
        outcomes = []
        for limit in limits:
            before = state(full_store)
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
            problem = problem_of(lambda limit=limit: rename(full_store, f"Limit {limit}"))
            resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
            outcomes.append(problem is None)
            if problem is not None:
                assert isinstance(problem, StoreUnwritable)
                assert "File too large" in problem.problem
                assert state(full_store) == before
        assert outcomes[0] is False
        assert outcomes[-1] is True

    ended(fork(fill))
    with full_store.change() as change:
        change.put(replace(change.connection("c-0"), name="Room again"))
    assert strays(home) == set()
    record_figure("sizes at which the disk was full", len(limits) - 1)


def test_a_folder_without_write_access_is_read_and_not_changed(fork: Fork, ended: Callable[[int], None]) -> None:
    """For a user other than root, the stored data can be read, and a change is refused with the reason."""
    # The folder of pytest is closed to other users.
    place = Path(tempfile.mkdtemp())
    place.chmod(0o755)
    home = place / "home"

    def attempt() -> None:
        if os.geteuid() == 0:
            shutil.chown(place, "nobody")
            os.seteuid(65534)
        store = Store(home, author="ada@lab")
        add(store, "a")
        before = store.path.read_bytes()
        home.chmod(0o500)
        assert [each.alias for each in Store(home).read().connections] == ["a"]
        problem = problem_of(lambda: add(Store(home), "b"))
        assert isinstance(problem, StoreUnwritable)
        assert "Permission denied" in problem.problem
        assert str(home) in problem.what
        assert store.path.read_bytes() == before
        home.chmod(0o700)

    try:
        ended(fork(attempt))
    finally:
        shutil.rmtree(place)


@pytest.fixture
def tmpfs(tmp_path: Path) -> Iterator[Path]:
    """Yield a file system of our own with 64 kB."""
    place = tmp_path / "tmpfs"
    place.mkdir()
    if (
        os.geteuid() != 0
        or subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=64k", "aiconn-test", str(place)], capture_output=True
        ).returncode
    ):
        pytest.skip("a file system can be mounted by root only; the limits and failing calls above stand for it")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def test_a_full_and_a_read_only_file_system(tmpfs: Path) -> None:
    """Real file systems refuse the change and keep the old state. Reading goes on, and saving works again once there is room."""
    store = Store(tmpfs / "home", author="ada@lab")
    add(store, "a")
    before = store.path.read_bytes()
    filler = tmpfs / "filler"
    with pytest.raises(OSError, match="No space left on device"):
        filler.write_bytes(b"x" * 100_000)
    with pytest.raises(StoreUnwritable) as raised:
        add(store, *(f"b-{number}" for number in range(50)))
    assert "No space left on device" in raised.value.problem
    assert store.path.read_bytes() == before
    filler.unlink()
    subprocess.run(["mount", "-o", "remount,ro", str(tmpfs)], check=True)
    assert [each.alias for each in Store(store.home).read().connections] == ["a"]
    with pytest.raises(StoreUnwritable) as raised:
        add(store, "b")
    assert "Read-only file system" in raised.value.problem
    subprocess.run(["mount", "-o", "remount,rw", str(tmpfs)], check=True)
    add(store, "b")
    assert [each.alias for each in Store(store.home).read().connections] == ["a", "b"]
    assert strays(store.home) == set()
