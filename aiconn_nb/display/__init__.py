"""One vocabulary for every answer, a table, a card or texts side by side, and its three spellings: plain text, Markdown, HTML.

Everything that came from a user, a file or a provider is shown as text: it is escaped here, once, for all three.
"""

from .answer import Answer, Rows
from .html import as_html
from .markdown import as_markdown, escape_markdown
from .text import as_text, plain, printable, width_of
from .view import Card, Cell, Side, SideBySide, Table, Tone, View, age

__all__ = [
    "Answer",
    "Card",
    "Cell",
    "Rows",
    "Side",
    "SideBySide",
    "Table",
    "Tone",
    "View",
    "age",
    "as_html",
    "as_markdown",
    "as_text",
    "escape_markdown",
    "plain",
    "printable",
    "width_of",
]
