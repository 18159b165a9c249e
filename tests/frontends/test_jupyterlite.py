"""The package works in JupyterLite in Chromium: a site without a server, whose kernel is Pyodide and whose packages are its own."""

from __future__ import annotations

import base64
import sys
from collections.abc import Iterator
from contextlib import nullcontext, suppress
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import requires
from pathlib import Path
from threading import Thread
from typing import Any

import nbformat
import pytest
from playwright.sync_api import Page, expect, sync_playwright
from playwright.sync_api import TimeoutError as PlaywrightTimeout

NEEDED = [each for each in requires("aiconn-nb") or () if "extra ==" not in each and "cryptography" not in each]
"""The dependencies of aiconn-nb that need no compiled code."""
CELLS = {
    "install": f"import piplite\nawait piplite.install({NEEDED})\nawait piplite.install('aiconn-nb', deps=False)",
    "load": "import os\nos.environ['AICONN_HOME'] = 'store'\n%load_ext aiconn_nb",
    "new": "%aiconn new demo-dev --provider demo",
    "edit": "%aiconn edit demo-dev --name Classroom",
    "reference": "%aiconn new openai-dev --provider openai --set api_key=$OpenAI:ApiKey",
    "ask": "%aiconn ask demo-dev --model demo-chat hello",
    "usage": "%aiconn usage",
    "doctor": "%aiconn doctor",
    "list": "%aiconn list",
    "manager": "%aiconn",
}
SETTINGS = '{"OpenAI": {"ApiKey": "made-up-key-0000"}}'
expect.set_options(timeout=60_000)
END = "only the alias in your notebook changes."
SAVE = "([path, options]) => window.jupyterapp.serviceManager.contents.save(path, options)"
STORE = "async () => (await window.jupyterapp.serviceManager.contents.get('store/connections.json', {content: true})).content"
RUN = """async (source) => {
  const { commands, shell } = window.jupyterapp;
  shell.currentWidget.content.activeCellIndex = shell.currentWidget.content.widgets.length - 1;
  await commands.execute('notebook:insert-cell-below');
  shell.currentWidget.content.activeCell.model.sharedModel.setSource(source);
  void commands.execute('notebook:run-cell');
}"""
IDLE = "() => window.jupyterapp.shell.currentWidget?.sessionContext?.session?.kernel?.status === 'idle'"


class Quiet(SimpleHTTPRequestHandler):
    """A file server that does not print its requests."""

    def log_message(self, *_: Any) -> None:
        """Print nothing."""


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    """Yield the address of the site."""
    folder = partial(Quiet, directory=Path(sys.prefix) / "site/built")
    with ThreadingHTTPServer(("127.0.0.1", 0), folder) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture(scope="module")
def outside() -> list[str]:
    """Return the list of requests that tried to leave the machine."""
    return []


@pytest.fixture(scope="module")
def page(site: str, outside: list[str]) -> Iterator[Page]:
    """Yield the notebook after all its cells ran."""

    def only_the_site(route: Any) -> None:
        if route.request.url.startswith(site):
            route.continue_()
        else:
            outside.append(route.request.url)
            route.abort()

    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(source) for source in CELLS.values()],
        metadata={"kernelspec": {"name": "python", "display_name": "Python (Pyodide)", "language": "python"}},
    )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        context = browser.new_context(viewport={"width": 1280, "height": 3000})
        context.set_default_timeout(200_000)
        context.route("**/*", only_the_site)
        page = context.new_page()
        files = {
            "lesson.ipynb": {"type": "notebook", "format": "json", "content": notebook},
            "appsettings.json": {"type": "file", "format": "text", "content": SETTINGS},
        }
        for seconds in (60, 60, 200):
            with suppress(PlaywrightTimeout) if seconds < 200 else nullcontext():
                opened(page, site, files, seconds * 1_000)
                break
        page.evaluate("() => void window.jupyterapp.commands.execute('notebook:run-all-cells')")
        yield page
        browser.close()


def opened(page: Page, site: str, files: dict[str, Any], patience: int) -> None:
    """Load the page, open the notebook and wait until its kernel waits for a cell, because a starting kernel may never say so.

    Raises Playwright's `TimeoutError` after ``patience`` milliseconds.
    """
    page.goto(f"{site}/lab/index.html")
    page.wait_for_function("() => window.jupyterapp?.restored.then(() => true)")
    for name, content in files.items():
        page.evaluate(SAVE, [name, content])
    page.evaluate("() => void window.jupyterapp.commands.execute('docmanager:open', {path: 'lesson.ipynb'})")
    page.wait_for_function(IDLE, timeout=patience)


def output(page: Page, cell: str) -> Any:
    """Return what a cell has shown."""
    return page.locator(".jp-CodeCell").nth(list(CELLS).index(cell)).locator(".jp-OutputArea")


def stored(page: Page) -> str:
    """Return the store's file as the page keeps it, whichever kernel runs."""
    return base64.b64decode(page.evaluate(STORE)).decode()


def test_no_cell_fails_or_warns(page: Page) -> None:
    """Every cell has run."""
    expect(page.locator(".jp-CodeCell .jp-InputPrompt").last).to_have_text(f"[{len(CELLS)}]:")
    failed = page.locator('.jp-OutputArea-output[data-mime-type*="error"], [data-mime-type*="stderr"]')
    assert failed.all_inner_texts() == []


def test_connections_are_kept_beside_the_notebook(page: Page) -> None:
    """The store contains two changes of one connection and a reference in the other."""
    assert '"Classroom"' in stored(page)
    assert '"$OpenAI:ApiKey"' in stored(page)
    assert "made-up-key-0000" not in stored(page)


def test_a_reference_resolves_from_the_file_beside_the_notebook(page: Page) -> None:
    """The list says that the reference resolves."""
    row = output(page, "list").locator("tr", has_text="openai-dev")
    assert row.locator("td").nth(4).inner_text() == "yes"


def test_a_profile_answers(page: Page) -> None:
    """The call is recorded in the usage."""
    expect(output(page, "ask")).to_contain_text(END)
    expect(output(page, "usage").locator("tr", has_text="demo-dev")).to_contain_text("36")


def test_the_doctor_finds_only_the_missing_sdk(page: Page) -> None:
    """The site has no package of OpenAI."""
    assert output(page, "doctor").locator("tr", has_text="problem").count() == 1


def test_the_manager_changes_the_store(page: Page) -> None:
    """The switch of a row and a form change it."""
    manager = output(page, "manager")
    expect(manager.locator(".aiconn-alias").first).to_have_text("demo-dev")
    switch = manager.get_by_role("switch").first
    switch.click()
    expect(switch).to_have_attribute("aria-checked", "false")
    manager.get_by_role("button", name="Create connection").click()
    manager.get_by_test_id("provider-demo").check()
    manager.get_by_test_id("name").fill("Made here")
    manager.get_by_test_id("save").click()
    expect(manager.locator(".aiconn-alias", has_text="made-here")).to_be_visible()
    assert '"Made here"' in stored(page)


def test_a_question_is_answered(page: Page) -> None:
    """The command waits for the answer, although nothing says beforehand that the page can ask."""
    page.evaluate(RUN, "%aiconn delete openai-dev")
    prompt = page.locator(".jp-Stdin-input")
    prompt.fill("y")
    prompt.press("Enter")
    expect(page.locator(".jp-CodeCell").last).to_contain_text("Deleted openai-dev.")


def test_nothing_comes_from_outside(page: Page, outside: list[str]) -> None:
    """The site contains everything."""
    assert outside == []
