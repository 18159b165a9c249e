"""The sums of calls: one row per day, profile, connection and model."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any, Final, NamedTuple

from aiconn_nb.errors import NotADay


@dataclass(frozen=True, slots=True)
class Spent:
    """The usage of one connection by one profile, or of another group of calls."""

    profile: str = ""
    """The profile's alias; '' if the user named a connection, or if the grouping omits it."""
    connection: str = ""
    """The connection's alias; '' if the grouping omits it."""
    calls: int = 0
    """Answered calls, including partial answers."""
    failures: int = 0
    input_tokens: int = 0
    """As reported by the provider; calls without a report are in ``untold_input``."""
    output_tokens: int = 0
    untold_input: int = 0
    """Answered calls for which the provider did not report the input tokens."""
    untold_output: int = 0
    seconds: float = 0.0
    cached_tokens: int = 0
    """Input tokens that the provider read from its cache."""
    cost: float | None = 0.0
    """US dollars, for the answered calls with a known price; None if no call has one."""
    unpriced: int = 0
    """Answered calls with an unknown cost, which is not 0."""
    model: str = ""
    """The requested model; '' if the grouping omits it."""
    day: str = ""
    """The local calendar day, as ``2026-03-31``; '' if the grouping omits it."""


class Key(NamedTuple):
    """The row of a call, with the ids of profile and connection."""

    day: str
    profile: str
    connection: str
    model: str


@dataclass(slots=True)
class Sums:
    """The running totals of one row."""

    calls: int = 0
    failures: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    untold_input: int = 0
    untold_output: int = 0
    seconds: float = 0.0
    cached_tokens: int = 0
    cost: float = 0.0
    unpriced: int = 0
    assumed_cost: float = 0.0
    """US dollars reserved for calls with an unknown cost. Only caps count them."""
    assumed_tokens: int = 0

    def add(self, other: Sums) -> None:
        """Add other totals."""
        # Without a loop, because it runs for each call.
        self.calls += other.calls
        self.failures += other.failures
        self.input_tokens += other.input_tokens
        self.output_tokens += other.output_tokens
        self.untold_input += other.untold_input
        self.untold_output += other.untold_output
        self.seconds += other.seconds
        self.cached_tokens += other.cached_tokens
        self.cost += other.cost
        self.unpriced += other.unpriced
        self.assumed_cost += other.assumed_cost
        self.assumed_tokens += other.assumed_tokens


COLUMNS: Final = tuple(field.name for field in fields(Sums))
SUMS: Final = tuple(name for name in COLUMNS if not name.startswith("assumed_"))
"""The numbers of a row to add up."""


class Call(NamedTuple):
    """A finished call."""

    key: Key
    moment: float
    """Seconds since 1970."""
    sums: Sums
    """The numbers of this call."""
    endpoint: str | None = None
    """The address of a call whose price is still unknown; None otherwise."""

    @property
    def when(self) -> datetime:
        """The time, for a price that depends on it."""
        return datetime.fromtimestamp(self.moment, UTC)


def local_day(moment: float) -> str:
    """Return the local calendar day, not UTC: a budget starts at the user's midnight."""
    return _day_of_minute(int(moment // 60))


@lru_cache(maxsize=64)
def _day_of_minute(minute: int) -> str:
    return datetime.fromtimestamp(minute * 60).date().isoformat()


def first_day(since: str | date) -> str:
    """Return a day in its stored form. ``7d`` is the first of the last 7 days, including today. Raises `CommandError`."""
    # The missing date of pandas is a date of which the text is "NaT".
    text = since.isoformat()[:10] if isinstance(since, date) else str(since).strip().lower()
    number = text.removesuffix("d")
    try:
        if number != text and number.isdecimal() and int(number) > 0:
            return (datetime.now().date() - timedelta(days=int(number) - 1)).isoformat()
        return date.fromisoformat(text).isoformat()
    except (ValueError, OverflowError):
        raise NotADay(given=str(since)) from None


def added(first: Spent, second: Spent) -> Spent:
    """Return one row with the sums of both."""
    sums: dict[str, Any] = {name: sum(_known(getattr(each, name)) for each in (first, second)) for name in SUMS}
    if is_unknown(sums["unpriced"], sums["calls"]):
        sums["cost"] = None
    return replace(first, **sums)


def _known(number: float | None) -> float:
    return 0.0 if number is None else number


def is_unknown(untold: int, calls: int) -> bool:
    """Whether no call has a reported count or a price: the sum is then unknown, not 0."""
    return calls > 0 and untold == calls


def rows_of(totals: Iterable[tuple[Key, Sums]], aliases: Mapping[str, str]) -> list[Spent]:
    """Return the rows to show, without those that consist only of assumed costs."""
    return [
        Spent(
            profile=aliases.get(key.profile, key.profile[:8]),
            connection=aliases.get(key.connection, key.connection[:8]),
            model=key.model,
            day=key.day,
            **{name: getattr(sums, name) for name in SUMS},
        )
        for key, sums in sorted(totals, key=lambda row: row[0])
        if sums.calls or sums.failures
    ]
