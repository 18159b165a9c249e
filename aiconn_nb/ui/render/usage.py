"""Views of the usage in this kernel and its cost: a table with bars."""

from __future__ import annotations

from typing import Final

from aiconn_nb.features.usage import Spending, Spent, is_unknown

from .renderer import view_of
from .view import Cell, Table, View

COUNTED: Final = (
    "Each call counts: a question that fell back once as failed and once as answered; each batch of 'embed' and each "
    "try of 'failover --live' as well."
)
_WIDTH: Final = 12
"""Characters of the longest bar."""
_EIGHTHS: Final = " ▏▎▍▌▋▊▉█"


@view_of.register
def _(spending: Spending) -> View:
    longest = max(map(_tokens_of, spending), default=0)
    notes = [*([_sums(spending)] if len(spending) > 1 else []), *([COUNTED] if len(spending) else [])]
    return Table(
        ("profile", "connection", "answered", "failed", "tokens in", "tokens out", "", "time"),
        tuple(_row(each, longest) for each in spending),
        empty="Nothing was asked in this kernel yet.",
        notes=tuple(Cell(text, "quiet") for text in notes),
    )


def _row(spent: Spent, longest: int) -> tuple[Cell | str, ...]:
    return (
        Cell(spent.profile, "code") if spent.profile else Cell("-", "quiet"),
        Cell(spent.connection, "code"),
        f"{spent.calls:,}",
        Cell(f"{spent.failures:,}", "bad" if spent.failures else "quiet"),
        tokens(spent.input_tokens, spent.untold_input, spent.calls),
        tokens(spent.output_tokens, spent.untold_output, spent.calls),
        Cell(bar(_tokens_of(spent), longest), "bar"),
        f"{spent.seconds:.1f} s",
    )


def _sums(spending: Spending) -> str:
    calls, failures = sum(each.calls for each in spending), sum(each.failures for each in spending)
    sent = tokens(sum(each.input_tokens for each in spending), sum(each.untold_input for each in spending), calls)
    got = tokens(sum(each.output_tokens for each in spending), sum(each.untold_output for each in spending), calls)
    return (
        f"In all: {calls:,} answered, {failures:,} failed, {sent.text} tokens in, "
        f"{got.text} out, {sum(each.seconds for each in spending):.1f} s."
    )


def _tokens_of(spent: Spent) -> int:
    return spent.input_tokens + spent.output_tokens


def tokens(known: int, untold: int, calls: int) -> Cell:
    """A sum of tokens. If no provider reported any, it is unknown, not 0; if only some did, it is marked with a plus."""
    if not calls:
        return Cell("-", "quiet")
    if is_unknown(untold, calls):
        return Cell("unknown", "quiet")
    return Cell(f"{known:,}{' +' if untold else ''}")


def bar(value: int, longest: int) -> str:
    """A bar of text blocks, to an eighth of a character; one for more than nothing is never empty."""
    if not value:
        return ""
    eighths = max(1, round(8 * _WIDTH * value / longest))
    return "█" * (eighths // 8) + _EIGHTHS[eighths % 8].strip()
