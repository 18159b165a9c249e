"""A view as Markdown, in which everything that came from outside is text."""

from __future__ import annotations

from collections.abc import Sequence

from .text import lines, plain
from .view import Card, Cell, Side, SideBySide, View, as_cell

_ESCAPED = {ord(mark): f"\\{mark}" for mark in "\\`*_{}[]()#+!|<>$~&-"}


def escape_markdown(text: str) -> str:
    """Text that Markdown shows as it is, in a table cell as well."""
    return plain(text).translate(_ESCAPED)


def as_markdown(view: View) -> str:
    """The view for a Markdown reader."""
    notes = [escape_markdown(as_cell(note).text) for note in view.notes]
    if isinstance(view, Card):
        lines = [
            f"- **{escape_markdown(label)}**: {escape_markdown(as_cell(value).text)}" for label, value in view.pairs
        ]
        return "\n\n".join(filter(None, [f"**{escape_markdown(as_cell(view.title).text)}**", "\n".join(lines), *notes]))
    title = [f"**{escape_markdown(view.title)}**"] if view.title else []
    if isinstance(view, SideBySide):
        return "\n\n".join([*title, *map(_side_as_markdown, view.sides), *notes])
    if not view.rows:
        return "\n\n".join([*title, escape_markdown(view.empty), *notes])

    def line(cells: Sequence[Cell | str]) -> str:
        return "| " + " | ".join(escape_markdown(as_cell(cell).text) for cell in cells) + " |"

    table = [line(view.columns), "|" + " --- |" * len(view.columns), *(line(row) for row in view.rows)]
    return "\n\n".join([*title, "\n".join(table), *notes])


def _side_as_markdown(side: Side) -> str:
    text = "\n".join(f"> {escape_markdown(line)}  " for line in lines(as_cell(side.text).text))
    foot = escape_markdown(as_cell(side.foot).text)
    return "\n\n".join(filter(None, [f"**{escape_markdown(as_cell(side.title).text)}**", text, foot]))
