"""Progress is visible in a notebook and on a terminal, and disappears at the end."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from aiconn_nb.features.batch import Mapped, Progress
from aiconn_nb.ui.progress import progress, progress_line
from aiconn_nb.ui.render import as_text, view_of


class Screen(io.StringIO):
    """A stderr that is a terminal or is not."""

    def __init__(self, tty: bool) -> None:
        super().__init__()
        self.tty = tty

    def isatty(self) -> bool:
        return self.tty


def run_cells(work: Path, *sources: str) -> list[nbformat.NotebookNode]:
    """Run the cells of a notebook in a kernel and return them."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in sources])
    NotebookClient(notebook, timeout=60, resources={"metadata": {"path": str(work)}}).execute()
    return list(notebook.cells)


def test_a_terminal_shows_a_bar_and_clears_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """The bar is on stderr, so that stdout can be redirected."""
    monkeypatch.setattr(sys, "stderr", screen := Screen(tty=True))
    with progress("texts") as tell:
        tell(250, 1000)
    assert screen.getvalue() == "\r\x1b[2K█████░░░░░░░░░░░░░░░ 250 of 1,000 texts\r\x1b[2K"


def test_where_nobody_looks_nothing_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is written on a terminal either if there was no progress."""
    monkeypatch.setattr(sys, "stderr", screen := Screen(tty=False))
    with progress("texts") as tell:
        tell(1, 2)
    assert screen.getvalue() == ""
    monkeypatch.setattr(sys, "stderr", screen := Screen(tty=True))
    with progress("texts"):
        pass
    assert screen.getvalue() == ""


MUCH = Progress(
    done=1234,
    total=10_000,
    answered=1100,
    known=100,
    errors=34,
    input_tokens=123_456,
    output_tokens=7_890,
    paid=1.5,
    seconds=100,
)


@pytest.mark.parametrize(
    ("width", "line"),
    [
        (
            None,
            "1,234 of 10,000 rows · 100 not asked again · 11.0 rows/s · 13 min left · 123,456 -> 7,890 tokens · $1.50 "
            "· 34 errors",
        ),
        (
            100,
            "1,234 of 10,000 rows · 11.0 rows/s · 13 min left · 123,456 -> 7,890 tokens · $1.50 · 34 errors",
        ),
        (80, "1,234 of 10,000 rows · 11.0 rows/s · 13 min left · $1.50 · 34 errors"),
        (59, "1,234 of 10,000 rows · 13 min left · $1.50 · 34 errors"),
        (40, "1,234 of 10,000 rows · 13 min left"),
        (10, "1,234 of 10,000 rows"),
    ],
    ids=["page", "100", "80", "59", "40", "10"],
)
def test_a_narrow_line_keeps_what_matters_most(width: int | None, line: str) -> None:
    """The position and the duration come first, then errors and dollars."""
    assert MUCH.within(width) == line


def test_the_summary_of_an_ended_run_has_no_time_left() -> None:
    """It does not repeat the counts of rows and errors, which stand above it."""
    assert MUCH.summary == "100 not asked again · 11.0 rows/s · 123,456 -> 7,890 tokens · $1.50 · 2 min"
    shown = as_text(view_of(Mapped("writer", MUCH)), 200)
    assert shown.splitlines()[0] == "1,234 of 10,000 rows: 1,200 answered by writer, 34 with an error"
    assert (shown.count("1,234"), "left" in shown) == (1, False)


def test_a_line_of_a_terminal_never_wraps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only one line is replaced each time, and its width is the current one."""
    monkeypatch.setattr(sys, "stderr", screen := Screen(tty=True))
    monkeypatch.setattr("aiconn_nb.ui.progress._EVERY", 0)
    widths = iter([60, 10, 60])
    monkeypatch.setattr("aiconn_nb.ui.progress.width_of", lambda stream: next(widths))
    with progress_line() as tell:
        tell(MUCH.within)
        tell(MUCH.within)
    assert screen.getvalue().split("\r\x1b[2K") == [
        "",
        "1,234 of 10,000 rows · 13 min left · $1.50 · 34 errors",
        "1,234 of…",
        "",
    ]
    monkeypatch.setattr("aiconn_nb.ui.progress.width_of", lambda stream: 24)
    with progress("texts") as bar:
        bar(250, 1000)
    assert "\r\x1b[2K250 of 1,000 texts\r" in screen.getvalue()


def test_the_line_stays_after_an_interrupt(monkeypatch: pytest.MonkeyPatch) -> None:
    """It has the latest numbers, which may not have been drawn yet."""
    monkeypatch.setattr(sys, "stderr", screen := Screen(tty=True))
    with pytest.raises(KeyboardInterrupt), progress_line() as tell:  # noqa: PT012
        tell(lambda width: "1 row")
        tell(lambda width: "2 rows")
        raise KeyboardInterrupt
    assert screen.getvalue() == "\r\x1b[2K1 row\r\x1b[2K2 rows\n"


def test_a_notebook_shows_it_in_one_output_that_is_empty_in_the_end(work: Path) -> None:
    """This happens for more than one batch, also if Python code embeds the texts."""
    setup, many, few = run_cells(
        work,
        "import aiconn_nb as aiconn\n"
        "_ = aiconn.create('a', 'demo')\n"
        "_ = aiconn.create_profile('v', connections=['a'], model='demo-embedding', capability='embedding')",
        "_ = aiconn.embed(['a cat'] * 600, profile='v')",
        "_ = aiconn.embed(['a cat'], profile='v')",
    )
    assert [dict(output.data) for output in many.outputs] == [{"text/plain": "", "text/html": ""}]
    assert (setup.outputs, few.outputs) == ([], [])
