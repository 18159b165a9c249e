"""Views of what is in use, and of a provider's models."""

from __future__ import annotations

from aiconn_nb.features.use import Models, Using
from aiconn_nb.model.hint import command

from .notes import warned
from .renderer import view_of
from .view import Card, Cell, Table, View


@view_of.register
def _(using: Using) -> View:
    if not using.alias:
        hint = Cell(f"'{command('use ALIAS')}' makes one current.", "quiet")
        return Card("No connection is in use in this kernel.", (), (hint,))
    pairs: list[tuple[str, Cell | str]] = [("environment", using.environment)]
    if using.sources:
        pairs.append(("resolved from", "; ".join(using.sources)))
    if using.bound:
        pairs.append(("client", Cell(using.bound, "code")))
    if using.variables:
        pairs.append(("exported", Cell(", ".join(using.variables), "code")))
    return Card(f"Using {using.alias} · {using.name} ({using.provider})", tuple(pairs), warned(using.warnings))


@view_of.register
def _(models: Models) -> View:
    rows = tuple(
        (Cell(row.id, "code"), row.name, ", ".join(row.capabilities) or Cell("not said", "quiet")) for row in models
    )
    return Table(("model", "name", "capabilities"), rows, empty=f"{models.alias} answered, and lists no such model.")
