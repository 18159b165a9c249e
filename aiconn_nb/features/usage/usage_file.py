"""The usage of all kernels: one SQLite file below ``AICONN_HOME`` that only its owner can read (0600).

It has numbers by day, profile, connection and model, the caps, and the reservations of running requests. It has no prompts,
replies or keys. Each change is one transaction, so a killed process leaves the file in a consistent state.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import gettempdir
from threading import Lock
from time import monotonic
from typing import Final, Literal

from aiconn_nb import files
from aiconn_nb.errors import UsageUnusable
from aiconn_nb.model.amounts import amount_of, counted, dollars
from aiconn_nb.model.place import tilde
from aiconn_nb.session import sqlite_file

from .prices import Price
from .tally import COLUMNS, Call, Key, Sums

NAME: Final = "usage.sqlite"
BUSY: Final = 5.0
"""Seconds that a change waits for other kernels."""
SAME: Final = 0.5
"""Seconds for which the open file counts as current without checking its name again."""
_OURS: Final = 0x61697573
"""SQLite's application_id of the file: ``aius``."""
_STEPS: Final[tuple[tuple[str, ...], ...]] = (
    (
        f"""create table usage (day text, profile text, connection text, model text,
            {", ".join(f"{name} not null default 0" for name in COLUMNS)},
            primary key (day, profile, connection, model)) without rowid""",
        "create table names (id text primary key, alias text not null) without rowid",
        """create table to_price (day text, profile text, connection text, model text, moment real, endpoint text,
            input_tokens integer, output_tokens integer, cached_tokens integer)""",
        """create table caps (target text, kind text, per text, dollars real, calls integer, tokens integer,
            primary key (target, per)) without rowid""",
        """create table reserved (holder text, target text, dollars real, calls integer, tokens integer, expires real,
            primary key (holder, target)) without rowid""",
    ),
)
"""The SQL statements from each layout to the next. ``user_version`` of the file is its layout."""
LAYOUT: Final = len(_STEPS)
_ADD: Final = (
    f"insert into usage (day, profile, connection, model, {', '.join(COLUMNS)}) values ({', '.join('?' * (4 + len(COLUMNS)))}) "
    f"on conflict do update set {', '.join(f'{name} = {name} + excluded.{name}' for name in COLUMNS)}"
)

Unit = Literal["dollars", "calls", "tokens"]
UNITS: Final[tuple[Unit, ...]] = ("dollars", "calls", "tokens")
Kind = Literal["connection", "profile"]
Per = Literal["day", "month"]
PERIODS: Final[tuple[Per, ...]] = ("day", "month")


@dataclass(frozen=True, slots=True)
class Amount:
    """The amount that requests use, or may use."""

    dollars: float = 0.0
    calls: int = 0
    tokens: int = 0
    unpriced: int = 0
    """Calls with an unknown cost, which is missing in ``dollars``."""

    def __add__(self, other: Amount) -> Amount:
        return Amount(
            self.dollars + other.dollars,
            self.calls + other.calls,
            self.tokens + other.tokens,
            self.unpriced + other.unpriced,
        )

    def __sub__(self, other: Amount) -> Amount:
        return self + other.times(-1)

    def times(self, count: int) -> Amount:
        """Return the amount multiplied by ``count``."""
        return Amount(self.dollars * count, self.calls * count, self.tokens * count, self.unpriced * count)

    def words(self, unit: Unit) -> str:
        """Return the amount as text: ``$1.20``, ``3 calls``. An unknown cost is ``unknown``, a partly known one ``$1.20 +``."""
        if unit != "dollars" or not self.unpriced:
            return amount_of(getattr(self, unit), unit)
        return f"{dollars(self.dollars)} +" if self.dollars else "unknown"

    @property
    def unpriced_words(self) -> str:
        """How many calls are missing in ``dollars``; '' if none."""
        if not self.unpriced:
            return ""
        return f"{counted(self.unpriced, 'call')} {'has' if self.unpriced == 1 else 'have'} no known cost"

    def covers(self, other: Amount) -> bool:
        """Whether it is at least as large in every unit."""
        return self.dollars >= other.dollars and self.calls >= other.calls and self.tokens >= other.tokens


@dataclass(frozen=True, slots=True)
class Limits:
    """A cap as it is stored."""

    target: str
    """The id of a connection or profile: a rename keeps the cap."""
    kind: Kind
    per: Per
    dollars: float | None = None
    calls: int | None = None
    tokens: int | None = None

    def words(self, spent: Amount) -> str:
        """Return the spent amounts as text: ``$1.20 of $5.00 today, 3 calls of 100 calls today``."""
        period = "today" if self.per == "day" else "this month"
        missing = f" ({spent.unpriced_words})" if spent.unpriced else ""
        return ", ".join(
            f"{spent.words(unit)} of {amount_of(getattr(self, unit), unit)} {period}{missing if unit == 'dollars' else ''}"
            for unit in UNITS
            if getattr(self, unit) is not None
        )

    def first_day(self, day: str) -> str:
        """Return the first day of the period that includes this one."""
        return day if self.per == "day" else f"{day[:8]}01"

    def is_reached(self, spent: Amount) -> bool:
        """Whether nothing is left."""
        return any(getattr(self, unit) is not None and getattr(spent, unit) >= getattr(self, unit) for unit in UNITS)

    def exceeded(self, spent: Amount, need: Amount) -> Unit | None:
        """Return the unit that ``need`` would exceed on top of ``spent``; None if there is room."""
        for unit in UNITS:
            limit = getattr(self, unit)
            # A sum of floats is inexact: less than a millionth of a cent does not count.
            if limit is not None and getattr(spent, unit) + getattr(need, unit) > limit + 1e-8:
                return unit
        return None


class UsageFile:
    """The file, in one process. The caller allows only one thread at a time to change it."""

    def __init__(self, home: Path) -> None:
        # In JupyterLite a database has to be in memory: a file beside the notebook gets its content only when it is closed.
        self.place = (Path(gettempdir()) if files.IN_BROWSER else home) / NAME
        self.set_aside: Path | None = None
        """The new name of a damaged file."""
        self.unread = ""
        """Why the current caps are unknown; '' if they were read."""
        self.renew()

    def renew(self) -> None:
        """Reset after a fork: the child must neither use nor close the parent's connections, which would release its locks."""
        self._parents = getattr(self, "_parents", []), getattr(self, "_writer", None), getattr(self, "_reader", None)
        self._writer: sqlite3.Connection | None = None
        self._reader: sqlite3.Connection | None = None
        self._inode: dict[str, int] = {}
        self._caps: tuple[Limits, ...] = ()
        self._caps_version: object = None
        self._is_first = True
        """Whether the caps have not been read yet."""
        self._locked_until = 0.0
        """The monotonic time until which a reader fails at once if the file is locked: one has waited already."""
        self._same_until = 0.0
        self._reading = Lock()
        self._is_held_for_fork = False

    def close(self) -> None:
        """Close the file until its next use. The last process to close it leaves no log beside it."""
        with self._reading:
            self._close_reader()
        self._close_writer()

    def before_fork(self) -> None:
        """Close the file until its next use, and keep other threads from reading. The caller keeps them from writing."""
        self._is_held_for_fork = self._reading.acquire(timeout=BUSY)
        if self._is_held_for_fork:
            self._close_reader()
        self._close_writer()

    def after_fork(self) -> None:
        """Let other threads read again."""
        if self._is_held_for_fork:
            self._reading.release()

    # ---- reading ------------------------------------------------------------------------------------------------------

    def caps(self) -> tuple[Limits, ...]:
        """Return the current caps; without a readable file, the previous ones.

        The first call has no previous caps, so it waits for a process that keeps the file locked. Raises `UsageUnusable` if
        that takes too long, because the file may have caps, and if the file is damaged.
        """
        with self._reading:
            is_first = self._is_first
            patience = BUSY if is_first and monotonic() >= self._locked_until else 0.0
            try:
                # Frequent calls skip the check whether the file was replaced.
                is_same = monotonic() < self._same_until
                reader = self._reader if is_same else self._opened_reader(patience)
                if reader is None:
                    return ()
                if is_first:
                    reader.execute(f"pragma busy_timeout={int(patience * 1000)}")
                (version,) = reader.execute("pragma data_version").fetchone()
                if (version, reader) != self._caps_version:
                    self._caps = tuple(
                        Limits(*row) for row in reader.execute("select * from caps order by target, per")
                    )
                    self._caps_version = (version, reader)
                if is_first:
                    reader.execute("pragma busy_timeout=0")
            except (sqlite3.Error, OSError, TypeError) as error:
                if sqlite_file.is_damage(error):
                    self._close_reader()
                    raise self._unusable(error, "read") from None
                if is_first and sqlite_file.is_locked(error):
                    self._locked_until = monotonic() + BUSY
                    raise self._unusable(error, "read") from None
                if "no such table" in str(error):  # another thread or kernel is making the file
                    return self._caps
                self.unread = f"cannot be read ({files.reason(error) if isinstance(error, OSError) else error})"
                return self._caps
            self._is_first, self.unread = False, ""
            return self._caps

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection | None]:
        """The file for reading; None if it does not exist yet. Raises `UsageUnusable`."""
        with self._reading:
            try:
                reader = self._opened_reader(BUSY)
                if reader is not None:
                    reader.execute(f"pragma busy_timeout={int(BUSY * 1000)}")
                try:
                    yield reader
                finally:
                    if reader is not None:
                        reader.execute("pragma busy_timeout=0")
            except (sqlite3.Error, OSError) as error:
                self._close_reader()
                raise self._unusable(error, "read") from None

    def _opened_reader(self, patience: float) -> sqlite3.Connection | None:
        inode = _inode_of(self.place)
        # On a full disk, the file was made and has nothing, not even its tables.
        if not inode or not self.place.stat().st_size:
            self._close_reader()
            return None
        if self._reader is None or self._inode.get("reader") != inode:
            self._close_reader()
            self._reader = self._connected_to_read(patience)
            self._inode["reader"] = inode
        self._same_until = monotonic() + SAME
        return self._reader

    def _connected_to_read(self, patience: float) -> sqlite3.Connection:
        address = _read_only(self.place)
        try:
            return _checked(address, patience)
        except sqlite3.OperationalError:
            # In a read-only folder, the log beside the file cannot be created; then no other process writes either.
            if os.access(self.place.parent, os.W_OK):
                raise
            return _checked(f"{address}&immutable=1", patience)

    def _close_reader(self) -> None:
        reader, self._reader, self._caps_version, self._same_until = self._reader, None, None, 0.0
        if reader is not None:
            reader.close()

    def lost_caps(self) -> list[str]:
        """Return a message for each damaged file beside this one, because its caps are lost."""
        words = "was damaged, and its caps are lost. Set them again, then delete it."
        found = sorted(self.place.parent.glob(f"{NAME}.damaged-*"))
        return [f"The usage file {tilde(each)} {words}" for each in found if not each.name.endswith(sqlite_file.BESIDE)]

    # ---- writing ------------------------------------------------------------------------------------------------------

    @contextmanager
    def changing(self) -> Iterator[sqlite3.Connection]:
        """One transaction, rolled back on any exception. Raises `UsageUnusable`."""
        try:
            # Within the block: Ctrl-C during its wait for the lock comes as soon as it has the lock.
            writer = self._begun()
            yield writer
            writer.execute("commit")
        except BaseException as error:
            if self._writer is not None:
                sqlite_file.undo(self._writer)
            if isinstance(error, sqlite3.Error | OSError):
                raise self._unusable(error, "written") from None
            raise

    def _begun(self) -> sqlite3.Connection:
        for is_last in (False, True):
            try:
                writer = self._opened_writer()
                writer.execute("begin immediate")
                return writer
            except UsageUnusable:
                raise
            except (sqlite3.Error, OSError) as error:
                self._close_writer()
                if is_last or not sqlite_file.is_damage(error):
                    raise self._unusable(error, "written") from None
                try:
                    self._move_aside()
                except OSError as obstacle:
                    raise self._unusable(obstacle, "set aside, and is damaged") from None
        raise AssertionError("the second time is the last")

    def _opened_writer(self) -> sqlite3.Connection:
        inode = _inode_of(self.place)
        if self._writer is not None and inode and self._inode.get("writer") == inode:
            return self._writer
        self._close_writer()
        files.make_private_folder(self.place.parent)
        if not inode:
            files.create_empty(self.place)
        writer = sqlite_file.connected(self.place, BUSY)
        try:
            self._prepare(writer)
        except BaseException:
            writer.close()
            raise
        self._writer, self._inode["writer"] = writer, _inode_of(self.place)
        return writer

    def _prepare(self, writer: sqlite3.Connection) -> None:
        (application,) = writer.execute("pragma application_id").fetchone()
        # The layout is read last: another kernel may be making the tables now, and sets it in the same transaction.
        (tables,) = writer.execute("select count(*) from sqlite_master").fetchone()
        if application not in (0, _OURS) or (tables and not application and not self._check_layout(writer)):
            raise UsageUnusable(place=tilde(self.place), problem="is a database of something else")
        self._check_layout(writer)
        sqlite_file.make_private(self.place)
        sqlite_file.survive_kills(writer, BUSY)
        if self._check_layout(writer) < LAYOUT:
            with sqlite_file.transaction(writer):
                for step in _STEPS[self._check_layout(writer) :]:
                    for statement in step:
                        writer.execute(statement)
                writer.execute(f"pragma application_id={_OURS}")
                writer.execute(f"pragma user_version={LAYOUT}")

    def _check_layout(self, writer: sqlite3.Connection) -> int:
        (layout,) = writer.execute("pragma user_version").fetchone()
        if layout > LAYOUT:
            raise UsageUnusable(place=tilde(self.place), problem="is newer than this release", is_newer=True)
        return int(layout)

    def _move_aside(self) -> None:
        """Rename the damaged file, so that a new one can replace it."""
        lock = files.Lock(self.place)

        def failed(problem: str) -> Exception:
            return OSError(problem)

        with lock.held(failed, failed):
            with suppress(sqlite3.Error), closing(_checked(_read_only(self.place), BUSY)) as found:
                found.execute("select count(*) from usage").fetchone()
                return  # another kernel has done it
            self.set_aside = sqlite_file.set_aside(self.place)

    def _close_writer(self) -> None:
        writer, self._writer = self._writer, None
        if writer is not None:
            with suppress(sqlite3.Error):
                writer.close()

    def _unusable(self, error: Exception, done: str) -> UsageUnusable:
        problem = files.reason(error) if isinstance(error, OSError) else str(error)
        words = "is damaged" if sqlite_file.is_damage(error) else f"cannot be {done} ({problem})"
        is_damaged, is_locked = sqlite_file.is_damage(error), sqlite_file.is_locked(error)
        return UsageUnusable(place=tilde(self.place), problem=words, is_locked=is_locked, is_damaged=is_damaged)


def _inode_of(place: Path) -> int:
    """Return the identity of the file, which changes when another kernel moves a damaged file away; 0 without a file.

    Raises `NotAFile`: SQLite would wait for a pipe without end.
    """
    try:
        found = os.stat(place)
    except FileNotFoundError:
        return 0
    files.check_is_file(found)
    return found.st_ino or 1


def _read_only(place: Path) -> str:
    return f"{place.absolute().as_uri()}?mode=ro"


def _checked(address: str, patience: float) -> sqlite3.Connection:
    """Return a read-only connection, checked by reading from it. Only this check waits, for ``patience`` seconds."""
    opened = sqlite3.connect(address, uri=True, timeout=patience, isolation_level=None, check_same_thread=False)
    try:
        opened.execute("pragma schema_version").fetchone()
        opened.execute("pragma busy_timeout=0")
    except BaseException:
        opened.close()
        raise
    return opened


# ---- what is in it ----------------------------------------------------------------------------------------------------


def add(file: sqlite3.Connection, sums: Mapping[Key, Sums], to_price: Iterable[Call], names: Mapping[str, str]) -> None:
    """Add calls to the sums, and keep those that wait for their price."""
    file.executemany(_ADD, [(*key, *(getattr(each, name) for name in COLUMNS)) for key, each in sums.items()])
    file.executemany(
        "insert into to_price values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (
                *each.key,
                each.moment,
                each.endpoint,
                each.sums.input_tokens,
                each.sums.output_tokens,
                each.sums.cached_tokens,
            )
            for each in to_price
        ],
    )
    file.executemany("insert or replace into names values (?, ?)", list(names.items()))


def price(file: sqlite3.Connection) -> None:
    """Fill in the cost of the calls that were written without one."""
    found = file.execute("select rowid, * from to_price").fetchall()
    prices: dict[tuple[str, str], Price] = {}
    for number, day, profile, connection, model, moment, endpoint, sent, got, cached in found:
        known = prices.setdefault((model, endpoint), Price(model, endpoint or None, is_free=False))
        cost = known.of(sent, got, cached, datetime.fromtimestamp(moment).astimezone())
        if cost is not None:
            file.execute(
                "update usage set cost = cost + ?, unpriced = unpriced - 1 "
                "where day = ? and profile = ? and connection = ? and model = ?",
                (cost, day, profile, connection, model),
            )
        file.execute("delete from to_price where rowid = ?", (number,))


def waits_for_prices(file: sqlite3.Connection) -> bool:
    """Whether calls were written without their cost."""
    return file.execute("select 1 from to_price limit 1").fetchone() is not None


def rows(file: sqlite3.Connection, since: str) -> list[tuple[Key, Sums]]:
    """Return the usage since a day."""
    found = file.execute(
        f"select day, profile, connection, model, {', '.join(COLUMNS)} from usage where day >= ?", (since,)
    )
    return [(Key(*row[:4]), Sums(*row[4:])) for row in found]


def names(file: sqlite3.Connection) -> dict[str, str]:
    """Return the last known alias of each id."""
    return dict(file.execute("select id, alias from names").fetchall())


def reserve(file: sqlite3.Connection, holder: str, amounts: Mapping[str, Amount], expires: float) -> None:
    """Replace the reservations of a process."""
    file.execute("delete from reserved where holder = ?", (holder,))
    file.executemany(
        "insert into reserved values (?, ?, ?, ?, ?, ?)",
        [(holder, target, each.dollars, each.calls, each.tokens, expires) for target, each in amounts.items()],
    )


def expire(file: sqlite3.Connection, now: float) -> None:
    """Drop the reservations of killed processes."""
    file.execute("delete from reserved where expires < ?", (now,))


def spent(file: sqlite3.Connection, cap: Limits, day: str, now: float, *, without: str = "") -> Amount:
    """Return the spent amount of a cap in the period of this day, with the reservations of processes other than ``without``."""
    used = file.execute(
        "select total(cost + assumed_cost), total(calls + failures), total(input_tokens + output_tokens + assumed_tokens), "
        # Where a cost was assumed, the price is known: a cap in dollars refuses any other model.
        "total(case when assumed_cost > 0 then 0 else unpriced end) "
        f"from usage where day >= ? and day <= ? and {'connection' if cap.kind == 'connection' else 'profile'} = ?",
        (cap.first_day(day), day, cap.target),
    ).fetchone()
    held = file.execute(
        "select total(dollars), total(calls), total(tokens) from reserved where target = ? and expires >= ? and holder <> ?",
        (cap.target, now, without),
    ).fetchone()
    return Amount(used[0], int(used[1]), int(used[2]), int(used[3])) + Amount(held[0], int(held[1]), int(held[2]))


def put_cap(file: sqlite3.Connection, cap: Limits, alias: str) -> Limits:
    """Store a cap: units without a new limit keep their old one."""
    file.execute(
        "insert into caps values (?, ?, ?, ?, ?, ?) on conflict do update set "
        + ", ".join(f"{unit} = coalesce(excluded.{unit}, {unit})" for unit in UNITS),
        (cap.target, cap.kind, cap.per, cap.dollars, cap.calls, cap.tokens),
    )
    file.execute("insert or replace into names values (?, ?)", (cap.target, alias))
    return Limits(*file.execute("select * from caps where target = ? and per = ?", (cap.target, cap.per)).fetchone())


def remove_caps(file: sqlite3.Connection, target: str, periods: Sequence[str]) -> int:
    """Remove caps; returns their number."""
    return sum(
        file.execute("delete from caps where target = ? and per = ?", (target, each)).rowcount for each in periods
    )


def forget(file: sqlite3.Connection) -> int:
    """Delete the usage, but not the caps; returns the number of calls."""
    (count,) = file.execute("select total(calls + failures) from usage").fetchone()
    file.execute("delete from usage")
    file.execute("delete from to_price")
    file.execute("delete from names where id not in (select target from caps)")
    return int(count)
