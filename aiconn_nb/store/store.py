"""The store: read as a whole and changed in transactions that several kernels share."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from functools import cached_property, partial
from pathlib import Path
from threading import get_ident
from typing import TYPE_CHECKING, Any, ClassVar, Final, Literal, NamedTuple
from weakref import ref

from aiconn_nb import errors
from aiconn_nb.files import IN_BROWSER, WAIT, reason, unwritable
from aiconn_nb.model.connection import Connection
from aiconn_nb.model.place import tilde
from aiconn_nb.model.strict import Malformed

from .file import StoreFile
from .shelf import Shelf
from .snapshot import Snapshot, snapshot_of
from .storage import AtomicStorage, Damage, Loaded

if TYPE_CHECKING:
    from aiconn_nb.model.profile import Profile

    from .change import Change
    from .documents import Document
    from .due import DueMarks
    from .history import History
    from .renamed import FormerAliases

__all__ = ["Snapshot", "Store", "Version"]

FILE_NAME: Final = "connections.json"
HISTORY_NAME: Final = "history"
KEPT_FILES: Final = Path("/drive")
"""The folder of the notebooks in JupyterLite; all others end with the kernel."""


class Version(NamedTuple):
    """One state of a connection or a profile, with the author and time (UTC) of the save."""

    version: int
    modified: datetime
    modified_by: str
    state: Connection | Profile


class Store:
    """Connections and profiles in one folder. Several stores, in one process or in many, may share it."""

    is_shared: ClassVar[Literal[False]] = False
    """Whether others may change it."""

    def __init__(self, home: str | os.PathLike[str], *, author: str | None = None, wait: float = WAIT) -> None:
        self.home = Path(os.path.abspath(home))
        self._author = author
        self._file = StoreFile(self.home / FILE_NAME, wait=wait)
        self._known: tuple[Loaded, Snapshot] | None = None
        self._changing: tuple[int, ref[AtomicStorage]] | None = None
        """The thread that is making a change, and its transaction. One that Ctrl-C ended, at any point, no longer counts."""

    # Reading the current content needs none of these: a list must be fast.

    @cached_property
    def _history(self) -> History:
        from .history import History

        return History(self.home / HISTORY_NAME)

    @cached_property
    def _due(self) -> DueMarks:
        from .due import DueMarks

        return DueMarks(self.home / HISTORY_NAME)

    @cached_property
    def _former_aliases(self) -> FormerAliases:
        from .renamed import FormerAliases

        return FormerAliases(self.home / HISTORY_NAME)

    def __repr__(self) -> str:
        return f"<Store {str(self.home)!r}>"

    @property
    def path(self) -> Path:
        """The store's file."""
        return self._file.path

    @property
    def files(self) -> list[Path]:
        """The files with present and former values. The folder may have others, which are the user's."""
        return [self.path, *(self.home / HISTORY_NAME).glob("*.jsonl")]

    @property
    def shown(self) -> str:
        """Where it is, in a displayable form."""
        return tilde(self.home)

    @property
    def place(self) -> str:
        """The same, exactly."""
        return tilde(self.path)

    @property
    def size(self) -> int | None:
        """Its size in bytes; None if that is unknown."""
        return self.path.stat().st_size if self.path.exists() else 0

    @property
    def problems(self) -> list[str]:
        """Why nothing can be saved."""
        # The first save makes the folders that are missing; each one writes the whole file again.
        why = unwritable(self.home, max(self.size or 0, 4096))
        return [f"{tilde(self.home)} cannot be written ({why}): nothing can be saved"] if why else []

    @property
    def author(self) -> str:
        """The author of saves: ``user@host``."""
        if self._author is None:
            self._author = _user_at_host()
        return self._author

    @property
    def set_aside(self) -> list[str]:
        """The names of damaged files beside the store's."""
        return self._file.set_aside_earlier()

    @property
    def notes(self) -> list[str]:
        """Warnings for the user of this store."""
        home = tilde(self.home)
        notes = []
        if names := self.set_aside:
            one = len(names) == 1
            notes.append(
                f"{'A damaged store lies' if one else 'Damaged stores lie'} in {home}: {', '.join(names)}. "
                f"Repair {'it' if one else 'one'} and rename it to {self.path.name}, or delete {'it' if one else 'them'}."
            )
        if self._file.is_open_to_others:
            notes.append(
                f"{home} is on a file system that refuses chmod: other people of this machine may read the store."
            )
        if self._file.locks_are_soft:
            notes.append(f"{home} is on a file system without locks: a marker file keeps other kernels out instead.")
        if IN_BROWSER and KEPT_FILES not in (self.home, *self.home.parents):
            notes.append(
                f"{home} is lost when this kernel ends. To keep it, set AICONN_HOME to a folder beside the notebook first."
            )
        return notes

    # ---- reading ------------------------------------------------------------------------------------------------------

    def read(self) -> Snapshot:
        """The current content. Takes no lock; costs one stat of the file while it does not change.

        Raises `StoreCorrupt` for a damaged file, which is set aside, `StoreTooNew`, or `StoreError` if it cannot be read.
        """
        known = self._known
        if known is not None and known[0].is_current(self._file):
            return known[1]
        try:
            return self._snapshot(self._storage())
        except Damage as damage:
            problem = str(damage)
        obstacle = ""
        try:
            with self._file.lock():
                return self._whole(self._storage())
        except (errors.StoreUnwritable, errors.StoreBusy) as error:
            obstacle = error.reason
        raise self._file.left_damaged(problem, obstacle)

    def history(self, entity_id: str) -> list[Version]:
        """The versions of a connection or profile, also of a deleted one, oldest first, the current one last; 50 at most."""
        snapshot = self.read()
        for shelf in snapshot.shelves:
            found = versions(shelf, entity_id, lambda current: self._history.before(entity_id, current))
            if found:
                return found
        return []

    # ---- changing -----------------------------------------------------------------------------------------------------

    @contextmanager
    def change(self) -> Iterator[Change]:
        """One transaction: the changes made to the `Change` are saved when the block ends; if it raises, nothing is saved.

        Raises `StoreBusy`, `StoreUnwritable`, `StoreCorrupt`, `StoreTooNew`; the store is then unchanged.
        """
        from .change import Change

        going_on = self._changing[1]() if self._changing is not None and self._changing[0] == get_ident() else None
        # Ctrl-C may have prevented the cleanup, and a debugger may keep the transaction alive.
        if going_on is not None and going_on.is_in_transaction:
            raise RuntimeError("a change of this store is going on in this thread already")
        storage = self._storage()
        with storage.transaction():
            try:
                self._changing = (get_ident(), ref(storage))
                before = self._whole(storage)
                change = Change(before, self.author)
                yield change
                expired = change.close(self._due.ripe)
                if expired is not None:
                    from .database import write  # reading needs no TinyDB

                    self._keep_former(change)
                    self._former_aliases.keep(before.shelves, change.shelves)
                    write(storage, change.documents())
            finally:
                self._changing = None
        if storage.loaded is not None and expired is not None:
            self._known = (storage.loaded, change.result())
            for id in expired:
                self._history.forget(id)

    def _keep_former(self, change: Change) -> None:
        problem = ""
        try:
            self._history.sweep()
            for id in change.new_ids:
                self._history.forget(id)
            for id, steps in change.steps():
                self._history.append(id, steps)
        except OSError as error:
            problem = f"{error.filename or self._history.folder}: {reason(error)}"
        if problem:
            raise self._file.unwritable(problem)

    def _renamed(self, table: str) -> Mapping[str, str]:
        return self._former_aliases.of(table)

    # ---- the file -----------------------------------------------------------------------------------------------------

    def _storage(self) -> AtomicStorage:
        return AtomicStorage(self._file, self._known[0] if self._known else None)

    def _whole(self, storage: AtomicStorage) -> Snapshot:
        """The snapshot; a damaged file is set aside. Only under the lock."""
        try:
            return self._snapshot(storage)
        except Damage as damage:
            problem = str(damage)
        raise self._file.set_aside(problem)

    def _snapshot(self, storage: AtomicStorage) -> Snapshot:
        known = self._known
        loaded = storage.load()
        if known is not None and known[0] is loaded:
            return known[1]
        snapshot = snapshot_of(loaded.tables)
        for shelf in snapshot.shelves:
            shelf.former_aliases = partial(self._renamed, shelf.kind.layout.table)
        self._known = (loaded, snapshot)
        return snapshot


def versions(shelf: Shelf[Any], id: str, before: Callable[[Document], Iterable[Document]]) -> list[Version]:
    """The versions of an entity, of which ``before`` has the former states, oldest first; [] if this shelf never had it."""
    gone = shelf.gone.get(id)
    current = gone.state if gone else shelf.by_id(id)
    if current is None:
        return []
    layout = shelf.kind.layout
    states = []
    for document in before(layout.to_document(current)):
        try:
            states.append(layout.from_document(document, id))
        except Malformed:
            continue
    return [Version(each.version, each.modified, each.modified_by, each) for each in (*states, current)]


def _user_at_host() -> str:
    import getpass  # only a save needs these
    import platform

    try:
        user = getpass.getuser()
    except (OSError, KeyError, ImportError):
        # A container may run as a user id without a name.
        user = str(os.getuid()) if hasattr(os, "getuid") else "unknown"
    return f"{user}@{platform.node() or 'somewhere'}"
