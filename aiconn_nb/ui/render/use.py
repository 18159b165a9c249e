"""Views of the connection in use, of a provider's models, and of a program that was run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from aiconn_nb.features.use import Exited, ModelRow, Models, Using
from aiconn_nb.model.hint import binding, command

from .notes import called, warned
from .renderer import view_of
from .view import Card, Cell, Table, View


@view_of.register
def _(using: Using) -> View:
    if not using.alias:
        hint = Cell(f"'{command('use ALIAS')}' makes one current.", "quiet")
        return Card("No connection is in use in this kernel.", (), (hint, *warned(using.warnings)))
    pairs: list[tuple[str, Cell | str]] = [("environment", using.environment)]
    if using.sources:
        pairs.append(("resolved from", "; ".join(using.sources)))
    if using.bound:
        pairs.append(("client", Cell(using.bound, "code")))
    if using.variables:
        pairs.append(("exported", Cell(", ".join(using.variables), "code")))
    notes = warned(using.warnings)
    if not using.bound and not using.variables:
        notes = (*notes, Cell(f"'{binding(using.alias, 'client')}' binds the SDK's client.", "quiet"))
    return Card(f"Using {called(using.alias, using.name)} ({using.provider})", tuple(pairs), notes)


@view_of.register
def _(models: Models) -> View:
    more = [(title, shown) for title, shown in _MORE.items() if any(shown(row) for row in models)]
    rows = tuple(
        (
            Cell(row.id, "code"),
            row.name,
            ", ".join(row.capabilities) or Cell("not said", "quiet"),
            *(shown(row) for _, shown in more),
        )
        for row in models
    )
    titles = ("model", "name", "capabilities", *(title for title, _ in more))
    none = "no models" if models.is_whole else "no such model"
    return Table(titles, rows, empty=f"{models.alias} answered, and lists {none}.")


def _price(row: ModelRow) -> str:
    return (
        "" if row.input_price is None or row.output_price is None else f"{row.input_price:.4g} / {row.output_price:.4g}"
    )


_MORE: Final[Mapping[str, Callable[[ModelRow], str]]] = {
    "context": lambda row: f"{row.context:,}" if row.context else "",
    "$ per million in / out": _price,
    "shuts down": lambda row: row.shutdown,
}
"""Columns that appear only if one of the models has a value in them."""


@view_of.register
def _(ended: Exited) -> View:
    return Card(f"Exit status {ended.status}.")
