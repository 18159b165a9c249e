"""Views of the usage and its cost, a table with bars, and of caps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from aiconn_nb.features.usage import UNITS, Cap, Caps, Spending, Spent, Unit, is_unknown
from aiconn_nb.model.amounts import amount_of, dollars
from aiconn_nb.model.hint import command, pip

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
    # A bar of an unknown cost would look like zero.
    is_priced = _is_of_cost(spending)
    size: Callable[[Spent], float] = (lambda each: each.cost or 0.0) if is_priced else _tokens_of
    longest = max(map(size, spending), default=0)
    where = " in this kernel" if spending.is_here else f" since {spending.since}" if spending.since else ""
    return Table(
        (*spending.by, "answered", "failed", "tokens in", "tokens out", "cost", "", "time"),
        tuple(_row(each, spending.by, size(each), longest) for each in spending),
        empty=f"Nothing was asked{where} yet.",
        notes=tuple(Cell(text, "quiet") for text in _notes(spending)),
    )


def _notes(spending: Spending) -> list[str]:
    if not spending:
        return list(spending.notes)
    unpriced = any(each.unpriced for each in spending)
    place = "In this kernel" if spending.is_here else "In all kernels"
    since = f"since {spending.since}, by local days" if spending.since else "by local days"
    return [
        *([_sums(spending.total)] if len(spending) > 1 else []),
        COUNTED,
        f"{place}, {since}. The bar is the cost."
        if _is_of_cost(spending)
        else f"{place}, {since}. The bar is the tokens.",
        *([f"Prices need genai-prices: {pip('aiconn-nb[data]')}"] if unpriced and not spending.has_prices else []),
        *spending.notes,
    ]


def _is_of_cost(spending: Spending) -> bool:
    return all(not each.unpriced for each in spending) and any(each.cost for each in spending)


def _row(spent: Spent, by: tuple[str, ...], size: float, longest: float) -> tuple[Cell | str, ...]:
    names = (getattr(spent, name) for name in by)
    return (
        *(Cell(name, "code") if name else Cell("-", "quiet") for name in names),
        f"{spent.calls:,}",
        Cell(f"{spent.failures:,}", "bad" if spent.failures else "quiet"),
        tokens(spent.input_tokens, spent.untold_input, spent.calls),
        tokens(spent.output_tokens, spent.untold_output, spent.calls),
        cost(spent),
        Cell(bar(size, longest), "bar"),
        f"{spent.seconds:.1f} s",
    )


def _sums(total: Spent) -> str:
    sent = tokens(total.input_tokens, total.untold_input, total.calls)
    got = tokens(total.output_tokens, total.untold_output, total.calls)
    return (
        f"Total: {total.calls:,} answered, {total.failures:,} failed, {sent.text} tokens in, "
        f"{got.text} out, cost {cost(total).text}, {total.seconds:.1f} s."
    )


def _tokens_of(spent: Spent) -> float:
    return spent.input_tokens + spent.output_tokens


def tokens(known: int, untold: int, calls: int) -> Cell:
    """Return a sum of tokens. If no provider reported any, it is unknown, not 0; if only some did, it is marked with a plus."""
    if not calls:
        return Cell("-", "quiet")
    if is_unknown(untold, calls):
        return Cell("unknown", "quiet")
    return Cell(f"{known:,}{' +' if untold else ''}")


def cost(spent: Spent) -> Cell:
    """Return a sum of dollars. If no price is known, it is unknown, not 0; if only some are, it is marked with a plus."""
    if not spent.calls:
        return Cell("-", "quiet")
    if spent.cost is None:
        return Cell("unknown", "quiet")
    return Cell(f"{dollars(spent.cost)}{' +' if spent.unpriced else ''}")


def bar(value: float, longest: float) -> str:
    """Return a bar of block characters, precise to an eighth of a character; a bar for a positive number is never empty."""
    if not value:
        return ""
    eighths = max(1, round(8 * _WIDTH * value / longest))
    return "█" * (eighths // 8) + _EIGHTHS[eighths % 8].strip()


@view_of.register
def _(caps: Caps) -> View:
    return Table(
        ("alias", "kind", "per", "spent", "cap", "", "left"),
        tuple(_cap_row(cap, unit) for cap in caps for unit in UNITS if cap.limit(unit) is not None),
        empty=f"There are no caps yet: {command('cap', 'ALIAS', '--per', 'day', '--dollars', '5')}",
        notes=tuple(Cell(text, "quiet") for text in (*_unpriced(caps), *caps.notes)),
    )


def _unpriced(caps: Caps) -> list[str]:
    return [
        f"{cap.alias}, {'today' if cap.per == 'day' else 'this month'}: {cap.spent.unpriced_words}, which is not in 'spent'."
        for cap in caps
        if cap.dollars is not None and cap.spent.unpriced
    ]


def _cap_row(cap: Cap, unit: Unit) -> tuple[Cell | str, ...]:
    limit, spent = cap.limit(unit), getattr(cap.spent, unit)
    left = max(0, limit - spent)
    left_is_unknown = unit == "dollars" and cap.spent.unpriced and left
    return (
        Cell(cap.alias, "code"),
        cap.kind,
        cap.per,
        cap.spent.words(unit),
        amount_of(limit, unit),
        Cell(bar(min(spent, limit), limit), "bar"),
        Cell("unknown", "quiet") if left_is_unknown else Cell(amount_of(left, unit), "" if left else "bad"),
    )
