"""How far something has come: seen in a notebook and on a terminal, and gone in the end."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from aiconn_nb.ui.progress import progress


class Screen(io.StringIO):
    """A stderr that somebody looks at, or not."""

    def __init__(self, tty: bool) -> None:
        super().__init__()
        self.tty = tty

    def isatty(self) -> bool:
        return self.tty


def run_cells(work: Path, *sources: str) -> list[nbformat.NotebookNode]:
    """The cells of a notebook, run in a kernel."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in sources])
    NotebookClient(notebook, timeout=60, resources={"metadata": {"path": str(work)}}).execute()
    return list(notebook.cells)


def test_a_terminal_shows_a_bar_and_clears_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """On stderr, so that stdout can be redirected."""
    monkeypatch.setattr(sys, "stderr", screen := Screen(tty=True))
    with progress("texts") as tell:
        tell(250, 1000)
    assert screen.getvalue() == "\r\x1b[2K█████░░░░░░░░░░░░░░░ 250 of 1,000 texts\r\x1b[2K"


def test_where_nobody_looks_nothing_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor where there was nothing to tell."""
    monkeypatch.setattr(sys, "stderr", screen := Screen(tty=False))
    with progress("texts") as tell:
        tell(1, 2)
    assert screen.getvalue() == ""
    monkeypatch.setattr(sys, "stderr", screen := Screen(tty=True))
    with progress("texts"):
        pass
    assert screen.getvalue() == ""


def test_a_notebook_shows_it_in_one_output_that_is_empty_in_the_end(work: Path) -> None:
    """Beyond one batch; also where the texts are embedded in Python."""
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
