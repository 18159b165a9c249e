"""One vocabulary for every answer, a table, a card or texts side by side, and its three spellings: plain text, Markdown, HTML.

Everything that came from a user, a file or a provider is shown as text: it is escaped here, once, for all three. The HTML uses
JupyterLab's theme variables with fallbacks, so that it reads well in light and dark, and needs no style sheet of its own (an
untrusted notebook would lose it).
"""

from __future__ import annotations

import unicodedata
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import datetime
from itertools import zip_longest
from typing import Any, Generic, Literal, Self, TypeVar, overload

Tone = Literal["", "good", "bad", "warn", "quiet", "code", "bar"]

T = TypeVar("T")

CELL_WIDTH = 60
"""Characters of a table's cell in plain text, before it goes on in the next line."""
NARROW = 12
"""Characters of a column that is left as it is where others have to give way."""
GAP = "  "
"""What stands between two columns."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A piece of text and how it is meant."""

    text: str
    tone: Tone = ""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under column titles."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell | str, ...], ...]
    title: str = ""
    empty: str = "Nothing here."
    notes: tuple[Cell | str, ...] = ()


@dataclass(frozen=True, slots=True)
class Card:
    """One thing: a title, labelled values, notes."""

    title: Cell | str
    pairs: tuple[tuple[str, Cell | str], ...] = ()
    notes: tuple[Cell | str, ...] = ()


@dataclass(frozen=True, slots=True)
class Side:
    """One of several texts: whose it is, the text with its line breaks, and what is said of it below."""

    title: Cell | str
    text: Cell | str
    foot: Cell | str = ""


@dataclass(frozen=True, slots=True)
class SideBySide:
    """Texts beside each other, as far as there is room."""

    sides: tuple[Side, ...]
    title: str = ""
    notes: tuple[Cell | str, ...] = ()


View = Table | Card | SideBySide


class Answer(ABC):
    """What a verb answers: a Python value that shows itself in a notebook, a terminal and a saved page."""

    __slots__ = ()

    @abstractmethod
    def view(self) -> View:
        """How it is shown."""

    @abstractmethod
    def data(self) -> Any:
        """What ``--json`` prints: only dictionaries, lists, texts, numbers, booleans and None; never a secret."""

    @property
    def content(self) -> str:
        """What a terminal prints on stdout where that is a thing of its own, such as a file's; the answer itself, which tells of
        it, goes to stderr then."""
        return ""

    @property
    def ok(self) -> bool:
        """Whether a terminal should end with status 0."""
        return True

    def __str__(self) -> str:
        return as_text(self.view())

    def __repr__(self) -> str:
        return as_text(self.view())

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        view = self.view()
        return {"text/plain": as_text(view), "text/markdown": as_markdown(view), "text/html": as_html(view)}


class Rows(Answer, Sequence[T], Generic[T]):
    """An answer of many: reads like a sequence, shows as a table."""

    def __init__(self, items: Sequence[T]) -> None:
        self._items = tuple(items)

    @overload
    def __getitem__(self, index: int) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[T]: ...
    def __getitem__(self, index: int | slice) -> T | Sequence[T]:
        return self._items[index]

    def first(self, count: int) -> Self:
        """The same answer with so many of its rows, at most."""
        cut = copy(self)
        cut._items = self._items[:count]
        return cut

    def __len__(self) -> int:
        return len(self._items)

    def __iter__(self) -> Iterator[T]:
        return iter(self._items)

    def __eq__(self, other: object) -> bool:
        return self._items == (other._items if isinstance(other, Rows) else other)

    __hash__ = None  # type: ignore[assignment]  # like a list: compared by content


def age(moment: datetime, now: datetime) -> str:
    """How long ago, in the coarsest unit that still tells: ``3 min ago``."""
    seconds = int((now - moment).total_seconds())
    for length, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= length:
            return f"{seconds // length} {unit} ago"
    return "just now"


def _cell(cell: Cell | str) -> Cell:
    return cell if isinstance(cell, Cell) else Cell(cell)


# ---- plain text -------------------------------------------------------------------------------------------------------


def plain(text: str) -> str:
    """Text that is safe in a terminal: control characters, which could move the cursor or recolour it, become U+FFFD."""
    if text.isascii() and text.isprintable():  # as nearly all are, and a list may be long
        return text
    return "".join("\ufffd" if unicodedata.category(c) in ("Cc", "Cf") else c for c in text.replace("\n", " "))


def lines(text: str) -> list[str]:
    """The lines of a text of many, each safe in a terminal."""
    return [plain(line) for line in text.expandtabs().splitlines()]


def printable(text: str) -> str:
    """The same for text of several lines: line breaks and tabs stay."""
    lines = text.replace("\r\n", "\n").split("\n")
    return "\n".join("\t".join(map(plain, line.split("\t"))) for line in lines)


def _width(text: str) -> int:
    if text.isascii():
        return len(text)
    wide = sum(unicodedata.east_asian_width(c) in "WF" for c in text)
    marks = sum(unicodedata.combining(c) > 0 for c in text)
    return len(text) + wide - marks


def _widths(rows: Sequence[Sequence[str]]) -> list[int]:
    return [max(map(_width, column)) for column in zip(*rows, strict=True)]


def _columns(rows: Sequence[Sequence[str]]) -> list[str]:
    widths = _widths(rows)
    return [
        GAP.join(text + " " * (width - _width(text)) for text, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]


def _wrapped(row: Sequence[str], limits: Sequence[int]) -> Iterator[tuple[str, ...]]:
    """A row as lines of cells, none of them wider than its limit."""
    if all(_width(text) <= limit and text == text.strip() for text, limit in zip(row, limits, strict=True)):
        return iter([tuple(row)])
    return zip_longest(*map(_wrap, row, limits), fillvalue="")


def _wrap(text: str, limit: int) -> list[str]:
    """A text in lines, broken between words, and within one only where it is wider than a line."""
    broken, line = [], ""
    for word in text.split():
        longer = f"{line} {word}" if line else word
        if line and _width(longer) > limit >= _width(word):
            broken.append(line)
            longer = word
        while _width(longer) > limit:
            end = next(end for end in range(len(longer), 0, -1) if end == 1 or _width(longer[:end]) <= limit)
            broken.append(longer[:end].rstrip())
            longer = longer[end:].lstrip()
        line = longer
    return [*broken, line]


def _limits(rows: Sequence[Sequence[str]], width: int | None, cells: Sequence[Sequence[Cell | str]]) -> list[int]:
    """How wide each column may be. Where all is wider than ``width``, the widest give way, one after the other, but only as far
    as what is copied out of a table stands in it whole."""
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
    """The width of what is not to be broken: an alias with its mark, a piece of code, a bar; of any other text a word."""
    cell = _cell(cell)
    text = plain(cell.text)
    return _width(text) if cell.tone in ("code", "bar") else max(map(_width, text.split()), default=0)


def as_text(view: View, width: int | None = None) -> str:
    """The view for a terminal; a table fits into ``width`` columns of it, as far as its words do."""
    notes = [plain(_cell(note).text) for note in view.notes]
    if isinstance(view, Card):
        pairs = _columns([(f"  {label}", plain(_cell(value).text)) for label, value in view.pairs])
        return "\n".join([plain(_cell(view.title).text), *pairs, *notes])
    title = [plain(view.title)] if view.title else []
    if isinstance(view, SideBySide):
        return "\n\n".join([*title, *map(_side_as_text, view.sides), *notes])
    if not view.rows:
        return "\n".join([*title, view.empty, *notes])
    cells = [view.columns, *([plain(_cell(cell).text) for cell in row] for row in view.rows)]
    limits = _limits(cells, width, [view.columns, *view.rows])
    head, *rows = ([*_wrapped(row, limits)] for row in cells)
    lines = _columns([*head, *(line for row in rows for line in row)])
    rule = "-" * max(map(_width, lines))
    return "\n".join([*title, *lines[: len(head)], rule, *lines[len(head) :], *notes])


def _side_as_text(side: Side) -> str:
    title = plain(_cell(side.title).text)
    foot = [plain(_cell(side.foot).text)] if _cell(side.foot).text else []
    return "\n".join([title, "-" * _width(title), *lines(_cell(side.text).text), *foot])


# ---- Markdown ---------------------------------------------------------------------------------------------------------


_ESCAPED = {ord(mark): f"\\{mark}" for mark in "\\`*_{}[]()#+!|<>$~&-"}


def escape_markdown(text: str) -> str:
    """Text that Markdown shows as it is, in a table cell as well."""
    return plain(text).translate(_ESCAPED)


def as_markdown(view: View) -> str:
    """The view for a Markdown reader."""
    notes = [escape_markdown(_cell(note).text) for note in view.notes]
    if isinstance(view, Card):
        lines = [f"- **{escape_markdown(label)}**: {escape_markdown(_cell(value).text)}" for label, value in view.pairs]
        return "\n\n".join(filter(None, [f"**{escape_markdown(_cell(view.title).text)}**", "\n".join(lines), *notes]))
    title = [f"**{escape_markdown(view.title)}**"] if view.title else []
    if isinstance(view, SideBySide):
        return "\n\n".join([*title, *map(_side_as_markdown, view.sides), *notes])
    if not view.rows:
        return "\n\n".join([*title, escape_markdown(view.empty), *notes])

    def line(cells: Sequence[Cell | str]) -> str:
        return "| " + " | ".join(escape_markdown(_cell(cell).text) for cell in cells) + " |"

    table = [line(view.columns), "|" + " --- |" * len(view.columns), *(line(row) for row in view.rows)]
    return "\n\n".join([*title, "\n".join(table), *notes])


def _side_as_markdown(side: Side) -> str:
    text = "\n".join(f"> {escape_markdown(line)}  " for line in lines(_cell(side.text).text))
    foot = escape_markdown(_cell(side.foot).text)
    return "\n\n".join(filter(None, [f"**{escape_markdown(_cell(side.title).text)}**", text, foot]))


# ---- HTML -------------------------------------------------------------------------------------------------------------

_TONES: dict[Tone, str] = {
    "": "",
    "good": "color:var(--jp-success-color0,#1b7a34)",
    "bad": "color:var(--jp-error-color0,#b3261e)",
    "warn": "color:var(--jp-warn-color0,#9a5b00)",
    "quiet": "color:var(--jp-ui-font-color2,#6b6b6b)",
    "code": "font-family:var(--jp-code-font-family,monospace)",
    "bar": "color:var(--jp-brand-color1,#1976d2);font-family:monospace;letter-spacing:-0.05em;white-space:nowrap",
}
_BASE = (
    "font-family:var(--jp-ui-font-family,sans-serif);font-size:var(--jp-ui-font-size1,13px);"
    "color:var(--jp-ui-font-color1,inherit)"
)
_LINE = "1px solid var(--jp-border-color2,#8884)"


def _escaped(text: str) -> str:
    from html import escape  # as heavy as this module; a terminal needs none

    return escape(text)


def _span(cell: Cell | str) -> str:
    cell = _cell(cell)
    text = _escaped(cell.text)
    return f'<span style="{_TONES[cell.tone]}">{text}</span>' if cell.tone else text


def as_html(view: View) -> str:
    """The view for a notebook."""
    notes = "".join(f'<div style="margin-top:4px">{_span(note)}</div>' for note in view.notes)
    if isinstance(view, Card):
        pairs = "".join(
            f'<tr style="background:none"><th scope="row" style="text-align:left;font-weight:400;padding:2px 16px 2px 0;'
            f'vertical-align:top;{_TONES["quiet"]}">{_escaped(label)}</th>'
            f'<td style="text-align:left;padding:2px 0;white-space:normal">{_span(value)}</td></tr>'
            for label, value in view.pairs
        )
        body = f'<table style="border:none;margin:4px 0;border-collapse:collapse">{pairs}</table>' if pairs else ""
        return f'<div style="{_BASE}"><div style="font-weight:600">{_span(view.title)}</div>{body}{notes}</div>'
    title = f'<div style="font-weight:600">{_escaped(view.title)}</div>' if view.title else ""
    if isinstance(view, SideBySide):
        # As many columns as have room; below that they stand under each other.
        grid = "display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,18em),1fr));gap:12px;margin:4px 0"
        sides = "".join(map(_side_as_html, view.sides))
        return f'<div style="{_BASE}">{title}<div style="{grid}">{sides}</div>{notes}</div>'
    if not view.rows:
        return f'<div style="{_BASE}">{title}<div>{_escaped(view.empty)}</div>{notes}</div>'
    pad = "text-align:left;padding:4px 16px 4px 0;white-space:normal"
    head = "".join(
        f'<th scope="col" style="{pad};font-weight:600;border-bottom:{_LINE}">{_escaped(column)}</th>'
        for column in view.columns
    )
    rows = "".join(
        '<tr style="background:none">'
        + "".join(f'<td style="{pad};border-bottom:{_LINE}">{_span(cell)}</td>' for cell in row)
        + "</tr>"
        for row in view.rows
    )
    table = (
        '<table style="border:none;border-collapse:collapse;margin:4px 0">'
        f'<thead><tr style="background:none">{head}</tr></thead><tbody>{rows}</tbody></table>'
    )
    return f'<div style="{_BASE};overflow-x:auto">{title}{table}{notes}</div>'


def _side_as_html(side: Side) -> str:
    foot = f'<div style="margin-top:6px;{_TONES["quiet"]}">{_span(side.foot)}</div>' if _cell(side.foot).text else ""
    return (
        f'<div style="border:{_LINE};border-radius:2px;padding:8px 12px;min-width:0">'
        f'<div style="font-weight:600;margin-bottom:6px">{_span(side.title)}</div>'
        f'<div style="white-space:pre-wrap;overflow-wrap:anywhere">{_span(side.text)}</div>{foot}</div>'
    )
