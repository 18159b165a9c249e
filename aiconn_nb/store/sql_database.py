"""A team's store in PostgreSQL, or another database of SQLAlchemy: ``AICONN_STORE=sql``, and its URL in ``AICONN_STORE_URL``.

It keeps documents; `SharedStore` has the rules. The URL has a password: no name, message or local of a raising frame shows it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

from aiconn_nb import errors
from aiconn_nb.model.secret import readable
from aiconn_nb.model.url import passwords_in_url

from .documents import Document

if TYPE_CHECKING:
    from sqlalchemy import URL, Connection, Engine, Table

URL_VARIABLE: Final = "AICONN_STORE_URL"
_PATIENCE: Final = 10
"""Seconds for a connection to be made."""
_CONNECT: Final[Mapping[str, Mapping[str, int]]] = {
    "psycopg": {"connect_timeout": _PATIENCE, "tcp_user_timeout": 30_000},
    "psycopg2": {"connect_timeout": _PATIENCE, "tcp_user_timeout": 30_000},
    "pg8000": {"timeout": 30},
    "pymysql": {"connect_timeout": _PATIENCE},
    "mysqldb": {"connect_timeout": _PATIENCE},
    "pysqlite": {"timeout": 30},
}
"""Driver -> what it is given, unless the URL has it: most wait for a silent server without end."""
_LIMITS: Final = (
    "SELECT set_config('lock_timeout', '30s', true), set_config('idle_in_transaction_session_timeout', '60s', true)"
)
"""A writer that was suspended must not keep the others waiting."""
_LOCK: Final = {"table_name": "", "id": "lock"}
"""The row that a writer changes first: on every database, the next writer waits there."""
_WRITES: Final = "aiconn_writes"
"""The option of a connection whose transaction writes."""

T = TypeVar("T")


class SQLDatabase:
    """A `StoreDatabase` in one table, ``aiconn_documents``, which is created if it is missing."""

    name = "sql"
    """Until the URL is known, that of the entry point."""

    def __init__(self, home: Path) -> None:
        """Raises `StoreFailed` for an unusable URL or without SQLAlchemy. It does not connect yet."""
        self._engines: dict[int, Engine] = {}
        """Process id -> its engine. A forked child keeps its parent's: to close that would end the parent's connections."""
        self._secrets = list(passwords_in_url(os.environ.get(URL_VARIABLE, "")))
        self._url = self._asked(_address)
        self.name = _shown(self._url)

    def __repr__(self) -> str:
        return f"<SQLDatabase {self.name!r}>"

    @contextmanager
    def unit(self, *, writes: bool) -> Iterator[SQLUnit]:
        """See `StoreDatabase.unit`. Raises `StoreFailed`, and `StoreOutcomeUnknown` if a commit is not answered."""
        connection = self._asked(lambda: self._begun(writes=writes))
        try:
            try:
                yield SQLUnit(connection, self._asked)
            except BaseException:
                # A server that is gone undoes it as well, and the error of the block says more.
                with suppress(Exception):
                    connection.rollback()
                raise
            self._asked(connection.commit, commits=writes)
        finally:
            with suppress(Exception):
                connection.close()

    def _begun(self, *, writes: bool) -> Connection:
        from sqlalchemy import update

        engine = self._engines.get(os.getpid()) or self._prepared()
        connection = engine.connect()
        try:
            # A writer reads what the one before has saved, which a snapshot from before it waited would not have.
            level: Any = "READ COMMITTED" if writes else "REPEATABLE READ"
            driver: Any = connection.connection.dbapi_connection
            if level in engine.dialect.get_isolation_level_values(driver):
                connection.execution_options(isolation_level=level)
            connection.execution_options(**{_WRITES: writes})
            connection.begin()
            if writes:
                if engine.dialect.name == "postgresql":
                    connection.exec_driver_sql(_LIMITS)
                rows = _table()
                if connection.execute(update(rows).filter_by(**_LOCK).values(document="{}")).rowcount != 1:
                    raise RuntimeError("its table was emptied; the next attempt prepares it again")
        except BaseException:
            connection.close()
            raise
        return connection

    def _prepared(self) -> Engine:
        from sqlalchemy import create_engine, event, pool

        url = self._url
        limits = _CONNECT.get(url.get_driver_name(), {})
        options: dict[str, Any] = {"connect_args": {key: limits[key] for key in limits.keys() - url.query.keys()}}
        is_file = url.get_backend_name() == "sqlite"
        # An idle notebook keeps one connection to a server, and none to a file.
        options |= (
            {"poolclass": pool.NullPool} if is_file else {"pool_size": 1, "max_overflow": -1, "pool_pre_ping": True}
        )
        engine = create_engine(url, hide_parameters=True, **options)
        if is_file:
            event.listen(engine, "connect", _without_own_begin)
            event.listen(engine, "begin", _begin_in_file)
        if not _is_ready(engine):
            try:
                _make_ready(engine)
            except Exception:
                if not _is_ready(engine):  # otherwise another process was faster
                    raise
        return self._engines.setdefault(os.getpid(), engine)

    def _asked(self, call: Callable[[], T], *, commits: bool = False) -> T:
        """The result of a call into SQLAlchemy. Its errors become ours, without a cause: its frames hold the password."""
        missing = problem = ""
        try:
            return call()
        except ModuleNotFoundError as error:
            missing = error.name or str(error)
        except Exception as error:
            said = (
                str(getattr(error, "orig", None) or error).strip().partition("\n")[0]
            )  # more lines are advice for administrators
            problem = readable(said, self._secrets).rstrip(".?! ") or type(error).__name__
            commits = commits and getattr(error, "connection_invalidated", False)
        self._engines.pop(os.getpid(), None)  # the next unit looks for the table again
        if missing:
            raise errors.StorePackageMissing(store=self.name, package=missing)
        kind = errors.StoreOutcomeUnknown if commits else errors.StoreFailed
        raise kind(store=self.name, problem=problem)


class SQLUnit:
    """See `Unit`."""

    def __init__(self, connection: Connection, asked: Callable[[Callable[[], Any]], Any]) -> None:
        self._connection = connection
        self._asked = asked

    def load(self, table: str, ids: Collection[str] | None = None) -> dict[str, Document]:
        """See `Unit.load`."""
        from sqlalchemy import select

        rows = _table()
        query = select(rows.c.id, rows.c.document).where(rows.c.table_name == table)
        if ids is not None:
            query = query.where(rows.c.id.in_(list(ids)))
        return {id: json.loads(document) for id, document in self._asked(lambda: self._connection.execute(query).all())}

    def save(self, table: str, documents: Mapping[str, Document | None]) -> None:
        """See `Unit.save`."""
        from sqlalchemy import bindparam, delete, insert

        rows = _table()
        stale = delete(rows).where(rows.c.table_name == table, rows.c.id == bindparam("stale"))
        fresh = [
            {"table_name": table, "id": id, "document": json.dumps(document)}
            for id, document in documents.items()
            if document is not None
        ]
        if documents:
            self._asked(lambda: self._connection.execute(stale, [{"stale": id} for id in documents]))
        if fresh:
            self._asked(lambda: self._connection.execute(insert(rows), fresh))


def _address() -> URL:
    """Raises `ValueError` without the URL: the words of SQLAlchemy and Python repeat it."""
    from sqlalchemy import make_url
    from sqlalchemy.exc import ArgumentError

    written = os.environ.get(URL_VARIABLE, "").strip()
    if not written:
        raise ValueError(f"{URL_VARIABLE} is not set")
    try:
        url = make_url(written)
    except (ArgumentError, ValueError):
        url = None
    if url is None:
        raise ValueError(f"{URL_VARIABLE} has no URL of SQLAlchemy, such as postgresql+psycopg://HOST/DATABASE")
    if url.password is not None and written.count("@") > 1:
        # The rest of the password would be taken for a host, which messages name.
        raise ValueError(f"{URL_VARIABLE} has two @: write %40 for the one in the password")
    return url


def _shown(url: URL) -> str:
    """Where the database is, without its user and the query."""
    from sqlalchemy import URL

    place = URL.create(url.get_backend_name(), host=url.host, port=url.port, database=url.database)
    return readable(place.render_as_string())


@cache
def _table() -> Table:
    from sqlalchemy import Column, MetaData, String, Table, Text

    names = Column("table_name", String(64), primary_key=True), Column("id", String(255), primary_key=True)
    return Table("aiconn_documents", MetaData(), *names, Column("document", Text, nullable=False))


def _is_ready(engine: Engine) -> bool:
    from sqlalchemy import inspect, select

    with engine.connect() as connection:
        if not inspect(connection).has_table(_table().name):
            return False
        return connection.execute(select(_table()).filter_by(**_LOCK)).first() is not None


def _make_ready(engine: Engine) -> None:
    from sqlalchemy import insert

    with engine.connect().execution_options(**{_WRITES: True}) as connection, connection.begin():
        _table().create(connection, checkfirst=True)
        connection.execute(insert(_table()).values(**_LOCK, document="{}"))


def _without_own_begin(connection: Any, record: object) -> None:
    """Python's sqlite3 begins a transaction only before the first change, after what was read."""
    connection.isolation_level = None


def _begin_in_file(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE" if connection.get_execution_options().get(_WRITES) else "BEGIN")
