"""The store survives a file that is cut, scrambled or replaced by something else."""

from __future__ import annotations

import os
import random
import socket
import threading
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from aiconn_nb.errors import NotTheStore, StoreCorrupt, StoreSetAside, StoreTooNew, StoreUnwritable
from aiconn_nb.store.store import Store

from .conftest import Record, connection, problem_of


def attack(store: Store, spoiled: Iterable[bytes]) -> int:
    """Put each content in the place of the file, and return how many were tried.

    Each damaged file is set aside untouched, or refused and left in its place. None is read as something else, and none is
    overwritten.
    """
    whole = Store(store.home).read()
    wanted = (whole.connections, whole.deleted, whole.trusted())
    tried = 0
    for content in spoiled:
        tried += 1
        store.path.write_bytes(content)
        fresh = Store(store.home)
        try:
            snapshot = fresh.read()
        except StoreCorrupt:
            (aside,) = store.home.glob("connections.damaged-*")
            assert aside.read_bytes() == content
            assert not store.path.exists()
            aside.unlink()
        except StoreTooNew:
            assert store.path.read_bytes() == content
        else:
            assert (snapshot.connections, snapshot.deleted, snapshot.trusted()) == wanted
    return tried


def test_cut_at_every_byte_of_the_last_kilobyte(full_store: Store, record_figure: Record) -> None:
    """Every shortened file is recognised as damaged."""
    content = full_store.path.read_bytes()
    assert len(content) > 1024
    cuts = (content[:-length] for length in range(1, 1025))
    record_figure("cut files, all set aside", attack(full_store, cuts))


def test_any_two_neighbouring_bytes_swapped(full_store: Store, record_figure: Record, thorough: bool) -> None:
    """Damage is recognised even if the result is valid JSON: a swapped letter in a host's name would send a key elsewhere."""
    content = full_store.path.read_bytes()

    def swapped() -> Iterable[bytes]:
        for at in range(0, len(content) - 1, 1 if thorough else 5):
            if content[at] != content[at + 1]:
                yield content[:at] + content[at + 1 : at + 2] + content[at : at + 1] + content[at + 2 :]

    tried = attack(full_store, swapped())
    assert tried > 300
    record_figure("files with two bytes swapped, all set aside or refused", tried)


def test_bits_flipped_blocks_zeroed_and_bytes_doubled(full_store: Store, record_figure: Record, thorough: bool) -> None:
    """Failing disks and sync programs cause such damage."""
    content = full_store.path.read_bytes()
    dice = random.Random(20261123)

    def spoiled() -> Iterable[bytes]:
        for _ in range(600 if thorough else 150):
            at = dice.randrange(len(content))
            length = dice.choice([1, 16, 512])
            yield content[:at] + bytes([content[at] ^ (1 << dice.randrange(8))]) + content[at + 1 :]
            if content[at : at + length] != bytes(length):
                yield content[:at] + bytes(len(content[at : at + length])) + content[at + length :]
            yield content[:at] + content[at : at + length] + content[at:]
        yield content + content
        yield content + b"\0"
        yield content[1:]

    record_figure("files with flipped bits and lost blocks", attack(full_store, spoiled()))


def test_another_json_in_its_place(full_store: Store, record_figure: Record) -> None:
    """Files of another program, files of TinyDB itself and empty files are damage."""
    others = [
        b"",
        b" ",
        b"null",
        b"{}",
        b"[]",
        b'"text"',
        b"3",
        b'{"_default": {"1": {"alias": "x"}}}',
        b'{"connections": {}}',
        b'{"store": []}',
        b'{"store": {"schema": "1"}}',
        b'{"store": {"schema": 1, "schema": 1}}',
        b'{"store": {"schema": 1}, "connections": {"../x": {}}}',
        "{}".encode("utf-16"),
        b'{"store":{"schema":99999999999999999999}}',
        b'{"store":{"schema":3}}',
    ]
    record_figure("other files in the store's place", attack(full_store, others))


def test_a_damaged_file_is_not_overwritten_by_a_change(full_store: Store) -> None:
    """A change does not overwrite it, not even in a kernel that knows the former content. The next change starts a new file beside
    it."""
    assert full_store.read().connections
    full_store.path.write_bytes(b"rubbish")
    with pytest.raises(StoreSetAside), full_store.change() as change:
        change.put(connection("lost"))
    with full_store.change() as change:
        assert change.connections == ()
        change.put(connection("new"))
    (aside,) = full_store.home.glob("connections.damaged-*")
    assert aside.read_bytes() == b"rubbish"
    (note,) = full_store.notes
    assert aside.name in note
    assert "connections.json" in note  # the name that a repaired copy must have


def test_two_kernels_that_find_the_damage_at_once_set_aside_one_file(full_store: Store) -> None:
    """The second kernel finds an empty store, and neither takes the other's new file for the damaged one."""
    full_store.path.write_bytes(b"rubbish")
    outcomes: list[str] = []
    barrier = threading.Barrier(6)

    def look() -> None:
        barrier.wait()
        try:
            Store(full_store.home).read()
            outcomes.append("empty")
        except StoreCorrupt:
            outcomes.append("damaged")

    threads = [threading.Thread(target=look) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["damaged"] + ["empty"] * 5
    assert len(list(full_store.home.glob("connections.damaged-*"))) == 1


def make_folder(path: Path) -> None:
    path.mkdir()
    (path / "inside").write_text("mine")


def make_link(path: Path) -> None:
    target = path.with_name("target.json")
    target.write_text('{"store":{"schema":1}}')
    path.symlink_to(target)


def make_dangling_link(path: Path) -> None:
    path.symlink_to("/nowhere/at/all")


def make_socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listener:
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            listener.bind(f"/proc/self/fd/{folder}/{path.name}")
        finally:
            os.close(folder)


@pytest.mark.parametrize(
    ("make", "what"),
    [
        (make_folder, "a folder"),
        (make_dangling_link, "a link that leads nowhere"),
        (os.mkfifo, "a pipe"),
        (make_socket, "a socket"),
    ],
)
def test_what_is_no_file_is_refused_and_left(full_store: Store, make: Callable[[Path], None], what: str) -> None:
    """Reading neither hangs on it nor follows or replaces it, and neither does a change. An old snapshot does not hide it."""
    full_store.path.unlink()
    make(full_store.path)
    before = full_store.path.lstat()
    for store in (full_store, Store(full_store.home)):
        with pytest.raises(NotTheStore) as raised:
            store.read()
        assert (raised.value.path, raised.value.found) == (str(store.path), what)
        with pytest.raises(NotTheStore), store.change() as change:
            change.put(connection("lost"))
    after = full_store.path.lstat()
    assert (after.st_ino, after.st_mode) == (before.st_ino, before.st_mode)


def test_a_link_is_read_and_never_written(full_store: Store, tmp_path: Path) -> None:
    """Kubernetes mounts a store in this way. Neither the link nor its target is replaced, whether the target is damaged or not."""
    target = tmp_path / "mounted.json"
    content = full_store.path.read_bytes()
    mode = target.write_bytes(content) and target.stat().st_mode
    full_store.path.unlink()
    full_store.path.symlink_to(target)
    store = Store(full_store.home)
    assert [each.alias for each in store.read().connections] == [each.alias for each in full_store.read().connections]
    with pytest.raises(StoreUnwritable), store.change() as change:
        change.put(connection("new"))
    assert full_store.path.is_symlink()
    assert (target.read_bytes(), target.stat().st_mode) == (content, mode)
    target.write_bytes(b"spoiled")
    with pytest.raises(StoreCorrupt):
        Store(full_store.home).read()
    assert full_store.path.is_symlink()
    assert target.read_bytes() == b"spoiled"


@pytest.mark.parametrize("make", [make_folder, make_link])
@pytest.mark.parametrize("name", ["connections.json.tmp", "connections.json.lock"])
def test_what_stands_in_the_way_of_draft_or_lock_is_not_followed(
    full_store: Store, make: Callable[[Path], None], name: str
) -> None:
    """The change is saved, or refused with one of our errors. The target of a link is never written."""
    path = full_store.home / name
    path.unlink(missing_ok=True)
    make(path)

    def save() -> None:
        with full_store.change() as change:
            change.put(connection("new"))

    problem = problem_of(save)
    assert problem is None or str(full_store.home) in problem.what
    target = full_store.home / "target.json"
    assert not target.exists() or target.read_text() == '{"store":{"schema":1}}'
    assert Store(full_store.home).read().connection("c-0")
