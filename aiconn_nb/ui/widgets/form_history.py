"""What the page is told of former versions: pure functions from a history to plain dictionaries. A secret is only "changed"."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from aiconn_nb.model.field import Field
from aiconn_nb.model.reference import is_reference
from aiconn_nb.session.versions import FieldChange, Versions

from .form_views import Plain
from .list_views import printable

OWN = {"alias": "Alias", "name": "Name", "active": "Active"}
HIDDEN = "sealed"
_WORDS = {"not set", "sealed", "sealed, changed"}
"""What a history says of a value that it does not show."""

SHORT = 80
"""Characters of a value in the list of versions; a comparison shows all of it."""
AROUND = 20
"""How many of them, at most, come before the first that differs."""


def versions_view(versions: Versions, fields: Sequence[Field]) -> list[Plain]:
    """Every version that is kept, the newest first."""
    return [
        {
            "version": row.version,
            "modified": row.modified.isoformat(),
            "by": printable(row.modified_by),
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
    """What differs, field by field, under the names that the form has for them; ``pair`` is what is shown of two values."""
    labels: Mapping[str, str] = {field.key: field.label for field in fields} | OWN
    sensitive = {field.key for field in fields if field.sensitive}

    def shown(change: FieldChange, value: str) -> str:
        # A field that a plug-in made sensitive in a later release may hold a literal from before.
        open_to_all = change.field not in sensitive or value in _WORDS or is_reference(value)
        return printable(value) if open_to_all else HIDDEN

    found = []
    for change in changes:
        before, after = pair(shown(change, change.before), shown(change, change.after))
        found.append({"field": labels.get(change.field, change.field), "before": before, "after": after})
    return found


def shortened(before: str, after: str) -> tuple[str, str]:
    """Two values as far as one sees what differs: a system prompt can be a page, and its last word the change."""
    if max(len(before), len(after)) <= SHORT:
        return before, after
    pairs = zip(before, after, strict=False)
    same = next((at for at, (one, other) in enumerate(pairs) if one != other), min(len(before), len(after)))
    start = max(0, same - AROUND)
    if start:
        start = before.find(" ", start, same) + 1 or start  # with a whole word, where there is one

    def part(text: str) -> str:
        return f"{'…' if start else ''}{text[start : start + SHORT]}{'…' if len(text) > start + SHORT else ''}"

    return part(before), part(after)
