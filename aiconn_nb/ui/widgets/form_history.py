"""The history for the page: pure functions from versions to plain dictionaries. A secret is only "changed"."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from aiconn_nb.model.field import Field
from aiconn_nb.model.reference import is_reference
from aiconn_nb.session.versions import FieldChange, Versions

from .list_views import Plain

OWN = {"alias": "Alias", "name": "Name", "active": "Active"}
HIDDEN = "sealed"
_WORDS = {"not set", "sealed", "sealed, changed"}
"""The words for a hidden value."""

SHORT = 80
"""Maximum characters of a value in the list of versions; a comparison shows it in full."""
AROUND = 20
"""Maximum characters before the first difference."""


def versions_view(versions: Versions, fields: Sequence[Field]) -> list[Plain]:
    """Return all stored versions, the newest first."""
    return [
        {
            "version": row.version,
            "modified": row.modified.isoformat(),
            "by": row.modified_by,
            "first": row.first,
            "current": row.current,
            "changes": changes_view(row.changes, fields, shortened),
        }
        for row in versions
    ]


def changes_view(
    changes: Iterable[FieldChange],
    fields: Sequence[Field],
    pair: Callable[[str, str], tuple[str, str]] = lambda before, after: (before, after),
) -> list[Plain]:
    """Return the differences by field, with the form's field names; ``pair`` formats two values."""
    labels: Mapping[str, str] = {field.key: field.label for field in fields} | OWN
    sensitive = {field.key for field in fields if field.sensitive}

    def shown(change: FieldChange, value: str) -> str:
        # If a later release of a plug-in made a field sensitive, it may still contain a literal.
        open_to_all = change.field not in sensitive or value in _WORDS or is_reference(value)
        return value if open_to_all else HIDDEN

    found = []
    for change in changes:
        before, after = pair(shown(change, change.before), shown(change, change.after))
        found.append({"field": labels.get(change.field, change.field), "before": before, "after": after})
    return found


def shortened(before: str, after: str) -> tuple[str, str]:
    """Return two values cut to the visible difference: a system prompt can be a page, and the change its last word."""
    if max(len(before), len(after)) <= SHORT:
        return before, after
    pairs = zip(before, after, strict=False)
    same = next((at for at, (one, other) in enumerate(pairs) if one != other), min(len(before), len(after)))
    start = max(0, same - AROUND)
    if start:
        start = before.find(" ", start, same) + 1 or start  # start with a whole word if possible

    def part(text: str) -> str:
        return f"{'…' if start else ''}{text[start : start + SHORT]}{'…' if len(text) > start + SHORT else ''}"

    return part(before), part(after)
