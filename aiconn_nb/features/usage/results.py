"""The results on usage, cost and caps."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any, Final

from aiconn_nb import files
from aiconn_nb.errors import UsageNotWritten
from aiconn_nb.session.results import Rows

from .tally import Spent, added, is_unknown
from .usage_file import UNITS, Amount, Kind, Per

GROUPS: Final = ("model", "connection", "profile", "day")
"""The fields for grouping usage."""
USUAL: Final = ("profile", "connection")
"""The default grouping."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class Spending(Rows[Spent]):
    """Calls answered and failed, tokens, cost and time, grouped."""

    by: tuple[str, ...] = USUAL
    """The fields that the rows are grouped by; all other fields are ''."""
    since: str = ""
    """The first local day, as ``2026-03-31``; '' without a limit."""
    is_here: bool = False
    """Whether only this kernel's calls are counted."""
    has_prices: bool = True
    """Whether the package with the prices is installed."""
    notes: tuple[str, ...] = ()
    is_csv: bool = False
    """Whether a terminal prints the rows as CSV on stdout."""

    @property
    def content(self) -> str:
        """See `Result.content`."""
        return self.csv() if self.is_csv else ""

    @property
    def total(self) -> Spent:
        """The sum of all rows."""
        return next(iter(grouped(self, ())), Spent())

    def data(self) -> Any:
        return [
            {
                **{name: getattr(each, name) or None for name in self.by},
                "calls": each.calls,
                "failures": each.failures,
                "input_tokens": None if is_unknown(each.untold_input, each.calls) else each.input_tokens,
                "output_tokens": None if is_unknown(each.untold_output, each.calls) else each.output_tokens,
                "cached_tokens": each.cached_tokens,
                "calls_without_input_tokens": each.untold_input,
                "calls_without_output_tokens": each.untold_output,
                "cost": each.cost,
                "calls_without_cost": each.unpriced,
                "seconds": round(each.seconds, 3),
            }
            for each in self
        ]

    def csv(self) -> str:
        """Return the rows as CSV with a header; unknown values are empty."""
        rows = self.data()
        if not rows:
            rows = Spending([Spent()], by=self.by).data()
        written = StringIO(newline="")
        writer = csv.DictWriter(written, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows if len(self) else ())
        return written.getvalue()


def write_csv(found: Spending, file: Path, *, overwrite: bool) -> None:
    """Write the rows to the user's file. Raises `CommandError` and then leaves an existing file unchanged."""
    try:
        files.write_document(file, found.csv().encode("utf-8", "backslashreplace"), overwrite=overwrite)
    except FileExistsError:
        raise UsageNotWritten(path=str(file)) from None
    except OSError as error:
        raise UsageNotWritten(path=str(file), problem=files.reason(error)) from None
    except ValueError:
        raise UsageNotWritten(path=str(file), problem="its name is not a valid file name") from None


def grouped(rows: Iterable[Spent], by: Sequence[str]) -> list[Spent]:
    """Return a row for each combination of these fields, with the sums."""
    found: dict[tuple[str, ...], Spent] = {}
    for row in rows:
        key = tuple(getattr(row, name) for name in by)
        group = found.get(key) or Spent(**dict(zip(by, key, strict=True)))
        found[key] = added(group, row)
    return list(found.values())


def spending(rows: Iterable[Spent], by: Sequence[str] = USUAL, **about: Any) -> Spending:
    """Return the grouped rows: days in order, otherwise the most expensive first."""
    groups = sorted(grouped(rows, by), key=lambda each: [getattr(each, name) for name in by])
    if "day" not in by:
        groups.sort(key=lambda each: (-(each.cost or 0.0), -(each.input_tokens + each.output_tokens)))
    return Spending(groups, by=tuple(by), **about)


@dataclass(frozen=True, slots=True)
class Cap:
    """A cap of a connection or profile, and the amount that all kernels have spent in the current period."""

    alias: str
    kind: Kind
    per: Per
    dollars: float | None
    """The maximum in US dollars; None for no limit."""
    calls: int | None
    tokens: int | None
    spent: Amount
    """The amount spent, and reserved for requests in flight."""

    @property
    def is_reached(self) -> bool:
        """Whether nothing is left."""
        return any(self.limit(unit) is not None and getattr(self.spent, unit) >= self.limit(unit) for unit in UNITS)

    def limit(self, unit: str) -> Any:
        """Return the limit in a unit; None without one."""
        return getattr(self, unit)

    def data(self) -> dict[str, Any]:
        """See `Result.data`."""
        return {
            "alias": self.alias,
            "kind": self.kind,
            "per": self.per,
            **{unit: self.limit(unit) for unit in UNITS},
            "spent": {
                "dollars": None if self.spent.unpriced and not self.spent.dollars else self.spent.dollars,
                "calls": self.spent.calls,
                "tokens": self.spent.tokens,
                "calls_without_cost": self.spent.unpriced,
            },
        }


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class Caps(Rows[Cap]):
    """The caps, with the amounts spent."""

    notes: tuple[str, ...] = ()

    def data(self) -> Any:
        return [each.data() for each in self]
