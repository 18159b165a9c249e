"""Text of a model, a server or a file as HTML: nothing is fetched for it, and HTML in it is text.

A front end trusts the output of a cell that was just run. So no such text is handed to it as Markdown, which every front end
reads in its own way: this is the one place where it becomes HTML. An image would be fetched as soon as it is shown, from an
address that an attacker may have put into the answer; so it becomes a link. Mathematics is shown as it was written.
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
_CELL: Final = "text-align:left;padding:2px 12px 2px 0;border-bottom:1px solid var(--jp-border-color2,#8884)"
_CODE: Final = (
    f"{_BLOCK};padding:6px 8px;overflow-x:auto;border-radius:2px;line-height:1.4;white-space:pre;"
    "font-family:var(--jp-code-font-family,monospace);font-size:var(--jp-code-font-size,13px);"
    "background:var(--jp-layout-color2,#8882)"
)
_STYLES: Final = {
    "paragraph_open": _BLOCK,
    "heading_open": "margin:0 0 8px;font-weight:600",
    "bullet_list_open": f"{_BLOCK};padding-left:20px",
    "ordered_list_open": f"{_BLOCK};padding-left:20px",
    "blockquote_open": f"{_BLOCK};padding-left:12px;border-left:3px solid var(--jp-border-color2,#8884)",
    "table_open": f"{_BLOCK};border:none;border-collapse:collapse",
    "th_open": f"{_CELL};font-weight:600",
    "td_open": _CELL,
    "tr_open": "background:none",
    "fence": _CODE,
    "code_block": _CODE,
}


_MOST_CELLS: Final = 10_000
"""A table has a cell of 150 letters of HTML for each column, even if its rows are empty."""
_MOST: Final = 100_000
"""Characters that are read as Markdown; what is longer is shown as text."""
_DELIMITER: Final = re.compile(r"[$\\]")
_LEADS_OUT: Final = re.compile(r"\s*(?:https?://[^/\\?#\s]|mailto:)", re.IGNORECASE)

NOT_TYPESET: Final = "mathjax_ignore tex2jax_ignore"
"""The classes by which MathJax leaves an element alone, in its third version and in its second."""


def escaped(text: str) -> str:
    """Text as HTML.

    What could begin mathematics is an element of its own, so that a front end finds none: MathJax, and what takes its place, reads
    a formula only where it is one piece of text.
    """
    from html import escape  # as heavy as this module; a terminal needs none

    return _DELIMITER.sub(r"<span>\g<0></span>", escape(whole_letters(text)))


@lru_cache(maxsize=32)
def as_prose(text: str) -> str:
    """A text in Markdown, as HTML. While several come, those that have ended are not read again."""
    if len(text) > _MOST:
        return f'<div style="white-space:pre-wrap">{escaped(text)}</div>'
    text = whole_letters(text)
    lines = text.split("\n")
    reader = _reader(tables=len(lines) * max(line.count("|") for line in lines) <= _MOST_CELLS)
    tokens = reader.parse(text)
    for token in tokens:
        _dress(token)
    return str(reader.renderer.render(tokens, reader.options, {}))


@cache
def _reader(tables: bool) -> MarkdownIt:
    from markdown_it import MarkdownIt  # as heavy as this whole package; only a notebook that compares answers needs it

    reader = MarkdownIt("commonmark", {"html": False, "maxNesting": 10})
    reader.enable(["table", "strikethrough"] if tables else "strikethrough").disable("image")
    reader.validateLink = _leads_out  # type: ignore[method-assign, assignment]
    read_mathematics(reader)
    reader.add_render_rule("text", lambda _, tokens, at, *rest: escaped(tokens[at].content))
    reader.add_render_rule("fence", lambda _, tokens, at, *rest: _code(tokens[at]))
    reader.add_render_rule("code_block", lambda _, tokens, at, *rest: _code(tokens[at]))
    return reader


def _leads_out(address: str) -> bool:
    """Whether it leads to the web or to a letter: not to a program, a file, or a page of the notebook's own server.

    A browser looks for ``http:/path`` and ``http:path`` on the server that it has the page from, so a host is required.
    """
    return _LEADS_OUT.match(address) is not None


def _dress(token: Token) -> None:
    """Give it a style of its own: a notebook's headings are too large for a column, and an untrusted one has no style sheet."""
    if token.type in ("heading_open", "heading_close"):
        if token.nesting == 1:
            token.attrSet("role", "heading")
            token.attrSet("aria-level", token.tag[1:])
        token.tag = "div"
    if style := _STYLES.get(token.type):
        own = token.attrGet("style")  # how a column of a table is aligned
        token.attrSet("style", f"{style};{own}" if own else style)
    if token.children:
        _dress_inline(token.children)


def _dress_inline(tokens: Iterable[Token]) -> None:
    before = None
    for token in tokens:
        if token.type == "link_open":
            token.attrSet("target", "_blank")
            token.attrSet("rel", "noopener noreferrer")
            if before is not None and before.type == "text" and token.info != "auto":
                before.content = before.content.removesuffix("!")  # it was to be an image
        before = token


def _code(token: Token) -> str:
    return as_code(token.content)


def as_code(text: str) -> str:
    """Text as a block of code, which no front end typesets."""
    from html import escape

    return f'<pre style="{_CODE}">{escape(whole_letters(text))}</pre>\n'
