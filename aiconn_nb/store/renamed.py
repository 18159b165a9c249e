"""Former aliases of renamed entities: each refers to its entity until another one takes the alias.

The store has precedence: an alias in use refers only to its entity, even if it is in this file. This file is written before the
store. If the save then fails, the file contains the rename until the next save.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from .shelf import Shelf
from .side_file import SideFile

KEPT: Final = 1000
"""The maximum number of aliases per kind; the latest are kept."""

Aliases = dict[str, dict[str, str]]
"""Table -> former alias -> id."""


class FormerAliases:
    """The former aliases of one store. Written under its lock; if the file cannot be read or written, there are none."""

    def __init__(self, folder: Path) -> None:
        self._file = SideFile(folder / "renamed.json", aliases_in)

    def of(self, table: str) -> Mapping[str, str]:
        """Former alias -> id, for one kind."""
        return self._file.read().get(table, {})

    def keep(self, before: tuple[Shelf[Any], ...], after: tuple[Shelf[Any], ...]) -> None:
        """Add renamed aliases, and drop those taken or deleted ``before``, so that the current save needs no second write."""
        known = self._file.read()
        kept = kept_aliases(known, before, after)
        if kept != known:
            self._file.write(kept)


def kept_aliases(known: Aliases, before: tuple[Shelf[Any], ...], after: tuple[Shelf[Any], ...]) -> Aliases:
    """The known aliases after a change; see `FormerAliases.keep`."""
    kept: Aliases = {}
    for old, new in zip(before, after, strict=True):
        table = new.kind.layout.table
        found = {alias: id for alias, id in known.get(table, {}).items() if old.by_id(id) and not old.is_taken(alias)}
        for id, former, successor in new.steps:
            if former["alias"] != successor["alias"]:
                found.pop(former["alias"], None)  # reinserted at the end, as the latest one
                found[former["alias"]] = id
        if found:
            kept[table] = dict(list(found.items())[-KEPT:])
    return kept


def aliases_in(document: Any) -> Aliases:
    """The aliases of a JSON document."""
    return {str(table): {str(alias): str(id) for alias, id in found.items()} for table, found in document.items()}
