"""Views of a rotated key."""

from __future__ import annotations

from aiconn_nb.features.rotation import Rotated

from .notes import warned
from .renderer import view_of
from .view import Card, Cell, View


@view_of.register
def _(rotated: Rotated) -> View:
    kept = tuple((key, Cell(where, "code")) for key, where in rotated.kept)
    return Card(
        f"{rotated.alias} · rotated",
        (*kept, ("tested", rotated.tested.summary)),
        (*(Cell(note, "quiet") for note in rotated.notes), *warned(rotated.warnings)),
    )
