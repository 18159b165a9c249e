"""A connection's row in a list, and the filter of the list."""

from __future__ import annotations

from collections.abc import Sequence

from aiconn_nb.features.environments import Resolving
from aiconn_nb.features.trust import Question
from aiconn_nb.model.connection import Connection, references

from .results import ConnectionRow


def row(
    resolving: Resolving,
    connection: Connection,
    *,
    in_use: bool,
    required: Sequence[str] = (),
    profiles: Sequence[str] = (),
    untrusted: Question | None = None,
) -> ConnectionRow:
    """A connection's row in the list."""
    missing = (
        *(written for written in references(connection.settings).values() if written not in resolving),
        *(f"{key} is not set" for key in required if key not in connection.settings),
    )
    return ConnectionRow(
        connection=connection,
        resolves=not missing,
        missing=missing,
        in_use=in_use,
        profiles=tuple(profiles),
        untrusted=untrusted.words if untrusted else "",
    )


def matches(row: ConnectionRow, text: str | None, provider: str | None, active: bool | None) -> bool:
    """Whether a row passes the filter: text in name, alias or provider; exact provider; active or not."""
    found = text is None or any(text.lower() in part.lower() for part in (row.alias, row.name, row.provider))
    return found and provider in (None, row.provider) and active in (None, row.active)
