"""The one-line view of a completed operation."""

from __future__ import annotations

from aiconn_nb.session.results import Done

from .notes import warned
from .renderer import view_of
from .view import Card, View


@view_of.register
def _(done: Done) -> View:
    return Card(done.what, (), warned(done.warnings))
