"""Views of connections: the list, and a single one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from aiconn_nb.features.connections import COLUMNS, Column, ConnectionRow, Connections, Shown
from aiconn_nb.features.environments import NO_SETTINGS
from aiconn_nb.model.hint import command
from aiconn_nb.model.moment import at, iso

from .notes import called, kept_in, warned, written, yes_no
from .renderer import view_of
from .view import Card, Cell, Table, View

_CELLS: Final[Mapping[str, Callable[[Any], Cell | str]]] = {
    "name": str,
    "text": lambda value: value if isinstance(value, str) else ", ".join(value),
    "code": lambda text: Cell(text, "code"),
    "number": lambda number: f"{number:,}",
    "switch": yes_no,
    "age": lambda moment: Cell(at(moment), "quiet"),
}
"""Kind of a column -> the cell of a value."""


@view_of.register
def _(connections: Connections) -> View:
    columns = [each for each in COLUMNS if _is_needed(each, connections)]
    used = [Cell("▸ marks the connection in use.", "quiet")] if any(row.in_use for row in connections) else []
    is_missing = any(each.startswith("$") for row in connections for each in row.missing)
    notes = [each for each in connections.notes if is_missing or each != NO_SETTINGS]
    warnings = [*filter(None, [connections.aside]), *notes]
    return Table(
        columns=tuple(_title(each, connections.environment) for each in columns),
        rows=tuple(tuple(_cell(each, row) for each in columns) for row in connections),
        empty="No connection matches." if connections.filtered else f"There are no connections yet. {_first_step()}",
        notes=(*used, *kept_in(connections.store), *warned(warnings)),
    )


def _first_step() -> str:
    """Return how to get connections: from the project file, if the notebook has one."""
    from aiconn_nb.features.requirements import local_project_file  # a list with rows does not need it

    if found := local_project_file():
        return f"{found.name} in this folder has what the notebook needs: '{command('require --yes')}' imports it."
    return f"Make one that needs no key: {command('new demo --provider demo')}"


def _is_needed(column: Column, connections: Connections) -> bool:
    if column.value is None:
        return False
    if column.key == "name":
        return any(row.name != row.alias for row in connections)
    return not column.is_optional or any(column.value(row) for row in connections)


def _title(column: Column, environment: str) -> str:
    return f"resolves in {environment}" if column.kind == "resolves" else column.title.lower()


def _cell(column: Column, row: ConnectionRow) -> Cell | str:
    if column.kind == "resolves":
        return _resolves(row)
    value = column.value(row) if column.value else ""
    if column.key == "alias" and row.in_use:
        value = f"▸ {value}"
    return _CELLS[column.kind](value)


def _resolves(row: ConnectionRow) -> Cell:
    words = "yes" if row.resolves else f"no: {', '.join(row.missing)}"
    if row.untrusted:
        return Cell(f"{words}; untrusted host: {row.untrusted}", "bad")
    return Cell(words, "good" if row.resolves else "bad")


@view_of.register
def _(shown: Shown) -> View:
    made = shown.connection
    return Card(
        called(made.alias, made.name) + (f" · {shown.verb}" if shown.verb else ""),
        (
            ("provider", f"{shown.provider_name} ({made.provider})" if shown.provider_name else made.provider),
            ("active", yes_no(made.active)),
            *((line.label, written(line)) for line in shown.fields if line.is_shown),
            *([("in use", Cell("by this kernel", "good"))] if shown.in_use else []),
            ("profiles", ", ".join(shown.profiles) or Cell("none", "quiet")),
            *([("caps", "; ".join(shown.caps))] if shown.caps else []),
            ("modified", Cell(f"{iso(made.modified)}, version {made.version}", "quiet")),
        ),
        warned(shown.warnings),
    )
