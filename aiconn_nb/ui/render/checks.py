"""Views of connection tests, step by step."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Final

from aiconn_nb.features.checks import State, Tested, Tests
from aiconn_nb.model.hint import command

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
    # If there are several, each passed test is one row, so that failures stand out.
    short = [tested for tested in tests if tested.ok] if len(tests) > 1 else []
    rows = [row for tested in tests for row in ([_in_short(tested)] if tested in short else _steps(tested))]
    more = (Cell(f"'{command('test', short[0].alias)}' shows each step.", "quiet"),) if short else ()
    return Table(("connection", "step", "", "what", "time"), tuple(rows), notes=(*more, _count(tests)))


def _steps(tested: Tested) -> list[tuple[Cell | str, ...]]:
    return [
        (
            Cell(tested.alias if index == 0 else "", "code"),
            rung.title,
            _MARKS[rung.state],
            rung.words,
            Cell(f"{rung.seconds:.2f} s", "quiet"),
        )
        for index, rung in enumerate(tested.rungs)
    ]


def _in_short(tested: Tested) -> tuple[Cell | str, ...]:
    summary = tested.summary.removeprefix("ok").removeprefix(": ")
    return Cell(tested.alias, "code"), "all", _MARKS["passed"], summary, Cell(f"{tested.seconds:.2f} s", "quiet")


def _count(tests: Tests) -> str:
    """Return the summary: ``2 of 4 passed, 1 failed, of 1 the test cannot tell.``"""
    counts = Counter(tested.verdict for tested in tests)
    rest = [f"{counts['failed']} failed"] if counts["failed"] else []
    rest += [f"of {counts['unknown']} the test cannot tell"] if counts["unknown"] else []
    return ", ".join([f"{counts['ok']} of {len(tests)} passed", *rest]) + "."
