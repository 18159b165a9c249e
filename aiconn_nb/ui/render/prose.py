"""Markdown from a model, a server or a file as safe HTML: it loads no resources, and HTML in the source is text.

A front end trusts the output of a cell that was just run, and each front end parses Markdown differently. So such text is never
passed on as Markdown; only this module converts it to HTML. An image would be loaded as soon as it is shown, from an
address that an attacker may have put into the answer, so it becomes a link. Mathematics is shown as source text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Final

from aiconn_nb.model.letters import whole_letters

from .mathematics import read_mathematics

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

_BLOCK: Final = "margin:0 0 8px"
LINE: Final = "1px solid #8884"
_CELL: Final = f"text-align:start;padding-block:2px;padding-inline:0 12px;border-bottom:{LINE}"
_CODE: Final = (
    f"{_BLOCK};padding:6px 8px;overflow-x:auto;border-radius:2px;line-height:1.4;white-space:pre;"
    "font-family:var(--jp-code-font-family,monospace);font-size:var(--jp-code-font-size,13px);"
    "background:#8882"
)
_STYLES: Final = {
    "paragraph_open": _BLOCK,
    "heading_open": "margin:0 0 8px;font-weight:600",
    "bullet_list_open": f"{_BLOCK};padding-inline-start:20px",
    "ordered_list_open": f"{_BLOCK};padding-inline-start:20px",
    "blockquote_open": f"{_BLOCK};padding-inline-start:12px;border-inline-start:3px solid #8884",
    "table_open": f"{_BLOCK};border:none;border-collapse:collapse",
    "th_open": f"{_CELL};font-weight:600",
    "td_open": _CELL,
    "tr_open": "background:none",
    "fence": _CODE,
    "code_block": _CODE,
}


_DIRECTED: Final = frozenset(
    {"paragraph_open", "heading_open", "bullet_list_open", "ordered_list_open", "blockquote_open", "th_open", "td_open"}
)
"""Each of these runs in the direction of its own first letter: an answer may be in Arabic or Hebrew, with English beside it."""
_MOST_CELLS: Final = 10_000
"""A table has a cell of 150 characters of HTML for each column, even if its rows are empty."""
_MOST: Final = 100_000
"""The maximum number of characters that are parsed as Markdown; longer text is shown as text."""
_DELIMITER: Final = re.compile(r"[$\\]")
_LEADS_OUT: Final = re.compile(r"\s*(?:https?://[^/\\?#\s]|mailto:)", re.IGNORECASE)

_BEFORE_A_BLANK_LINE: Final = re.compile(r"(?:\r\n|\r|\n)(?=[ \t]*[\r\n])")

NOT_TYPESET: Final = "mathjax_ignore tex2jax_ignore"
"""The classes that make MathJax ignore an element, in its versions 3 and 2."""


def _escape(text: str) -> str:
    """Escape text for HTML, without a blank line: in a notebook that was exported as Markdown, the HTML would end there."""
    from html import escape  # it is as large as this module, and a terminal does not need it

    return _BEFORE_A_BLANK_LINE.sub("&#10;", escape(whole_letters(text)))


def escaped(text: str) -> str:
    """Escape text for HTML.

    Text that could begin mathematics gets a separate element, so that a front end finds no formula: MathJax and similar programs
    search only within one text node.
    """
    return _DELIMITER.sub(r"<span>\g<0></span>", _escape(text))


@lru_cache(maxsize=32)
def as_prose(text: str) -> str:
    """Convert Markdown to HTML. While several answers arrive, those that are complete are not parsed again."""
    if len(text) > _MOST:
        return f'<div dir="auto" style="white-space:pre-wrap">{escaped(text)}</div>'
    text = whole_letters(text)
    lines = text.split("\n")
    reader = _reader(tables=len(lines) * max(line.count("|") for line in lines) <= _MOST_CELLS)
    tokens = reader.parse(text)
    for token in tokens:
        _dress(token)
    return str(reader.renderer.render(tokens, reader.options, {}))


@cache
def _reader(tables: bool) -> MarkdownIt:
    from markdown_it import MarkdownIt  # it is as large as this package, and only answers need it

    reader = MarkdownIt("commonmark", {"html": False, "maxNesting": 10})
    reader.enable(["table", "strikethrough"] if tables else "strikethrough").disable("image")
    reader.validateLink = _leads_out  # type: ignore[method-assign, assignment]
    read_mathematics(reader)
    reader.add_render_rule("text", lambda _, tokens, at, *rest: escaped(tokens[at].content))
    reader.add_render_rule("fence", lambda _, tokens, at, *rest: _code(tokens[at]))
    reader.add_render_rule("code_block", lambda _, tokens, at, *rest: _code(tokens[at]))
    return reader


def _leads_out(address: str) -> bool:
    """Whether a link leads to the web or to an e-mail address: not to a program, a file, or a page of the notebook's own server.

    A browser resolves ``http:/path`` and ``http:path`` on the server of the current page, so a host is required.
    """
    return _LEADS_OUT.match(address) is not None


def _dress(token: Token) -> None:
    """Add inline styles: a notebook's headings are too large for a column, and an untrusted notebook has no style sheet."""
    if token.type in ("heading_open", "heading_close"):
        if token.nesting == 1:
            token.attrSet("role", "heading")
            token.attrSet("aria-level", token.tag[1:])
        token.tag = "div"
    if token.type in _DIRECTED:
        token.attrSet("dir", "auto")
    if style := _STYLES.get(token.type):
        own = token.attrGet("style")  # the alignment of a table column
        token.attrSet("style", f"{style};{own}" if own else style)
    if token.children:
        _dress_inline(token.children)


def _dress_inline(tokens: Iterable[Token]) -> None:
    before, leads_nowhere = None, False
    for token in tokens:
        if token.type == "link_open":
            # The parser accepts an empty address, which would lead to the notebook's own page.
            leads_nowhere = token.hidden = not token.attrGet("href")
            token.attrSet("target", "_blank")
            token.attrSet("rel", "noopener noreferrer")
            if before is not None and before.type == "text" and token.info != "auto":
                before.content = before.content.removesuffix("!")  # the mark of an image
        elif token.type == "link_close":
            token.hidden = leads_nowhere
        before = token


def _code(token: Token) -> str:
    return as_code(token.content)


def as_code(text: str) -> str:
    """Return a text as a code block, which no front end typesets."""
    return f'<pre dir="ltr" style="{_CODE}">{_escape(text)}</pre>\n'
