"""Views of the versions of a connection or profile, and of the differences between two."""

from __future__ import annotations

from typing import Final

from aiconn_nb.session.versions import Differences, VersionRow, Versions

from .renderer import view_of
from .view import Cell, Table, View

SHORT: Final = 80
"""The maximum characters of a value in the history's table."""


@view_of.register
def _(versions: Versions) -> View:
    rows = tuple(
        (
            f"{'▸ ' if row.current else ''}{row.version}",
            row.modified.isoformat(sep=" ", timespec="seconds").replace("+00:00", " UTC"),
            row.modified_by or Cell("unknown", "quiet"),
            _summary(row),
        )
        for row in versions
    )
    return Table(
        ("version", "when", "who", "what changed"), rows, notes=(Cell("▸ marks the current version.", "quiet"),)
    )


def _summary(row: VersionRow) -> Cell:
    if row.first:
        return Cell("created" if row.version == 1 else "the oldest version kept", "quiet")
    changes = (f"{each.field}: {_short(each.before)} → {_short(each.after)}" for each in row.changes)
    return Cell("; ".join(changes) or "nothing")


def _short(text: str) -> str:
    """Cut a value for the table: a system prompt can be a page. The difference of two versions shows all of it."""
    return text if len(text) <= SHORT else text[: SHORT - 1] + "…"


@view_of.register
def _(differences: Differences) -> View:
    rows = tuple((each.field, Cell(each.before, "code"), Cell(each.after, "code")) for each in differences)
    return Table(("field", "before", "after"), rows, title=differences.title, empty="Nothing differs.")
