"""Views of connections: the list, and one of them."""

from __future__ import annotations

from aiconn_nb.features.connections import ConnectionRow, Connections, Shown
from aiconn_nb.model.hint import command
from aiconn_nb.model.moment import at, iso

from .notes import kept_in, warned, written, yes_no
from .renderer import view_of
from .view import Card, Cell, Table, View


@view_of.register
def _(connections: Connections) -> View:
    # Without profiles there is no empty column for them.
    has_profiles = any(row.profiles for row in connections)
    used = [Cell("▸ marks the connection in use.", "quiet")] if any(row.in_use for row in connections) else []
    warnings = [*filter(None, [connections.aside]), *connections.notes]
    return Table(
        columns=(
            *("alias", "name", "provider", "active", f"resolves in {connections.environment}"),
            *(["profiles"] if has_profiles else []),
            "modified",
        ),
        rows=tuple(_row(row, has_profiles) for row in connections),
        empty="No connection matches."
        if connections.filtered
        else f"There are no connections yet. Make one that needs no key: {command('new demo --provider demo')}",
        notes=(*used, *kept_in(connections.store), *warned(warnings)),
    )


def _row(row: ConnectionRow, has_profiles: bool) -> tuple[Cell | str, ...]:
    return (
        Cell(f"{'▸ ' if row.in_use else ''}{row.alias}", "code"),
        row.name,
        row.provider,
        yes_no(row.active),
        _resolves(row),
        *([", ".join(row.profiles)] if has_profiles else []),
        Cell(at(row.modified), "quiet"),
    )


def _resolves(row: ConnectionRow) -> Cell:
    words = "yes" if row.resolves else f"no: {', '.join(row.missing)}"
    if row.untrusted:
        return Cell(f"{words}; untrusted host: {row.untrusted}", "bad")
    return Cell(words, "good" if row.resolves else "bad")


@view_of.register
def _(shown: Shown) -> View:
    made = shown.connection
    return Card(
        f"{made.alias} · {made.name}" + (f" · {shown.verb}" if shown.verb else ""),
        (
            ("provider", f"{shown.provider_name} ({made.provider})" if shown.provider_name else made.provider),
            ("active", yes_no(made.active)),
            *((line.label, written(line)) for line in shown.fields),
            *([("in use", Cell("by this kernel", "good"))] if shown.in_use else []),
            ("profiles", ", ".join(shown.profiles) or Cell("none", "quiet")),
            ("modified", Cell(f"{iso(made.modified)}, version {made.version}", "quiet")),
        ),
        warned(shown.warnings),
    )
