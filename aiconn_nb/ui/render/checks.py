"""Views of connection tests, step by step."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Final

from aiconn_nb.features.checks import State, Tested, Tests

from .renderer import view_of
from .view import Cell, Table, View

_MARKS: Final[Mapping[State, Cell]] = {
    "passed": Cell("passed", "good"),
    "failed": Cell("FAILED", "bad"),
    "unknown": Cell("cannot tell", "warn"),
    "skipped": Cell("not needed", "quiet"),
}


@view_of.register
def _(tested: Tested) -> View:
    return view_of(Tests([tested]))


@view_of.register
def _(tests: Tests) -> View:
    rows = tuple(
        (
            Cell(tested.alias if index == 0 else "", "code"),
            rung.title,
            _MARKS[rung.state],
            rung.words,
            Cell(f"{rung.seconds:.2f} s", "quiet"),
        )
        for tested in tests
        for index, rung in enumerate(tested.rungs)
    )
    return Table(("connection", "step", "", "what", "time"), rows, notes=(_count(tests),))


def _count(tests: Tests) -> str:
    """``2 of 4 passed, 1 failed, of 1 the test cannot tell.``"""
    counts = Counter(tested.verdict for tested in tests)
    rest = [f"{counts['failed']} failed"] if counts["failed"] else []
    rest += [f"of {counts['unknown']} the test cannot tell"] if counts["unknown"] else []
    return ", ".join([f"{counts['ok']} of {len(tests)} passed", *rest]) + "."
