"""Views of a bundle, and of the plan of its import."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from aiconn_nb.features.bundles import Bundle, ImportPlan, Merged, State

from .renderer import view_of
from .view import Cell, Table, Tone, View

_TONES: Final[Mapping[State, Tone]] = {
    "new": "good",
    "changed": "warn",
    "same": "quiet",
    "clashing": "bad",
    "refused": "bad",
}


@view_of.register
def _(bundle: Bundle) -> View:
    return Table(
        ("alias", "name", "provider", "settings", "to be supplied"),
        tuple(map(_connection, bundle.document["connections"])),
        title="Bundle",
        empty="There are no connections to export.",
        notes=tuple(_about(bundle)),
    )


def _connection(document: Mapping[str, Any]) -> tuple[Cell | str, ...]:
    return (
        Cell(document["alias"], "code"),
        document["name"],
        document["provider"],
        Cell(", ".join(f"{key}={value}" for key, value in document["settings"].items()) or "-", "code"),
        ", ".join(document.get("to_be_supplied", ())) or Cell("-", "quiet"),
    )


def _about(bundle: Bundle) -> list[Cell | str]:
    profiles = ", ".join(each["alias"] for each in bundle.document.get("profiles", ()))
    keys = ", ".join(f"{each['key']} ({', '.join(each['needed_by'])})" for each in bundle.document["keys"])
    return [
        *([Cell(f"Written to {bundle.written}.", "good")] if bundle.written else []),
        *([f"With the profiles {profiles}."] if profiles else []),
        *([f"Its references need these configuration keys: {keys}."] if keys else []),
        *(Cell(f"Left out: {text}", "warn") for text in bundle.left_out),
    ]


@view_of.register
def _(plan: ImportPlan) -> View:
    prompts = [
        f"System prompt of {row.alias}: {' '.join(row.system.split())}"
        for row in plan.rows
        if row.system and row.state == "new"
    ]
    return Table(
        ("", "alias", "state", "what"),
        tuple(
            (row.kind, Cell(row.alias, "code"), Cell(row.state, _TONES[row.state]), row.reason or _told(row))
            for row in plan.rows
        ),
        title=f"Import of {plan.source}",
        empty="It is empty.",
        notes=(
            *(Cell(prompt, "quiet") for prompt in prompts),
            *(Cell(note, "warn") for note in plan.notes),
            *([Cell(plan.next_step, "quiet")] if plan.next_step else []),
        ),
    )


def _told(row: Merged) -> str:
    """Return the changes and the kept keys; for a new connection, its host and its credentials."""
    told = [f"{each.field}: {each.before} → {each.after}" for each in row.changes]
    told += [f"{each.field}: {each.before} is kept, {each.after} of the bundle is not taken" for each in row.kept]
    if row.state == "new" and row.kind == "connection":
        written = [f"{key}: {each}" for key, each in row.references.items()]
        told.append((f"contacts {row.host}" if row.host else "contacts no host") + _with(written))
        if row.host_depends_on:
            have = "has" if len(row.host_depends_on) == 1 else "have"
            told.append(f"the host depends on {' and '.join(row.host_depends_on)}, which {have} no value here")
    if row.state == "new" and row.kind == "profile":
        told.append(f"asks {row.model}" + (", with the system prompt below" if row.system else ""))
        told += [f"{key}: {value}" for key, value in row.options.items()]
        if row.tags:
            told.append(f"tags: {', '.join(row.tags)}")
    if row.becomes_default:
        told.append("becomes the default")
    return "; ".join(told)


def _with(written: Sequence[str]) -> str:
    return f" with {', '.join(written)}" if written else ""
