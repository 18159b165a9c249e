"""One vocabulary for every answer, a table, a card or texts side by side, and its two spellings: plain text and HTML.

Everything that came from a user, a file or a provider is shown as text: it is escaped here, once, for both. There is no Markdown:
each front end reads that in its own way, and trusts what it makes of it.
"""

from .answer import Answer, Rows
from .html import as_html
from .prose import as_code
from .text import as_text, plain, printable, width_of
from .view import Card, Cell, Said, Side, SideBySide, Table, Tone, View, at

__all__ = [
    "Answer",
    "Card",
    "Cell",
    "Rows",
    "Said",
    "Side",
    "SideBySide",
    "Table",
    "Tone",
    "View",
    "as_code",
    "as_html",
    "as_text",
    "at",
    "plain",
    "printable",
    "width_of",
]
