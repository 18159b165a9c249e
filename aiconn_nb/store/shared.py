"""A store in a team's own database: all rules are ours, and a plug-in only keeps documents.

What may be sent where is not shared: it stays in the store of each user's home. Otherwise a colleague who changes an endpoint
could allow everyone's keys to go there.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import datetime
from functools import partial
from threading import get_ident
from typing import TYPE_CHECKING, Any, ClassVar, Final, Literal, Protocol
from uuid import uuid4

from aiconn_nb import errors, plugins

from .change import Change
from .documents import Document, is_sealed_here, sealed_here, sealed_in
from .due import marks_in, ripe
from .history import KEPT
from .renamed import aliases_in, kept_aliases
from .shelf import CONNECTION
from .snapshot import DELETED, TABLES, TRUSTED, Snapshot, snapshot_of
from .storage import SCHEMA, Damage, needed_schema
from .store import Version, versions

if TYPE_CHECKING:
    from pathlib import Path

    from .store import Store

_ABOUT: Final = "about"
"""The table with the schema number, and a revision that each save changes: a list must not read everything again."""
_STORE: Final = "store"
_HISTORY: Final = "history"
_MARKS: Final = "due"
_RENAMED: Final = "renamed"
_SETTINGS: Final = (CONNECTION.layout.table, DELETED + CONNECTION.layout.table)
"""The tables with settings."""

Documents = Mapping[str, Document]


class Unit(Protocol):
    """One unit of work: what it loads is consistent."""

    def load(self, table: str, ids: Collection[str] | None = None) -> Documents:
        """The documents of a table by their id, all of them or those with these ids. An unknown table or id has none."""

    def save(self, table: str, documents: Mapping[str, Document | None]) -> None:
        """Insert or replace documents; None removes one. Only in a unit that writes."""


class StoreDatabase(Protocol):
    """A database that keeps the documents of a store for several users: JSON objects by table and id.

    A plug-in registers a class (or a function) in the entry-point group ``aiconn_nb.stores``, and ``AICONN_STORE`` selects it by
    the name of the entry point. It is called with the user's folder (``AICONN_HOME``), and returns a database::

        class TeamDatabase:
            name = "the team's database"

            def __init__(self, home: Path) -> None: ...

            def unit(self, *, writes: bool) -> AbstractContextManager[Unit]: ...

    Several threads use it at once. `aiconn_nb.testing.StoreContract` tests it.
    """

    @property
    def name(self) -> str:
        """Its name in lists and messages, without a password."""

    def unit(self, *, writes: bool) -> AbstractContextManager[Unit]:
        """One transaction. With ``writes``, it excludes every other writer from its beginning. It saves everything when the block
        ends, or nothing if the block raises."""


class SharedStore:
    """Connections and profiles in a `StoreDatabase`, with the interface of `Store`."""

    is_shared: ClassVar[Literal[True]] = True
    """See `Store.is_shared`."""

    def __init__(self, database: StoreDatabase, own: Store) -> None:
        """``own`` is the store of the user's home. It keeps what may be sent where."""
        self._database = database
        self._own = own
        self._known: tuple[str, Snapshot] | None = None
        """The last known revision, and its content without what may be sent where."""
        self._shown: tuple[Snapshot, Snapshot, Snapshot] | None = None
        """What was read of the database and of the own store, and both together: a reader compares by identity."""
        self._changing: dict[int, Unit] = {}
        """The units of the threads that are making a change."""

    def __repr__(self) -> str:
        return f"<SharedStore {self._database.name!r}>"

    @property
    def author(self) -> str:
        """See `Store.author`."""
        return self._own.author

    @property
    def shown(self) -> str:
        """See `Store.shown`."""
        return self._database.name

    @property
    def place(self) -> str:
        """See `Store.place`."""
        return self._database.name

    @property
    def size(self) -> int | None:
        """See `Store.size`: only the plug-in knows."""
        return None

    @property
    def notes(self) -> list[str]:
        """See `Store.notes`."""
        return self._own.notes

    @property
    def problems(self) -> list[str]:
        """See `Store.problems`."""
        return self._own.problems

    @property
    def set_aside(self) -> list[str]:
        """See `Store.set_aside`."""
        return self._own.set_aside

    @property
    def files(self) -> list[Path]:
        """See `Store.files`: those of the user's home."""
        return self._own.files

    @property
    def holds_sealed_here(self) -> bool:
        """Whether the database has a value, present or former, that the user of this home has sealed. Most are others'."""
        own = self._own.read().trusted()
        with self._unit() as unit:
            stored = [list(unit.load(table).values()) for table in (*_SETTINGS, _HISTORY)]
        return any(sealed_here(each) in own for each in sealed_in(stored))

    # ---- reading ------------------------------------------------------------------------------------------------------

    def read(self) -> Snapshot:
        """See `Store.read`. Raises `StoreFailed`, `StoreTooNew`, and what the own store raises."""
        own = self._own.read()
        with self._unit() as unit:
            shared = self._snapshot(unit)
        if self._shown is None or self._shown[0] is not shared or self._shown[1] is not own:
            self._shown = shared, own, shared.trusting(own.trusted())
        return self._shown[2]

    def history(self, entity_id: str) -> list[Version]:
        """See `Store.history`."""
        with self._unit() as unit:
            shelves = self._snapshot(unit).shelves
            states = _states(unit, entity_id)
        return next(filter(None, (versions(shelf, entity_id, lambda _: states) for shelf in shelves)), [])

    # ---- changing -----------------------------------------------------------------------------------------------------

    @contextmanager
    def change(self) -> Iterator[Change]:
        """See `Store.change`. Raises `StoreFailed`, `StoreTooNew`, and what the own store raises."""
        if get_ident() in self._changing:
            raise RuntimeError("a change of this store is going on in this thread already")
        own = self._own.read()
        with self._unit(writes=True) as unit:
            self._changing[get_ident()] = unit
            try:
                change = Change(self._snapshot(unit).trusting(own.trusted()), self.author)
                yield change
                self._save(unit, change)
                new = change.trusted() - own.trusted()
                # First: a value that is not known as the user's own would not keep them from making a second master key.
                self._permit({pair for pair in new if is_sealed_here(pair)})
            finally:
                self._changing.pop(get_ident(), None)
        # Last: if this fails, the user is asked once more.
        self._permit({pair for pair in new if not is_sealed_here(pair)})

    def _permit(self, pairs: Collection[tuple[str, str]]) -> None:
        if pairs:
            with self._own.change() as mine:
                for pair in sorted(pairs):
                    mine.trust(pair)

    def _save(self, unit: Unit, change: Change) -> None:
        expired = change.close(partial(_ripe, unit)) or ()
        documents = {table: each for table, each in change.documents() if table != TRUSTED}
        if not documents:
            return
        before = self._snapshot(unit)
        for id in (*change.new_ids, *expired):
            unit.save(_HISTORY, {id: None})
        for id, steps in change.steps():
            former = [*_states(unit, id), *(state for state, _ in steps)]
            unit.save(_HISTORY, {id: {"states": former[1 - KEPT :]}})
        known = aliases_in(unit.load(_RENAMED))
        kept = kept_aliases(known, before.shelves, change.shelves)
        unit.save(
            _RENAMED, {table: kept.get(table) for table in {*known, *kept} if known.get(table) != kept.get(table)}
        )
        for table, each in documents.items():
            unit.save(table, each)
        present = {
            table: {id: each for id, each in found.items() if each is not None} for table, found in documents.items()
        }
        about = unit.load(_ABOUT).get(_STORE, {})
        schema = max(needed_schema(present), _schema(about))
        unit.save(_ABOUT, {_STORE: {"schema": schema, "revision": uuid4().hex}})

    # ---- the database -------------------------------------------------------------------------------------------------

    def _snapshot(self, unit: Unit) -> Snapshot:
        about = unit.load(_ABOUT).get(_STORE, {})
        if _schema(about) > SCHEMA:
            raise errors.StoreTooNew(path=self._database.name)
        revision = str(about.get("revision", ""))
        if self._known is not None and self._known[0] == revision:
            return self._known[1]
        problem = ""
        try:
            snapshot = snapshot_of({table: dict(unit.load(table)) for table in TABLES if table != TRUSTED})
        except Damage as damage:
            problem = f"what it has is damaged: {damage}"
        if problem:
            raise self._failed(problem)
        renamed = aliases_in(unit.load(_RENAMED))
        for shelf in snapshot.shelves:
            shelf.former_aliases = partial(dict, renamed.get(shelf.kind.layout.table, {}))
        self._known = (revision, snapshot)
        return snapshot

    @contextmanager
    def _unit(self, *, writes: bool = False) -> Iterator[Unit]:
        """A unit of the plug-in. Its errors become `StoreFailed`; those of the block pass."""
        if (begun := self._changing.get(get_ident())) is not None:
            yield begun  # a change that looks at the store must not wait for itself
            return
        passing: BaseException | None = None
        problem = ""
        try:
            with self._database.unit(writes=writes) as unit:
                try:
                    yield _Guarded(unit, self._failed)
                except BaseException as error:
                    passing = error
                    raise
        except Exception as error:
            if error is passing or isinstance(error, errors.AiconnError):
                raise
            problem = plugins.reason(error)
        if problem:
            raise self._failed(problem)
        if passing is not None:  # the plug-in kept it for itself: what was refused is no success
            raise passing

    def _failed(self, problem: str) -> errors.StoreFailed:
        return errors.StoreFailed(store=self._database.name, problem=problem)


class _Guarded:
    """A unit of a plug-in whose errors and answers are checked."""

    def __init__(self, unit: Unit, failed: Any) -> None:
        self._unit = unit
        self._failed = failed

    def load(self, table: str, ids: Collection[str] | None = None) -> Documents:
        """See `Unit.load`."""
        found: Any = self._asked(lambda: self._unit.load(table, ids))
        if not isinstance(found, Mapping) or not all(
            isinstance(id, str) and isinstance(each, dict) for id, each in found.items()
        ):
            raise self._failed(f"the documents of its table {table} are no JSON objects by id")
        return found

    def save(self, table: str, documents: Mapping[str, Document | None]) -> None:
        """See `Unit.save`."""
        if documents:
            self._asked(lambda: self._unit.save(table, documents))

    def _asked(self, call: Any) -> Any:
        try:
            return call()
        except errors.AiconnError:
            raise
        except Exception as error:
            problem = plugins.reason(error)
        raise self._failed(problem)


def _schema(about: Document) -> int:
    found = about.get("schema", 1)
    return found if type(found) is int else SCHEMA + 1


def _states(unit: Unit, id: str) -> list[Document]:
    states = unit.load(_HISTORY, [id]).get(id, {}).get("states", [])
    return [each for each in states if isinstance(each, dict)] if isinstance(states, list) else []


def _ripe(unit: Unit, due: Collection[str], moment: datetime) -> list[str]:
    stored = unit.load(_MARKS)
    known: dict[str, datetime] = {}
    for id, each in stored.items():
        with suppress(TypeError, ValueError):  # a damaged mark is none, as in a file
            known |= marks_in({id: each.get("since")})
    found, kept = ripe(known, due, moment)
    gone = dict.fromkeys(stored.keys() - kept.keys())
    unit.save(_MARKS, gone | {id: {"since": mark.isoformat()} for id, mark in kept.items() if known.get(id) != mark})
    return found
