"""Marks for deleted entities that are due to be purged, set one save before the purge; see `aiconn_nb.model.expiry`."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from aiconn_nb.model.expiry import is_ripe, marked

from .side_file import SideFile


class DueMarks:
    """The marks of one store. Used under its lock; if they cannot be read or written, nothing is purged."""

    def __init__(self, folder: Path) -> None:
        self._file = SideFile(folder / "due.json", marks_in)

    def ripe(self, due: Collection[str], moment: datetime) -> list[str]:
        """The due ids that were marked long enough ago. The other due ids are marked from now on."""
        known = self._file.read()
        if not due and not known:
            return []
        found, kept = ripe(known, due, moment)
        if kept == known or self._file.write({id: mark.isoformat() for id, mark in kept.items()}):
            return found
        return []


def ripe(
    known: Mapping[str, datetime], due: Collection[str], moment: datetime
) -> tuple[list[str], dict[str, datetime]]:
    """The due ids that were marked long enough ago, and the marks of the others."""
    found = [id for id in due if is_ripe(known.get(id), moment)]
    return found, {id: marked(known.get(id), moment) for id in sorted(due) if id not in found}


def marks_in(document: Any) -> dict[str, datetime]:
    """The marks of a JSON document."""
    marks = {str(id): datetime.fromisoformat(mark) for id, mark in document.items()}
    return {id: mark for id, mark in marks.items() if mark.utcoffset() is not None}
