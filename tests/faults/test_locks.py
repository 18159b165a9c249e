"""A change waits for a living holder of the lock but not for a dead one, and it works on a file system without locks."""

from __future__ import annotations

import errno
import fcntl
import os
import signal
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from itertools import count
from pathlib import Path
from typing import NoReturn

import pytest

from aiconn_nb.errors import StoreBusy
from aiconn_nb.store.store import Store

from .conftest import Fork, Record, connection, strays

NO_LOCKS = [errno.ENOSYS, errno.EOPNOTSUPP, errno.ENOLCK]


@pytest.fixture
def hold(fork: Fork, home: Path) -> Callable[[], tuple[int, int]]:
    """Return a function that starts a process in the middle of a change. It returns the process's id and the descriptor to close to
    let it end."""

    def start() -> tuple[int, int]:
        (heard, said), (waiting, release) = os.pipe(), os.pipe()

        def work() -> None:
            os.close(release)
            with Store(home).change() as change:
                change.put(connection("by-the-holder"))
                os.write(said, b"x")
                os.read(waiting, 1)

        pid = fork(work)
        os.close(said)
        os.close(waiting)
        assert os.read(heard, 1) == b"x", "the holder has failed"
        os.close(heard)
        return pid, release

    return start


@pytest.fixture(params=[None, *NO_LOCKS], ids=["flock", *(errno.errorcode[code] for code in NO_LOCKS)])
def file_system(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Provide a file system with locks, and one for each way of lacking them. Return the name of the lock's file."""
    if request.param is None:
        return "connections.json.lock"

    def flock(*_: object) -> NoReturn:
        raise OSError(request.param, os.strerror(request.param))

    monkeypatch.setattr(fcntl, "flock", flock)
    return "connections.json.softlock"


def test_a_living_holder_makes_others_wait_and_then_say_so(
    home: Path, hold: Callable[[], tuple[int, int]], ended: Callable[[int], None], file_system: str
) -> None:
    """After a bounded wait, the error names the lock's file. Reading goes on, and a change succeeds once the holder has ended."""
    with Store(home).change() as change:
        change.put(connection("first"))
    pid, release = hold()
    with pytest.raises(StoreBusy) as raised, Store(home, wait=0.1).change() as change:
        change.put(connection("lost"))
    assert raised.value.seconds == 0.1
    assert file_system in raised.value.lock
    assert [each.alias for each in Store(home).read().connections] == ["first"]
    os.close(release)
    ended(pid)
    with Store(home, wait=0.1).change() as change:
        change.put(connection("later"))
    assert [each.alias for each in Store(home).read().connections] == ["by-the-holder", "first", "later"]


def test_a_dead_holder_keeps_nobody_out(home: Path, hold: Callable[[], tuple[int, int]], file_system: str) -> None:
    """The unfinished change of the dead process is not stored."""
    with Store(home).change() as change:
        change.put(connection("first"))
    pid, release = hold()
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    with Store(home, wait=5).change() as change:
        change.put(connection("later"))
    os.close(release)
    assert [each.alias for each in Store(home).read().connections] == ["first", "later"]


def test_ctrl_c_at_any_line_lets_go_of_the_store(
    full_store: Store,
    interrupted_at: Callable[[int, Callable[[], object]], None],
    record_figure: Record,
    thorough: bool,
) -> None:
    """The same kernel and all others go on. The interrupted change is saved as a whole or not at all."""
    other = Store(full_store.home, wait=0)
    interrupts = 0

    def rename(name: str) -> None:
        with full_store.change() as change:
            change.put(replace(change.connection("c-0"), name=name))

    for number in count(1, 1 if thorough else 5):
        before = other.read().connection("c-0").name
        try:
            interrupted_at(number, partial(rename, f"Interrupted {number}"))
        except KeyboardInterrupt:
            interrupts += 1
        else:
            break
        assert other.read().connection("c-0").name in (before, f"Interrupted {number}")
        for store in (other, full_store):
            with store.change() as change:
                change.put(replace(change.connection("c-1"), name=f"After {number}"))
    assert interrupts > 20
    assert strays(full_store.home) == set()
    record_figure("interrupts (Ctrl-C) in the middle of a change", interrupts)


def test_the_wait_is_ten_seconds_by_default(home: Path) -> None:
    """Ten seconds are long enough for eight busy kernels and short enough for a person."""
    assert Store(home)._file._lock.wait == 10


@pytest.mark.parametrize("code", NO_LOCKS)
def test_without_locks_a_marker_file_takes_their_place_and_it_is_said(
    home: Path,
    fork: Fork,
    ended: Callable[[int], None],
    monkeypatch: pytest.MonkeyPatch,
    record_figure: Record,
    code: int,
) -> None:
    """Four processes make ten changes each and lose none. The notes of the store say that a marker file is in use."""

    def flock(*_: object) -> NoReturn:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(fcntl, "flock", flock)
    store = Store(home)
    with store.change() as change:
        change.put(connection("counter"))
    assert store.notes == [f"{home} is on a file system without locks: a marker file keeps other kernels out instead."]

    def work() -> None:
        mine = Store(home)
        for _ in range(10):
            with mine.change() as change:
                counter = change.connection("counter")
                change.put(replace(counter, settings={"n": counter.settings["n"] + 1}))

    for pid in [fork(work) for _ in range(4)]:
        ended(pid)
    assert Store(home).read().connection("counter").settings["n"] == 40
    assert not (home / "connections.json.softlock").exists()
    record_figure(f"changes by 4 processes without locks ({errno.errorcode[code]}), none lost", 40)
