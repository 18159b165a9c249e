"""Saving, finding, deleting and bringing back connections."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from aiconn_nb.errors import ConnectionChanged, ConnectionExists, ConnectionNotFound, InvalidConnection
from aiconn_nb.model.connection import Connection
from aiconn_nb.model.secret import Sealed, Secret
from aiconn_nb.store import shelf
from aiconn_nb.store.store import Store

Make = Callable[..., Connection]


def test_a_fresh_machine_has_an_empty_store_and_no_files(store: Store, home: Path) -> None:
    """Reading creates no file."""
    assert store.read().connections == ()
    assert store.read().profiles == ()
    assert not home.exists()


def test_what_is_saved_is_read_by_another_store(make: Make, home: Path) -> None:
    """Every field is read back: sealed settings, numbers, booleans and text beyond ASCII."""
    settings = {"api_key": Sealed("aiconn:1:x"), "endpoint": "https://ü.example/$", "timeout": 30, "t": 0.5, "on": True}
    made = make("openai-dev", name="Größe 漢字 \U0001f600", settings=settings, active=False)
    assert Store(home).read().connections == (made,)
    assert dict(Store(home).read().connection("openai-dev").settings) == settings


def test_a_new_connection_is_version_one_and_says_who_made_it(store: Store) -> None:
    """The store sets the version and the author, whatever the given value has."""
    with store.change() as change:
        made = change.put(Connection(alias="a", name="A", provider="demo", version=7, modified_by="eve@elsewhere"))
    assert (made.version, made.modified_by) == (1, "ada@lab")
    assert made.modified >= made.created
    assert store.read().connection("a") == made


def test_a_save_is_the_next_version_and_keeps_its_creation(store: Store, make: Make) -> None:
    """The store sets version, time and author, and keeps the creation time, whatever the given value has."""
    made = make()
    with Store(store.home, author="bob@desk").change() as change:
        saved = change.put(replace(made, name="Other", created=datetime(2001, 1, 1, tzinfo=UTC)))
    assert (saved.version, saved.modified_by, saved.name, saved.created) == (2, "bob@desk", "Other", made.created)
    assert saved.modified >= made.modified
    assert store.read().connections == (saved,)


def test_saving_what_is_stored_already_is_no_new_version(store: Store, make: Make) -> None:
    """A form that is saved without a change adds nothing to the history."""
    made = make()
    with store.change() as change:
        assert change.put(made) == made
    assert [version.version for version in store.history(made.id)] == [1]


def test_connections_are_sorted_by_alias_and_found_in_any_case(store: Store, make: Make) -> None:
    """This also holds right after a rename, which frees the old alias."""
    for alias in ("b", "c", "a"):
        make(alias)
    assert [each.alias for each in store.read().connections] == ["a", "b", "c"]
    with store.change() as change:
        change.put(replace(change.connection("A"), alias="z"))
        assert change.connection("Z").alias == "z"
    assert [each.alias for each in store.read().connections] == ["b", "c", "z"]
    store.read().require_free("a")


def test_an_unknown_alias_names_the_nearest(make: Make, store: Store) -> None:
    """The error does not repeat a text that looks like a key."""
    make("openai-dev")
    with pytest.raises(ConnectionNotFound) as raised:
        store.read().connection("openai-dew")
    assert (raised.value.alias, raised.value.nearest) == ("openai-dew", "openai-dev")
    with pytest.raises(ConnectionNotFound) as raised:
        store.read().connection("sk-proj-abcdefghijklmnop")
    assert "abcdefgh" not in str(raised.value)


def test_two_connections_never_have_one_alias(store: Store, make: Make) -> None:
    """Neither a new connection nor a rename may take a used alias. Nothing of such a change is saved."""
    make("a")
    b = make("b")

    def clash(second: Connection) -> None:
        with store.change() as change:
            change.put(Connection(alias="c", name="c", provider="demo"))
            change.put(second)

    for second in (Connection(alias="a", name="x", provider="demo"), replace(b, alias="a")):
        with pytest.raises(ConnectionExists):
            clash(second)
    assert [each.alias for each in store.read().connections] == ["a", "b"]


def test_two_connections_can_swap_their_aliases_in_one_change(store: Store, make: Make) -> None:
    """The swap uses a third alias, because each step of a change must obey the rule."""
    a, b = make("a"), make("b")
    with store.change() as change:
        change.put(replace(a, alias="tmp"))
        change.put(replace(b, alias="a"))
        change.put(replace(change.connection("tmp"), alias="b"))
    assert store.read().connection("a").id == b.id
    assert store.read().connection("b").id == a.id


def test_a_stale_save_is_refused(store: Store, make: Make) -> None:
    """Another user's save stays. The error names its author and version."""
    made = make()
    with Store(store.home, author="bob@desk").change() as change:
        change.put(replace(made, name="Bob's"))
    with (
        pytest.raises(ConnectionChanged) as raised,
        store.change() as change,
    ):
        change.put(replace(made, name="Ada's"), expected_version=1)
    assert (raised.value.version, raised.value.expected) == (2, 1)
    assert store.read().connection("openai-dev").name == "Bob's"


@pytest.mark.parametrize("expected", [None, 1])
def test_a_save_does_not_bring_back_what_was_deleted_meanwhile(store: Store, make: Make, expected: int | None) -> None:
    """The save is refused, and the error says that the connection was deleted."""
    made = make()
    with store.change() as change:
        change.remove(made.id)
    with pytest.raises(ConnectionChanged), store.change() as change:
        change.put(replace(made, name="x"), expected_version=expected)
    assert store.read().connections == ()


def test_the_provider_never_changes(store: Store, make: Make) -> None:
    """The store refuses another provider, whatever the caller has checked."""
    made = make()
    with pytest.raises(InvalidConnection) as raised, store.change() as change:
        change.put(replace(made, provider="google"))
    assert raised.value.problems.keys() == {"provider"}


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"alias": "Has Space"}, "alias"),
        ({"alias": "<b>"}, "alias"),
        ({"alias": "a" * 101}, "alias"),
        ({"id": "../../etc/passwd"}, "id"),
        ({"settings": {"api_key": Secret("sk-plain-text")}}, "api_key"),
        ({"settings": {"x": float("nan")}}, "x"),
        ({"settings": {"x": None}}, "x"),
        ({"settings": {"x": {"y": 1}}}, "x"),
        ({"settings": {"x": 10**5000}}, "x"),
        ({"name": 3}, "name"),
        ({"created": datetime(2026, 1, 1)}, "created"),
    ],
)
def test_what_could_not_be_read_back_is_not_written(store: Store, home: Path, given: dict, field: str) -> None:
    """An unsealed `Secret` is refused above all, and so is an id that leads to another folder."""
    with pytest.raises(InvalidConnection) as raised, store.change() as change:
        change.put(Connection(**{"alias": "a", "name": "A", "provider": "demo", **given}))
    assert raised.value.problems.keys() == {field}
    assert "plain" not in str(raised.value)
    assert not (home / "connections.json").exists()


def test_an_exception_in_the_block_saves_nothing(store: Store, make: Make, home: Path) -> None:
    """File and memory stay unchanged, and the lock is released."""
    made = make()
    before = (home / "connections.json").read_bytes()

    def interrupted() -> None:
        with store.change() as change:
            change.remove(made.id)
            change.put(Connection(alias="b", name="B", provider="demo"))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert (home / "connections.json").read_bytes() == before
    assert store.read().connections == (made,)
    with store.change() as change:
        assert change.connections == (made,)


def test_a_change_that_changes_nothing_writes_nothing(store: Store, make: Make, home: Path) -> None:
    """The file is not replaced."""
    make()
    before = (home / "connections.json").stat()
    with store.change() as change:
        assert len(change.connections) == 1
    after = (home / "connections.json").stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_a_snapshot_does_not_follow_later_changes(store: Store, make: Make) -> None:
    """A snapshot stays consistent for as long as it is held."""
    made = make()
    snapshot = store.read()
    with store.change() as change:
        change.put(replace(made, name="Later"))
        change.put(Connection(alias="b", name="B", provider="demo"))
    assert snapshot.connections == (made,)
    assert snapshot.connection_by_id(made.id) == made


def test_a_change_that_has_ended_takes_no_more(store: Store) -> None:
    """A late write raises an error instead of being lost silently."""
    with store.change() as change:
        pass
    with pytest.raises(RuntimeError, match="has ended"):
        change.put(Connection(alias="b", name="B", provider="demo"))


def test_a_change_within_a_change_is_refused_at_once(store: Store) -> None:
    """The inner change would wait for the outer one's lock."""
    with pytest.raises(RuntimeError, match="going on"), store.change(), store.change():
        pass
    with store.change() as change:
        change.put(Connection(alias="b", name="B", provider="demo"))


def test_a_deleted_connection_comes_back_as_it_was(store: Store, make: Make) -> None:
    """It keeps its version and history. Until then the list of deleted connections shows it, with author and time."""
    made = make(settings={"api_key": Sealed("aiconn:1:x")})
    with store.change() as change:
        saved = change.put(replace(made, name="Second"))
    with store.change() as change:
        assert change.remove(made.id) == saved
        assert change.connections == ()
    (gone,) = store.read().deleted
    assert (gone.state, gone.by) == (saved, "ada@lab")
    assert gone.moment >= saved.modified
    with pytest.raises(ConnectionNotFound):
        store.read().connection("openai-dev")
    with store.change() as change:
        assert change.restore(made.id) == saved
    assert store.read().connections == (saved,)
    assert store.read().deleted == ()
    assert [version.state for version in store.history(made.id)] == [made, saved]


def test_deleting_or_restoring_what_is_not_there_says_so(store: Store, make: Make) -> None:
    """This also holds for the second of two simultaneous deletions."""
    made = make()
    with store.change() as change:
        change.remove(made.id)
        with pytest.raises(ConnectionNotFound):
            change.remove(made.id)
        change.restore(made.id)
    with pytest.raises(ConnectionNotFound), store.change() as change:
        change.restore(made.id)


def test_a_deleted_one_does_not_come_back_under_a_taken_alias(store: Store, make: Make) -> None:
    """It stays in the list of deleted connections."""
    made = make("a")
    with store.change() as change:
        change.remove(made.id)
    make("a")
    with pytest.raises(ConnectionExists), store.change() as change:
        change.restore(made.id)
    assert [gone.state.id for gone in store.read().deleted] == [made.id]


def test_the_deleted_ones_go_after_thirty_days_with_their_history(
    store: Store, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first change a day after one that found them due removes them, and none before it."""
    old, recent = make("old"), make("recent")
    with store.change() as change:
        change.put(replace(old, name="x"))
        change.remove(old.id)
    deleted = store.read().deleted[0].moment
    monkeypatch.setattr(shelf, "now", lambda: deleted + timedelta(days=29))
    with store.change() as change:
        change.remove(recent.id)
    assert len(store.read().deleted) == 2
    assert store.history(old.id)
    from aiconn_nb.store import change as change_module

    monkeypatch.setattr(change_module, "now", lambda: deleted + timedelta(days=31))
    make("another")
    assert [gone.state.alias for gone in store.read().deleted] == ["old", "recent"]
    monkeypatch.setattr(change_module, "now", lambda: deleted + timedelta(days=32))
    make("a-third")
    assert [gone.state.alias for gone in store.read().deleted] == ["recent"]
    assert store.history(old.id) == []
    assert not (store.home / "history" / f"{old.id}.jsonl").exists()


def test_reprs_show_no_setting_that_is_sealed(store: Store, make: Make) -> None:
    """The reprs of a store, a snapshot and a change show counts and no content."""
    make(settings={"api_key": Sealed("aiconn:1:token")})
    with store.change() as change:
        shown = repr([store, store.read(), change, change.shelves, store.read().deleted, vars(store)])
    assert "token" not in shown
    assert "<Snapshot: 1 connections, 0 profiles>" in shown
