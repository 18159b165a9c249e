"""What was answered already: one SQLite file for each dataset prompt, so that the same line goes on after any end.

It has the answers and, of each prompt, a digest. Each answer is written when it comes: a process that is killed loses none. The
file is the user's alone (0600) and is deleted after 30 days.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from time import time
from typing import Final

from aiconn_nb import files
from aiconn_nb.errors import JournalUnusable
from aiconn_nb.model.place import tilde

FOLDER: Final = "maps"
DAYS: Final = 30
_LAYOUT: Final = 1
_OURS: Final = 0x61696A6C
"""SQLite's application_id of a journal: ``aijl``."""
_TABLES: Final = """
create table if not exists about (layout integer, settings text);
create table if not exists answers (
    prompt blob primary key, answer text not null, connection text, model text,
    input_tokens integer, output_tokens integer, cost real
) without rowid;
"""


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer as it is kept."""

    text: str
    connection: str
    model: str
    input_tokens: int | None
    output_tokens: int | None
    cost: float | None


class Journal:
    """The answers of one dataset prompt. ``settings`` is a digest of all that it depends on but the rows."""

    def __init__(self, place: Path, settings: str) -> None:
        self.place = place
        self.note = ""
        """Why it keeps no more answers; '' while it does."""
        self._key = settings.encode()[:64]
        try:
            self.is_new = _created(place)
            # Several partitions of a cluster's worker, and several kernels, may write at once.
            self._file = sqlite3.connect(place, timeout=10, isolation_level=None, check_same_thread=False)
            try:
                self._check_is_ours()
                _make_private(place)
                self._open(settings)
            except BaseException:
                self.close()
                raise
        except (sqlite3.DatabaseError, OSError, ValueError) as error:
            raise JournalUnusable(place=tilde(place), problem=_problem(error)) from None

    def _check_is_ours(self) -> None:
        """Raise where it is a database of something else, before anything is changed in it."""
        (application,) = self._file.execute("pragma application_id").fetchone()
        tables = {name for (name,) in self._file.execute("select name from sqlite_master where type = 'table'")}
        # The first journals had no application_id.
        if application != _OURS and (application or (tables and tables != {"about", "answers"})):
            raise JournalUnusable(place=tilde(self.place), problem="is a database of something else")

    def _open(self, settings: str) -> None:
        # With a write-ahead log a commit needs no fsync to survive a killed process; where there is none (some network
        # folders) a plain journal without fsync does the same.
        (mode,) = self._file.execute("pragma journal_mode=wal").fetchone()
        self._file.execute(f"pragma synchronous={'normal' if mode == 'wal' else 'off'}")
        self._file.execute(f"pragma application_id={_OURS}")
        self._file.executescript(_TABLES)
        about = self._file.execute("select layout, settings from about").fetchone()
        if about is None:
            self._file.execute("insert into about values (?, ?)", (_LAYOUT, settings))
        elif about != (_LAYOUT, settings):
            raise JournalUnusable(place=tilde(self.place), problem="was written with other settings")

    def key(self, prompt: str) -> bytes:
        """The digest of a prompt."""
        return blake2b(prompt.encode("utf-8", "replace"), digest_size=16, key=self._key).digest()

    def get(self, key: bytes) -> Answered | None:
        """The answer to a prompt, or None; also where the journal fails, which `note` says then."""
        if self.note:
            return None
        try:
            row = self._file.execute(
                "select answer, connection, model, input_tokens, output_tokens, cost from answers where prompt = ?",
                (key,),
            ).fetchone()
        except sqlite3.Error as error:
            self._give_up(error)
            return None
        return None if row is None else Answered(*row)

    def put(self, key: bytes, answer: Answered) -> bool:
        """Keep an answer. Whether it is kept: where the journal fails it is not, and `note` says so."""
        if self.note:
            return False
        try:
            self._file.execute("insert or replace into answers values (?, ?, ?, ?, ?, ?, ?)", (key, *_columns(answer)))
        except (sqlite3.Error, UnicodeError) as error:
            self._give_up(error)
            return False
        return True

    def _give_up(self, error: Exception) -> None:
        """The answers are paid for: the run goes on without a journal."""
        self.note = f"The journal {tilde(self.place)} {_problem(error)}: later answers are not kept in it."

    def close(self) -> None:
        """Close the file."""
        with suppress(sqlite3.Error):
            self._file.close()


def _created(place: Path) -> bool:
    """Make the file where there is none. It is not opened otherwise: to close it would release the locks of this process."""
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        os.close(os.open(place, os.O_CREAT | os.O_EXCL | os.O_RDWR, files.PRIVATE))
    except FileExistsError:
        if not place.is_file():
            raise files.NotAFile("a folder" if place.is_dir() else "a link or a device") from None
        return False
    return True


def _make_private(place: Path) -> None:
    with suppress(OSError):
        if place.stat().st_mode & 0o077:
            place.chmod(files.PRIVATE)


def _problem(error: Exception) -> str:
    if isinstance(error, sqlite3.DatabaseError) and not isinstance(error, sqlite3.OperationalError):
        return "is damaged"
    return f"cannot be used ({files.reason(error) if isinstance(error, OSError) else error})"


def _columns(answer: Answered) -> tuple[str | int | float | None, ...]:
    return (
        answer.text,
        answer.connection,
        answer.model,
        answer.input_tokens,
        answer.output_tokens,
        answer.cost,
    )


def place_of(home: Path, settings: str) -> Path:
    """Where the journal of these settings is, below ``AICONN_HOME``."""
    return home / FOLDER / f"{settings[:32]}.sqlite"


def forget(home: Path, older_than_days: float = 0) -> int:
    """Delete the journals that nothing was written to for so many days; answers how many."""
    gone = 0
    for place in _journals(home):
        parts = [each for each in (place, *_beside(place)) if each.exists()]
        with suppress(OSError):
            if max(each.stat().st_mtime for each in parts) <= time() - older_than_days * 86_400:
                for each in parts:
                    each.unlink()
                gone += 1
    return gone


def _journals(home: Path) -> Iterator[Path]:
    folder = home / FOLDER
    yield from sorted(folder.glob("*.sqlite")) if folder.is_dir() else ()


def _beside(place: Path) -> list[Path]:
    return [place.with_name(place.name + end) for end in ("-wal", "-shm", "-journal")]
