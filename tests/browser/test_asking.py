"""Asking in a real JupyterLab: an answer that comes word by word, and one that is stopped."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import nbformat
from playwright.sync_api import Page, expect

from .conftest import Place
from .lab import Notebook

Show = Callable[..., Notebook]
SETUP = (
    "_ = aiconn.create('demo-dev', 'demo', settings={'latency': %s})\n"
    "_ = aiconn.create_profile('writer', connections=['demo-dev'], model='demo-chat', default=True)"
)
RUN = "() => { window.jupyterapp.commands.execute('notebook:run-all-cells'); }"  # does not wait for the end


def outputs(notebook: Notebook, index: int) -> list[nbformat.NotebookNode]:
    """The outputs of a cell as they were saved."""
    notebook.save()
    return list(nbformat.read(notebook.server.root / notebook.name, as_version=4).cells[index].outputs)


def test_a_streaming_answer_is_one_output(show: Show, lab_page: Page, place: Place, screenshots: Path) -> None:
    """It grows before one's eyes, is Markdown in the end with its quiet footer, and the saved notebook has it once."""
    notebook = show(name="asking.ipynb")
    ask = "%%aiconn ask writer -o answer\nWhat is *{topic}*?"
    notebook.become(place.cells(SETUP % 0.02, "topic = 'rain'", ask))
    lab_page.evaluate(RUN)
    cell = notebook.cell(3)
    expect(cell.locator(".jp-RenderedMarkdown")).to_contain_text("This is the demo")
    expect(cell.locator("small")).to_have_count(0)
    expect(cell.locator(".jp-RenderedMarkdown")).to_contain_text("You said “What is rain?”")
    expect(cell.locator(".jp-RenderedMarkdown em")).to_have_text("rain")
    expect(cell.locator("small")).to_contain_text("writer · demo-dev · demo-chat · ")
    lab_page.screenshot(path=screenshots / "asking.png")
    saved = outputs(notebook, 3)
    assert [each.output_type for each in saved] == ["display_data"]
    assert set(saved[0].data) == {"text/plain", "text/markdown"}
    assert notebook.kernel("answer.text.count('You said')") == 1


def test_an_interrupted_answer_says_that_it_is_partial(show: Show, lab_page: Page, place: Place) -> None:
    """The cell fails in two lines; what came stays, in the output and in the kernel."""
    notebook = show(name="stopped.ipynb")
    notebook.become(place.cells(SETUP % 0.2, "%%aiconn ask writer -o answer\nTell me a long story."))
    lab_page.evaluate(RUN)
    cell = notebook.cell(2)
    expect(cell.locator(".jp-RenderedMarkdown")).to_contain_text("This is the demo")
    lab_page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.interrupt()")
    expect(cell.locator("small")).to_contain_text("partial")
    error = cell.locator('[data-mime-type="application/vnd.jupyter.stderr"]')
    expect(error).to_have_text("Interrupted: the answer is partial.\naiconn_nb.last_reply() has what came.")
    assert notebook.kernel(
        "(answer.partial, answer.text.startswith('This is the demo'), aiconn.last_reply() == answer)"
    ) == (
        True,
        True,
        True,
    )
    assert [each.output_type for each in outputs(notebook, 2)] == ["display_data", "error"]
