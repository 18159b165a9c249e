"""Writing documents to TinyDB's tables. Only a save imports TinyDB: the tables are read from the JSON of the file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from tinydb import TinyDB
from tinydb.table import Document, Table

from .storage import AtomicStorage


class _Entities(Table):
    """A table whose documents have our ids: two processes could assign the same number."""

    document_id_class = str  # type: ignore[assignment]


class _Database(TinyDB):
    table_class = _Entities


def write(storage: AtomicStorage, changes: Iterable[tuple[str, Mapping[str, Any]]]) -> None:
    """Pass changed documents (table, id -> document or None) to a TinyDB made for this transaction: a longer-lived one has stale
    caches."""
    database = _Database(storage=lambda: storage)
    for name, documents in changes:
        table, known = database.table(name), storage.read().get(name, {})
        stale = [id for id in documents if id in known]
        fresh = [Document(found, id) for id, found in documents.items() if found is not None]  # type: ignore[arg-type]
        # Removed and inserted, not updated: TinyDB updates a document in place, and snapshots share it.
        if stale:
            table.remove(doc_ids=stale)  # type: ignore[arg-type]
        if fresh:
            table.insert_multiple(fresh)
