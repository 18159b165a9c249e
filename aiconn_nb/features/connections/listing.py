"""A connection's row in a list, and the filter of the list."""

from __future__ import annotations

from collections.abc import Sequence

from aiconn_nb.features.environments import Resolving
from aiconn_nb.features.trust import Question
from aiconn_nb.model.connection import Connection, references
from aiconn_nb.model.key_name import shown_name
from aiconn_nb.session.checked import NOTHING, Known

from .results import ConnectionRow


def row(
    resolving: Resolving,
    connection: Connection,
    *,
    in_use: bool,
    unset: Sequence[str] = (),
    profiles: Sequence[str] = (),
    untrusted: Question | None = None,
    known: Known = NOTHING,
) -> ConnectionRow:
    """A connection's row in the list."""
    missing = (
        *(shown_name(written) for written in references(connection.settings).values() if written not in resolving),
        *(f"{key} is not set" for key in unset),
    )
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
