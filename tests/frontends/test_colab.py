"""The package works with the versions of Google Colab: IPython 7 and ipywidgets 7 of 2022, beside today's anywidget.

The versions come from the list that Google publishes in googlecolab/backend-info, read in August 2026.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from tests.magics.kernel import Kernel, shown

NOTEBOOKS = Path(__file__).parent.parent.parent / "notebooks"
END = "only the alias in your notebook changes."


@pytest.fixture
def kernel(work: Path) -> Iterator[Kernel]:
    """Yield a kernel with the extension and a connection."""
    kernel = Kernel(work)
    kernel.run("%load_ext aiconn_nb\nimport aiconn_nb as aiconn\n_ = aiconn.create('demo-dev', 'demo')")
    yield kernel
    kernel.stop()


def test_the_versions_are_those_of_colab() -> None:
    """With other versions, the following tests would say nothing about Colab."""
    assert [version(name) for name in ("ipython", "ipywidgets", "ipykernel", "traitlets")] == [
        "7.34.0",
        "7.7.1",
        "6.17.1",
        "5.7.1",
    ]


def test_the_quickstart_runs(work: Path) -> None:
    """It runs from top to bottom, and only the cell that is marked to fail fails."""
    for settings in NOTEBOOKS.glob("appsettings*.json"):
        shutil.copy(settings, work)
    notebook = nbformat.read(NOTEBOOKS / "quickstart.ipynb", as_version=4)
    NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(work)}}).execute()
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    failed = {cell.id for cell in cells if any(output.output_type == "error" for output in cell.outputs)}
    assert failed == {cell.id for cell in cells if "raises-exception" in cell.metadata.get("tags", [])}


def test_the_manager_is_a_widget_that_answers(kernel: Kernel) -> None:
    """The output also contains the manager as a table."""
    messages = kernel.run("%aiconn")
    (manager,) = [
        each["content"]["data"]["application/vnd.jupyter.widget-view+json"]["model_id"]
        for each in messages
        if "application/vnd.jupyter.widget-view+json" in each["content"].get("data", {})
    ]
    assert any("demo-dev" in text for text in shown(messages))
    intent = {"intent": "hello", "page": "p", "seat": "s", "seq": 1, "part": "connections"}
    data = {"comm_id": manager, "data": {"method": "custom", "content": intent}}
    kernel.client.shell_channel.send(kernel.client.session.msg("comm_msg", data))
    told = kernel.client.get_iopub_msg(timeout=60)
    while told["content"].get("data", {}).get("content", {}).get("kind") != "done":
        assert told["content"].get("data", {}).get("content", {}).get("kind") != "note"
        told = kernel.client.get_iopub_msg(timeout=60)


def test_an_answer_is_whole(kernel: Kernel) -> None:
    """This holds within an Output widget as well, whose registry is in another place in ipywidgets 7."""
    assert END in shown(kernel.run("%aiconn ask demo-dev --model demo-chat hello"), "update_display_data")[-1]
    within = "import ipywidgets\nwith ipywidgets.Output():\n    %aiconn ask demo-dev --model demo-chat hello"
    (whole,) = [each for each in shown(kernel.run(within, cellId="c"), "update_display_data") if "Output(" not in each]
    assert END in whole


def test_a_call_in_a_function_sees_the_functions_names(kernel: Kernel) -> None:
    """IPython 7 calls a magic through another library."""
    asked = "def f(topic):\n    x = %aiconn ask demo-dev --model demo-chat {topic}\n    return x.text\nprint(f('rain'))"
    assert "You said “rain”" in "".join(each["content"].get("text", "") for each in kernel.run(asked))


def test_the_tab_key_completes(kernel: Kernel) -> None:
    """The Tab key offers commands and aliases, and nothing else."""
    for line, offered in {"%aiconn disa": ["disable"], "x = %aiconn use demo": ["demo-dev"]}.items():
        content = kernel.client.complete(line, len(line), reply=True, timeout=60)["content"]
        texts = [line[: content["cursor_start"]] + each for each in content["matches"]]
        assert texts == [f"{line[: line.rindex(' ') + 1]}{each}" for each in offered]
