"""Results as plain text and HTML. Each has a view, a table, a card or texts side by side, which is written in both.

Everything that came from a user, a file or a provider is shown as text: it is escaped here, once, for both. There is no Markdown:
each front end reads that in its own way, and trusts what it makes of it. A terminal does not import ``html.py``.
"""

from .renderer import bundle_of, text_of, view_of
from .text import as_text, plain, printable, width_of
from .view import Card, Cell, Said, Side, SideBySide, Table, Tone, View

__all__ = [
    "Card",
    "Cell",
    "Said",
    "Side",
    "SideBySide",
    "Table",
    "Tone",
    "View",
    "as_text",
    "bundle_of",
    "plain",
    "printable",
    "text_of",
    "view_of",
    "width_of",
]
