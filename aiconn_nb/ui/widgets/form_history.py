"""The history as a panel: pure functions from versions to plain dictionaries. A secret is only "changed"."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from aiconn_nb.model.field import Field
from aiconn_nb.model.reference import is_reference
from aiconn_nb.session.versions import Differences, FieldChange, Versions

from .protocol import Answer, Item, Panel, Table
from .question_panels import discarding

OWN = {"alias": "Alias", "name": "Name", "active": "Active"}
HIDDEN = "sealed"
HIDDEN_CHANGED = "sealed, changed"
_WORDS = {"not set", HIDDEN, HIDDEN_CHANGED}
"""The words for a hidden value."""
Change = tuple[str, str, str]
"""The label of a field, and two values."""

SHORT = 80
"""Maximum characters of a value in the list of versions; a comparison shows it in full."""
AROUND = 20
"""Maximum characters before the first difference."""


def history_panel(versions: Versions, compared: Mapping[int, Differences], fields: Sequence[Field]) -> Panel:
    """Return all stored versions, the newest first; each of those ``compared`` also with its differences from the stored entry."""
    current = next((row.version for row in versions if row.current), 0)
    items: list[Item] = []
    for row in versions:
        changes = changes_view(row.changes, fields, shortened)
        oldest = "Created." if row.version == 1 else "The oldest stored version: its changes are unknown."
        differences = compared.get(row.version)
        items.append(
            {
                "testid": f"version-{row.version}",
                "title": f"Version {row.version}",
                "chip": "now" if row.current else "",
                "at": row.modified.isoformat(),
                "by": row.modified_by or "an unknown user",
                "help": oldest if row.first else "" if changes else "Saved. Nothing had changed.",
                "changes": [] if row.first else [_change(*each) for each in changes],
                "answers": [] if row.current else _answers(row.version, current, sorted(compared)),
                "table": None if differences is None else _table(row.version, changes_view(differences, fields)),
            }
        )
    return {"id": "history", "title": "History", "place": "history", "items": items}


def _change(label: str, before: str, after: str) -> list[str]:
    """Return a difference for the list: of a secret, only that it differed."""
    return [label, "changed, sealed"] if after == HIDDEN_CHANGED else [label, before, after]


def _answers(version: int, current: int, compared: Sequence[int]) -> list[Answer]:
    """Return the buttons of a version: the way back, and its comparison, which the same button closes."""
    back: Answer = {"text": "Roll back to this version", "intent": "rollback", "stored": True}
    back["data"] = {"to": version, "version": current}
    others = [each for each in compared if each != version]
    is_open = len(others) < len(compared)
    question = discarding(
        f"Roll back to version {version}?",
        "Your unsaved changes will be discarded.",
        {**back, "text": "Discard it and roll back"},
    )
    return [
        {
            **back,
            "icon": "undo",
            "label": f"Roll back to this version: version {version}",
            "testid": f"roll-back-{version}",
            "discards": question,
        },
        {
            "text": "Compare with now",
            "kind": "quiet",
            "label": f"Compare with now: version {version}",
            "testid": f"compare-{version}",
            "expanded": is_open,
            "intent": "history",
            "data": {"compare": others if is_open else [*compared, version]},
        },
    ]


def _table(version: int, changes: Sequence[Change]) -> Table:
    return {
        "caption": f"What differs between version {version} and now",
        "heads": ["Field", f"Version {version}", "Now"],
        "rows": [
            [label, before, "sealed, another" if after == HIDDEN_CHANGED else after] for label, before, after in changes
        ],
        "none": "Nothing differs.",
    }


def changes_view(
    changes: Iterable[FieldChange],
    fields: Sequence[Field],
    pair: Callable[[str, str], tuple[str, str]] = lambda before, after: (before, after),
) -> list[Change]:
    """Return the differences by field: its label and two values, with the form's field names; ``pair`` formats two values."""
    labels: Mapping[str, str] = {field.key: field.label for field in fields} | OWN
    sensitive = {field.key for field in fields if field.sensitive}

    def shown(change: FieldChange, value: str) -> str:
        # If a later release of a plug-in made a field sensitive, it may still contain a literal.
        open_to_all = change.field not in sensitive or value in _WORDS or is_reference(value)
        return value if open_to_all else HIDDEN

    found = []
    for change in changes:
        before, after = pair(shown(change, change.before), shown(change, change.after))
        found.append((labels.get(change.field, change.field), before, after))
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
