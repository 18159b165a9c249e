"""The contract of a database for a team's store.

::

    class TestMine(StoreContract):
        def database(self) -> StoreDatabase:
            return TeamDatabase(self.folder)
"""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread

import pytest

from aiconn_nb.errors import ConnectionChanged, ConnectionExists
from aiconn_nb.model.capability import Capability
from aiconn_nb.model.connection import Connection
from aiconn_nb.model.profile import Profile
from aiconn_nb.store.installed import shape_problem
from aiconn_nb.store.shared import SharedStore, StoreDatabase
from aiconn_nb.store.store import Store

_TABLE = "contract"


class StoreContract(ABC):
    """The contract of every `StoreDatabase`. Inherit it and override `database`; pytest does the rest."""

    folder: Path
    """An empty folder for each test."""

    @pytest.fixture(autouse=True)
    def _own_folder(self) -> Iterator[None]:
        with TemporaryDirectory() as folder:
            self.folder = Path(folder)
            yield

    @abstractmethod
    def database(self) -> StoreDatabase:
        """The database, which is empty when a test begins. A test calls this once for each process that it plays."""

    def store(self, author: str = "ada@lab") -> SharedStore:
        """A store of this user in the database."""
        return SharedStore(self.database(), Store(self.folder / author, author=author))

    def made(self, store: SharedStore, alias: str = "team") -> Connection:
        """A new connection in a store."""
        with store.change() as change:
            return change.put(Connection(alias=alias, name=alias.title(), provider="demo", settings={"latency": 0.5}))

    def test_it_has_the_shape_of_a_database(self) -> None:
        """It has a display name and the method."""
        assert shape_problem(self.database()) == ""

    def test_documents_come_back_as_they_were(self) -> None:
        """Any JSON object is kept under any id, by table; None removes it."""
        given = {"a": {"x": [1, 2.5, None, True, {"y": "ä 💡 \u2028 'quoted' \"twice\""}]}, "B/ö": {}}
        with self.database().unit(writes=True) as unit:
            assert dict(unit.load(_TABLE)) == {}
            unit.save(_TABLE, given)
            unit.save("another", {"a": {"z": 1}})
            assert json.dumps(unit.load(_TABLE), sort_keys=True) == json.dumps(given, sort_keys=True)
        with self.database().unit(writes=True) as unit:
            assert dict(unit.load(_TABLE, ["a", "none"])) == {"a": given["a"]}
            assert dict(unit.load(_TABLE, [])) == {}
            unit.save(_TABLE, {"a": {"x": 2}, "B/ö": None, "none": None})
        with self.database().unit(writes=False) as unit:
            assert dict(unit.load(_TABLE)) == {"a": {"x": 2}}
            assert dict(unit.load("another")) == {"a": {"z": 1}}

    def test_a_unit_that_raises_saves_nothing(self) -> None:
        """The error of the block passes unchanged."""
        database = self.database()
        with pytest.raises(ZeroDivisionError), database.unit(writes=True) as unit:
            unit.save(_TABLE, {"a": {}})
            raise ZeroDivisionError
        with database.unit(writes=True) as unit:  # it holds no lock either
            assert dict(unit.load(_TABLE)) == {}

    def test_writers_exclude_each_other(self) -> None:
        """Each reads what the one before has saved, so that no save is lost: in threads that share a database, and in others."""
        shared = self.database()

        def count(database: StoreDatabase) -> None:
            for _ in range(10):
                with database.unit(writes=True) as unit:
                    number = unit.load(_TABLE).get("a", {"number": 0})["number"]
                    unit.save(_TABLE, {"a": {"number": number + 1}})

        threads = [Thread(target=count, args=[each]) for each in (shared, shared, self.database())]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        with shared.unit(writes=False) as unit:
            assert unit.load(_TABLE)["a"] == {"number": 30}

    def test_what_one_user_saves_another_reads(self) -> None:
        """With its author, and at once."""
        ada, grace = self.store(), self.store("grace@lab")
        assert grace.read().connections == ()
        saved = self.made(ada)
        assert grace.read().connection("TEAM") == saved
        assert (saved.version, saved.modified_by) == (1, "ada@lab")
        assert grace.read() is grace.read()

    def test_a_stale_save_and_a_taken_alias_are_refused(self) -> None:
        """The rules hold between users."""
        ada, grace = self.store(), self.store("grace@lab")
        saved = self.made(ada)
        with grace.change() as change:
            change.put(replace(saved, name="Hers"), expected_version=1)
        with pytest.raises(ConnectionChanged), ada.change() as change:
            change.put(replace(saved, name="His"), expected_version=1)
        with pytest.raises(ConnectionExists):
            self.made(grace)
        assert [each.name for each in ada.read().connections] == ["Hers"]

    def test_former_versions_and_aliases_and_deleted_entries_are_kept(self) -> None:
        """All come back as they were."""
        ada, grace = self.store(), self.store("grace@lab")
        saved = self.made(ada)
        with grace.change() as change:
            change.put(replace(saved, alias="new"))
        assert [(each.version, each.modified_by, each.state.alias) for each in ada.history(saved.id)] == [
            (1, "ada@lab", "team"),
            (2, "grace@lab", "new"),
        ]
        with pytest.warns(UserWarning):
            assert ada.read().connection("team").alias == "new"
        with grace.change() as change:
            change.remove(saved.id)
        assert (ada.read().connections, [each.by for each in ada.read().deleted]) == ((), ["grace@lab"])
        assert [each.version for each in ada.history(saved.id)] == [1, 2]
        with ada.change() as change:
            change.restore(saved.id)
        assert [each.version for each in grace.read().connections] == [2]

    def test_a_profile_and_its_default_are_kept(self) -> None:
        """With the connection that it names."""
        ada, grace = self.store(), self.store("grace@lab")
        connection = self.made(ada)
        with ada.change() as change:
            profile = change.put_profile(
                Profile(
                    alias="p", name="P", capability=Capability.CHAT, connections=(connection.id,), model="demo-chat"
                )
            )
            change.set_default(Capability.CHAT, profile.id)
        assert (grace.read().profiles, dict(grace.read().defaults)) == ((profile,), {Capability.CHAT: profile.id})

    def test_what_one_user_lets_go_to_a_host_no_other_user_does(self) -> None:
        """It stays in the user's own store."""
        ada, grace = self.store(), self.store("grace@lab")
        with ada.change() as change:
            change.trust(("$key", "https://example.com"))
        assert ada.read().trusted() == {("$key", "https://example.com")}
        assert grace.read().trusted() == frozenset()
