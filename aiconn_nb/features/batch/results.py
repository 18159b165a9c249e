"""The results of a prompt over a dataset."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from aiconn_nb.model.amounts import counted, dollars
from aiconn_nb.session.results import Result

SEPARATOR: Final = " · "
"""Between two parts of a summary."""


@dataclass(frozen=True, slots=True)
class Progress:
    """The progress of a run."""

    done: int = 0
    """Rows with an answer or an error."""
    total: int | None = None
    """None if the row count is unknown until the end."""
    answered: int = 0
    """Rows asked and answered in this run."""
    known: int = 0
    """Rows whose answer came from the journal or from a row with the same prompt."""
    errors: int = 0
    mismatched: int = 0
    """Rows with replies, which are paid for, that do not match the schema even at the second attempt, or had no second one."""
    input_tokens: int = 0
    output_tokens: int = 0
    paid: float = 0.0
    """US dollars, for the answers with a known price."""
    unpriced: int = 0
    """Answers with an unknown price, and mismatched replies."""
    seconds: float = 0.0

    @property
    def replied(self) -> int:
        """Rows with a reply in this run, which may have cost something."""
        return self.answered + self.mismatched

    @property
    def cost(self) -> float | None:
        """US dollars, for the answers with a known price; None if no answer has one."""
        return None if self.replied and self.unpriced >= self.replied else self.paid

    @property
    def rate(self) -> float:
        """Answers per second."""
        return self.answered / self.seconds if self.seconds > 0 else 0.0

    @property
    def seconds_left(self) -> float | None:
        """The remaining time at this rate; None if it cannot be estimated."""
        if self.total is None or not self.rate:
            return None
        return max(0, self.total - self.done) / self.rate

    @property
    def line(self) -> str:
        """A one-line summary: rows, rows per second, remaining time, tokens, cost, errors."""
        return self.within(None)

    @property
    def summary(self) -> str:
        """What an ended run took: rows per second, tokens, cost, seconds."""
        kept = ("known", "rate", "tokens", "cost")
        return SEPARATOR.join([*(text for name in kept if (text := self._parts[name])), duration(self.seconds)])

    def within(self, width: int | None) -> str:
        """Return the summary without the parts that matter least, if it is wider than ``width`` characters."""
        parts = {name: text for name, text in self._parts.items() if text}
        for least in ("known", "tokens", "rate", "cost", "errors", "left"):
            if width is None or len(SEPARATOR.join(parts.values())) <= width:
                break
            parts.pop(least, None)
        return SEPARATOR.join(parts.values())

    @property
    def _parts(self) -> dict[str, str]:
        left = self.seconds_left
        return {
            "rows": f"{self.done:,} of {counted(self.total, 'row')}"
            if self.total is not None
            else counted(self.done, "row"),
            "known": f"{self.known:,} not asked again" if self.known else "",
            "rate": f"{self.rate:,.1f} rows/s" if self.answered else "",
            "left": f"{duration(left)} left" if left else "",
            "tokens": f"{self.input_tokens:,} -> {counted(self.output_tokens, 'token')}" if self.replied else "",
            "cost": self.money,
            "errors": counted(self.errors, "error") if self.errors else "",
        }

    @property
    def money(self) -> str:
        """The cost in readable form; '' if no price is known."""
        if not self.replied or self.cost is None:
            return "cost unknown" if self.replied else ""
        return f"{dollars(self.cost)}{' + unknown' if self.unpriced else ''}"


@dataclass(frozen=True, slots=True)
class Mapped(Result):
    """The result of a prompt over a dataset."""

    target: str
    """The alias of the profile or connection."""
    progress: Progress
    journal: str = ""
    """The path of the stored answers; '' without a journal."""
    is_journal_new: bool = False
    rows: int | None = None
    """Row count of the whole data, if only some rows were asked (``limit``)."""
    ending: str = ""
    """Why the run ended before the last row; '' if it did not."""
    seconds_per_row: float | None = None
    """Seconds per row with all requests in flight, estimated from the rows that were asked; None without an estimate."""
    notes: tuple[str, ...] = ()
    request: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)
    """The prompt as written, the models, the options and the start, for a record of the run. It contains no data and no key."""
    table: Any = field(default=None, repr=False, compare=False)
    """The rows with their answers: the very table that `map` returned, or the rows so far if an interrupt or an error stopped the
    run. None on a cluster."""
    lines: str = field(default="", repr=False)
    """The rows as JSON lines, for output in a terminal."""

    @property
    def content(self) -> str:
        """See `Result.content`."""
        return self.lines

    @property
    def ok(self) -> bool:
        """Whether every row has an answer."""
        return not self.progress.errors and not self.ending

    @property
    def estimate(self) -> tuple[float | None, float | None] | None:
        """Dollars and seconds for all rows, estimated from the rows that were asked; None if all were."""
        progress = self.progress
        if self.rows is None or not progress.replied or progress.done >= self.rows:
            return None
        # The rate of the sample is too low: a run starts with few requests in flight, and has to connect first.
        seconds = self.seconds_per_row if self.seconds_per_row is not None else progress.seconds / progress.replied
        cost = None if progress.unpriced else progress.paid * self.rows / progress.replied
        return cost, seconds * self.rows

    def data(self) -> Any:
        """See `Result.data`."""
        progress = self.progress
        return {
            "target": self.target,
            "rows": progress.done,
            "answered": progress.answered,
            "known": progress.known,
            "errors": progress.errors,
            "input_tokens": progress.input_tokens,
            "output_tokens": progress.output_tokens,
            "cost": progress.paid if not progress.unpriced else None,
            "seconds": round(progress.seconds, 3),
            "journal": self.journal or None,
            "ending": self.ending or None,
            "notes": list(self.notes),
            "request": dict(self.request),
        }


def duration(seconds: float) -> str:
    """Return the duration as text: ``45 s``, ``3 min``, ``2 h 5 min``."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h {minutes % 60} min"
