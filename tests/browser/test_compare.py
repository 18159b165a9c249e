"""In a real JupyterLab, a comparison shows its answers side by side in one output, with a failed one and after an interrupt."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import nbformat
from playwright.sync_api import Locator, Page, expect

from aiconn_nb.errors import Interrupted

from .conftest import Place
from .lab import Notebook

Show = Callable[..., Notebook]
Look = Callable[[str, int], None]
SETUP = (
    "for alias, options in {'quick': {'latency': %s}, 'slow': {'latency': %s}, 'bad': {'fail_with': 'permission'}}.items():\n"
    "    _ = aiconn.create(alias, 'demo', settings=options)\n"
    "    _ = aiconn.create_profile(f'{alias}-one', connections=[alias], model='demo-chat')"
)
COMPARE = "%%aiconn compare quick-one slow-one bad-one -o both\nWhy is **{topic}** <b>wet</b>?"
RUN = "() => { window.jupyterapp.commands.execute('notebook:run-all-cells'); }"  # does not wait for the end


def sides(cell: Locator) -> Locator:
    """Return the answers that are beside each other."""
    return cell.locator('.jp-RenderedHTML div[style*="grid"] > div')


LIE = """([side, wanted]) => {
  const all = document.querySelectorAll('.jp-NotebookPanel:not(.lm-mod-hidden) .jp-RenderedHTML div[style*="grid"] > div');
  return all.length === 3 && new Set([...all].map((it) => Math.round(it.getBoundingClientRect()[side]))).size === wanted;
}"""


def lie(page: Page, **wanted: int) -> None:
    """Wait until the three answers begin at so many places of each direction. JupyterLab follows a new width some frames later."""
    for side, number in wanted.items():
        page.wait_for_function(LIE, arg=[side, number])


def outputs(notebook: Notebook, index: int) -> list[nbformat.NotebookNode]:
    """Return the saved outputs of a cell."""
    notebook.save()
    return list(nbformat.read(notebook.server.root / notebook.name, as_version=4).cells[index].outputs)


def test_answers_come_side_by_side_in_one_output(
    show: Show, lab_page: Page, place: Place, look: Look, screenshots: Path
) -> None:
    """This holds during and after the answers. A failed one gives its reason in its place. In a narrow space, the answers are below
    each other."""
    notebook = show(name="comparing.ipynb")
    notebook.become(place.cells(SETUP % (0.01, 0.05), "topic = 'rain'", COMPARE))
    lab_page.evaluate(RUN)
    cell = notebook.cell(3)
    # The quick one has ended and has its footer. The slow one still speaks.
    expect(sides(cell).nth(0)).to_contain_text("quick-one · quick · demo-chat · 4 -> 39 tokens · ")
    expect(sides(cell).nth(2)).to_contain_text("bad: permission: This account may not use that model.")
    expect(sides(cell).nth(1)).to_contain_text("slow-one · slow · demo-chat · 4 -> 39 tokens · ")
    expect(sides(cell)).to_have_count(3)
    expect(sides(cell).nth(0)).to_contain_text("You said “Why is rain <b>wet</b>?”.")
    expect(sides(cell).locator("strong")).to_have_text(["rain", "rain"])
    expect(cell.locator(".jp-RenderedHTML b")).to_have_count(0)
    assert notebook.kernel("list(both.replies)") == ["quick-one", "slow-one"]
    assert [each.output_type for each in outputs(notebook, 3)] == ["display_data"]
    for name in ("light", "dark"):
        look(name, 1280)
        lie(lab_page, y=1)
        lab_page.screenshot(path=screenshots / f"compare-{name}.png")
    look("light", 560)
    lie(lab_page, x=1, y=3)
    lab_page.screenshot(path=screenshots / "compare-narrow.png")


def test_an_answer_is_seen_before_the_others_have_ended(show: Show, lab_page: Page, place: Place) -> None:
    """An interrupt stops the others, and the texts so far stay in the output and in the kernel."""
    notebook = show(name="compare-stopped.ipynb")
    notebook.become(place.cells(SETUP % (0.0, 1.0), "topic = 'rain'", COMPARE))
    lab_page.evaluate(RUN)
    cell = notebook.cell(3)
    expect(sides(cell).nth(0)).to_contain_text("quick-one · quick · demo-chat · 4 -> 39 tokens · ")
    expect(sides(cell).nth(1)).to_contain_text("This is")
    lab_page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.interrupt()")
    expect(cell.locator('[data-mime-type="application/vnd.jupyter.stderr"]')).to_have_text(
        str(Interrupted(many=True, function="last_comparison"))
    )
    expect(sides(cell).nth(1)).to_contain_text("partial")
    assert notebook.kernel(
        "(aiconn.last_comparison() is both, [each.reply.partial for each in both if each.reply])"
    ) == (True, [False, True])
    assert [each.output_type for each in outputs(notebook, 3)] == ["display_data", "error"]
