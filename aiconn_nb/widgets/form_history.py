"""What the page is told of former versions: pure functions from a history to plain dictionaries. A secret is only "changed"."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from aiconn_nb.model.field import Field
from aiconn_nb.model.reference import is_reference
from aiconn_nb.session.connections.versions import FieldChange, Versions

from .form_views import Plain

OWN = {"alias": "Alias", "name": "Name", "active": "Active"}
HIDDEN = "sealed"
_WORDS = {"not set", "sealed", "sealed, changed"}
"""What a history says of a value that it does not show."""


def versions_view(versions: Versions, fields: Sequence[Field]) -> list[Plain]:
    """Every version that is kept, the newest first."""
    return [
        {
            "version": row.version,
            "modified": row.modified.isoformat(),
            "by": row.modified_by,
            "first": row.first,
            "current": row.current,
            "changes": changes_view(row.changes, fields),
        }
        for row in versions
    ]


def changes_view(changes: Iterable[FieldChange], fields: Sequence[Field]) -> list[Plain]:
    """What differs, field by field, under the names that the form has for them."""
    labels: Mapping[str, str] = {field.key: field.label for field in fields} | OWN
    sensitive = {field.key for field in fields if field.sensitive}

    def shown(change: FieldChange, value: str) -> str:
        # A field that a plug-in made sensitive in a later release may hold a literal from before.
        open_to_all = change.field not in sensitive or value in _WORDS or is_reference(value)
        return value if open_to_all else HIDDEN

    return [
        {
            "field": labels.get(change.field, change.field),
            "before": shown(change, change.before),
            "after": shown(change, change.after),
        }
        for change in changes
    ]
