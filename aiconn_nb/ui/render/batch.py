"""Views of a prompt over a dataset: its cost, its duration, the place of its answers."""

from __future__ import annotations

from aiconn_nb.features.batch import Mapped, duration
from aiconn_nb.model.amounts import counted, dollars

from .renderer import view_of
from .view import Card, Cell, View


@view_of.register
def _(mapped: Mapped) -> View:
    progress = mapped.progress
    rows = counted(progress.done, "row")
    if progress.total is not None and progress.done < progress.total:
        rows = f"{progress.done:,} of {counted(progress.total, 'row')}"
    answered = f": {progress.done - progress.errors:,}" if progress.errors else ","
    failed = f", {progress.errors:,} with an error" if progress.errors else ""
    title = f"{rows}{answered} answered by {mapped.target}{failed}"
    notes = [
        *([Cell(f"It ended early: {mapped.ending}.", "bad")] if mapped.ending else []),
        Cell(progress.summary, "quiet"),
        *(Cell(note, "quiet") for note in (*_reasons(mapped), *_estimate(mapped), *mapped.notes, *_journal(mapped))),
    ]
    return Card(title, (), tuple(notes))


def _reasons(mapped: Mapped) -> list[str]:
    return ["The column error says why a row has no answer."] if mapped.progress.errors else []


def _estimate(mapped: Mapped) -> list[str]:
    if mapped.estimate is None:
        return []
    cost, seconds = mapped.estimate
    price = "at an unknown cost" if cost is None else f"for about {dollars(cost)}"
    return [f"All {mapped.rows:,} rows: {price}, in about {duration(seconds or 0)} if the server keeps up."]


def _journal(mapped: Mapped) -> list[str]:
    if not mapped.journal:
        return []
    if mapped.is_journal_new:
        return [
            f"The answers are kept in {mapped.journal} for 30 days, for this user alone. "
            "--no-journal keeps none, map --forget deletes all."
        ]
    return [f"The answers are kept in {mapped.journal}."]
