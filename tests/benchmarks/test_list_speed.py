"""These benchmarks compare the list in the kernel, in messages and in the page with a box of core widgets per row."""

from __future__ import annotations

import itertools
import json
import statistics
from collections.abc import Callable, Iterator
from pathlib import Path
from time import perf_counter
from typing import Any

import ipywidgets
import pytest
from playwright.sync_api import Browser, Page, Playwright

from aiconn_nb import Session
from aiconn_nb.ui.widgets.connection_list import ConnectionList
from tests.browser.conftest import CHROMIUM, FLAGS
from tests.browser.lab import Notebook, Server, bounded

pytestmark = pytest.mark.benchmark

BOX_ROWS = 200
"""With 1,000 rows, the boxes never appear."""


def fill(session: Session, count: int) -> None:
    """Add connections as users have them, with a reference and an endpoint."""
    with session._context.store.change() as change:
        from aiconn_nb.model.connection import Connection

        for number in range(count):
            change.put(
                Connection(
                    alias=f"openai-team-{number:04}",
                    name=f"OpenAI, Team {number}",
                    provider="openai",
                    settings={"api_key": "$OpenAI:ApiKey", "endpoint": "https://api.openai.com/v1"},
                )
            )


def boxes(session: Session) -> Any:
    """Return the same list, built in the usual way with a box of core widgets for each row."""
    rows = [
        ipywidgets.HBox(
            [
                ipywidgets.Checkbox(indent=False),
                ipywidgets.HTML(f"{row.name}<br>{row.alias}"),
                ipywidgets.Label(row.provider),
                ipywidgets.ToggleButton(value=row.active, description="Active"),
                *(ipywidgets.Button(description=words) for words in ("Use", "Test", "Edit", "Duplicate", "Delete")),
            ]
        )
        for row in session.connections()
    ]
    return ipywidgets.VBox(rows)


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """Return the list of messages that leave the kernel, with their type and size in bytes."""
    import comm.base_comm

    caught: list[tuple[str, int]] = []

    class Caught(comm.base_comm.BaseComm):
        def publish_msg(self, msg_type: str, data: Any = None, **rest: Any) -> None:
            caught.append((msg_type, len(json.dumps(data, default=str).encode())))

    monkeypatch.setattr(comm, "create_comm", Caught)
    return caught


def table(rows: dict[str, str]) -> None:
    """Print a table of two columns."""
    width = max(map(len, rows))
    print("\n" + "\n".join(f"  {name:<{width}}  {value:>12}" for name, value in rows.items()))


def milliseconds(call: Callable[[], object], rounds: int = 9) -> float:
    """Return the median time of several calls."""

    def once() -> float:
        started = perf_counter()
        call()
        return (perf_counter() - started) * 1e3

    return statistics.median(once() for _ in range(rounds))


def test_the_kernel_with_1000_connections(session: Session, work: Path, sent: list[tuple[str, int]]) -> None:
    """The list takes under 50 ms, one comm_open for itself (and one for its layout) and at most 400 bytes a row. One changed row
    takes under 1 kB."""
    (work / "appsettings.json").write_text('{"OpenAI": {"ApiKey": "x"}}')
    fill(session, 1000)
    shown = ConnectionList(session)  # the first one also reads the file and imports
    cost = milliseconds(lambda: ConnectionList(session))
    sent.clear()
    ConnectionList(session)
    opened = [kind for kind, _ in sent]
    fixed = len(json.dumps({key: value for key, value in shown.view.items() if key != "rows"}).encode())
    widest = max(len(json.dumps(row, ensure_ascii=False).encode()) for row in shown.view["rows"])
    shown.session.edit("openai-team-0500", name="Another name")
    sent.clear()
    shown.refresh()
    changed = [size for _, size in sent]
    table(
        {
            "kernel time, 1,000 connections (budget 50 ms)": f"{cost:.1f} ms",
            "comm_open": str(len(opened)),
            "longest row (budget 400 bytes)": f"{widest} B",
            "the rest of the view": f"{fixed} B",
            "one row of 1,000 changed (budget 1,000 bytes)": f"{sum(changed)} B",
        }
    )
    assert cost < 50
    assert opened == ["comm_open", "comm_open"]
    assert widest <= 400
    assert len(changed) == 1
    assert sum(changed) < 1000


def test_messages_against_boxes(session: Session, sent: list[tuple[str, int]]) -> None:
    """For 200 rows, the list sends at least 1,000 times fewer messages than a box of core widgets per row."""
    fill(session, BOX_ROWS)
    ConnectionList(session)
    ours = list(sent)
    sent.clear()
    boxes(session)
    theirs = list(sent)
    ratio = len(theirs) / len(ours)
    table(
        {
            "messages of the list": str(len(ours)),
            "messages of the boxes": f"{len(theirs):,}",
            "times fewer (budget 1,000)": f"{ratio:,.0f}",
            "bytes of the list": f"{sum(size for _, size in ours) / 1000:.0f} kB",
            "bytes of the boxes": f"{sum(size for _, size in theirs) / 1000:.0f} kB",
        }
    )
    assert ratio >= 1000


# ---- in a page --------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    """Yield a page in a separate Chromium."""
    from playwright.sync_api import sync_playwright

    if not Path(CHROMIUM).exists():
        pytest.skip(f"There is no Chromium at {CHROMIUM} (CHROMIUM names another).")
    started: Playwright
    with sync_playwright() as started:
        browser: Browser = started.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser.new_page(viewport={"width": 1280, "height": 900})
        browser.close()


@pytest.fixture
def notebook(page: Page, session: Session, tmp_path: Path) -> Iterator[Notebook]:
    """Yield a notebook in a JupyterLab."""
    with Server(tmp_path / "lab") as server:
        yield Notebook.load(page, server, server.write("notebook.ipynb", ["1"]))


_VISIBLE = """async ([name, cells, selector, count]) => {
  const panel = [...window.jupyterapp.shell.widgets('main')].find((w) => w.context?.path === name);
  const model = panel.content.model.sharedModel;
  model.transact(() => {
    model.deleteCellRange(0, model.cells.length);
    model.insertCells(0, cells.map((source) => ({ cell_type: 'code', source, metadata: {}, outputs: [] })));
  });
  const shown = () => panel.node.querySelectorAll(selector).length >= count && panel.node.querySelector(selector).offsetHeight > 0;
  panel.content.activeCellIndex = 0;
  const started = performance.now();
  window.jupyterapp.commands.execute('notebook:run-all-cells');
  while (!shown()) {
    await new Promise((resolve) => requestAnimationFrame(resolve));
    if (performance.now() - started < 50000) continue;
    const { status, connectionStatus } = panel.sessionContext.session?.kernel ?? {};
    throw new Error(`not shown; kernel ${status}, ${connectionStatus}; ${panel.node.querySelectorAll(selector).length} rows; `
      + panel.node.innerText.slice(-2000));
  }
  return performance.now() - started;
}"""


def visible_after(notebook: Notebook, code: str, selector: str, count: int) -> float:
    """Return the milliseconds from running a cell until this many rows of it are in the page."""
    milliseconds: float = notebook.page.evaluate(bounded(_VISIBLE), [notebook.name, [code], selector, count])
    return milliseconds


def prepare(notebook: Notebook, work: Path, counts: tuple[int, ...]) -> None:
    """Make stores, and sessions for them in the kernel, with everything imported."""
    for count in counts:
        session = Session(home=work / f"home{count}", config_home=work / "keys", config_root=work, environ={})
        fill(session, count)
    sessions = ", ".join(
        f"{count}: aiconn.Session(home={str(work / f'home{count}')!r}, config_home={str(work / 'keys')!r},"
        f" config_root={str(work)!r}, environ={{}})"
        for count in counts
    )
    # For a slow server, ipykernel silently drops the messages of a burst, such as the boxes of core widgets.
    whole = "get_ipython().kernel.iopub_thread.socket.set_hwm(0)"
    code = f"{whole}; import ipywidgets, aiconn_nb as aiconn; sessions = {{{sessions}}}"
    code += f"; aiconn.ConnectionList(sessions[{counts[0]}])"
    visible_after(notebook, code, ".aiconn-item", 1)


def test_the_page_with_1000_connections(notebook: Notebook, work: Path) -> None:
    """The first hundred rows appear within 1.5 times the time of ten rows.

    Measured: 1.25 to 1.4 (85 and 107 ms, 98 and 138 ms), and 1.5 if other processes have both cores (108 and 162 ms). Of that last
    difference, two thirds are the time until the kernel has read, built and sent 1,000 rows (10 ms of a free processor), and one
    third is drawing 90 more rows.
    """
    (work / "appsettings.json").write_text('{"OpenAI": {"ApiKey": "x"}}')
    prepare(notebook, work, (10, 1000))
    turns = itertools.repeat((10, 1000), 9)
    taken: dict[int, list[float]] = {10: [], 1000: []}
    for count in itertools.chain.from_iterable(turns):
        code = f"aiconn.ConnectionList(sessions[{count}])"
        taken[count].append(visible_after(notebook, code, ".aiconn-item", min(count, 100)))
    few, many = (statistics.median(taken[count]) for count in (10, 1000))
    table(
        {
            "10 rows are there after": f"{few:.0f} ms",
            "the first 100 of 1,000 after": f"{many:.0f} ms",
            "1,000 / 10 (budget 1.5)": f"{many / few:.2f}",
        }
    )
    assert many / few <= 1.5


_KEYS = """async () => {
  const root = [...document.querySelectorAll('.jp-NotebookPanel:not(.lm-mod-hidden) .aiconn')].at(-1);
  while (root.querySelectorAll('.aiconn-item').length < 1000) await new Promise((resolve) => setTimeout(resolve, 20));
  const input = root.querySelector('input[type=search]');
  const texts = ['t', 'te', 'tea', 'team', 'team 1', 'team 12', 'team 1', 'team', 't', ''];
  const taken = texts.map(() => Infinity);
  for (let round = 0; round < 7; round++)
    for (const [at, text] of texts.entries()) {
      input.value = text;
      const started = performance.now();
      input.dispatchEvent(new Event('input', { bubbles: true }));
      root.getBoundingClientRect(); // lays it out
      taken[at] = Math.min(taken[at], performance.now() - started);
      await new Promise((resolve) => requestAnimationFrame(resolve));
    }
  return taken;
}"""
_CHANGED = """() => {
  const root = [...document.querySelectorAll('.jp-NotebookPanel:not(.lm-mod-hidden) .aiconn')].at(-1);
  window.changedRows = new Set();
  new MutationObserver((records) => {
    for (const { target } of records) {
      const item = (target.nodeType === Node.ELEMENT_NODE ? target : target.parentElement)?.closest('[data-id]');
      if (item) window.changedRows.add(item.dataset.id);
    }
  }).observe(root, { subtree: true, childList: true, characterData: true, attributes: true });
}"""


def test_typing_and_changing_with_1000_connections(notebook: Notebook, work: Path) -> None:
    """A key in the filter takes less than a frame of 16 ms (the best of seven, whatever else the machine does).

    A change of one row draws one row.
    """
    (work / "appsettings.json").write_text('{"OpenAI": {"ApiKey": "x"}}')
    prepare(notebook, work, (1000,))
    visible_after(notebook, "aiconn.ConnectionList(sessions[1000])", ".aiconn-item", 100)
    page = notebook.page
    keys: list[float] = page.evaluate(bounded(_KEYS))
    # The rows that the filter hid return when the page is idle.
    page.wait_for_function("() => document.querySelectorAll('.aiconn-item:not([hidden])').length >= 1000")
    page.evaluate(_CHANGED)
    Session(home=work / "home1000", config_home=work / "keys", config_root=work, environ={}).edit(
        "openai-team-0500", name="Another name"
    )
    page.get_by_role("button", name="Refresh", exact=True).click()
    page.wait_for_function("() => window.changedRows.size > 0")
    page.wait_for_timeout(300)  # waits for rows that should not follow
    changed: int = page.evaluate("() => window.changedRows.size")
    table({"the slowest key (budget 16 ms)": f"{max(keys):.1f} ms", "rows drawn for one changed": str(changed)})
    assert max(keys) < 16
    assert changed == 1


def test_the_page_against_boxes(notebook: Notebook, work: Path) -> None:
    """For 200 rows, the list is visible at least 20 times sooner than a box of core widgets per row."""
    (work / "appsettings.json").write_text('{"OpenAI": {"ApiKey": "x"}}')
    prepare(notebook, work, (BOX_ROWS,))
    build = (
        "rows = [ipywidgets.HBox([ipywidgets.Checkbox(indent=False), ipywidgets.HTML(f'{row.name}<br>{row.alias}'),"
        " ipywidgets.Label(row.provider), ipywidgets.ToggleButton(value=row.active, description='Active'),"
        " *(ipywidgets.Button(description=words) for words in ('Use', 'Test', 'Edit', 'Duplicate', 'Delete'))])"
        f" for row in sessions[{BOX_ROWS}].connections()]\nipywidgets.VBox(rows)"
    )
    ours, theirs = [], []
    for _ in range(3):
        ours.append(visible_after(notebook, f"aiconn.ConnectionList(sessions[{BOX_ROWS}])", ".aiconn-item", 100))
        theirs.append(visible_after(notebook, build, ".widget-checkbox", BOX_ROWS))
    ratio = statistics.median(theirs) / statistics.median(ours)
    table(
        {
            "the list is there after": f"{statistics.median(ours):.0f} ms",
            "the boxes after": f"{statistics.median(theirs):.0f} ms",
            "times sooner (budget 20)": f"{ratio:.0f}",
        }
    )
    assert ratio >= 20
