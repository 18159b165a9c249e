"""Which deleted things are due to be forgotten, marked one save before they are.

A clock that is far ahead for a single save would purge at once what was deleted an hour ago. So a save only marks what is due,
and a later one purges it, a day after the mark at the earliest and only if it still is due. The marks are in a file of their own:
an older release, which knows nothing of them, reads the store as it is.
"""

from __future__ import annotations

import json
import os
from collections.abc import Collection
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from .file import create_anew

GRACE: Final = timedelta(days=1)
"""How long after its mark something is purged, at the earliest."""
_LARGEST: Final = 1_000_000


class DueMarks:
    """The marks of one store. Used under its lock; what cannot be read or written means that nothing is purged."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._path = folder / "due.json"

    def ripe(self, due: Collection[str], moment: datetime) -> list[str]:
        """Those that are due and were marked long enough ago. All others that are due are marked from now on."""
        marks = self._read()
        if not due and not marks:
            return []
        # A mark of the future is one that a wrong clock made.
        kept = {id: mark if (mark := marks.get(id)) is not None and mark <= moment else moment for id in due}
        ripe = [id for id in due if moment - kept[id] >= GRACE]
        for id in ripe:
            del kept[id]
        if kept == marks or self._write(kept):
            return ripe
        return []

    def _read(self) -> dict[str, datetime]:
        try:
            with open(self._path, "rb") as file:
                found = json.loads(file.read(_LARGEST))
            marks = {str(id): datetime.fromisoformat(mark) for id, mark in found.items()}
        except (OSError, ValueError, TypeError, AttributeError, RecursionError):
            return {}
        return {id: mark for id, mark in marks.items() if mark.utcoffset() is not None}

    def _write(self, marks: dict[str, datetime]) -> bool:
        draft = self._path.with_suffix(".tmp")
        try:
            if not marks:
                self._path.unlink(missing_ok=True)
                return True
            self._folder.mkdir(mode=0o700, exist_ok=True)
            descriptor = create_anew(draft)
            with open(descriptor, "wb") as file:
                file.write(json.dumps({id: mark.isoformat() for id, mark in sorted(marks.items())}).encode())
            os.replace(draft, self._path)
        except OSError:
            with suppress(OSError):
                draft.unlink()
            return False
        return True
