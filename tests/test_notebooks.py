"""The notebooks run from top to bottom as shipped, and again on the results of the first run."""

from __future__ import annotations

import shutil
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from aiconn_nb import Session

NOTEBOOKS = Path(__file__).parent.parent / "notebooks"
SHIPPED = sorted(path for path in NOTEBOOKS.rglob("*.ipynb") if "checkpoint" not in path.name)

ASKS = {"cell-44"}
"""The cells that ask the reader something, and fail only if the answer is no. A program that runs them is not asked."""

each_notebook = pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)


@each_notebook
def test_a_notebook_runs_twice(path: Path, work: Path, session: Session) -> None:
    """The notebook runs offline in its own store. Only the cells that are marked to fail do so, in two lines, and the reader's
    saved entries stay unchanged."""
    for alias in ("main", "spare", "class", "tour-demo"):
        session.create(alias, "demo")
    session.create_profile("tutor", connections="main", model="demo-chat", default=True)
    before = session.revision()[0]  # type: ignore[index]
    for beside in path.parent.glob("*.json"):
        shutil.copy(beside, work)
    shutil.copy(path, work)
    for _ in range(2):
        notebook = nbformat.read(path, as_version=4)
        NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(work)}}).execute()
        code = [cell for cell in notebook.cells if cell.cell_type == "code"]
        failed = {cell.id for cell in code if any(output.output_type == "error" for output in cell.outputs)}
        assert failed == {cell.id for cell in code if "raises-exception" in cell.metadata.get("tags", [])} - ASKS
        errors = [output for cell in code for output in cell.outputs if output.output_type == "error"]
        assert [error.traceback for error in errors if len("\n".join(error.traceback).splitlines()) > 2] == []
    after = session.revision()[0]  # type: ignore[index]
    assert (after.connections, after.profiles, after.defaults) == (before.connections, before.profiles, before.defaults)


@each_notebook
def test_a_notebook_says_first_what_one_learns(path: Path) -> None:
    """It has no outputs and no execution counts."""
    cells = nbformat.read(path, as_version=4).cells
    assert "**You will learn**" in cells[0].source
    code = [cell for cell in cells if cell.cell_type == "code"]
    assert code[0].source.startswith("%env AICONN_HOME=")
    assert [cell.source for cell in code if cell.outputs or cell.execution_count is not None] == []
