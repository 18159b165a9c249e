"""A team's store in PostgreSQL or a SQLite file keeps the contract, and shows no password."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy

from aiconn_nb import Session
from aiconn_nb.errors import StoreError, StoreFailed, StoreOutcomeUnknown, StorePackageMissing
from aiconn_nb.model.connection import Connection
from aiconn_nb.model.secret import is_secret_name
from aiconn_nb.session.context import Context
from aiconn_nb.session.known_secrets import known_keys_in, known_secrets
from aiconn_nb.store import sql_database
from aiconn_nb.store.shared import SharedStore, StoreDatabase
from aiconn_nb.store.sql_database import SQLDatabase
from aiconn_nb.store.store import Store
from aiconn_nb.testing import StoreContract

from .postgres import ENCODED, PASSWORD, Postgres, programs


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    """Yield a PostgreSQL server. Without its programs, the tests are skipped, but in CI they fail."""
    found = programs()
    if found is None:
        if os.environ.get("CI") == "true":
            pytest.fail("There is no PostgreSQL (Debian's postgresql), and in CI these tests must run.")
        pytest.skip("There is no PostgreSQL (Debian's postgresql).")
    started = Postgres(found)
    yield started
    started.close()


@pytest.fixture
def url(server: Postgres, monkeypatch: pytest.MonkeyPatch) -> str:
    """Select an empty database of the server, and return its URL."""
    made: str = server.database()
    monkeypatch.setenv("AICONN_STORE", "sql")
    monkeypatch.setenv("AICONN_STORE_URL", made)
    return made


@pytest.mark.oldest
class TestFile(StoreContract):
    """A SQLite file keeps the contract."""

    def database(self) -> StoreDatabase:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("AICONN_STORE_URL", f"sqlite:///{self.folder}/team.db")
            return SQLDatabase(self.folder)


@pytest.mark.oldest
class TestPostgreSQL(StoreContract):
    """A PostgreSQL server keeps it."""

    @pytest.fixture(autouse=True)
    def _selected(self, url: str) -> None:
        pass

    def database(self) -> StoreDatabase:
        return SQLDatabase(self.folder)


def test_a_reader_sees_one_state(url: str, tmp_path: Path) -> None:
    """What another saves in the meantime is not half there."""
    database = SQLDatabase(tmp_path)
    with database.unit(writes=False) as reader:
        assert reader.load("a") == {}
        with database.unit(writes=True) as writer:
            writer.save("b", {"x": {}})
        assert reader.load("b") == {}
    with database.unit(writes=False) as reader:
        assert reader.load("b") == {"x": {}}


SAVE = """
import sys
from aiconn_nb import Session
session = Session()
for number in range(10):
    session.create(f"{sys.argv[1]}-{number}", "demo")
"""


def test_two_processes_that_save_at_once_lose_nothing(url: str) -> None:
    """They also create the table at once."""
    running = [subprocess.Popen([sys.executable, "-c", SAVE, name]) for name in ("ada", "grace")]
    assert [each.wait() for each in running] == [0, 0]
    assert len(Session().connections()) == 20


def test_a_forked_process_has_its_own_connection(url: str, tmp_path: Path) -> None:
    """The parent's still works when the child has ended."""
    database = SQLDatabase(tmp_path)
    with database.unit(writes=True) as unit:
        unit.save("a", {"parent": {}})
    child = os.fork()
    if not child:
        try:
            with database.unit(writes=True) as unit:
                unit.save("a", {"child": {}})
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    with database.unit(writes=False) as unit:
        assert unit.load("a") == {"parent": {}, "child": {}}


def test_a_server_that_is_gone_loses_nothing(url: str, server: Postgres, tmp_path: Path) -> None:
    """While it is gone there is one error of two lines. When it is back, the same store works, with its former content."""
    store = SharedStore(SQLDatabase(tmp_path), Store(tmp_path / "home"))

    def save(alias: str) -> None:
        with store.change() as change:
            change.put(Connection(alias=alias, name=alias, provider="demo"))

    save("before")
    server.stop()
    try:
        for call in (store.read, lambda: save("meanwhile")):
            with pytest.raises(StoreFailed) as raised:
                call()
            assert raised.value.store == f"postgresql://127.0.0.1:{server.port}/{url.rpartition('/')[2]}"
            assert len(str(raised.value).splitlines()) == 2
    finally:
        server.start()
    save("after")
    assert [each.alias for each in store.read().connections] == ["after", "before"]


def test_a_server_that_restarts_between_two_calls_is_not_noticed(url: str, server: Postgres, tmp_path: Path) -> None:
    """The connection that it closed is replaced."""
    database = SQLDatabase(tmp_path)
    with database.unit(writes=True) as unit:
        unit.save("a", {"x": {}})
    server.stop()
    server.start()
    with database.unit(writes=False) as unit:
        assert unit.load("a") == {"x": {}}


def test_a_server_that_stops_within_a_change_saves_nothing_of_it(url: str, server: Postgres, tmp_path: Path) -> None:
    """The change fails as a whole."""
    database = SQLDatabase(tmp_path)
    with pytest.raises(StoreFailed), database.unit(writes=True) as unit:  # noqa: PT012 - it fails where it may
        unit.save("a", {"x": {}})
        server.stop()
        server.start()
        unit.save("a", {"y": {}})
    with database.unit(writes=True) as unit:
        assert unit.load("a") == {}


def test_a_server_that_does_not_answer_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It takes the connection and says nothing. The driver itself would wait without end."""
    limits = {"psycopg": {**sql_database._CONNECT["psycopg"], "connect_timeout": 1}}
    monkeypatch.setattr(sql_database, "_CONNECT", limits)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"postgresql+psycopg://aiconn:pw@127.0.0.1:{silent.getsockname()[1]}/team"
        monkeypatch.setenv("AICONN_STORE_URL", address)
        with pytest.raises(StoreFailed):
            SharedStore(SQLDatabase(tmp_path), Store(tmp_path / "home")).read()


def test_a_connection_that_breaks_while_it_commits_leaves_the_outcome_open(
    url: str, server: Postgres, tmp_path: Path
) -> None:
    """The server may have saved everything and only its answer be lost, so no error may claim that nothing was saved."""
    database = SQLDatabase(tmp_path)
    with pytest.raises(StoreOutcomeUnknown), database.unit(writes=True) as unit:  # noqa: PT012 - it fails at its end
        unit.save("a", {"x": {}})
        server.stop()
        server.start()
    with pytest.raises(StoreFailed), database.unit(writes=False) as unit:  # noqa: PT012
        assert unit.load("a") == {}
        server.stop()
        server.start()
    with database.unit(writes=True) as unit:
        assert unit.load("a") == {}


def test_a_writer_waits_for_another_only_so_long(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A notebook that was suspended in a change must not stop the others. Readers do not wait at all."""
    monkeypatch.setattr(sql_database, "_LIMITS", sql_database._LIMITS.replace("'30s'", "'1ms'"))
    database = SQLDatabase(tmp_path)
    with database.unit(writes=True) as unit:
        unit.save("a", {"x": {}})
        with pytest.raises(StoreFailed), database.unit(writes=True):
            pass
        with database.unit(writes=False) as reader:
            assert reader.load("a") == {}
    with database.unit(writes=False) as reader:
        assert reader.load("a") == {"x": {}}


def test_an_emptied_table_is_prepared_again(url: str, tmp_path: Path) -> None:
    """Without its row, writers would not exclude each other: one attempt fails, and the next one works."""
    database = SQLDatabase(tmp_path)
    with database.unit(writes=True):
        pass
    with sqlalchemy.create_engine(url).begin() as connection:
        connection.exec_driver_sql("delete from aiconn_documents")
    with pytest.raises(StoreFailed), database.unit(writes=True):
        pass
    with database.unit(writes=True) as unit:
        assert unit.load("a") == {}


def shown(error: BaseException) -> str:
    """Return all that a report may show of an error: also its causes, and the locals of our frames."""
    assert error.__traceback__ is not None
    ours = error.__traceback__.tb_next
    return "".join(traceback.TracebackException(type(error), error, ours, capture_locals=True).format())


@pytest.mark.oldest
@pytest.mark.parametrize("query", ["", "?sslpassword=canary-of-the-query", "?connect_timeout=2"])
def test_a_wrong_password_is_not_shown(
    server: Postgres, query: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither by the error nor by what is behind it."""
    monkeypatch.setenv("AICONN_STORE", "sql")
    monkeypatch.setenv("AICONN_STORE_URL", server.url("canary%40wrong") + query)
    database = SQLDatabase(tmp_path)
    with pytest.raises(StoreFailed) as raised:
        SharedStore(database, Store(tmp_path / "home")).read()
    assert "canary" not in shown(raised.value)
    assert (raised.value.__cause__, raised.value.__context__) == (None, None)
    assert "canary" not in f"{database!r} {database.name}"
    words = [each.words for each in Session(home=tmp_path).doctor()]
    assert any("password authentication failed" in each for each in words)
    assert "canary" not in "".join(words)


@pytest.mark.oldest
@pytest.mark.parametrize(
    "address",
    [
        "",
        "canary",
        "postgresql+psycopg://aiconn:canary@canary@127.0.0.1/team",
        "postgresql+psycopg://aiconn:canary/a@b/canary@127.0.0.1/team",
        "postgresql+psycopg://127.0.0.1:canary/team",
        "canary://aiconn:canary@127.0.0.1/team",
        "postgresql+psycopg://aiconn:canary@127.0.0.1:1/team",
    ],
)
def test_an_unusable_address_is_not_shown(address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its password could be anywhere in it."""
    monkeypatch.setenv("AICONN_STORE", "sql")
    monkeypatch.setenv("AICONN_STORE_URL", address)
    with pytest.raises(StoreFailed) as raised:
        SharedStore(SQLDatabase(tmp_path), Store(tmp_path / "home")).read()
    assert "aiconn:canary" not in shown(raised.value)
    with pytest.raises(StoreFailed) as raised:
        Session(home=tmp_path).connections()
    assert "canary" not in str(raised.value).replace("canary://127.0.0.1/team", "").replace("dialects:canary", "")


@pytest.mark.parametrize(
    ("module", "command"),
    [("sqlalchemy", "%pip install 'aiconn-nb[sql]'"), ("psycopg", "%pip install 'psycopg[binary]'")],
)
def test_a_missing_package_is_named_with_its_command(
    module: str, command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The driver is the user's choice, and is needed only when something is read."""
    monkeypatch.setitem(sys.modules, module, None)
    monkeypatch.setenv("AICONN_STORE", "sql")
    monkeypatch.setenv("AICONN_STORE_URL", "postgresql+psycopg://aiconn:canary@127.0.0.1:1/team")
    with pytest.raises(StorePackageMissing) as raised:
        Session(home=tmp_path).connections()
    assert isinstance(raised.value, StoreError)
    assert raised.value.package == module
    assert command in raised.value.hint


def test_its_password_is_a_known_secret(url: str) -> None:
    """A notebook is searched for it, and no setting takes it. The user's name is none."""
    assert is_secret_name("AICONN_STORE_URL")
    context = Context()
    assert "the environment variable AICONN_STORE_URL" in [each.words for each in known_secrets(context)]
    assert any(each.stands_in(f"x {ENCODED} x") for each in known_secrets(context))
    assert known_keys_in(context, {"a": PASSWORD, "b": "aiconn"}) == {"a": "the environment variable AICONN_STORE_URL"}
