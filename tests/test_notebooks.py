"""The notebooks run from top to bottom as they are shipped."""

from __future__ import annotations

import shutil
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from aiconn_nb import Session

NOTEBOOKS = Path(__file__).parent.parent / "notebooks"


@pytest.mark.parametrize("path", sorted(NOTEBOOKS.glob("*.ipynb")), ids=lambda path: path.name)
def test_a_notebook_runs(path: Path, work: Path, session: Session) -> None:
    """Offline, and once more; only the cells that are marked so fail, and what the reader has saved stays as it is."""
    for alias in ("main", "spare", "demo-dev", "openai-dev"):
        session.create(alias, "demo")
    session.create_profile("writer", connections="main", model="demo-chat", default=True)
    before = session.revision()[0]  # type: ignore[index]
    for settings in NOTEBOOKS.glob("appsettings*.json"):
        shutil.copy(settings, work)
    for _ in range(2):
        notebook = nbformat.read(path, as_version=4)
        NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(work)}}).execute()
        marked = {cell.id for cell in notebook.cells if "raises-exception" in cell.metadata.get("tags", [])}
        failed = {
            cell.id
            for cell in notebook.cells
            if cell.cell_type == "code" and any(output.output_type == "error" for output in cell.outputs)
        }
        assert failed == marked
    after = session.revision()[0]  # type: ignore[index]
    assert (after.connections, after.profiles, after.defaults) == (before.connections, before.profiles, before.defaults)


@pytest.mark.parametrize("path", sorted(NOTEBOOKS.glob("*.ipynb")), ids=lambda path: path.name)
def test_a_notebook_is_shipped_without_outputs(path: Path) -> None:
    """And without execution counts."""
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type == "code":
            assert cell.outputs == []
            assert cell.execution_count is None
