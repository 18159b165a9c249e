"""Marks for deleted entities that are due to be purged, set one save before the purge; see `aiconn_nb.model.expiry`."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from pathlib import Path
from typing import Any

from aiconn_nb.model.expiry import is_ripe, marked

from .side_file import SideFile


class DueMarks:
    """The marks of one store. Used under its lock; if they cannot be read or written, nothing is purged."""

    def __init__(self, folder: Path) -> None:
        self._file = SideFile(folder / "due.json", _marks)

    def ripe(self, due: Collection[str], moment: datetime) -> list[str]:
        """The due ids that were marked long enough ago. The other due ids are marked from now on."""
        marks = self._file.read()
        if not due and not marks:
            return []
        ripe = [id for id in due if is_ripe(marks.get(id), moment)]
        kept = {id: marked(marks.get(id), moment) for id in sorted(due) if id not in ripe}
        if kept == marks or self._file.write({id: mark.isoformat() for id, mark in kept.items()}):
            return ripe
        return []


def _marks(document: Any) -> dict[str, datetime]:
    marks = {str(id): datetime.fromisoformat(mark) for id, mark in document.items()}
    return {id: mark for id, mark in marks.items() if mark.utcoffset() is not None}
