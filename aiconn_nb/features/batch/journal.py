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

from aiconn_nb.errors import JournalUnusable
from aiconn_nb.model.place import tilde

FOLDER: Final = "maps"
DAYS: Final = 30
_LAYOUT: Final = 1
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
        self.is_new = not place.exists()
        self._key = settings.encode()[:64]
        try:
            place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            os.close(os.open(place, os.O_CREAT | os.O_RDWR, 0o600))
            # Several partitions of a cluster's worker, and several kernels, may write at once.
            self._file = sqlite3.connect(place, timeout=10, isolation_level=None, check_same_thread=False)
            self._open(settings)
        except (sqlite3.DatabaseError, OSError) as error:
            damaged = isinstance(error, sqlite3.DatabaseError) and not isinstance(error, sqlite3.OperationalError)
            problem = "is damaged" if damaged else f"cannot be used ({error})"
            raise JournalUnusable(place=tilde(place), problem=problem) from None

    def _open(self, settings: str) -> None:
        # With a write-ahead log a commit needs no fsync to survive a killed process; where there is none (some network
        # folders) a plain journal without fsync does the same.
        (mode,) = self._file.execute("pragma journal_mode=wal").fetchone()
        self._file.execute(f"pragma synchronous={'normal' if mode == 'wal' else 'off'}")
        self._file.executescript(_TABLES)
        about = self._file.execute("select layout, settings from about").fetchone()
        if about is None:
            self._file.execute("insert into about values (?, ?)", (_LAYOUT, settings))
        elif about != (_LAYOUT, settings):
            self._file.close()
            raise JournalUnusable(place=tilde(self.place), problem="was written with other settings")

    def key(self, prompt: str) -> bytes:
        """The digest of a prompt."""
        return blake2b(prompt.encode("utf-8", "replace"), digest_size=16, key=self._key).digest()

    def get(self, key: bytes) -> Answered | None:
        """The answer to a prompt, or None."""
        row = self._file.execute(
            "select answer, connection, model, input_tokens, output_tokens, cost from answers where prompt = ?", (key,)
        ).fetchone()
        return None if row is None else Answered(*row)

    def put(self, key: bytes, answer: Answered) -> None:
        """Keep an answer."""
        self._file.execute(
            "insert or replace into answers values (?, ?, ?, ?, ?, ?, ?)",
            (
                key,
                answer.text,
                answer.connection,
                answer.model,
                answer.input_tokens,
                answer.output_tokens,
                answer.cost,
            ),
        )

    def close(self) -> None:
        """Close the file."""
        with suppress(sqlite3.Error):
            self._file.close()


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
