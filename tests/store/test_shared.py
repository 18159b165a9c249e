"""A team's store is one class of a plug-in that keeps documents; the rules are those of the store in a file."""

from __future__ import annotations

import json
import sqlite3
import sys
from collections.abc import Collection, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from secrets import token_hex
from typing import Any

import pytest

from aiconn_nb import Session, UntrustedHost
from aiconn_nb.errors import MasterKeyMissing, StoreError, StoreFailed, StoreTooNew, UnsealError
from aiconn_nb.model.connection import Connection
from aiconn_nb.store.installed import shape_problem
from aiconn_nb.store.shared import SharedStore, StoreDatabase
from aiconn_nb.store.store import Store
from aiconn_nb.testing import StoreContract


class TeamDatabase:
    """A database in a file of SQLite."""

    name = "the team's database"

    def __init__(self, folder: Path) -> None:
        self._file = folder / "team.db"

    @contextmanager
    def unit(self, *, writes: bool) -> Iterator[TeamUnit]:
        with closing(sqlite3.connect(self._file, isolation_level=None, timeout=60)) as connection:
            connection.execute("create table if not exists documents (tab, id, content, primary key (tab, id))")
            connection.execute("begin immediate" if writes else "begin")
            try:
                yield TeamUnit(connection)
            except BaseException:
                connection.execute("rollback")
                raise
            connection.execute("commit")


class TeamUnit:
    """One transaction of it."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def load(self, table: str, ids: Collection[str] | None = None) -> dict[str, Any]:
        rows = self._connection.execute("select id, content from documents where tab = ?", [table])
        return {id: json.loads(content) for id, content in rows if ids is None or id in ids}

    def save(self, table: str, documents: Mapping[str, Any]) -> None:
        for id, document in documents.items():
            if document is None:
                self._connection.execute("delete from documents where tab = ? and id = ?", [table, id])
            else:
                self._connection.execute("replace into documents values (?, ?, ?)", [table, id, json.dumps(document)])


class TestContract(StoreContract):
    """The database fulfils the contract of every database."""

    def database(self) -> StoreDatabase:
        return TeamDatabase(self.folder)


@pytest.fixture
def team(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Install a package with the store "team", select it, and return the folder of its database."""
    site = tmp_path / "site"
    metadata = site / "team_store-1.0.dist-info"
    metadata.mkdir(parents=True)
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: team_store\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text(
        "[aiconn_nb.stores]\nteam = team_store:make\nbroken = team_store:broken\nshapeless = team_store:len\n"
    )
    (site / "team_store.py").write_text(
        f"from pathlib import Path\nfrom {__name__} import TeamDatabase\n"
        f"def make(home): return TeamDatabase(Path({str(tmp_path)!r}))\n"
        "def broken(home): raise SystemExit('no')\ndef len(home): return 3\n"
    )
    monkeypatch.setitem(sys.modules, __name__, sys.modules[TeamDatabase.__module__])
    monkeypatch.syspath_prepend(str(site))
    monkeypatch.setenv("AICONN_STORE", "team")
    yield tmp_path
    sys.modules.pop("team_store", None)


def test_two_users_share_connections_but_no_permission(team: Path, tmp_path: Path) -> None:
    """What one user saves is there for the other. The key of the other goes to no host that only the first has allowed."""
    ada, grace = (Session(home=tmp_path / name, config_home=tmp_path / f"{name}-keys") for name in ("ada", "grace"))
    settings = {"endpoint": "https://gateway.example/v1", "api_key": "$Gateway:ApiKey"}
    ada.create("gateway", "openai-compatible", settings=settings)
    ada.trust("gateway")
    for each in (ada, grace):
        each.set_secret("Gateway:ApiKey", "made-up-key-0123456789")
    assert [row.alias for row in grace.connections()] == ["gateway"]
    assert grace.connections().store == "the team's database"
    assert str(ada.client("gateway").base_url) == "https://gateway.example/v1/"
    grace.edit("gateway", name="Of the team")
    with pytest.raises(UntrustedHost):
        grace.client("gateway")
    assert [each.version for each in ada.history("gateway")] == [2, 1]
    assert not (tmp_path / "grace" / "connections.json").exists()


def test_a_sealed_key_that_a_colleague_moves_to_another_connection_is_asked_about(team: Path, tmp_path: Path) -> None:
    """The host of the other connection may have its own key, and no other one."""
    ada = Session(home=tmp_path / "ada", config_home=tmp_path / "ada-keys")
    for alias, host in (("precious", "https://safe.example"), ("toy", "https://colleague.example")):
        ada.create(alias, "openai-compatible", settings={"endpoint": host, "api_key": f"made-up-{alias}-0123456789"})
        assert ada.client(alias).api_key == f"made-up-{alias}-0123456789"
    with TeamDatabase(team).unit(writes=True) as unit:
        found = unit.load("connections")
        key = {each["alias"]: each["settings"]["api_key"] for each in found.values()}["precious"]
        (toy,) = (id for id, each in found.items() if each["alias"] == "toy")
        unit.save("connections", {toy: {**found[toy], "settings": {**found[toy]["settings"], "api_key": key}}})
        unit.save("about", {"store": {"schema": 1, "revision": "another"}})
    with pytest.raises(UntrustedHost):
        ada.client("toy")
    ada.edit("toy", settings={"api_key": "made-up-new-0123456789"})
    assert ada.client("toy").api_key == "made-up-new-0123456789"


def moved_to(team: Path, alias: str, settings: Mapping[str, Any]) -> None:
    """Do in the database what a colleague may do: give a connection other settings."""
    with TeamDatabase(team).unit(writes=True) as unit:
        ((id, found),) = ((id, each) for id, each in unit.load("connections").items() if each["alias"] == alias)
        unit.save("connections", {id: {**found, "settings": settings}})
        unit.save("about", {"store": {"schema": 1, "revision": token_hex(8)}})


def stored(team: Path, alias: str) -> dict[str, Any]:
    """Return the settings of a connection in the database."""
    with TeamDatabase(team).unit(writes=False) as unit:
        (found,) = (each["settings"] for each in unit.load("connections").values() if each["alias"] == alias)
    return dict(found)


def test_a_sealed_key_that_a_colleague_moves_to_an_official_host_is_asked_about(team: Path, tmp_path: Path) -> None:
    """The host belongs to the provider of the other connection, and the key to a gateway."""
    ada = Session(home=tmp_path / "ada", config_home=tmp_path / "ada-keys")
    gateway = {"endpoint": "https://safe.example/v1", "api_key": "made-up-precious-0123456789"}
    ada.create("precious", "openai-compatible", settings=gateway)
    ada.create("official", "openai", settings={"api_key": "sk-made-up-official-0123456789"})
    assert ada.client("official").api_key == "sk-made-up-official-0123456789"
    mine = stored(team, "official")
    moved_to(team, "official", {"api_key": stored(team, "precious")["api_key"]})
    with pytest.raises(UntrustedHost) as raised:
        ada.client("official")
    assert raised.value.host == "https://api.openai.com"
    assert ada.untrusted("official") is not None
    ada.trust("official")
    assert ada.client("official").api_key == "made-up-precious-0123456789"
    moved_to(team, "official", mine)
    assert ada.client("official").api_key == "sk-made-up-official-0123456789"


def test_a_sealed_key_of_a_gateway_that_a_colleague_makes_official_is_asked_about(team: Path, tmp_path: Path) -> None:
    """The key may go to the gateway only. A copy of a connection, and a new key, need no question."""
    ada = Session(home=tmp_path / "ada", config_home=tmp_path / "ada-keys")
    ada.create("a", "openai", settings={"endpoint": "https://safe.example/v1", "api_key": "made-up-key-0123456789"})
    moved_to(team, "a", {"api_key": stored(team, "a")["api_key"]})
    with pytest.raises(UntrustedHost):
        ada.client("a")
    ada.edit("a", settings={"api_key": "made-up-new-0123456789"})
    ada.duplicate("a", "b")
    assert [ada.client(each).api_key for each in ("a", "b")] == ["made-up-new-0123456789"] * 2


def test_a_sealed_key_of_a_colleague_is_no_question(team: Path, tmp_path: Path) -> None:
    """It cannot be opened here, so it goes nowhere."""
    ada, grace = (Session(home=tmp_path / name, config_home=tmp_path / f"{name}-keys") for name in ("ada", "grace"))
    key = {"api_key": "sk-made-up-official-0123456789"}
    ada.create("official", "openai", settings=key)
    ada.create("gateway", "openai", settings={"endpoint": "https://safe.example/v1", **key})
    assert [grace.untrusted(each) for each in ("official", "gateway")] == [None, None]
    assert [row.untrusted for row in grace.connections()] == ["", ""]
    with pytest.raises(UnsealError):
        grace.client("official")


def test_a_user_seals_with_one_master_key(team: Path, tmp_path: Path) -> None:
    """If it is gone, no second one is made while the database has values that need it, a deleted or former one too."""
    ada = Session(home=tmp_path / "ada", config_home=tmp_path / "ada-keys")
    settings = {"api_key": "made-up-key-0123456789"}
    ada.create("a", "demo", settings=settings)
    ada.edit("a", settings={"api_key": None})
    for each in ("other-a", "other-b"):
        ada = Session(home=tmp_path / "ada", config_home=tmp_path / each)
        with pytest.raises(MasterKeyMissing):
            ada.create("b", "demo", settings=settings)
        ada.delete("a") if "a" in ada.aliases() else None
    assert ada.aliases() == []


def test_a_kill_after_the_save_makes_no_second_master_key_either(
    team: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The user's own store knows which values it has sealed before the database has them."""

    class Killed(TeamDatabase):
        @contextmanager
        def unit(self, *, writes: bool) -> Iterator[TeamUnit]:
            with super().unit(writes=writes) as unit:
                yield unit
            if writes:
                raise SystemExit

    settings = {"api_key": "made-up-key-0123456789"}
    with monkeypatch.context() as patched:
        patched.setattr(sys.modules[__name__], "TeamDatabase", Killed)
        with pytest.raises(SystemExit):
            Session(home=tmp_path / "ada", config_home=tmp_path / "ada-keys").create("a", "demo", settings=settings)
    sys.modules.pop("team_store", None)
    ada = Session(home=tmp_path / "ada", config_home=tmp_path / "other")
    assert ada.aliases() == ["a"]
    with pytest.raises(MasterKeyMissing):
        ada.create("b", "demo", settings=settings)


def test_the_master_key_of_a_colleague_is_not_missing(team: Path, tmp_path: Path) -> None:
    """The first save of a user makes a key of that user, whatever a colleague has sealed."""
    ada, grace = (Session(home=tmp_path / name, config_home=tmp_path / f"{name}-keys") for name in ("ada", "grace"))
    ada.create("a", "demo", settings={"api_key": "made-up-key-0123456789"})
    grace.edit("a", name="Renamed", settings={"latency": 0})
    assert grace.duplicate("a", "c").connection.settings["api_key"] == ada.show("a").connection.settings["api_key"]
    grace.create("b", "demo", settings={"api_key": "made-up-other-0123456789"})
    assert grace.client("b") is not None


def test_a_doctor_names_the_database(team: Path, tmp_path: Path) -> None:
    """It has no file whose size could be told."""
    found = [each.words for each in Session(home=tmp_path / "ada").doctor() if each.part == "store"]
    assert found == ["the team's database: 0 connections, 0 profiles"]


@pytest.mark.parametrize("name", ["nowhere", "broken", "shapeless"])
def test_a_store_that_does_not_load_is_an_error(team: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """No other store takes its place: connections of the same alias may be others there."""
    monkeypatch.setenv("AICONN_STORE", name)
    with pytest.raises(StoreFailed) as raised:
        Session().connections()
    assert raised.value.store == name


@pytest.fixture
def shared(tmp_path: Path) -> SharedStore:
    """Return a store in such a database."""
    return SharedStore(TeamDatabase(tmp_path), Store(tmp_path / "home", author="ada@lab"))


@pytest.mark.parametrize(
    "table", [{"store": {"schema": 99}}, {"store": {"schema": "1"}}], ids=["a later one", "no number"]
)
def test_a_newer_database_is_refused(shared: SharedStore, tmp_path: Path, table: dict[str, Any]) -> None:
    """It is left alone."""
    with TeamDatabase(tmp_path).unit(writes=True) as unit:
        unit.save("about", table)
    with pytest.raises(StoreTooNew):
        shared.read()
    with pytest.raises(StoreTooNew), shared.change():
        pass


@pytest.mark.parametrize("document", [{"alias": "canary"}, ["canary"], "canary"])
def test_a_damaged_document_is_an_error_without_its_content(shared: SharedStore, tmp_path: Path, document: Any) -> None:
    """Nothing is overwritten."""
    with TeamDatabase(tmp_path).unit(writes=True) as unit:
        unit.save("connections", {"a": document})
    with pytest.raises(StoreError) as raised:
        shared.read()
    assert "canary" not in str(raised.value)


@pytest.mark.parametrize("since", [None, 3, "soon", ["soon"], "2020-01-01T00:00:00"])
def test_a_damaged_mark_of_a_deletion_is_none(shared: SharedStore, tmp_path: Path, since: Any) -> None:
    """It hinders no save, and the next one removes it."""
    with TeamDatabase(tmp_path).unit(writes=True) as unit:
        unit.save("due", {"a": {"since": since}})
    with shared.change() as change:
        made = change.put(Connection(alias="a", name="A", provider="demo"))
    assert shared.read().connections == (made,)
    with TeamDatabase(tmp_path).unit(writes=False) as unit:
        assert unit.load("due") == {}


def test_an_id_is_a_text(shared: SharedStore, tmp_path: Path) -> None:
    """A database with a column of numbers is damaged."""
    with shared.change() as change:
        made = change.put(Connection(alias="a", name="A", provider="demo"))
    with TeamDatabase(tmp_path).unit(writes=True) as unit:
        unit.save("connections", {1: unit.load("connections")[made.id]})  # type: ignore[dict-item]
    with pytest.raises(StoreFailed):
        SharedStore(TeamDatabase(tmp_path), Store(tmp_path / "other")).read()


def test_an_error_of_the_database_is_one_of_ours(tmp_path: Path) -> None:
    """An error of the block passes."""
    shared = SharedStore(TeamDatabase(tmp_path / "nowhere"), Store(tmp_path / "home"))
    with pytest.raises(StoreFailed) as raised:
        shared.read()
    assert raised.value.store == "the team's database"
    with pytest.raises(StoreFailed), shared.change():
        pass
    with pytest.raises(ZeroDivisionError), SharedStore(TeamDatabase(tmp_path), Store(tmp_path / "home")).change():
        raise ZeroDivisionError


class Silent(TeamDatabase):
    """A database that tells no one of an error in its block."""

    @contextmanager
    def unit(self, *, writes: bool) -> Iterator[TeamUnit]:
        with suppress(UntrustedHost), super().unit(writes=writes) as unit:
            yield unit


def _refused(shared: SharedStore) -> None:
    with shared.change() as change:
        change.trust(("$key", "https://example.com"))
        raise UntrustedHost(alias="a", sent=("$key",), host="https://example.com")


def test_a_plug_in_hides_no_refusal(tmp_path: Path) -> None:
    """A change that is refused has permitted nothing."""
    shared = SharedStore(Silent(tmp_path), Store(tmp_path / "home"))
    with pytest.raises(UntrustedHost):
        _refused(shared)
    assert shared.read().trusted() == frozenset()


def test_a_change_within_a_change_is_refused_at_once(shared: SharedStore) -> None:
    """It would wait for itself."""
    with shared.change(), pytest.raises(RuntimeError), shared.change():
        pass


def test_a_change_may_look_at_the_store(shared: SharedStore) -> None:
    """It sees what was saved before, and does not wait for itself."""
    with shared.change() as change:
        made = change.put(Connection(alias="a", name="A", provider="demo"))
        assert (shared.read().connections, shared.history(made.id)) == ((), [])
    assert shared.read().connections == (made,)


def test_what_is_no_database_is_told() -> None:
    """The message is for the plug-in's author."""
    assert shape_problem(TeamDatabase(Path())) == ""
    assert shape_problem(3) != ""


@pytest.mark.parametrize("name", ["", "a\nb", "postgresql://me:hunter22@db/team", "host=db password=hunter22"])
def test_a_database_has_a_name_that_can_be_shown(name: str) -> None:
    """Lists and messages repeat it, and a password is not for them."""
    database = TeamDatabase(Path())
    database.name = name
    assert shape_problem(database) not in ("", name)
