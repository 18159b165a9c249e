"""A rename leaves the old alias behind: it leads to the renamed entity until another one takes it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from aiconn_nb.errors import ConnectionNotFound, ProfileNotFound, StoreUnwritable
from aiconn_nb.model.connection import Connection
from aiconn_nb.model.notices import AliasRenamed, notes_heard
from aiconn_nb.model.profile import Profile
from aiconn_nb.store.store import Store

Make = Callable[..., Connection]


def rename(store: Store, alias: str, new: str) -> None:
    """Save one more version, with another alias."""
    with store.change() as change:
        change.put(replace(change.connection(alias), alias=new))


def remove(store: Store, alias: str) -> None:
    """Delete a connection."""
    with store.change() as change:
        change.remove(change.connection(alias).id)


def found(store: Store, alias: str) -> tuple[str, int]:
    """Return the alias that an alias leads to, and the number of notes about that."""
    with notes_heard() as notes:
        return store.read().connection(alias).alias, len(notes)


def test_an_old_alias_leads_to_what_had_it(store: Store, make: Make) -> None:
    """It works in any case, after several renames and in a store that is opened later, with a note each time. No list shows it."""
    make("a")
    rename(store, "a", "b")
    rename(store, "b", "c")
    for each in (store, Store(store.home)):
        assert [found(each, alias) for alias in ("a", "B", "c")] == [("c", 1), ("c", 1), ("c", 0)]
        assert [connection.alias for connection in each.read().connections] == ["c"]
        each.read().require_free("a")


def test_without_a_listener_the_note_is_a_warning_on_the_callers_line(store: Store, make: Make) -> None:
    """Python shows the warning with that line."""
    make("a")
    rename(store, "a", "b")
    with pytest.warns(AliasRenamed, match="'b'") as caught:
        assert store.read().connection("a").alias == "b"
    assert caught[0].filename == __file__


def test_whoever_takes_the_alias_ends_that(store: Store, make: Make) -> None:
    """A new or renamed connection with the alias takes it permanently, even after it is deleted."""
    make("a")
    make("other")
    rename(store, "a", "b")
    make("a")
    assert found(store, "a") == ("a", 0)
    remove(store, "a")
    with pytest.raises(ConnectionNotFound):
        store.read().connection("a")
    rename(store, "other", "x")
    rename(store, "b", "other")
    rename(store, "other", "y")
    assert found(store, "other") == ("y", 1)


def test_one_that_is_renamed_back_is_found_by_both(store: Store, make: Make) -> None:
    """There is no note for the current alias."""
    make("a")
    rename(store, "a", "b")
    rename(store, "b", "a")
    assert (found(store, "a"), found(store, "b")) == (("a", 0), ("a", 1))


def test_a_deleted_one_is_not_found_by_its_old_alias(store: Store, make: Make) -> None:
    """It is not found by that alias after a restore either."""
    made = make("a")
    rename(store, "a", "b")
    remove(store, "b")
    with pytest.raises(ConnectionNotFound):
        store.read().connection("a")
    with store.change() as change:
        change.restore(made.id)
    with pytest.raises(ConnectionNotFound):
        store.read().connection("a")


def test_a_question_goes_to_what_is_called_so_first(
    store: Store, make: Make, make_profile: Callable[..., Profile]
) -> None:
    """A connection with the alias has precedence over a profile that had it before a rename."""
    make("a")
    profile = make_profile("w")
    with store.change() as change:
        change.put_profile(replace(profile, alias="v"))
    assert store.read().target("W") == store.read().profile("v")
    rename(store, "a", "w")
    assert store.read().target("w") == store.read().connection("w")
    assert store.read().target("nothing") is None
    with pytest.raises(ProfileNotFound):
        store.read().profile("a")


@pytest.mark.filterwarnings("ignore::aiconn_nb.model.notices.AliasRenamed")
def test_the_store_itself_is_as_older_releases_read_it(store: Store, make: Make) -> None:
    """Former aliases are in another file. If that is lost or damaged, only the former aliases are lost."""
    made = make("a")
    rename(store, "a", "b")
    stored = json.loads(store.path.read_bytes())
    assert stored.keys() == {"store", "connections", "deleted_connections"} or stored.keys() == {"store", "connections"}
    assert stored["connections"][made.id].keys() == {
        *("alias", "name", "provider", "settings", "active", "created", "modified", "modified_by", "version")
    }
    for damage in (
        b"",
        b"[1]",
        b'{"connections": 1}',
        b'{"connections": {"a": 1}}',
        b'{"connections": {"a": "no-id"}}',
    ):
        (store.home / "history" / "renamed.json").write_bytes(damage)
        assert store.read().connection("b").id == made.id
        with pytest.raises(ConnectionNotFound):
            store.read().connection("a")
        make(f"more-{len(damage)}")


def test_a_rename_that_is_not_saved_leaves_nothing(store: Store, make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """The connection keeps its alias, and the next save removes the rest."""
    made = make("a")

    def full(content: bytes) -> None:
        raise store._file.unwritable("No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(store._file, "replace", full)
        with pytest.raises(StoreUnwritable):
            rename(store, "a", "b")
    assert found(store, "a") == ("a", 0)
    with store.change() as change:
        change.put(replace(made, name="Other"))
    assert not (store.home / "history" / "renamed.json").exists()
