"""Stored answers: one SQLite file per dataset prompt, so that an interrupted call can resume.

The file contains the answers and a digest of each prompt. Each answer is written as soon as it arrives, so a killed process
loses none. The file is private to the user (0600) and is deleted after 30 days.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import blake2b
from pathlib import Path
from threading import Lock
from time import time
from typing import Final, NamedTuple

from aiconn_nb import files
from aiconn_nb.errors import JournalUnusable
from aiconn_nb.model.place import tilde
from aiconn_nb.session import sqlite_file
from aiconn_nb.session.forking import close_before_fork, renew_in_child

FOLDER: Final = "maps"
DAMAGED: Final = "is damaged"
DAYS: Final = 30
BUSY: Final = 10.0
"""Seconds to wait for other processes that use the file."""
_LAYOUT: Final = 1
_OURS: Final = 0x61696A6C
"""SQLite's application_id of journals: ``aijl``."""
_TABLES: Final = (
    "create table if not exists about (layout integer, settings text)",
    """create table if not exists answers (
        prompt blob primary key, answer text not null, connection text, model text,
        input_tokens integer, output_tokens integer, cost real
    ) without rowid""",
)
_INSERT: Final = "insert or replace into answers values (?, ?, ?, ?, ?, ?, ?)"


class Answered(NamedTuple):
    """A stored answer, in the order of the columns."""

    text: str | bytes
    """Bytes contain the numbers of a vector."""
    connection: str
    model: str
    input_tokens: int | None
    output_tokens: int | None
    cost: float | None


class Journal:
    """The answers of one dataset prompt. ``settings`` is a digest of everything they depend on besides the rows.

    ``is_spread`` means that several hosts write to the file.
    """

    def __init__(self, place: Path, settings: str, *, is_spread: bool = False) -> None:
        self.place = place
        self.note = ""
        """Why it stores no more answers; '' as long as it works."""
        self.set_aside: Path | None = None
        """The new name of a damaged journal that this one replaces."""
        self._key = settings.encode()[:64]
        self._is_spread = is_spread
        self._lock = Lock()
        """Guards the connection: closing it while another thread uses it would crash the process."""
        self._file: sqlite3.Connection | None = None
        self._is_closed = False
        self._is_held_for_fork = False
        try:
            self.is_new = _created(place)
            with self._used() as file:
                self._prepare(file, settings)
        except (sqlite3.DatabaseError, OSError, ValueError) as error:
            self.close()
            raise JournalUnusable(place=tilde(place), problem=_problem(error)) from None
        except BaseException:
            self.close()
            raise
        close_before_fork(self)
        renew_in_child(self)

    @contextmanager
    def _used(self) -> Iterator[sqlite3.Connection]:
        """Open the file for one thread at a time."""
        with self._lock:
            if self._file is None:
                if self._is_closed:
                    raise sqlite3.OperationalError("it was closed")
                self._file = self._opened()
            yield self._file

    def _opened(self) -> sqlite3.Connection:
        # Several partitions of a worker, or several kernels, may write at once.
        file = sqlite_file.connected(self.place, BUSY)
        try:
            self._check_is_ours(file)
            sqlite_file.make_private(self.place)
            sqlite_file.survive_kills(file, BUSY, is_spread=self._is_spread)
        except BaseException:
            file.close()
            raise
        return file

    def _check_is_ours(self, file: sqlite3.Connection) -> None:
        """Raise if the file is some other database, before anything in it changes."""
        (application,) = file.execute("pragma application_id").fetchone()
        tables = {name for (name,) in file.execute("select name from sqlite_master where type = 'table'")}
        # Early journals had no application_id, and their tables were made one after the other.
        if application != _OURS and (application or tables - {"about", "answers"}):
            raise JournalUnusable(place=tilde(self.place), problem="is a database of something else")

    def _prepare(self, file: sqlite3.Connection, settings: str) -> None:
        # Only one of several processes that open a new journal makes its tables.
        if file.execute("pragma application_id").fetchone() != (_OURS,):
            with sqlite_file.transaction(file):
                for table in _TABLES:
                    file.execute(table)
                if file.execute("select 1 from about").fetchone() is None:
                    file.execute("insert into about values (?, ?)", (_LAYOUT, settings))
                file.execute(f"pragma application_id={_OURS}")
        if file.execute("select layout, settings from about").fetchone() == (_LAYOUT, settings):
            return
        # Without answers it may serve other settings, such as those of a fallback.
        taken = file.execute(
            "update about set settings = ? where layout = ? and not exists (select 1 from answers)", (settings, _LAYOUT)
        )
        if not taken.rowcount:
            raise JournalUnusable(place=tilde(self.place), problem="was written with other settings")

    def key(self, prompt: str) -> bytes:
        """Return the digest of a prompt."""
        return blake2b(prompt.encode("utf-8", "replace"), digest_size=16, key=self._key).digest()

    def get(self, key: bytes) -> Answered | None:
        """Return the answer to a prompt, or None. If the journal fails, returns None and sets `note`."""
        if self.note:
            return None
        try:
            with self._used() as file:
                row = file.execute(
                    "select answer, connection, model, input_tokens, output_tokens, cost from answers where prompt = ?",
                    (key,),
                ).fetchone()
        except sqlite3.Error as error:
            self._give_up(error)
            return None
        return None if row is None else Answered(*row)

    def put(self, *answers: tuple[bytes, Answered]) -> bool:
        """Store the answers of one response, each with the key of its prompt: all or none.

        If that fails, returns False and sets `note`.
        """
        if self.note:
            return False
        try:
            with self._used() as file, sqlite_file.transaction(file):
                file.executemany(_INSERT, [(key, *answer) for key, answer in answers])
        except (sqlite3.Error, UnicodeError) as error:
            self._give_up(error)
            return False
        return True

    @property
    def notes(self) -> list[str]:
        """Messages for the user: a damaged journal was replaced, or this one stores no more answers."""
        found = [self.note] if self.note else []
        if self.set_aside is not None:
            found.insert(0, f"The journal was damaged and is now {tilde(self.set_aside)}: its rows were asked again.")
        return found

    @property
    def is_empty(self) -> bool:
        """Whether it has no answers."""
        with self._used() as file:
            return file.execute("select 1 from answers limit 1").fetchone() is None

    def _give_up(self, error: Exception) -> None:
        """Stop storing answers. The run continues, because its answers are paid for."""
        self.note = f"The journal {tilde(self.place)} {_problem(error)}: later answers are not kept in it."

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._is_closed = True
            self._let_go()

    def _let_go(self) -> None:
        file, self._file = self._file, None
        if file is not None:
            with suppress(sqlite3.Error):
                file.close()

    def before_fork(self) -> None:
        """Close the file until its next use."""
        self._is_held_for_fork = self._lock.acquire(timeout=BUSY)
        if self._is_held_for_fork:
            self._let_go()

    def after_fork(self) -> None:
        """Let other threads open it again."""
        if self._is_held_for_fork:
            self._lock.release()

    def renew(self) -> None:
        """Reset in the child of a fork, which must not close a connection of its parent."""
        self._parents, self._file = self._file, None
        self._lock = Lock()


def _created(place: Path) -> bool:
    """Create the file if it is missing; returns whether it did."""
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if files.create_empty(place):
        return True
    if not place.is_file():
        raise files.NotAFile("a folder" if place.is_dir() else "a link or a device")
    return False


def _problem(error: Exception) -> str:
    if sqlite_file.is_damage(error):
        return DAMAGED
    return f"cannot be used ({files.reason(error) if isinstance(error, OSError) else error})"


def place_of(home: Path, settings: str) -> Path:
    """Where the journal of these settings is, below ``AICONN_HOME``."""
    return home / FOLDER / f"{settings[:32]}.sqlite"


def opened(
    where: bool | str | os.PathLike[str], home: Path, settings: str, *, is_spread: bool = False
) -> Journal | None:
    """Return the journal of these settings, below ``AICONN_HOME`` or in the caller's file; None if the caller wants none."""
    if where is False:
        return None
    if where is True:
        forget(home, DAYS)
        return _own(place_of(home, settings), settings, is_spread)
    try:
        place = Path(where).expanduser()
    except (RuntimeError, TypeError) as error:  # there is no such user; a path of bytes
        raise JournalUnusable(place=str(where), problem=f"cannot be used ({error})") from None
    return Journal(place, settings, is_spread=is_spread)


def _own(place: Path, settings: str, is_spread: bool) -> Journal:
    """Return the journal in the default place. A damaged one is replaced, because it would block these settings for good."""
    try:
        return Journal(place, settings, is_spread=is_spread)
    except JournalUnusable as error:
        if error.problem != DAMAGED:
            raise
        damaged = error

    def failed(problem: str) -> Exception:
        return damaged

    with files.Lock(place).held(failed, failed):
        with suppress(JournalUnusable):
            return Journal(place, settings, is_spread=is_spread)  # another process has replaced it
        try:
            aside = sqlite_file.set_aside(place)
        except OSError:
            raise damaged from None
        made = Journal(place, settings, is_spread=is_spread)
    made.set_aside = aside
    return made


def forget(home: Path, older_than_days: float = 0) -> int:
    """Delete the journals not written to for this many days; returns how many."""
    gone = 0
    for place in _journals(home):
        beside = (place.with_name(place.name + end) for end in sqlite_file.BESIDE)
        parts = [each for each in (place, *beside) if each.exists()]
        with suppress(OSError):
            # Another kernel may have deleted it since.
            if parts and max(each.stat().st_mtime for each in parts) <= time() - older_than_days * 86_400:
                for each in parts:
                    each.unlink()
                gone += 1
    return gone


def _journals(home: Path) -> Iterator[Path]:
    """Yield the journals, including damaged ones, which contain answers too."""
    folder = home / FOLDER
    found = [*folder.glob("*.sqlite"), *folder.glob("*.sqlite.damaged-*")] if folder.is_dir() else []
    yield from sorted(each for each in found if not each.name.endswith(sqlite_file.BESIDE))
