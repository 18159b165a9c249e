"""Views of a prompt over a dataset: what it cost, how long it took, where its answers are kept."""

from __future__ import annotations

from aiconn_nb.features.batch import Mapped, dollars, duration

from .renderer import view_of
from .view import Card, Cell, View


@view_of.register
def _(mapped: Mapped) -> View:
    progress = mapped.progress
    failed = f", {progress.errors:,} with an error" if progress.errors else ""
    title = f"{progress.done:,} {'row' if progress.done == 1 else 'rows'} of {mapped.target}{failed}"
    notes = [
        *([Cell(f"It ended early: {mapped.ending}.", "bad")] if mapped.ending else []),
        Cell(f"{progress.line} · {duration(progress.seconds)}", "quiet"),
        *(Cell(note, "quiet") for note in (*_estimate(mapped), *mapped.notes, *_journal(mapped))),
    ]
    return Card(title, (), tuple(notes))


def _estimate(mapped: Mapped) -> list[str]:
    if mapped.estimate is None:
        return []
    cost, seconds = mapped.estimate
    price = "at an unknown cost" if cost is None else f"for about {dollars(cost)}"
    return [f"All {mapped.rows:,} rows: {price}, in about {duration(seconds or 0)}."]


def _journal(mapped: Mapped) -> list[str]:
    if not mapped.journal:
        return []
    if mapped.is_journal_new:
        return [
            f"The answers are kept in {mapped.journal} for 30 days, for this user alone. "
            "--no-journal keeps none, map --forget deletes all."
        ]
    return [f"The answers are kept in {mapped.journal}."]
