"""Views of the user secrets: their keys, never a value."""

from __future__ import annotations

from aiconn_nb.features.secrets import SecretKeys, SecretRow
from aiconn_nb.model.hint import command
from aiconn_nb.model.moment import at
from aiconn_nb.model.secret import MASK

from .renderer import view_of
from .view import Cell, Table, View


@view_of.register
def _(keys: SecretKeys) -> View:
    has_former = any(row.former for row in keys)
    has_places = any(row.place for row in keys)
    restore = Cell(f"'{command('secret restore KEY')}' restores a former value, for 30 days.", "quiet")
    return Table(
        ("key", "environment", *(["from"] if has_places else []), *(["former value"] if has_former else [])),
        tuple(
            (
                Cell(row.key, "code"),
                row.environment or Cell("all", "quiet"),
                *([row.place or Cell("user secrets", "quiet")] if has_places else []),
                *([_former(row)] if has_former else []),
            )
            for row in keys
        ),
        empty=f"There are no user secrets yet. '{command('secret set KEY')}' makes one.",
        notes=(*((restore,) if has_former else ()), *map(_masked, [row for row in keys if MASK in row.key])),
    )


def _masked(row: SecretRow) -> Cell:
    """Return the note on how to remove a name that contains a key."""
    options = ("--env", row.environment) if row.environment else ("--all",)
    remove = command("secret remove", row.key, *options, "--forget")
    return Cell(
        f"The name {row.key} contains a key, which is stored in the clear: '{remove}' removes it. Replace the key.",
        "warn",
    )


def _former(row: SecretRow) -> Cell:
    words = f"{'removed' if row.removed else 'replaced'} {at(row.former)}" if row.former else ""
    return Cell(words, "warn" if row.removed else "quiet")
