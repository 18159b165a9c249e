"""In a real JupyterLab, an answer appears word by word and can be stopped, and it cannot affect the page."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import nbformat
from playwright.sync_api import Locator, Page, expect

from aiconn_nb.errors import Interrupted

from .conftest import Place
from .lab import Notebook

Show = Callable[..., Notebook]
SETUP = (
    "_ = aiconn.create('demo-dev', 'demo', settings={'latency': %s})\n"
    "_ = aiconn.create_profile('writer', connections=['demo-dev'], model='demo-chat', default=True)"
)
RUN = "() => { window.jupyterapp.commands.execute('notebook:run-all-cells'); }"  # does not wait for the end


def outputs(notebook: Notebook, index: int) -> list[nbformat.NotebookNode]:
    """Return the saved outputs of a cell."""
    notebook.save()
    return list(nbformat.read(notebook.server.root / notebook.name, as_version=4).cells[index].outputs)


def test_a_streaming_answer_is_one_output(show: Show, lab_page: Page, place: Place, screenshots: Path) -> None:
    """The answer grows visibly, is our own HTML with a quiet footer, and appears once in the saved notebook."""
    notebook = show(name="asking.ipynb")
    ask = "%%aiconn ask writer -o answer\nWhat is *{topic}*?"
    notebook.become(place.cells(SETUP % 0.1, "topic = 'rain'", ask))
    lab_page.evaluate(RUN)
    cell = notebook.cell(3)
    expect(cell.locator(".jp-RenderedHTML")).to_contain_text("This is the demo")
    expect(cell.locator(".jp-RenderedHTML")).not_to_contain_text("writer · ")
    expect(cell.locator(".jp-RenderedHTML")).to_contain_text("You said “What is rain?”")
    expect(cell.locator(".jp-RenderedHTML em")).to_have_text("rain")
    expect(cell.locator(".jp-RenderedHTML")).to_contain_text("writer · demo-dev · demo-chat · ")
    lab_page.screenshot(path=screenshots / "asking.png")
    saved = outputs(notebook, 3)
    assert [each.output_type for each in saved] == ["display_data"]
    assert set(saved[0].data) == {"text/plain", "text/html"}
    assert notebook.kernel("answer.text.count('You said')") == 1


def test_an_interrupted_answer_says_that_it_is_partial(show: Show, lab_page: Page, place: Place) -> None:
    """The cell fails in two lines, and the text so far stays in the output and in the kernel."""
    notebook = show(name="stopped.ipynb")
    notebook.become(place.cells(SETUP % 0.2, "%%aiconn ask writer -o answer\nTell me a long story."))
    lab_page.evaluate(RUN)
    cell = notebook.cell(2)
    expect(cell.locator(".jp-RenderedHTML")).to_contain_text("This is the demo")
    lab_page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.interrupt()")
    expect(cell.locator(".jp-RenderedHTML")).to_contain_text("partial")
    error = cell.locator('[data-mime-type="application/vnd.jupyter.stderr"]')
    expect(error).to_have_text(str(Interrupted(function="last_reply")))
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
    "<style>@import '{}';</style><iframe src='{}'></iframe><svg><image href='{}'/></svg>",
    "[a](<{}> 'x\" onmouseover=\"alert(1)')",
    "$\\href{{{}}}{{x}}$ and $$\\style{{background: url({})}}{{x}}$$ and \\(\\require{{html}}\\class{{x}}{{y}}\\)",
    '```mermaid\nflowchart TD\n  A@{{ img: "{}", label: "x", w: 60, h: 60 }}\n```',
)
ALLOWED = (
    *(
        "div",
        "p",
        "ul",
        "ol",
        "li",
        "blockquote",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "pre",
        "code",
        "hr",
        "br",
        "strong",
    ),
    *("em", "s", "a", "span"),
)
ATTRIBUTES = ("class", "style", "href", "title", "role", "aria-level", "target", "rel", "start", "dir")
FOREIGN = """([nodes, tags, attributes]) => nodes.flatMap(node => [...node.querySelectorAll('*')]).filter(node =>
    !tags.includes(node.localName)
    || [...node.attributes].some(each => !attributes.includes(each.name))
    || (node.href !== undefined && !/^(https?|mailto):/.test(node.href))
).map(node => node.outerHTML)"""


def foreign(rendered: Locator) -> list[str]:
    """Return the elements that no answer may contain."""
    return list(rendered.page.evaluate(FOREIGN, [rendered.element_handles(), ALLOWED, ATTRIBUTES]))


def test_a_rendered_answer_fetches_nothing(show: Show, lab_page: Page, place: Place) -> None:
    """This holds for anything that a model was talked into saying, as an answer, in its footer and beside others, whether the
    notebook is trusted or not."""
    asked: list[str] = []
    lab_page.on("request", lambda request: asked.append(request.url))
    notebook = show(name="harmless.ipynb")
    make = (
        "from aiconn_nb.features.asking.reply import Reply\n"
        "from aiconn_nb.features.asking.comparison import Compared, Comparison\n"
        f"texts = [each.replace('{{}}', {NOBODY!r}).replace('{{{{', '{{').replace('}}}}', '}}') for each in {TALKED_INTO!r}]"
    )
    answers = "for text in texts:\n    display(Reply(text, text, 'c'))"
    compared = "Comparison([Compared(text, Reply(text, text, 'c')) for text in texts], '')"
    notebook.become(place.cells(make, answers, compared))
    notebook.run()
    rendered = notebook.cell(2).locator(".jp-RenderedHTML")
    expect(rendered).to_have_count(len(TALKED_INTO))
    expect(rendered.last).to_contain_text("flowchart TD")
    assert foreign(rendered) == []
    beside = notebook.cell(3).locator(".jp-RenderedHTML")
    expect(beside).to_contain_text("flowchart TD")
    assert foreign(beside) == []
    assert NOBODY not in asked


def test_mathematics_of_an_answer_is_not_typeset(show: Show, lab_page: Page, place: Place) -> None:
    r"""A definition would hold for the whole notebook. Here ``\sum`` is still a sum in the user's own formula."""
    notebook = show(name="mathematics.ipynb")
    notebook.become(
        place.cells(
            "from IPython.display import Math\nfrom aiconn_nb.features.asking.reply import Reply\n"
            r"text = r'$\def\sum{\text{oh}}$ and $$\gdef\sum{\text{oh}}$$ and \(\let\sum\pi\), $x$'",
            "display(Reply(text, text, 'c'))",
            r"Math(r'\sum')",
        )
    )
    notebook.run()
    own = notebook.cell(3).locator("mjx-container, .MathJax")
    expect(own.first).to_be_visible()
    assert "∑" in (own.first.text_content() or "") + own.first.inner_html()
    assert notebook.cell(2).locator("mjx-container, .MathJax").count() == 0
    expect(notebook.cell(2).locator(".jp-RenderedHTML")).to_contain_text("$x$")
