"""Views of the doctor's report."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from aiconn_nb.features.doctor import Finding, Grade, Report

from .notes import with_remedy
from .renderer import view_of
from .view import Cell, Table, Tone, View

_TONES: Final[Mapping[Grade, Tone]] = {Grade.GOOD: "good", Grade.NOTE: "quiet", Grade.PROBLEM: "bad"}


@view_of.register
def _(report: Report) -> View:
    count = len(report.problems)
    title = "No problems were found." if not count else f"{count} {'problem' if count == 1 else 'problems'} found"
    return Table(("part", "", "what was found"), tuple(map(_row, report)), title=title)


def _row(finding: Finding) -> tuple[Cell | str, ...]:
    words = with_remedy(finding.words, finding.remedy)
    return finding.part, Cell(str(finding.grade), _TONES[finding.grade]), words
