"""Views of the installed providers."""

from __future__ import annotations

from aiconn_nb.features.catalog import ProviderRow, Providers

from .renderer import view_of
from .view import Cell, Table, View


@view_of.register
def _(providers: Providers) -> View:
    return Table(
        ("", "provider", "name", "capabilities", "fields", "ready"),
        tuple(_row(row, before) for before, row in zip((None, *providers), providers, strict=False)),
        notes=(Cell("* required, ! sensitive", "quiet"), *_network(providers)),
    )


def _row(row: ProviderRow, before: ProviderRow | None) -> tuple[Cell | str, ...]:
    return (
        Cell("" if before and before.group == row.group else row.group, "quiet"),
        Cell(row.id, "code"),
        row.name,
        ", ".join(row.capabilities),
        ", ".join(row.fields),
        _ready(row),
    )


def _network(providers: Providers) -> tuple[Cell, ...]:
    """Return the network fields, which most providers share."""
    shared = dict.fromkeys(key for row in providers for key in row.network)
    return (Cell(f"Network: {', '.join(shared)}", "quiet"),) if shared else ()


def _ready(row: ProviderRow) -> Cell:
    if row.broken:
        return Cell(row.broken, "bad")
    return Cell(f"no: {row.install}", "warn") if row.missing else Cell("yes", "good")
