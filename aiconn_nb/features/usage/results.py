"""What was asked in this kernel and what it cost, as a table with bars."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from aiconn_nb.ui.render import Cell, Rows, Table, View

from .tally import Spent

COUNTED: Final = (
    "Each call counts: a question that fell back once as failed and once as answered; each batch of 'embed' and each "
    "try of 'failover --live' as well."
)
_WIDTH: Final = 12
"""Characters of the longest bar."""
_EIGHTHS: Final = " ▏▎▍▌▋▊▉█"


class Spending(Rows[Spent]):
    """Calls answered and failed, tokens and time per profile and connection."""

    def view(self) -> View:
        longest = max((each.input_tokens + each.output_tokens for each in self), default=0)
        rows = tuple(
            (
                Cell(each.profile, "code") if each.profile else Cell("-", "quiet"),
                Cell(each.connection, "code"),
                f"{each.calls:,}",
                Cell(f"{each.failures:,}", "bad" if each.failures else "quiet"),
                tokens(each.input_tokens, each.untold_input, each.calls),
                tokens(each.output_tokens, each.untold_output, each.calls),
                Cell(bar(each.input_tokens + each.output_tokens, longest), "bar"),
                f"{each.seconds:.1f} s",
            )
            for each in self
        )
        return Table(
            ("profile", "connection", "answered", "failed", "tokens in", "tokens out", "", "time"),
            rows,
            empty="Nothing was asked in this kernel yet.",
            notes=tuple(Cell(text, "quiet") for text in self._notes()),
        )

    def data(self) -> Any:
        return [
            {
                "profile": each.profile or None,
                "connection": each.connection,
                "calls": each.calls,
                "failures": each.failures,
                "input_tokens": None if _unknown(each.untold_input, each.calls) else each.input_tokens,
                "output_tokens": None if _unknown(each.untold_output, each.calls) else each.output_tokens,
                "calls_without_input_tokens": each.untold_input,
                "calls_without_output_tokens": each.untold_output,
                "seconds": round(each.seconds, 3),
            }
            for each in self
        ]

    def _notes(self) -> list[str]:
        return [*([self._sums()] if len(self) > 1 else []), *([COUNTED] if len(self) else [])]

    def _sums(self) -> str:
        calls, failures = sum(each.calls for each in self), sum(each.failures for each in self)
        sent = tokens(sum(each.input_tokens for each in self), sum(each.untold_input for each in self), calls)
        got = tokens(sum(each.output_tokens for each in self), sum(each.untold_output for each in self), calls)
        return (
            f"In all: {calls:,} answered, {failures:,} failed, {sent.text} tokens in, "
            f"{got.text} out, {sum(each.seconds for each in self):.1f} s."
        )


def tokens(known: int, untold: int, calls: int) -> Cell:
    """A sum of tokens. What no provider said is unknown, not 0; what only some said is marked with a plus."""
    if not calls:
        return Cell("-", "quiet")
    if _unknown(untold, calls):
        return Cell("unknown", "quiet")
    return Cell(f"{known:,}{' +' if untold else ''}")


def bar(value: int, longest: int) -> str:
    """A bar of text blocks, to an eighth of a character; one that stands for something is never empty."""
    if not value:
        return ""
    eighths = max(1, round(8 * _WIDTH * value / longest))
    return "█" * (eighths // 8) + _EIGHTHS[eighths % 8].strip()


def _unknown(untold: int, calls: int) -> bool:
    return calls > 0 and untold == calls


def spending(rows: Sequence[Spent]) -> Spending:
    """The rows, those that cost most first."""
    return Spending(sorted(rows, key=lambda each: -(each.input_tokens + each.output_tokens)))
