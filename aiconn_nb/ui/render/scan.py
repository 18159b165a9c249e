"""Views of keys found in notebooks."""

from __future__ import annotations

from aiconn_nb.features.scan import Finding, Scan

from .renderer import view_of
from .view import Cell, Table, View


@view_of.register
def _(found: Scan) -> View:
    count = "1 notebook" if found.scanned == 1 else f"{found.scanned} notebooks"
    replace_it = "A key that was in a notebook may have been seen: replace it at the provider."
    return Table(
        ("notebook", "place", "what", ""),
        tuple((each.notebook, each.place, each.what, _remedy(each)) for each in found),
        empty=f"No key was found in {count}.",
        notes=(
            *(Cell(each, "bad") for each in found.problems),
            *(Cell(each, "warn") for each in found.notes),
            *([Cell(replace_it, "warn")] if len(found) else []),
        ),
    )


def _remedy(finding: Finding) -> Cell:
    if finding.fixed:
        return Cell("removed", "good")
    return Cell("--fix removes it" if finding.fixable else "fix this one by hand", "bad")
