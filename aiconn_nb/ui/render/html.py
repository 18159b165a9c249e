"""A view as HTML, readable in light and dark themes.

It uses only inline styles: an untrusted notebook would lose a style sheet. Every colour is mixed from that of the text around it.
JupyterLab's variables cannot be used: in VS Code, the scripts of ipywidgets set those of the light theme for every output, so the
text would be black on a dark page.
"""

from __future__ import annotations

from typing import Final

from .prose import LINE, NOT_TYPESET, as_code, as_prose, escaped
from .view import Card, Cell, Said, Side, SideBySide, Tone, View, as_cell


def _mixed(red: int, green: int, blue: int) -> str:
    # In an untrusted notebook, JupyterLab's sanitizer keeps this form, but neither one with # nor a variable.
    return f"color:color-mix(in srgb,rgb({red},{green},{blue}) 60%,currentColor)"


QUIET: Final = "color:color-mix(in srgb,currentColor 72%,transparent)"
_TONES: dict[Tone, str] = {
    "": "",
    "good": _mixed(56, 142, 60),
    "bad": _mixed(211, 47, 47),
    "warn": _mixed(245, 124, 0),
    "quiet": QUIET,
    "code": "font-family:monospace",
    "bar": f"{_mixed(25, 118, 210)};font-family:monospace;letter-spacing:-0.05em;white-space:nowrap",
}
_BASE = "font-family:var(--jp-ui-font-family,sans-serif);font-size:var(--jp-ui-font-size1,13px)"
_OPEN = f'<div class="{NOT_TYPESET}" style="{_BASE}'


def _span(cell: Cell | str) -> str:
    cell = as_cell(cell)
    text = escaped(cell.text)
    is_whole = _is_number(cell.text) or (cell.tone == "code" and _is_word(cell.text))
    style = ";".join(filter(None, (_TONES[cell.tone], "white-space:nowrap" if is_whole else "")))
    # A bar repeats the number beside it, and a screen reader would spell out its blocks.
    hidden = ' aria-hidden="true"' if cell.tone == "bar" else ""
    return f'<span{hidden} style="{style}">{text}</span>' if style else text


def _is_number(text: str) -> bool:
    """Whether a text is a number with a unit, a date or an age: it begins with a digit and has few words."""
    return len(text) <= 24 and text.lstrip("-+~$").lstrip()[:1].isdigit() and len(text.split()) <= 3


def _is_word(text: str) -> bool:
    """Whether a text is a short name or option. It would be broken at its hyphens."""
    return len(text) <= 24 and len(text.split()) == 1


def as_html(view: View) -> str:
    """Return the view for a notebook."""
    notes = "".join(f'<div style="margin-top:4px">{_span(note)}</div>' for note in view.notes)
    if isinstance(view, Card):
        pairs = "".join(
            f'<tr style="background:none"><th scope="row" style="text-align:left;font-weight:400;padding:2px 16px 2px 0;'
            f'vertical-align:top;{QUIET}{";white-space:nowrap" if _is_word(label) else ""}">{escaped(label)}</th>'
            f'<td style="text-align:left;padding:2px 0;white-space:normal">{_span(value)}</td></tr>'
            for label, value in view.pairs
        )
        body = f'<table style="border:none;margin:4px 0;border-collapse:collapse">{pairs}</table>' if pairs else ""
        return f'{_OPEN}"><div style="font-weight:600">{_span(view.title)}</div>{body}{notes}</div>'
    if isinstance(view, Said):
        foot = f'<div style="margin-top:6px;{QUIET}">{escaped(view.foot)}</div>' if view.foot else ""
        return f'{_OPEN}">{_said_as_html(view)}{foot}{notes}</div>'
    if isinstance(view, SideBySide):
        # There are as many columns as fit. On a narrow page they are stacked.
        grid = "display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,18em),1fr));gap:12px;margin:4px 0"
        sides = "".join(map(_side_as_html, view.sides))
        return f'{_OPEN}"><div style="{grid}">{sides}</div>{notes}</div>'
    title = f'<div style="font-weight:600">{escaped(view.title)}</div>' if view.title else ""
    if not view.rows:
        return f'{_OPEN}">{title}<div>{escaped(view.empty)}</div>{notes}</div>'
    pad = "text-align:left;padding:4px 16px 4px 0;white-space:normal"
    head = "".join(
        f'<th scope="col" style="{pad};font-weight:600;border-bottom:{LINE}">{escaped(column)}</th>'
        for column in view.columns
    )
    rows = "".join(
        '<tr style="background:none">'
        + "".join(f'<td style="{pad};border-bottom:{LINE}">{_span(cell)}</td>' for cell in row)
        + "</tr>"
        for row in view.rows
    )
    table = (
        '<table style="border:none;border-collapse:collapse;margin:4px 0">'
        f'<thead><tr style="background:none">{head}</tr></thead><tbody>{rows}</tbody></table>'
    )
    return f'{_OPEN};overflow-x:auto">{title}{table}{notes}</div>'


def _said_as_html(said: Said) -> str:
    if said.form == "code":
        return as_code(said.text)
    return _markdown(said.text) if said.form == "markdown" else _lines(escaped(said.text))


def _markdown(text: str) -> str:
    # Wide content stays in its column, so that one model's answer does not overlap another's.
    return f'<div style="overflow-wrap:anywhere;overflow-x:auto">{as_prose(text)}</div>'


def _lines(html: str) -> str:
    return f'<div dir="auto" style="white-space:pre-wrap;overflow-wrap:anywhere">{html}</div>'


def _side_as_html(side: Side) -> str:
    said = as_cell(side.foot)
    foot = (
        f'<div style="margin-top:6px">{_span(said if said.tone else Cell(said.text, "quiet"))}</div>'
        if said.text
        else ""
    )
    text = as_cell(side.text)
    body = _markdown(text.text) if side.is_markdown and text.text else _lines(_span(text))
    return (
        f'<div style="border:{LINE};border-radius:2px;padding:8px 12px;min-width:0">'
        f'<div style="font-weight:600;margin-bottom:6px">{_span(side.title)}</div>{body}{foot}</div>'
    )
