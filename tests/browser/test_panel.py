"""The panel works in JupyterLab's side bar, with commands in the palette, and the cell shows the manager if there is no side
bar."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from .conftest import Place
from .lab import Notebook, Server, bounded

Show = Callable[..., Notebook]
RESTART = """(name) => [...window.jupyterapp.shell.widgets('main')].find((each) => each.context?.path === name)
  .sessionContext.session.kernel.restart()"""


@pytest.fixture
def stored(place: Place) -> Place:
    """Return a place with two connections."""
    place.session.create("openai-dev", "openai", name="OpenAI dev", settings={"api_key": "$OpenAI:ApiKey"})
    place.session.create("demo", "demo", name="Offline demo")
    return place


def docked(page: Page) -> Locator:
    """Return the panel in the side bar."""
    return page.locator("#jp-right-stack .aiconn-docked:visible")


def search_palette(page: Page, words: str) -> Locator:
    """Search the command palette and return the entries that it shows."""
    page.evaluate(bounded("() => window.jupyterapp.commands.execute('apputils:activate-command-palette')"))
    page.locator(".lm-CommandPalette-input").fill(words)
    return page.locator(".lm-CommandPalette-item")


def palette(page: Page, words: str) -> Locator:
    """Return the entries of the command palette that these words find.

    JupyterLab closes the palette when something else takes the focus, such as a notebook whose page is still loading. The palette
    is then opened again.
    """
    for _ in range(3):
        found = search_palette(page, words)
        with suppress(AssertionError):
            expect(found.first).to_be_visible(timeout=15_000)
            return found
    return search_palette(page, words)


@pytest.fixture
def page_of_its_own(new_context: Callable[..., BrowserContext]) -> Iterator[Page]:
    """Yield a page that is closed afterwards."""
    context = new_context()
    yield context.new_page()
    context.close()


@pytest.fixture
def closing(lab_page: Page) -> Any:
    """Restore the side bar afterwards."""
    yield
    lab_page.evaluate(
        "() => { const { shell } = window.jupyterapp; for (const each of [...shell.widgets('right')])"
        " if (each.id.startsWith('aiconn-')) each.close(); shell.collapseRight(); }"
    )


@pytest.mark.usefixtures("closing")
def test_it_is_docked_once_however_often_it_is_asked_for(stored: Place, show: Show) -> None:
    """The list is in the side bar. A second cell shows the same one, and the cells say where it is."""
    notebook = show("%aiconn panel", "aiconn.panel()", name="docked.ipynb")
    page = notebook.page
    expect(docked(page).locator(".aiconn-alias")).to_have_text(["demo", "openai-dev"])
    for cell in (1, 2):
        expect(notebook.cell(cell).locator(".jp-OutputArea")).to_contain_text("is in JupyterLab's side bar")
        expect(notebook.cell(cell).locator(".aiconn-shell")).to_have_count(0)
    assert page.locator("#jp-right-stack .aiconn-docked").count() == 1
    assert notebook.kernel("aiconn.panel() is aiconn.panel()") is True


@pytest.mark.usefixtures("closing")
def test_one_that_was_closed_is_opened_again(stored: Place, show: Show) -> None:
    """The next cell that asks for it opens it."""
    notebook = show("%aiconn panel", name="closed.ipynb")
    page = notebook.page
    expect(docked(page)).to_be_visible()
    page.evaluate(
        "() => { for (const each of [...window.jupyterapp.shell.widgets('right')])"
        " if (each.id.startsWith('aiconn-')) each.close(); }"
    )
    expect(docked(page)).to_have_count(0)
    notebook.run()
    expect(docked(page).locator(".aiconn-alias")).to_have_text(["demo", "openai-dev"])


@pytest.mark.usefixtures("closing")
def test_its_commands_are_in_the_palette_and_work_by_keyboard(stored: Place, show: Show) -> None:
    """The command "use ..." moves the cursor to the choice of a connection, and "environment ..." to that of an environment."""
    notebook = show("%aiconn panel", name="palette.ipynb")
    page = notebook.page
    expect(docked(page)).to_be_visible()
    found = palette(page, "AI connections:")
    expect(found.locator(".lm-CommandPalette-itemLabel")).to_have_text(
        [f"AI connections: {each}" for each in ("open", "use ...", "environment ...", "require")]
    )
    page.keyboard.press("Escape")
    page.evaluate("() => window.jupyterapp.shell.collapseRight()")
    palette(page, "AI connections: use")
    page.keyboard.press("Enter")
    expect(docked(page).get_by_test_id("bar-used")).to_be_focused()
    page.keyboard.type("demo")
    expect(docked(page).get_by_test_id("bar-used")).to_have_value("demo")
    expect(docked(page).locator(".aiconn-used .aiconn-alias")).to_have_text(["demo"])
    assert notebook.kernel("kernel_session().using().alias") == "demo"
    palette(page, "AI connections: environment")
    page.keyboard.press("Enter")
    expect(docked(page).get_by_test_id("bar-environment")).to_be_focused()
    page.keyboard.type("Prod")
    expect(docked(page).get_by_test_id("production")).to_have_text("This is a production environment.")
    assert notebook.kernel("kernel_session().current_environment") == "Production"


@pytest.mark.usefixtures("closing")
def test_what_a_cell_does_is_seen_in_it(stored: Place, show: Show) -> None:
    """The panel shows another connection in use, a new connection and another environment."""
    notebook = show("%aiconn panel", name="followed.ipynb")
    page = notebook.page
    expect(docked(page).get_by_test_id("bar-used")).to_have_value("")
    notebook.become(["%aiconn use demo\n%aiconn duplicate demo more\n%aiconn env Staging"])
    notebook.run()
    expect(docked(page).get_by_test_id("bar-used")).to_have_value("demo")
    expect(docked(page).get_by_test_id("bar-environment")).to_have_value("Staging")
    expect(docked(page).locator(".aiconn-alias")).to_have_text(["demo", "more", "openai-dev"])


def test_after_a_reload_of_the_page_it_is_there_again(stored: Place, lab: Server, page_of_its_own: Page) -> None:
    """Its commands return as well. The page is a separate one, because JupyterLab restores tabs late and would bring them to the
    front of another test."""
    page, cells = page_of_its_own, stored.cells("%aiconn panel")
    notebook = Notebook.load(page, lab, lab.write("reloaded.ipynb", cells, stored.name))
    notebook.run()
    expect(docked(page)).to_be_visible()
    notebook.save()
    page.reload(wait_until="domcontentloaded")
    Notebook.loaded(page, notebook.server, notebook.name)
    expect(page.locator(".jp-SideBar.jp-mod-right [data-id^=aiconn-]")).to_have_count(1)
    expect(palette(page, "AI connections: environment")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(docked(page).locator(".aiconn-alias")).to_have_text(["demo", "openai-dev"])
    expect(docked(page).get_by_test_id("bar-environment")).to_be_focused()


@pytest.mark.usefixtures("closing")
def test_after_a_restart_it_says_so_and_its_commands_are_gone(stored: Place, show: Show) -> None:
    """The panel of the ended kernel can be closed."""
    notebook = show("%aiconn panel", name="ended.ipynb")
    page = notebook.page
    expect(docked(page)).to_be_visible()
    page.evaluate(RESTART, notebook.name)
    expect(docked(page).get_by_text("The kernel has ended").locator("visible=true").first).to_be_visible()
    expect(search_palette(page, "AI connections:").locator("visible=true")).to_have_count(0)
    page.keyboard.press("Escape")
    page.page_errors.clear()  # type: ignore[attr-defined]  # JupyterLab's own, of its restart
    tab = page.locator(".jp-SideBar.jp-mod-right .lm-TabBar-tab.lm-mod-closable").last
    tab.hover()
    cross = tab.locator(".lm-TabBar-tabCloseIcon").bounding_box()
    assert cross is not None
    page.mouse.click(cross["x"] + cross["width"] / 2, cross["y"] + cross["height"] / 2)
    expect(docked(page)).to_have_count(0)


def test_without_ipylab_the_cell_shows_the_manager_and_says_so(stored: Place, show: Show) -> None:
    """The message is in the bar above the list."""
    notebook = show("import sys\nsys.modules['ipylab'] = None", "%aiconn panel")
    cell = notebook.cell(2)
    expect(cell.locator(".aiconn-alias")).to_have_text(["demo", "openai-dev"])
    expect(cell.locator(".aiconn-status")).to_contain_text("pip install 'aiconn-nb[lab]'")
