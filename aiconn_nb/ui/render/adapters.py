"""Views of what the verbs on frameworks return."""

from __future__ import annotations

from aiconn_nb.features.adapters import Snippet

from .renderer import view_of
from .view import Card, View


@view_of.register
def _(snippet: Snippet) -> View:
    notes = (f"It is not installed here: {snippet.install}",) if snippet.install else ()
    return Card(f"{snippet.alias} with {snippet.framework or 'aiconn_nb'}:", (), notes)
