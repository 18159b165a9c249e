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
    notebook.become(place.cells(SETUP % 0.1, "topic = 'rain'", ask))
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


NOBODY = "http://127.0.0.1:9/x.png"
TALKED_INTO = (
    "![x]({})",
    "!![x]({})",
    "`\n\n![x]({})\n\n`",
    "1. a\n   ```\n   b\n![x]({})",
    "> ```\nx\n\n![x]({})\n\n> ```",
    "\\begin{{a}}\n```\n\\end{{a}}\n![x]({})\n```",
    "[\n```\n]: u\n![x]({})\n```",
    "http://a.example/`<img src={}>`",
    "<img src={}>",
    '```mermaid\nflowchart TD\n  A@{{ img: "{}", label: "x", w: 60, h: 60 }}\n```',
)


def test_a_rendered_answer_fetches_nothing(show: Show, lab_page: Page, place: Place) -> None:
    """Whatever a model was talked into saying, to JupyterLab's own renderer."""
    asked: list[str] = []
    lab_page.on("request", lambda request: asked.append(request.url))
    notebook = show(name="harmless.ipynb")
    replies = f"[display(Reply(each.format({NOBODY!r}), 'm', 'c')) for each in {TALKED_INTO!r}]"
    notebook.become(place.cells(f"from aiconn_nb.session.asking.reply import Reply\n_ = {replies}"))
    notebook.run()
    rendered = notebook.cell(1).locator(".jp-RenderedMarkdown")
    expect(rendered).to_have_count(len(TALKED_INTO))
    expect(rendered.last).to_contain_text("flowchart TD")
    expect(rendered.locator("img")).to_have_count(0)
    assert NOBODY not in asked
