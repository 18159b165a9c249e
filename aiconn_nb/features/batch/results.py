"""What became of a prompt over a dataset."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from aiconn_nb.session.results import Result


@dataclass(frozen=True, slots=True)
class Progress:
    """How far it has come."""

    done: int = 0
    """Rows with an answer or an error."""
    total: int | None = None
    """None where the rows are counted only at the end."""
    answered: int = 0
    """Rows that were asked and answered now."""
    known: int = 0
    """Rows whose answer was in the journal, or that of a row with the same prompt."""
    errors: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cost: float = 0.0
    """Dollars, of the answers whose price is known."""
    unpriced: int = 0
    """Answers whose price is not known."""
    seconds: float = 0.0

    @property
    def rate(self) -> float:
        """Answers per second."""
        return self.answered / self.seconds if self.seconds > 0 else 0.0

    @property
    def seconds_left(self) -> float | None:
        """The remaining time at this rate; None where it cannot be told."""
        if self.total is None or not self.rate:
            return None
        return max(0, self.total - self.done) / self.rate

    @property
    def line(self) -> str:
        """All of it in one line: rows, rows per second, remaining time, tokens, cost, errors."""
        left = self.seconds_left
        parts = [
            f"{self.done:,} of {self.total:,} rows" if self.total is not None else f"{self.done:,} rows",
            f"{self.known:,} known already" if self.known else "",
            f"{self.rate:,.1f} rows/s" if self.answered else "",
            f"{duration(left)} left" if left else "",
            f"{self.input_tokens:,} -> {self.output_tokens:,} tokens" if self.answered else "",
            self.money,
            f"{self.errors:,} {'error' if self.errors == 1 else 'errors'}" if self.errors else "",
        ]
        return " · ".join(filter(None, parts))

    @property
    def money(self) -> str:
        """The cost as a person reads it; '' where no price is known."""
        if not self.answered or self.unpriced >= self.answered:
            return "cost unknown" if self.answered else ""
        return f"{dollars(self.cost)}{' + unknown' if self.unpriced else ''}"


@dataclass(frozen=True, slots=True)
class Mapped(Result):
    """A prompt over a dataset, as it ended."""

    target: str
    """The alias of the profile, or of the connection."""
    progress: Progress
    journal: str = ""
    """Where the answers are kept; '' without a journal."""
    is_journal_new: bool = False
    rows: int | None = None
    """All rows of the data, where only some were asked (``limit``)."""
    ending: str = ""
    """Why it ended before the last row; '' where it did not."""
    notes: tuple[str, ...] = ()
    lines: str = field(default="", repr=False)
    """The rows as JSON lines, where a terminal prints them."""

    @property
    def content(self) -> str:
        """See `Result.content`."""
        return self.lines

    @property
    def ok(self) -> bool:
        """Whether each row has its answer."""
        return not self.progress.errors and not self.ending

    @property
    def estimate(self) -> tuple[float | None, float | None] | None:
        """Dollars and seconds that all rows would take, by those that were asked; None where all were."""
        if self.rows is None or not self.progress.answered or self.progress.done >= self.rows:
            return None
        times = self.rows / self.progress.answered
        priced = not self.progress.unpriced
        return (self.progress.cost * times if priced else None), self.progress.seconds * times

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
            "cost": progress.cost if not progress.unpriced else None,
            "seconds": round(progress.seconds, 3),
            "journal": self.journal or None,
            "ending": self.ending or None,
            "notes": list(self.notes),
        }


def dollars(amount: float) -> str:
    """Dollars as a person reads them: ``$0.0042``, ``$12.30``."""
    return f"${amount:,.2f}" if amount >= 1 or not amount else f"${amount:.2g}" if amount < 0.01 else f"${amount:.3f}"


def duration(seconds: float) -> str:
    """``45 s``, ``3 min``, ``2 h 5 min``."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h {minutes % 60} min"
