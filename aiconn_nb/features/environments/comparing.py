"""Compares how references resolve in two environments. Their values do not leave this module."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from aiconn_nb.config.configuration import Configuration
from aiconn_nb.model.casing import fold
from aiconn_nb.model.connection import Connection, references
from aiconn_nb.model.key_name import shown_name
from aiconn_nb.model.reference import Reference, parse
from aiconn_nb.session.context import Context

from .resolving import missing_because, place
from .results import Comparison, ReferenceRow


def compare(context: Context, connections: Iterable[Connection], first: str, second: str) -> Iterator[ReferenceRow]:
    """Yield a row for each reference of these connections, in the order of the references. Raises the errors of a lookup."""
    sides = context.configuration(first), context.configuration(second)
    written: dict[str, tuple[str, list[str]]] = {}
    for connection in connections:
        for text in references(connection.settings).values():
            _, users = written.setdefault(fold(text), (text, []))
            if connection.alias not in users:
                users.append(connection.alias)
    for _, (text, users) in sorted(written.items()):
        (left, left_value), (right, right_value) = (_found(side, text) for side in sides)
        state = Comparison.SAME if left_value == right_value else Comparison.DIFFERS
        state = state if left and right else Comparison.MISSING
        yield ReferenceRow(shown_name(text), tuple(users), state, left, right)


def _found(configuration: Configuration, written: str) -> tuple[str, str]:
    """Return the source and value of a reference; '' without a source. Raises `ConfigurationFileError`."""
    reference = parse(written)
    # A broken file makes every reference fail: that is an error, not a difference.
    configuration.keys()
    if not isinstance(reference, Reference) or missing_because(configuration, written) is not None:
        return "", ""
    found = configuration.lookup(reference.key)
    return place(found), found.value or ""
