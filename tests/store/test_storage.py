"""The store's file: its form, its privacy, its locks, and what is done with one that is damaged, older or newer."""

from __future__ import annotations

import fcntl
import gc
import json
import os
import subprocess
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from tinydb import TinyDB

from aiconn_nb.errors import (
    StoreCorrupt,
    StoreError,
    StoreLeftDamaged,
    StoreSetAside,
    StoreTooNew,
    StoreUnreadable,
    StoreUnwritable,
)
from aiconn_nb.model.connection import Connection
from aiconn_nb.model.secret import Sealed
from aiconn_nb.store.file import StoreFile
from aiconn_nb.store.storage import AtomicStorage, Damage, decode
from aiconn_nb.store.store import Store

Make = Callable[..., Connection]


def edit(store: Store, change: Callable[[dict], object], *, checksum: bool = False) -> None:
    """Edit the file by hand, as a user would: without the checksum."""
    document = json.loads(store.path.read_text())
    change(document)
    if not checksum:
        document["store"].pop("checksum", None)
    store.path.write_text(json.dumps(document, indent=2))


def asides(store: Store) -> list[Path]:
    """Return the damaged files that were set aside."""
    return sorted(store.home.glob("connections.damaged-*.json"))


# ---- form and privacy -------------------------------------------------------------------------------------------------


def test_the_file_is_json_with_a_schema_number_and_tables(store: Store, make: Make) -> None:
    """The layout is TinyDB's: table, id, document."""
    made = make("a")
    document = json.loads(store.path.read_text())
    assert document["store"]["schema"] == 1
    assert document["connections"][made.id]["alias"] == "a"


def test_folders_and_files_are_their_owners_alone(store: Store, make: Make) -> None:
    """The modes are 0700 and 0600, whatever the umask, and a save leaves no other file."""
    former = os.umask(0)
    try:
        make("a")
        make("b")
    finally:
        os.umask(former)
    found = {path.name: path.stat().st_mode & 0o777 for path in store.home.iterdir()}
    found.setdefault("connections.json.lock", 0o600)  # some releases of filelock remove it again
    assert found == {"connections.json": 0o600, "connections.json.lock": 0o600}
    assert store.home.stat().st_mode & 0o777 == 0o700


def test_an_empty_folder_that_was_there_is_made_private(home: Path, store: Store, make: Make) -> None:
    """``mkdir`` creates open folders. A folder with other files keeps its mode."""
    home.mkdir(mode=0o755)
    home.chmod(0o755)
    make("a")
    assert home.stat().st_mode & 0o777 == 0o700
    shared = home.parent / "shared"
    shared.mkdir()
    shared.chmod(0o755)
    (shared / "notes.txt").write_text("mine")
    with Store(shared).change() as change:
        change.put(Connection(alias="a", name="A", provider="demo"))
    assert shared.stat().st_mode & 0o777 == 0o755
    assert (shared / "connections.json").stat().st_mode & 0o777 == 0o600


def test_a_file_that_was_copied_here_open_is_closed(store: Store, make: Make) -> None:
    """It becomes private as soon as it is read."""
    make("a")
    store.path.chmod(0o644)
    Store(store.home).read()
    assert store.path.stat().st_mode & 0o777 == 0o600


def test_the_home_may_be_given_relative_to_a_folder_that_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A notebook that changes its working folder keeps its store."""
    monkeypatch.chdir(tmp_path)
    store = Store("home")
    (tmp_path / "other").mkdir()
    monkeypatch.chdir(tmp_path / "other")
    with store.change() as change:
        change.put(Connection(alias="a", name="A", provider="demo"))
    assert (tmp_path / "home" / "connections.json").exists()


# ---- reading ----------------------------------------------------------------------------------------------------------


def test_reading_again_reads_nothing_while_the_file_is_the_same(store: Store, make: Make) -> None:
    """The same snapshot object is returned until another kernel saves."""
    make("a")
    snapshot = store.read()
    assert store.read() is snapshot
    other = Store(store.home)
    with other.change() as change:
        change.put(Connection(alias="b", name="B", provider="demo"))
    assert [each.alias for each in store.read().connections] == ["a", "b"]


def test_a_change_is_seen_though_inode_size_and_time_are_the_same(store: Store, make: Make) -> None:
    """File systems reuse inode numbers, and their timestamps are coarse. A stale reader would overwrite the unseen change."""
    make("abc")
    before = store.path.stat()
    start, content = b'{"store":{"schema":1', store.path.read_bytes()
    other = content[content.index(b"}") :].replace(b"abc", b"xyz")
    store.read()
    with open(store.path, "r+b") as file:
        file.write(start + b" " * (len(content) - len(start) - len(other)) + other)
    os.utime(store.path, ns=(before.st_atime_ns, before.st_mtime_ns))
    after = store.path.stat()
    assert (after.st_ino, after.st_size, after.st_mtime_ns) == (before.st_ino, before.st_size, before.st_mtime_ns)
    assert [each.alias for each in store.read().connections] == ["xyz"]


def test_reading_needs_neither_a_lock_nor_write_access(store: Store, make: Make) -> None:
    """A reader works while another process changes the store, and sees the last complete state."""
    made = make("a")
    with store.change() as change:
        change.remove(made.id)
        assert Store(store.home).read().connections == (made,)
    assert Store(store.home).read().connections == ()


# ---- damaged ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00" * 40,
        b"\xff\xfe",
        b"{",
        b"[]",
        b'{"_default": {"1": {"alias": "a"}}}',
        b'{"store": {}}',
        b'{"store": {"schema": true}}',
        b'{"store": {"schema": 0}}',
        b'{"store": {"schema": 1, "checksum": "00000000"}}',
        b'{"store":{"schema":1,"checksum":"00000000"}}',
        b'{"store": {"schema": 1}, "x": {}}',
        b'{"store": {"schema": 1}, "connections": []}',
        b'{"store": {"schema": 1}, "connections": {"a": 1}}',
        b'{"store": {"schema": 1}, "connections": {"a": {}}}',
        b'{"store": {"schema": 1}, "store": {"schema": 1}}',
        b'{"store": {"schema": 1}, "connections": NaN}',
        b"[" * 100_000,
        b'{"store": {"schema": 1}, "defaults": {"chat": {}}}',
        b'{"store": {"schema": 1}, "defaults": {"song": {"profile": "x"}}}',
        b'{"store": {"schema": 1}, "trusted": {"x": {"what": "a", "host": 3}}}',
    ],
)
def test_a_damaged_file_is_set_aside_and_said_to_be(store: Store, home: Path, content: bytes) -> None:
    """The first read or change renames it without changing its content. The next use begins with an empty store, and a note names
    the file."""
    for use in (lambda: Store(home).read(), lambda: Store(home).change().__enter__()):
        for path in home.glob("*") if home.exists() else ():
            path.unlink()
        home.mkdir(exist_ok=True)
        store.path.write_bytes(content)
        with pytest.raises(StoreSetAside) as raised:
            use()
        (aside,) = asides(store)
        assert (raised.value.path, raised.value.aside) == (str(store.path), str(aside))
        assert aside.read_bytes() == content
        assert not store.path.exists()
        assert Store(home).read().connections == ()
        assert [(aside.name in note, "connections.json" in note) for note in Store(home).notes] == [(True, True)]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda c: c.update(alias=None),
        lambda c: c.update(alias="Not An Alias"),
        lambda c: c.update(name=["x"]),
        lambda c: c.update(active=1),
        lambda c: c.update(version="1"),
        lambda c: c.update(version=0),
        lambda c: c.update(version=True),
        lambda c: c.update(created="yesterday"),
        lambda c: c.update(created="2026-01-01T00:00:00"),
        lambda c: c.update(settings=[]),
        lambda c: c["settings"].update(api_key=None),
        lambda c: c["settings"].update(api_key={"sealed": 1}),
        lambda c: c["settings"].update(api_key={"sealed": "x", "more": 1}),
        lambda c: c["settings"].update(api_key=["x"]),
        lambda c: c.update(unknown="field"),
        lambda c: c.pop("modified_by"),
    ],
)
def test_an_ill_typed_connection_is_damage(store: Store, make: Make, spoil: Callable[[dict], object]) -> None:
    """The whole file is set aside: if one place is wrong, others may be, too."""
    made = make("a", settings={"endpoint": "QJZ-value"})
    edit(store, lambda document: spoil(document["connections"][made.id]))
    content = store.path.read_bytes()
    with pytest.raises(StoreSetAside) as raised:
        store.read()
    assert asides(store)[0].read_bytes() == content
    assert "QJZ" not in str(raised.value)


def test_an_alias_or_an_id_that_stands_twice_is_damage(store: Store, make: Make) -> None:
    """Two connections have one alias, or a connection is both present and deleted."""
    made = make("a")
    edit(store, lambda document: document["connections"].update({"b": document["connections"][made.id]}))
    with pytest.raises(StoreSetAside):
        store.read()
    made = make("a")
    gone = {"deleted": made.created.isoformat(), "deleted_by": "", "state": None}
    edit(
        store,
        lambda document: document.update(
            deleted_connections={made.id: {**gone, "state": document["connections"][made.id]}}
        ),
    )
    with pytest.raises(StoreSetAside):
        store.read()


def test_a_file_edited_by_hand_is_accepted_without_its_checksum_only(store: Store, make: Make) -> None:
    """A changed letter is damage. Deleting the checksum marks an intended edit."""
    made = make("a", settings={"endpoint": "https://api.example"})
    store.path.write_bytes(store.path.read_bytes().replace(b"api.example", b"aip.example"))
    with pytest.raises(StoreSetAside):
        store.read()
    os.rename(asides(store)[0], store.path)
    edit(store, lambda document: document["connections"][made.id].update(name="By hand"))
    assert store.read().connection("a").name == "By hand"
    make("b")
    assert [each.name for each in Store(store.home).read().connections] == ["By hand", "B"]
    assert "checksum" in json.loads(store.path.read_text())["store"]


def test_a_second_damaged_file_of_the_same_second_has_a_name_of_its_own(store: Store, make: Make) -> None:
    """The first one is not overwritten."""
    for number in range(3):
        make("a")
        store.path.write_bytes(b"rubbish %d" % number)
        with pytest.raises(StoreCorrupt):
            store.read()
    assert sorted(path.read_bytes() for path in asides(store)) == [b"rubbish 0", b"rubbish 1", b"rubbish 2"]


def test_a_damaged_file_that_cannot_be_set_aside_stays(
    store: Store, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each use reports it, and a change does not overwrite it."""
    make("a")
    store.path.write_bytes(b"rubbish")

    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "rename", refuse)
    for _ in range(2):
        with pytest.raises(StoreLeftDamaged):
            store.read()
        with pytest.raises(StoreLeftDamaged), store.change():
            pass
    assert store.path.read_bytes() == b"rubbish"


def test_an_error_shows_nothing_of_the_file(store: Store, make: Make) -> None:
    """No local of a frame of this package, which IPython's Verbose mode prints, shows it either."""
    made = make("a", settings={"api_key": Sealed("QJZ-sealed"), "endpoint": "QJZ-endpoint"})
    content = store.path.read_bytes()
    for spoiled in (content[:-1], content.replace(b"sealed", b"selaed"), content.replace(b'"schema":1', b'"schema":9')):
        store.path.write_bytes(spoiled)
        for use in (Store(store.home).read, lambda: Store(store.home).change().__enter__()):
            with pytest.raises(StoreError) as raised:
                use()
            assert raised.value.__context__ is None
            frames = traceback.StackSummary.extract(traceback.walk_tb(raised.value.__traceback__), capture_locals=True)
            shown = str([frame.locals for frame in frames if "aiconn_nb" in frame.filename])
            assert "QJZ" not in shown
            assert made.id not in shown
            store.path.write_bytes(spoiled)


# ---- older and newer --------------------------------------------------------------------------------------------------


def test_a_newer_store_is_refused_and_left_alone(store: Store, make: Make) -> None:
    """This holds for any tables, with or without a checksum."""
    make("a")
    for content in (
        b'{"store": {"schema": 3, "anything": []}, "connections": 3}',
        store.path.read_bytes().replace(b'"schema":1', b'"schema":3'),
    ):
        store.path.write_bytes(content)
        with pytest.raises(StoreTooNew):
            store.read()
        with pytest.raises(StoreTooNew), store.change():
            pass
        assert store.path.read_bytes() == content
        assert asides(store) == []


def test_an_older_store_is_migrated_and_kept_as_a_copy(tmp_path: Path) -> None:
    """Reading changes no file. The first write keeps the old file beside the new one."""
    file = StoreFile(tmp_path / "home" / "connections.json")
    first = AtomicStorage(file, schema=1)
    with first.transaction():
        TinyDB(storage=lambda: first).table("old").insert({"name": "x"})
    before = file.path.read_bytes()
    migrations = {1: lambda tables: {"new": tables["old"]}}

    second = AtomicStorage(file, schema=2, migrations=migrations, needed=lambda tables: 2)
    assert second.load().tables == {"new": {"1": {"name": "x"}}}
    assert file.path.read_bytes() == before

    with second.transaction():
        TinyDB(storage=lambda: second).table("new").insert({"name": "y"})
    assert decode(file.path.read_bytes(), 2) == (2, {"new": {"1": {"name": "x"}, "2": {"name": "y"}}})
    (copy,) = file.folder.glob("connections.schema-1-*.json")
    assert copy.read_bytes() == before
    assert copy.stat().st_mode & 0o777 == 0o600
    with pytest.raises(StoreTooNew):
        first.load()


# ---- TinyDB's seam ----------------------------------------------------------------------------------------------------


def test_a_transaction_writes_once_however_many_tables_it_touches(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """TinyDB writes after each operation, but the file is replaced once, at the end."""
    storage = AtomicStorage(StoreFile(tmp_path / "connections.json"))
    replaced = []
    real = os.replace
    monkeypatch.setattr(os, "replace", lambda *names: (replaced.append(names), real(*names))[1])
    with storage.transaction():
        database = TinyDB(storage=lambda: storage)
        for name in ("a", "b", "c"):
            database.table(name).insert({"x": 1})
        assert replaced == []
    assert len(replaced) == 1
    assert set(decode(storage.file.path.read_bytes())[1]) == {"a", "b", "c"}


def test_writing_outside_of_a_transaction_is_refused(tmp_path: Path) -> None:
    """It would lose the saves of other processes."""
    storage = AtomicStorage(StoreFile(tmp_path / "connections.json"))
    with pytest.raises(RuntimeError, match="transaction"):
        storage.write({})


def test_decoding_says_what_is_wrong_and_repeats_nothing() -> None:
    """The error names the place in the file if there is one."""
    with pytest.raises(Damage) as raised:
        decode(b'{\n  QJZ"')
    assert ("line 2, column 3" in str(raised.value), "QJZ" in str(raised.value)) == (True, False)


def test_a_home_that_is_a_file_is_refused(home: Path, store: Store) -> None:
    """Reading and writing fail, and the file stays."""
    home.write_text("mine")
    with pytest.raises(StoreUnreadable):
        store.read()
    with pytest.raises(StoreUnwritable), store.change():
        pass
    assert home.read_text() == "mine"


def test_ctrl_c_at_any_line_of_a_save_lets_the_lock_go(
    tmp_path: Path, interrupted_at: Callable[[int, Callable[[], object]], None]
) -> None:
    """The lock is free at once, while the exception still holds its frames, and without the garbage collector."""
    store = Store(tmp_path)
    made = Connection(alias="a", name="a", provider="demo")
    with store.change() as change:
        change.put(made)

    def save() -> None:
        with Store(tmp_path).change() as change:
            change.put(replace(change.connection("a"), name="b"))
            change.put(replace(change.connection("a"), name="a"))

    held: list[BaseException] = []
    number = 0
    gc.disable()
    try:
        while len(held) == number:
            number += 1
            try:
                interrupted_at(number, save)
            except KeyboardInterrupt as interrupt:
                held.append(interrupt)
            with open(tmp_path / "connections.json.lock", "ab") as file:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    finally:
        gc.enable()
    assert number > 100


@pytest.mark.parametrize("clock", [lambda: 0, time.time_ns])
def test_a_change_that_leaves_size_and_time_is_seen(
    store: Store, make: Callable[..., Connection], monkeypatch: pytest.MonkeyPatch, clock: Callable[[], int]
) -> None:
    """The change time reveals it, which no program can set. The file has no checksum, as after an edit by hand."""
    make("a", name="One")
    path = store.path
    content = json.loads(path.read_bytes())
    del content["store"]["checksum"]
    path.write_bytes(json.dumps(content).encode())
    monkeypatch.setattr("aiconn_nb.model.stamp.time.time_ns", clock)
    assert store.read().connection("a").name == "One"
    before = path.stat()
    with open(path, "r+b") as file:
        file.write(json.dumps(content).replace("One", "Two").encode())
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert store.read().connection("a").name == "Two"


def test_a_young_file_is_read_again_though_nothing_tells_that_it_changed(
    store: Store, make: Callable[..., Connection], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some file systems store times in steps of two seconds. Unchanged content gives the same snapshot object."""
    make("a", name="One")
    now = time.time_ns()
    monkeypatch.setattr("aiconn_nb.store.file.stamp_of", lambda found: (1, 2, found.st_size, now, now))
    content = json.loads(store.path.read_bytes())
    del content["store"]["checksum"]
    store.path.write_bytes(json.dumps(content).encode())
    first = store.read()
    assert store.read() is first
    store.path.write_bytes(json.dumps(content).replace("One", "Two").encode())
    assert store.read().connection("a").name == "Two"


def test_reading_a_store_imports_nothing_that_only_a_save_needs(store: Store, make: Callable[..., Connection]) -> None:
    """A list must be fast."""
    make()
    code = "import sys; from aiconn_nb.store.store import Store; print(len(Store(sys.argv[1]).read().connections),"
    code += " [name for name in ('tinydb', 'filelock', 'aiconn_nb.store.change') if name in sys.modules])"
    found = subprocess.run([sys.executable, "-c", code, str(store.home)], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "1 []"


@pytest.mark.parametrize(("folder", "notes"), [("/home/pyodide/store", 1), ("/drive/store", 0), ("/drive", 0)])
def test_in_a_browser_a_store_that_ends_with_the_kernel_is_noted(
    folder: str, notes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """JupyterLite keeps only the files beside the notebook."""
    monkeypatch.setattr("aiconn_nb.store.store.IN_BROWSER", True)
    assert len(Store(Path(folder)).notes) == notes
