"""A view as plain text, for a terminal."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import pairwise, zip_longest
from typing import TextIO

from aiconn_nb.model.letters import plain, printable

from .view import Card, Cell, Said, Side, SideBySide, View, as_cell

CELL_WIDTH = 60
"""The width of a table's cell in characters before it wraps."""
NARROW = 12
"""The width in characters below which a column is never narrowed."""
GAP = "  "
"""The separator between two columns."""


def lines(text: str) -> list[str]:
    """Return the lines of a text, each safe for a terminal."""
    return [plain(line) for line in text.expandtabs().splitlines()]


def width_of(stream: TextIO | None) -> int | None:
    """Return the columns of a terminal; None for a pipe, a file or a notebook."""
    if stream is None or not stream.isatty():
        return None
    named = os.environ.get("COLUMNS", "")
    with suppress(OSError, ValueError):  # it has no file descriptor
        return int(named) if named.isdecimal() and int(named) else os.get_terminal_size(stream.fileno()).columns or 80
    return None


def clipped(text: str, width: int) -> str:
    """Return the beginning of a line that fits into so many columns, with an ellipsis if the line is wider."""
    if _width(text) <= width:
        return text
    while text and _width(text) > width - 1:
        text = text[:-1]
    return f"{text}…"


def _width(text: str) -> int:
    if text.isascii():
        return len(text)
    from unicodedata import category, east_asian_width  # seldom needed

    wide = sum(east_asian_width(c) in "WF" for c in text)
    joined = sum(category(c) in ("Mn", "Me", "Cf") for c in text)  # marks and joiners have no column of their own
    return len(text) + wide - joined


def _widths(rows: Sequence[Sequence[str]]) -> list[int]:
    return [max(map(_width, column)) for column in zip(*rows, strict=True)]


def _columns(rows: Sequence[Sequence[str]]) -> list[str]:
    widths = _widths(rows)
    return [
        GAP.join(text + " " * (width - _width(text)) for text, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]


def _wrapped(row: Sequence[str], limits: Sequence[int]) -> Iterator[tuple[str, ...]]:
    """Yield a row as lines of cells, none of them wider than its limit."""
    return zip_longest(*map(_wrap, row, limits), fillvalue="")


def _wrap(text: str, limit: int) -> list[str]:
    """Wrap a text between words, and within a word only if it is wider than a line."""
    if _width(text) <= limit and text == text.strip():
        return [text]
    broken, line = [], ""
    for word in text.split():
        longer = f"{line} {word}" if line else word
        if line and _width(longer) > limit >= _width(word):
            broken.append(line)
            longer = word
        *full, line = _pieces(longer, limit)
        broken += full
    return [*broken, line]


def _pieces(text: str, limit: int) -> list[str]:
    """Cut a text at the line width, ignoring words."""
    if _width(text) <= limit:
        return [text]
    cuts, room = [0], limit
    for at, character in enumerate(text):
        room -= _width(character)
        if room < 0 and at > cuts[-1]:
            cuts.append(at)
            room = limit - _width(character)
    return [text[start:end].strip() for start, end in pairwise([*cuts, len(text)])]


def _limits(rows: Sequence[Sequence[str]], width: int | None, cells: Sequence[Sequence[Cell | str]]) -> list[int]:
    """Return the width of each column, at most `CELL_WIDTH`.

    If the table is wider than ``width``, the widest columns are narrowed step by step, but never so far that a value to copy
    would be broken.
    """
    limits = [min(widest, CELL_WIDTH) for widest in _widths(rows)]
    room = sum(limits) if width is None else width - len(GAP) * (len(limits) - 1)
    if sum(limits) <= room:
        return limits
    least = [max(NARROW, *map(_kept_whole, column)) for column in zip(*cells, strict=True)]
    while sum(limits) > room:
        wide = [at for at, limit in enumerate(limits) if limit > least[at]]
        if not wide:
            break
        limits[max(wide, key=limits.__getitem__)] -= 1
    return limits


def _kept_whole(cell: Cell | str) -> int:
    """Return the width that must not be broken: all of a name, code or bar, and the longest word of other text."""
    cell = as_cell(cell)
    text = plain(cell.text)
    return _width(text) if cell.tone in ("code", "bar") else max(map(_width, text.split()), default=0)


def as_text(view: View, width: int | None = None) -> str:
    """Return the view for a terminal. A table fits into ``width`` columns unless its words are too long."""
    notes = [plain(as_cell(note).text) for note in view.notes]
    if isinstance(view, Card):
        pairs = _columns([(f"  {plain(label)}", plain(as_cell(value).text)) for label, value in view.pairs])
        return "\n".join([plain(as_cell(view.title).text), *pairs, *notes])
    if isinstance(view, Said):
        return "\n\n".join([printable(view.text), *([plain(view.foot)] if view.foot else []), *notes])
    if isinstance(view, SideBySide):
        return "\n\n".join([*map(_side_as_text, view.sides), *notes])
    title = [plain(view.title)] if view.title else []
    if not view.rows:
        return "\n".join([*title, view.empty, *notes])
    cells = [[*map(plain, view.columns)], *([plain(as_cell(cell).text) for cell in row] for row in view.rows)]
    limits = _limits(cells, width, [view.columns, *view.rows])
    head, *rows = ([*_wrapped(row, limits)] for row in cells)
    lines = _columns([*head, *(line for row in rows for line in row)])
    rule = "-" * max(map(_width, lines))
    return "\n".join([*title, *lines[: len(head)], rule, *lines[len(head) :], *notes])


def _side_as_text(side: Side) -> str:
    title = plain(as_cell(side.title).text)
    foot = [plain(as_cell(side.foot).text)] if as_cell(side.foot).text else []
    return "\n".join([title, "-" * _width(title), *lines(as_cell(side.text).text), *foot])
