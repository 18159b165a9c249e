"""The aliases that a rename left behind: each leads to what had it, until another one takes it.

They are in a file of their own, as the marks of `DueMarks` are: an older release, which knows nothing of them, reads the store as
it is. What the store says goes first: an alias that is in use leads nowhere else, whatever this file says. It is written before
the store is, and holds the rename of a save that never happened until the next one.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from .file import create_anew
from .shelf import Shelf

KEPT: Final = 1000
"""Aliases of a kind that are kept, the latest ones."""
_LARGEST: Final = 1_000_000

Aliases = dict[str, dict[str, str]]
"""Table -> former alias -> id."""


class FormerAliases:
    """The former aliases of one store. Written under its lock; what cannot be read or written means that none is known."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._path = folder / "renamed.json"

    def of(self, table: str) -> Mapping[str, str]:
        """Former alias -> id, of one kind."""
        return self._read().get(table, {})

    def keep(self, before: tuple[Shelf[Any], ...], after: tuple[Shelf[Any], ...]) -> None:
        """Add what is renamed, and forget what was taken or deleted ``before``: then what is saved now needs no second write."""
        known = self._read()
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
            self._write(kept)

    def _read(self) -> Aliases:
        try:
            with open(self._path, "rb") as file:
                found = json.loads(file.read(_LARGEST))
            return {
                str(table): {str(alias): str(id) for alias, id in aliases.items()} for table, aliases in found.items()
            }
        except (OSError, ValueError, AttributeError, RecursionError):
            return {}

    def _write(self, kept: Aliases) -> None:
        draft = self._path.with_suffix(".draft")
        with suppress(OSError):
            if not kept:
                self._path.unlink(missing_ok=True)
                return
            self._folder.mkdir(mode=0o700, exist_ok=True)
            descriptor = create_anew(draft)
            with open(descriptor, "wb") as file:
                file.write(json.dumps(kept).encode())
            os.replace(draft, self._path)
            return
        with suppress(OSError):
            draft.unlink()
