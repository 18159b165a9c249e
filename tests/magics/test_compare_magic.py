"""``%aiconn compare`` and ``ask`` in a kernel show each answer only once per cell."""

from __future__ import annotations

from pathlib import Path

import nbformat
from nbclient import NotebookClient

CELLS = (
    "%load_ext aiconn_nb\n"
    "import aiconn_nb as aiconn\n"
    "_ = aiconn.create('a', 'demo')\n"
    "_ = aiconn.create_profile('writer', connections=['a'], model='demo-chat')\n"
    "_ = aiconn.create_profile('brief', connections=['a'], model='demo-brief')",
    "%%aiconn compare writer brief\nHello?",
    "both = %aiconn compare writer brief -- Hello?",
    "both",
    "aiconn.compare('Hello?', 'writer', 'brief')",
    "one = %aiconn ask brief Hello?",
    "one",
)


def test_an_answer_is_shown_once_per_cell(work: Path) -> None:
    """The answer is shown as the result of its cell, and again when a later cell asks for its name."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in CELLS])
    NotebookClient(notebook, timeout=60, resources={"metadata": {"path": str(work)}}).execute()
    _, cell, line, later, python, asked, shown = (each.outputs for each in notebook.cells)
    for outputs in (cell, line, later, python, asked, shown):
        assert len(outputs) == 1
        assert "You said “Hello?”." in outputs[0].data["text/html"]
        assert set(outputs[0].data) == {"text/plain", "text/html"}
