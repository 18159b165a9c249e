"""A connection's row in a list, and the filter of the list."""

from __future__ import annotations

from collections.abc import Sequence

from aiconn_nb.features.trust import Question
from aiconn_nb.model.connection import Connection
from aiconn_nb.session.checked import NOTHING, Known

from .results import ConnectionRow


def row(
    connection: Connection,
    *,
    in_use: bool,
    missing: tuple[str, ...] = (),
    profiles: Sequence[str] = (),
    untrusted: Question | None = None,
    known: Known = NOTHING,
) -> ConnectionRow:
    """Return the row of a connection in the list."""
    return ConnectionRow(
        connection=connection,
        resolves=not missing,
        missing=missing,
        in_use=in_use,
        profiles=tuple(profiles),
        checked=known.key.at if known.key else None,
        refused=known.key is not None and not known.key.ok,
        untrusted=untrusted.words if untrusted else "",
    )


def matches(
    row: ConnectionRow, text: str | None, provider: str | None, active: bool | None, resolves: bool | None
) -> bool:
    """Whether a row passes the filter: text in name, alias or provider; exact provider; active state; whether it resolves here."""
    found = text is None or any(text.lower() in part.lower() for part in (row.alias, row.name, row.provider))
    return (
        found and provider in (None, row.provider) and active in (None, row.active) and resolves in (None, row.resolves)
    )
