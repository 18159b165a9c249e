"""Views of answers: texts, several side by side, vectors, and the rehearsal of a failover."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from aiconn_nb.features.asking import Compared, Comparison, Embedded, Rehearsal, Reply, said_of_left
from aiconn_nb.model.amounts import counted
from aiconn_nb.model.hint import sentences

from .renderer import view_of
from .view import Card, Cell, Said, Side, SideBySide, Table, View

_REASONS: Final = 5
"""The number of reasons that are shown, and of texts for each."""


@view_of.register
def _(reply: Reply) -> View:
    return Said(reply.text or "(no text)", reply.footer)


@view_of.register
def _(comparison: Comparison) -> View:
    left = said_of_left(comparison.left)
    return SideBySide(tuple(map(_side, comparison)), notes=(Cell(left, "quiet"),) if left else ())


def _side(compared: Compared) -> Side:
    """Return the answer of one profile in a comparison."""
    who, reply, error = Cell(compared.profile, "code"), compared.reply, compared.error
    text = reply.text if reply else ""
    if error is None:
        foot = "…" if compared.running or not reply else reply.footer
        return Side(who, text, Cell(foot, "quiet"), is_markdown=True)
    why = sentences(error.what, error.hint)
    if reply and text:
        return Side(who, text, Cell(f"{why} ({reply.footer})", "bad"), is_markdown=True)
    return Side(who, Cell(why, "bad"))


@view_of.register
def _(embedded: Embedded) -> View:
    return Card(
        f"{counted(len(embedded), 'vector')} of {counted(embedded.dimensions, 'dimension')}",
        (),
        (Cell(embedded.footer, "quiet"), *_without_vector(embedded)),
    )


def _without_vector(embedded: Embedded) -> Iterator[Cell]:
    """A line for each reason why texts have no vector, with the first of them."""
    by_reason: dict[str, list[int]] = {}
    for number, reason in embedded.errors.items():
        by_reason.setdefault(reason, []).append(number)
    for reason, numbers in list(by_reason.items())[:_REASONS]:
        first = ", ".join(map(str, numbers[:_REASONS])) + (", ..." if len(numbers) > _REASONS else "")
        yield Cell(f"No vector: {reason.rstrip('.')} ({counted(len(numbers), 'text')}, by position: {first}).", "bad")
    if len(by_reason) > _REASONS:
        yield Cell(f"{counted(len(by_reason) - _REASONS, 'more reason')}: the attribute errors has all.", "bad")


@view_of.register
def _(rehearsal: Rehearsal) -> View:
    rows = tuple(
        (
            f"without {', '.join(step.without)}" if step.without else "now",
            Cell(step.answers, "code") if step.answers else Cell("no connection", "bad"),
            Cell("; ".join(f"{each.connection}: {each.words}" for each in step.attempts), "quiet"),
        )
        for step in rehearsal
    )
    asked = (
        "Each was asked for one token."
        if rehearsal.live
        else "Nothing was sent: --live (in Python live=True) asks each for one token."
    )
    notes = (*(Cell(note, "quiet") for note in rehearsal.notes), Cell(asked, "quiet"))
    return Table(
        ("", "answers", "tried before, without success"), rows, title=f"Failover of {rehearsal.label}", notes=notes
    )
