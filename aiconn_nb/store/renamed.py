"""The aliases that a rename left behind: each leads to what had it, until another one takes it.

The store has precedence: an alias in use leads nowhere else, even if it is in this file. This file is written before the store.
After a save that failed, it holds the rename until the next save.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from .shelf import Shelf
from .side_file import SideFile

KEPT: Final = 1000
"""Aliases of a kind that are kept, the latest ones."""

Aliases = dict[str, dict[str, str]]
"""Table -> former alias -> id."""


class FormerAliases:
    """The former aliases of one store. Written under its lock; what cannot be read or written means that none is known."""

    def __init__(self, folder: Path) -> None:
        self._file = SideFile(folder / "renamed.json", _aliases)

    def of(self, table: str) -> Mapping[str, str]:
        """Former alias -> id, of one kind."""
        return self._file.read().get(table, {})

    def keep(self, before: tuple[Shelf[Any], ...], after: tuple[Shelf[Any], ...]) -> None:
        """Add what is renamed, and forget what was taken or deleted ``before``: then what is saved now needs no second write."""
        known = self._file.read()
        kept: Aliases = {}
        for old, new in zip(before, after, strict=True):
            table = new.kind.layout.table
            found = {
                alias: id for alias, id in known.get(table, {}).items() if old.by_id(id) and not old.is_taken(alias)
            }
            for former, successor in new.former:
                if former.alias != successor.alias:
                    found.pop(former.alias, None)  # the latest one is the last
                    found[former.alias] = former.id
            if found:
                kept[table] = dict(list(found.items())[-KEPT:])
        if kept != known:
            self._file.write(kept)


def _aliases(document: Any) -> Aliases:
    return {str(table): {str(alias): str(id) for alias, id in found.items()} for table, found in document.items()}
