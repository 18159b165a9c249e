"""Views of the environments, and of the sources of settings in one."""

from __future__ import annotations

from typing import Final

from aiconn_nb.features.environments import (
    NO_SETTINGS,
    Comparison,
    EnvironmentDiff,
    Environments,
    Explanation,
    FieldLine,
)
from aiconn_nb.model.place import tilde

from .notes import kept_in, warned, written
from .renderer import view_of
from .view import Cell, Table, Tone, View


@view_of.register
def _(environments: Environments) -> View:
    rows = tuple(
        (
            Cell(f"{'▸ ' if row.current else ''}{row.name}", "code"),
            Cell(f"current, from {row.origin}", "good") if row.current else "",
            ", ".join(row.files) or Cell("no file of its own", "quiet"),
        )
        for row in environments
    )
    where = f"Configuration folder: {tilde(environments.root)}" if environments.root else NO_SETTINGS
    # ``where`` already says that there is no settings file.
    warnings = [*filter(None, [environments.aside]), *(each for each in environments.notes if each != NO_SETTINGS)]
    notes = (Cell(where, "quiet"), *kept_in(environments.store), *warned(warnings))
    return Table(("environment", "", "files"), rows, notes=notes)


@view_of.register
def _(explanation: Explanation) -> View:
    problems = [Cell(_problem(line, explanation), "bad") for line in explanation if line.problem]
    searched = Cell(
        f"Searched in this order; the first one that has it wins: {', '.join(explanation.places)}.", "quiet"
    )
    return Table(
        columns=("field", "as written", "resolved", "value", "from", "hides"),
        rows=tuple(
            (
                line.key,
                written(line),
                _resolved(line),
                Cell(line.shown, "code"),
                line.source or Cell("-", "quiet"),
                "; ".join(line.hidden) or Cell("-", "quiet"),
            )
            for line in explanation
            if line.is_shown
        ),
        title=f"{explanation.title} in {explanation.environment}",
        notes=(*problems, searched, *warned(explanation.notes)),
    )


_TONES: Final[dict[Comparison, Tone]] = {
    Comparison.SAME: "quiet",
    Comparison.DIFFERS: "warn",
    Comparison.MISSING: "bad",
}


@view_of.register
def _(diff: EnvironmentDiff) -> View:
    missing = Cell("missing", "bad")
    return Table(
        ("reference", "value", diff.left, diff.right, "connections"),
        tuple(
            (
                Cell(row.reference, "code"),
                Cell(str(row.state), _TONES[row.state]),
                row.left or missing,
                row.right or missing,
                ", ".join(row.connections),
            )
            for row in diff
        ),
        title=f"{diff.left} and {diff.right}",
        empty="No connection has a reference.",
    )


def _resolved(line: FieldLine) -> Cell:
    if line.problem:
        return Cell("no", "bad")
    return Cell("-", "quiet") if line.kind == "unset" else Cell("yes", "good")


def _problem(line: FieldLine, explanation: Explanation) -> str:
    """Return a field's problem and remedy, without what the notes already state: the places searched, and the folder."""
    problem = line.brief
    if not problem.startswith((f"{line.key}: ", line.written or "\0")):
        problem = f"{line.key}: {problem}"
    hint = line.hint
    for note in explanation.notes:
        hint = hint.replace(note, "")
    return f"{problem} {hint}".strip()
