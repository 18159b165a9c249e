"""The widgets work in a real Notebook 7, another front end on the same kernel protocol."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from .conftest import Place
from .forms import Form
from .lab import Notebook, Server
from .lists import SHOW, List, violations


@pytest.fixture(scope="module")
def notebook_server(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Yield a Notebook 7 server."""
    with Server(tmp_path_factory.mktemp("notebook"), "notebook") as server:
        yield server


@pytest.fixture
def page(new_context: Callable[..., BrowserContext]) -> Iterator[Page]:
    """Yield a separate page, in which none of our errors may occur.

    Notebook 7 raises some errors of its own while it loads, for settings of plug-ins that it lacks. A widget's module is a blob.
    """
    shown = new_context().new_page()
    errors: list[str] = []
    shown.on("pageerror", lambda error: errors.append(error.stack or str(error)))
    yield shown
    assert shown.locator(".jupyter-widgets-error-widget").count() == 0
    shown.close()
    assert [error for error in errors if "blob:" in error] == []


def test_a_first_connection_is_made_tested_used_and_deleted(
    notebook_server: Server, page: Page, outside: list[str]
) -> None:
    """The way goes from the empty list through the form and back. The store and the kernel match the page, also after a reload."""
    place = Place(notebook_server, "first")
    notebook = Notebook.load(page, notebook_server, notebook_server.write("a.ipynb", place.cells(SHOW), place.name))
    notebook.run()
    shown = List(notebook)
    shown.press("Create a connection")
    form = Form(notebook)
    form.fill("openai", "OpenAI Development", api_key="$OpenAI:ApiKey", endpoint="http://127.0.0.1:9/v1")
    expect(form.part("resolves-api_key")).to_contain_text("appsettings.json")
    assert violations(form.root) == []
    form["endpoint"].press("Enter")
    shown = List(notebook)
    shown.shows("openai-development")
    made = place.session.get("openai-development")
    assert dict(made.settings) == {"api_key": "$OpenAI:ApiKey", "endpoint": "http://127.0.0.1:9/v1"}

    shown.act("openai-development", "Use")
    expect(shown.used("openai-development")).to_be_visible()
    assert notebook.kernel("kernel_session().using().alias") == "openai-development"
    shown.act("openai-development", "Test")
    expect(shown.row("openai-development")).to_contain_text("reachable:")
    assert violations(shown.root) == []

    notebook.save()
    page.reload(wait_until="domcontentloaded")
    shown = List(Notebook.loaded(page, notebook_server, notebook.name))
    shown.act("openai-development", "Delete")
    shown.press("Delete")
    expect(shown.root.get_by_role("button", name="Undo")).to_be_focused()
    assert place.session.aliases() == []
    page.keyboard.press("Enter")
    shown.shows("openai-development")
    assert place.session.aliases() == ["openai-development"]
    assert outside == []


def test_no_key_is_a_command_of_the_notebook(notebook_server: Server, page: Page) -> None:
    """Letters, Delete and Shift+Enter in the list and in the form leave the cells alone, and Enter saves."""
    place = Place(notebook_server, "keys")
    place.session.create("demo", "demo", name="Offline demo")
    cells = place.cells(SHOW, "edit = aiconn.ConnectionForm('demo'); edit")
    notebook = Notebook.load(page, notebook_server, notebook_server.write("keys.ipynb", cells, place.name))
    notebook.run()
    shown, form = List(notebook), Form(notebook)
    count = page.locator(".jp-Cell").count()
    for control in (shown.switch("demo"), form.part("cancel")):
        control.focus()
        for key in ("d", "d", "x", "a", "b", "m", "Shift+Enter"):
            page.keyboard.press(key)
    assert page.locator(".jp-Cell").count() == count
    # Shift+Enter presses the element with the focus: the switch is off, and Cancel has made the form show the stored state.
    expect(form.part("active")).to_have_attribute("aria-checked", "false")
    form.part("name").fill("By keyboard alone")
    form.part("name").press("Enter")
    form.saved()
    assert place.session.get("demo").name == "By keyboard alone"
