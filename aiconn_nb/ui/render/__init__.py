"""Results as plain text and HTML. Each result has a view (a table, a card or texts side by side) that is written in both formats.

All content from a user, a file or a provider is shown as text: it is escaped here, once, for both. The output has no Markdown,
because each front end parses it differently and trusts the result. A terminal does not import ``html.py``.
"""

from aiconn_nb.model.letters import plain, printable, printable_piece

from .renderer import bundle_of, text_of, view_of
from .text import as_text, clipped, width_of
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
    "clipped",
    "plain",
    "printable",
    "printable_piece",
    "text_of",
    "view_of",
    "width_of",
]
