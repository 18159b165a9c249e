"""Accounting for requests: `Meter.reserve` before each request, and its `Ticket` at the end.

A reply does not wait for the accounting. The ticket queues the call; a thread adds up the calls and writes them to the usage file
a moment later. Only a request under a cap waits for the file before it is sent.
"""

from __future__ import annotations

import asyncio
import atexit
import os
import sys
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from threading import Event, RLock, Thread
from time import monotonic, sleep, time
from typing import TYPE_CHECKING, Final, Protocol
from uuid import uuid4
from weakref import WeakSet

from aiconn_nb.errors import CapReached, CapUnchecked, CapWithoutPrice, UsageUnusable
from aiconn_nb.model.connection import Connection
from aiconn_nb.model.notices import UsageNote, note
from aiconn_nb.model.place import tilde
from aiconn_nb.model.profile import Profile
from aiconn_nb.session.forking import close_before_fork, renew_in_child
from aiconn_nb.threads import HAS_THREADS

from . import usage_file
from .call_log import VARIABLE, CallLog
from .prices import OVERHEAD, Price, Prices, cost_of, has_prices
from .reserved import NOTHING, Reserved
from .tally import Call, Key, Spent, Sums, local_day, rows_of
from .ticket import Ticket
from .usage_file import BUSY, Amount, Kind, Limits, UsageFile

if TYPE_CHECKING:
    import sqlite3

    from aiconn_nb.providers.account import Account

TOGETHER: Final = 0.05
"""Seconds between two writes to the file, each with all calls in between."""
IDLE: Final = 2.0
"""Seconds after which an idle thread ends."""
EXPIRES: Final = 120.0
"""Seconds after which the reservations of a killed process expire."""
RENEWED: Final = 30.0
"""Seconds after which a living process renews its reservations."""
AGAIN: Final = 5.0
"""Seconds before the retry of a failed write."""
CHUNK: Final = 16
"""Requests to reserve in one step when many are sent."""
LOOK: Final = 0.02
"""Seconds between two checks whether a request in flight has released an amount."""


class Meter:
    """Counts this process's calls in the total of all kernels, and enforces the caps. Several threads may use it."""

    def __init__(self, home: Path, log: CallLog | None = None) -> None:
        self.file = UsageFile(home)
        self.log = log
        """The log of calls with their texts."""
        self._is_log_told = False
        self._log_problem = ""
        self._unread = ""
        """The last reported problem of a file that could not be read."""
        self.problem = ""
        """Why the calls are not written to the file; '' as long as they are."""
        self._totals: dict[Key, Sums] = {}
        self._aliases: dict[str, str] = {}
        self._to_price: list[Call] = []
        self._to_say: deque[str] = deque()
        self._begin()
        _METERS.add(self)
        close_before_fork(self)
        renew_in_child(self)

    def _begin(self) -> None:
        self._queue: deque[Call] = deque()
        self._unsaved: dict[Key, Sums] = {}
        self._unpriced: list[Call] = []
        self._new_names: dict[str, str] = {}
        self._counting = RLock()
        self._saving = RLock()
        self._is_held_for_fork = False
        self.streams: WeakSet[Uncounted] = WeakSet()
        """The streams that are read: those left at the end of the process are counted then."""
        self.holder = uuid4().hex
        """The name under which this process reserves; a forked process has its own."""
        self._reserved = Reserved()
        self._settled = 0
        self._kept: dict[str, Amount] | None = {}
        """The reservations in the file; None if it is unknown whether a write took effect."""
        self._renewed = 0.0
        self._not_before = 0.0
        self._wake = Event()
        self._thread: Thread | None = None
        self.prices = Prices()

    def before_fork(self) -> None:
        """Close the file until its next use, once no other thread writes to it."""
        self._is_held_for_fork = self._saving.acquire(timeout=BUSY)
        if self._is_held_for_fork:
            self.file.before_fork()

    def after_fork(self) -> None:
        """Let other threads use the file again."""
        if self._is_held_for_fork:
            self.file.after_fork()
            self._saving.release()

    def renew(self) -> None:
        """Reset after a fork: the child has neither the thread nor the locks, and writes only its own calls."""
        self.file.renew()
        if self.log is not None:
            self.log.renew()
        self._begin()

    # ---- before -------------------------------------------------------------------------------------------------------

    def reserve(
        self,
        profile: Profile | None,
        connection: Connection,
        model: str,
        account: Account,
        texts: Iterable[str | None] = (),
        max_tokens: int | None = None,
    ) -> Ticket:
        """Return a ticket for one request, before it is sent.

        ``texts`` is everything that is sent, and ``max_tokens`` the limit of the reply (None: the model's maximum). Raises
        `CapReached`, `CapWithoutPrice` and `CapUnchecked`.
        """
        ticket, caps, need = self._ticket(profile, connection, model, account, texts, max_tokens, None)
        if caps:
            self._take(ticket, caps, need, 1)
        return ticket

    async def reserve_one_of_many(
        self,
        profile: Profile | None,
        connection: Connection,
        model: str,
        account: Account,
        texts: Iterable[str | None] = (),
        max_tokens: int | None = None,
        price: Price | None = None,
    ) -> Ticket:
        """Return a ticket as `reserve` does, while many requests are in flight: reserve several in the file at once.

        If a cap has no room, wait for requests in flight, which may release a part of theirs.
        """
        ticket, caps, need = self._ticket(profile, connection, model, account, texts, max_tokens, price)
        if not caps:
            return ticket
        targets = tuple(dict.fromkeys(each.target for each in caps))
        while not self._reserved.take_ahead(ticket, targets, need):
            settled = self._settled
            try:
                await asyncio.to_thread(self._take, ticket, caps, need, CHUNK)
            except CapReached:
                if settled == self._settled and not self._reserved.is_in_flight(targets):
                    raise
                while settled == self._settled:
                    await asyncio.sleep(LOOK)
            else:
                break
        return ticket

    def _ticket(
        self,
        profile: Profile | None,
        connection: Connection,
        model: str,
        account: Account,
        texts: Iterable[str | None],
        max_tokens: int | None,
        price: Price | None,
    ) -> tuple[Ticket, list[Limits], Amount]:
        is_logged = self.log is not None and self.log.is_on
        if is_logged:
            self._tell_of_log()
        ids = (profile.id if profile else "", connection.id)
        for each in (profile, connection):
            if each is not None and self._aliases.get(each.id) != each.alias:
                self._aliases[each.id] = self._new_names[each.id] = each.alias
        try:
            caps = [cap for cap in self.caps() if cap.target in ids]
        except UsageUnusable as error:
            raise _unchecked((profile or connection).alias, "profile" if profile else "connection", error) from None
        self.tell()
        ticket = Ticket(self, ids, model, account, price)
        if is_logged:
            ticket.sent = tuple(text for text in texts if text)
        if not caps:
            return ticket, caps, NOTHING
        size = sum(len(text.encode("utf-8", "replace")) for text in texts if text)
        price = ticket.price = price or self.prices.of(account, model)
        counts = any(cap.dollars is not None or cap.tokens is not None for cap in caps)
        longest = max_tokens if max_tokens is not None else price.window if price and counts else 0
        in_dollars = next((cap for cap in caps if cap.dollars is not None), None)
        if in_dollars is not None and (price is None or not price.is_known):
            alias = connection.alias if in_dollars.kind == "connection" or profile is None else profile.alias
            raise CapWithoutPrice(alias=alias, kind=in_dollars.kind, model=model, has_prices=has_prices())
        dollars = price.of_bytes(size, longest) if price and in_dollars else 0.0
        ticket.is_open = max_tokens is None
        return ticket, caps, Amount(dollars, 1, size + OVERHEAD + longest)

    def caps(self) -> tuple[Limits, ...]:
        """Return the current caps. A damaged file is set aside, with a message, before a request is sent without its caps.

        Raises `UsageUnusable` if another process keeps the file locked.
        """
        try:
            found = self.file.caps()
        except UsageUnusable as error:
            if not error.is_damaged:
                raise
            with self._saving:
                try:
                    with self.file.changing():
                        pass  # this opens the file, which sets a damaged one aside
                    self._is_saved()
                except UsageUnusable as left:  # a folder that cannot be written
                    self._tell_unread(left.problem)
            return ()
        self._tell_unread(self.file.unread)
        return found

    def _tell_unread(self, problem: str) -> None:
        if problem and problem != self._unread:
            self.say(f"The usage file {tilde(self.file.place)} {problem}: caps are not checked.")
        self._unread = problem

    def _tell_of_log(self) -> None:
        if not self._is_log_told and self.log is not None:
            self._is_log_told = True
            self.say(f"Calls are logged with their texts in {tilde(self.log.place)} ({VARIABLE}).")

    def _take(self, ticket: Ticket, caps: Sequence[Limits], need: Amount, count: int) -> None:
        """Reserve in the file, so that no other kernel can reserve the same amount. Raises `CapReached`."""
        targets = tuple(dict.fromkeys(each.target for each in caps))
        granted = need
        with self._saving:
            held = self._reserved.held()
            try:
                with self._batch() as batch, self.file.changing() as file:
                    now = time()
                    self._write(file, batch, held, now)
                    usage_file.expire(file, now)
                    if any(cap.dollars is not None for cap in caps) and usage_file.waits_for_prices(file):
                        usage_file.price(file)
                    spent = [(cap, usage_file.spent(file, cap, local_day(now), now)) for cap in caps]
                    # Near a cap, reserve nothing in advance: another kernel may need it.
                    if count > 1 and all(cap.exceeded(each, need.times(4 * count)) is None for cap, each in spent):
                        granted = need.times(count)
                    refusal = self._refusal(ticket, spent, need)
                    if refusal is None:
                        more = {each: held.get(each, NOTHING) + granted for each in targets}
                        usage_file.reserve(file, self.holder, {**held, **more}, now + EXPIRES)
                        self._kept = {**held, **more}
                self._is_saved()
            except UsageUnusable as error:
                self._is_not_saved(error)
                refusal = self._refusal(ticket, self._spent_as_known(caps), need)
            if refusal is not None:
                raise refusal
            self._reserved.take(ticket, targets, need, granted)
        self._wake_up()

    def _refusal(self, ticket: Ticket, spent: Iterable[tuple[Limits, Amount]], need: Amount) -> CapReached | None:
        for cap, amount in spent:
            unit = cap.exceeded(amount, need)
            if unit is not None:
                return CapReached(
                    alias=self._aliases.get(cap.target, ""),
                    kind=cap.kind,
                    per=cap.per,
                    unit=unit,
                    cap=getattr(cap, unit),
                    spent=getattr(amount, unit),
                    reserve=getattr(need, unit),
                    is_open=ticket.is_open,
                )
        return None

    def _spent_as_known(self, caps: Sequence[Limits]) -> list[tuple[Limits, Amount]]:
        """Return the spent amounts that can be read, if the file is not writable. Raises `CapUnchecked`."""
        now = time()
        held = self._reserved.held()
        try:
            with self.file.reading() as file:
                found = [
                    (cap, usage_file.spent(file, cap, local_day(now), now, without=self.holder) if file else NOTHING)
                    for cap in caps
                ]
        except UsageUnusable as error:
            raise _unchecked(self._aliases.get(caps[0].target, ""), caps[0].kind, error) from None
        return [(cap, each + held.get(cap.target, NOTHING) + self._unsaved_of(cap, now)) for cap, each in found]

    def _unsaved_of(self, cap: Limits, now: float) -> Amount:
        """Return the amount of a cap that this process has spent and could not write."""
        day = local_day(now)
        total = NOTHING
        with self._counting:
            for key, sums in self._unsaved.items():
                if getattr(key, cap.kind) == cap.target and cap.first_day(day) <= key.day <= day:
                    tokens = sums.input_tokens + sums.output_tokens + sums.assumed_tokens
                    total += Amount(
                        sums.cost + sums.assumed_cost,
                        sums.calls + sums.failures,
                        tokens,
                        0 if sums.assumed_cost else sums.unpriced,
                    )
        return total

    # ---- after --------------------------------------------------------------------------------------------------------

    def count(self, ticket: Ticket, call: Call, *, wake: bool = True) -> None:
        """Record a finished call. The call is added before its reservation is released: a cap may see both, but never neither."""
        self._queue.append(call)
        if ticket.targets:
            self._reserved.give_back(ticket)
        self._settled += 1
        if wake:
            self._wake_up()

    def _wake_up(self) -> None:
        if not HAS_THREADS:
            self.save()
            return
        if not self._wake.is_set():  # the thread clears it before it looks at the queue
            self._wake.set()
        if self._thread is None:
            self._thread = Thread(target=self._work, name="aiconn-usage", daemon=True)
            _save_when_a_child_ends()
            self._thread.start()

    def _work(self) -> None:
        while True:
            if not self._wake.wait(RENEWED if self._reserved.has_any else IDLE) and not self._reserved.held():
                self._thread = None
                # It may have been woken meanwhile: `_wake_up` sets the event before it looks for the thread.
                if not self._wake.is_set():
                    return
            self._wake.clear()
            sleep(max(TOGETHER, self._not_before - monotonic()))
            if not self.save():
                self._wake.set()

    def save(self) -> bool:
        """Write the recorded calls; returns whether they are written. Does not raise for problems with the file."""
        with self._saving:
            self._write_log()
            held = self._reserved.held()
            try:
                with self._batch() as batch:
                    is_due = bool(held) and monotonic() - self._renewed > RENEWED
                    if batch.is_empty and held == self._kept and not is_due:
                        return True
                    with self.file.changing() as file:
                        self._write(file, batch, held, time())
                self._is_saved()
            except UsageUnusable as error:
                self._is_not_saved(error)
                return error.is_newer  # a newer layout will not change back
        return True

    def _write_log(self) -> None:
        problem = self.log.write(self._aliases) if self.log is not None else ""
        if problem and problem != self._log_problem:
            self.say(problem)
        self._log_problem = problem or self._log_problem

    def _write(self, file: sqlite3.Connection, batch: _Batch, held: Mapping[str, Amount], now: float) -> None:
        usage_file.add(file, batch.sums, batch.to_price, batch.names)
        if held or self._kept != {}:
            usage_file.reserve(file, self.holder, held, now + EXPIRES)
            self._kept, self._renewed = dict(held), monotonic()

    def _batch(self) -> _Batch:
        with self._counting:
            self._drain()
            return _Batch(self)

    def _drain(self) -> None:
        came: dict[Key, Sums] = {}
        while self._queue:
            call = self._queue.popleft()
            if (sums := came.get(call.key)) is None:
                sums = came[call.key] = Sums()
            sums.add(call.sums)
            if call.endpoint is not None:
                self._to_price.append(call)
                self._unpriced.append(call)
        for key, sums in came.items():
            for kept in (self._totals, self._unsaved):
                kept.setdefault(key, Sums()).add(sums)

    def _is_saved(self) -> None:
        self.problem, self._not_before = "", 0.0
        if self.file.set_aside is not None:
            aside, self.file.set_aside = tilde(self.file.set_aside), None
            self.say(f"The usage file was damaged and is now {aside}: counting starts again, and the caps are lost.")

    def _is_not_saved(self, error: UsageUnusable) -> None:
        if not self.problem:
            self.say(f"{error.what} Until it can, usage is counted in this kernel only.")
        self.problem, self._not_before, self._kept = error.what, monotonic() + AGAIN, None

    # ---- telling ------------------------------------------------------------------------------------------------------

    def say(self, text: str) -> None:
        """Show a message once, with the next reply."""
        self._to_say.append(text)

    def tell(self) -> None:
        """Show the pending messages."""
        while self._to_say:
            note(self._to_say.popleft(), UsageNote)

    def here(self, aliases: Mapping[str, str] | None = None) -> Iterator[Spent]:
        """Return the calls of this process, by day, profile, connection and model."""
        with self._counting:
            self._drain()
            for call in self._to_price:
                total, cost = self._totals[call.key], cost_of(call)
                if cost is not None:
                    total.cost, total.unpriced = total.cost + cost, total.unpriced - 1
            self._to_price.clear()
            found = list(self._totals.items())
        return iter(rows_of(found, {**self._aliases, **(aliases or {})}))

    # ---- the file -----------------------------------------------------------------------------------------------------

    def stored(self, since: str, aliases: Mapping[str, str]) -> list[Spent]:
        """Return the calls of all processes since a local day, by day, profile, connection and model.

        If the file cannot be read, the calls of this process, with a note.
        """
        self.save()
        names: dict[str, str] = {}
        found: list[tuple[Key, Sums]] = []
        try:
            self._price_stored()
            with self.file.reading() as file:
                if file is not None:
                    found, names = usage_file.rows(file, since), usage_file.names(file)
        except UsageUnusable as error:
            self._is_not_saved(error)
        self.tell()
        with self._counting:
            found += [(key, sums) for key, sums in self._unsaved.items() if key.day >= since]
        return rows_of(found, {**names, **self._aliases, **aliases})

    def _price_stored(self) -> None:
        with self.file.reading() as file:
            waits = file is not None and usage_file.waits_for_prices(file)
        if waits and not self.problem:
            with self._saving, self.file.changing() as changed:
                usage_file.price(changed)

    def spent_of(self, caps: Iterable[Limits]) -> list[tuple[Limits, Amount]]:
        """Return the spent amounts of caps, by all processes. Raises `UsageUnusable`."""
        self.save()
        self.tell()
        now = time()
        chosen = list(caps)
        if any(cap.dollars is not None for cap in chosen):
            self._price_stored()
        with self.file.reading() as file:
            return [(cap, usage_file.spent(file, cap, local_day(now), now) if file else NOTHING) for cap in chosen]

    def kept_names(self) -> dict[str, str]:
        """Return the last known alias of each id, including deleted ones. Raises `UsageUnusable`."""
        with self.file.reading() as file:
            return usage_file.names(file) if file else {}

    def put_cap(self, cap: Limits, alias: str) -> Limits:
        """Store a cap. Raises `UsageUnusable`."""
        with self._saving, self.file.changing() as file:
            return usage_file.put_cap(file, cap, alias)

    def remove_caps(self, target: str, periods: Sequence[str]) -> int:
        """Remove the caps of an id; returns their number. Raises `UsageUnusable`."""
        with self._saving, self.file.changing() as file:
            return usage_file.remove_caps(file, target, periods)

    def forget(self) -> int:
        """Delete the recorded usage; returns the number of calls. Raises `UsageUnusable`."""
        self.save()
        with self._saving:
            with self.file.changing() as file:
                count = usage_file.forget(file)
            with self._counting:
                self._unsaved.clear()
                self._unpriced.clear()
                self._totals.clear()
                self._to_price.clear()
                # A running kernel writes the names again.
                self._new_names = dict(self._aliases)
        return count


class _Batch:
    """The data to write. After a failure, it goes back to the meter."""

    def __init__(self, meter: Meter) -> None:
        self._meter = meter
        self.sums, meter._unsaved = meter._unsaved, {}
        self.to_price, meter._unpriced = meter._unpriced, []
        self.names, meter._new_names = meter._new_names, {}

    @property
    def is_empty(self) -> bool:
        """Whether it has no data."""
        return not self.sums

    def __enter__(self) -> _Batch:
        return self

    def __exit__(self, kind: object, *of: object) -> None:
        if kind is None and not self.is_empty:
            return
        meter = self._meter
        with meter._counting:
            for key, sums in self.sums.items():
                meter._unsaved.setdefault(key, Sums()).add(sums)
            meter._unpriced = [*self.to_price, *meter._unpriced]
            meter._new_names = {**self.names, **meter._new_names}


def _unchecked(alias: str, kind: Kind, error: UsageUnusable) -> CapUnchecked:
    return CapUnchecked(alias=alias, kind=kind, place=error.place, problem=error.problem, is_locked=error.is_locked)


class Uncounted(Protocol):
    """A request that was sent, and is counted at its end."""

    def count(self) -> None:
        """Count it as it is."""


_METERS: WeakSet[Meter] = WeakSet()
_child = -1
"""The id of the process that already has an exit handler."""


@atexit.register
def _save_all() -> None:
    """Write the remaining calls when the process ends."""
    for each in list(_METERS):
        for stream in list(each.streams):
            with suppress(Exception):
                stream.count()
        with suppress(Exception):
            each.save()
            each.file.close()


def _save_when_a_child_ends() -> None:
    """Register `_save_all` with `multiprocessing`, whose child processes end without running `atexit` handlers."""
    global _child
    util = sys.modules.get("multiprocessing.util")
    if util is not None and _child != os.getpid():
        _child = os.getpid()
        util.Finalize(None, _save_all, exitpriority=10)
