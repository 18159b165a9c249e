"""The manager in a real Notebook 7: one connection's life, from the empty list to its deletion and back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from .conftest import Place
from .forms import Form
from .lab import Notebook, Server, theme
from .lists import SHOW, List, violations


@pytest.fixture(scope="module")
def notebook_server(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A Notebook 7 server."""
    with Server(tmp_path_factory.mktemp("notebook7"), "notebook") as server:
        yield server


@pytest.fixture
def place(notebook_server: Server, request: pytest.FixtureRequest) -> Place:
    """An empty place on it."""
    return Place(notebook_server, request.node.name.replace("[", "-").rstrip("]"))


@pytest.fixture
def page(new_context: Callable[..., BrowserContext]) -> Iterator[Page]:
    """A page of its own, in which no widget may go wrong. (Those come from a blob; Notebook 7 has an error of its own.)"""
    page = new_context().new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error.stack)) if "blob:" in str(error.stack) else None)
    yield page
    broken = page.locator(".jupyter-widgets-error-widget").count()
    page.close()
    assert (broken, errors) == (0, [])


def opened(place: Place, page: Page, *cells: str) -> Notebook:
    """A notebook in a page of Notebook 7, run."""
    notebook = Notebook.load(page, place.server, place.server.write("notebook.ipynb", place.cells(*cells), place.name))
    notebook.run()
    return notebook


def test_a_connection_from_the_empty_list_to_its_deletion_and_back(place: Place, page: Page) -> None:
    """Created in the form with a reference, tested, used, edited, switched off, deleted, restored: kernel and store agree."""
    connections = List(opened(place, page, SHOW, "1 + 1"))
    connections.press("Create a connection")
    form = Form(connections.notebook)
    form.pick("openai")
    form.part("name").press_sequentially("OpenAI Development")
    expect(form.part("alias")).to_have_value("openai-development")
    form["api_key"].press_sequentially("$open")
    form.root.get_by_role("option").filter(has_text="$OpenAI:ApiKey").click()
    expect(form.part("resolves-api_key")).to_contain_text("appsettings.json:3")
    form["endpoint"].fill("http://127.0.0.1:9/v1")
    form["endpoint"].press("Enter")

    row = connections.row("openai-development")
    expect(row).to_be_visible()
    made = place.session.get("openai-development")
    assert (made.name, made.version) == ("OpenAI Development", 1)
    assert dict(made.settings) == {"api_key": "$OpenAI:ApiKey", "endpoint": "http://127.0.0.1:9/v1"}

    connections.act("openai-development", "Test")
    expect(connections.cell("openai-development", "test")).to_contain_text(
        "reachable"
    )  # the rung that fails: nobody listens there
    expect(row).to_contain_text("reachable: ")
    connections.act("openai-development", "Use")
    expect(connections.used("openai-development")).to_have_count(1)
    assert connections.notebook.kernel("kernel_session().using().alias") == "openai-development"
    assert connections.notebook.kernel("type(aiconn.client()).__name__") == "OpenAI"

    connections.act("openai-development", "Edit")
    form = Form(connections.notebook)
    form.part("name").fill("Renamed")
    form.part("save").click()
    expect(connections.cell("openai-development", "name")).to_contain_text("Renamed")
    connections.switch("openai-development").click()
    expect(connections.switch("openai-development")).to_have_attribute("aria-checked", "false")
    now = place.session.get("openai-development")
    assert (now.name, now.active, now.version) == ("Renamed", False, 3)

    connections.act("openai-development", "Delete")
    connections.press("Delete")
    expect(row).to_have_count(0)
    assert place.session.aliases() == []
    connections.press("Undo")
    expect(row).to_be_visible()
    assert place.session.aliases() == ["openai-development"]


def test_with_the_keyboard_alone(place: Place, page: Page) -> None:
    """Arrows, space and letters are the list's, and no command of the notebook."""
    session = place.session
    session.create("first", "demo", name="First")
    session.create("second", "demo", name="Second")
    connections = List(opened(place, page, SHOW))
    connections.row("first").get_by_role("switch").focus()
    page.keyboard.press("ArrowDown")
    expect(connections.switch("second")).to_be_focused()
    page.keyboard.press("Space")
    expect(connections.switch("second")).to_have_attribute("aria-checked", "false")
    for key in ("d", "d", "x", "a", "b", "z", "Shift+Enter"):
        page.keyboard.press(key)
    expect(page.locator(".jp-Cell")).to_have_count(2)
    assert session.get("second").active is False
    page.keyboard.press("Delete")
    expect(connections.root.get_by_role("button", name="Delete", exact=True)).to_be_focused()
    page.keyboard.press("Escape")
    connections.row("first").get_by_role("button", name="Edit ").focus()
    page.keyboard.press("Enter")
    form = Form(connections.notebook)
    expect(form.part("name")).to_be_focused()
    page.keyboard.press("End")
    page.keyboard.type(" of all")
    page.keyboard.press("Enter")
    expect(connections.cell("first", "name")).to_contain_text("First of all")
    assert session.get("first").name == "First of all"


def test_a_reload_brings_it_back(place: Place, page: Page) -> None:
    """The kernel lives on, and so does what was typed but not saved."""
    notebook = opened(place, page, "form = aiconn.ConnectionForm(); form")
    form = Form(notebook)
    form.pick("demo")
    form.part("name").fill("Typed before the reload")
    form.part("name").press("Tab")
    for _ in range(50):
        if notebook.kernel("bool(form._kept)"):
            break
    notebook.save()
    page.reload()
    form = Form(Notebook.loaded(page, place.server, notebook.name))
    expect(form.part("name")).to_have_value("Typed before the reload")
    form.save()
    assert place.session.aliases() == ["typed-before-the-reload"]


@pytest.mark.parametrize("width", [1280, 480])
@pytest.mark.parametrize("name", ["light", "dark"])
def test_how_it_looks(name: str, width: int, place: Place, page: Page, screenshots: Path) -> None:
    """List and form stand in the page as in JupyterLab; nothing is cut off sideways, axe-core finds no violation."""
    session = place.session
    session.create("openai-dev", "openai", name="OpenAI Development", settings={"api_key": "$OpenAI:ApiKey"})
    session.create("writer", "anthropic", name="Claude for writing", settings={"api_key": "$Anthropic:ApiKey"})
    session.create("demo", "demo", name="Offline demo", active=False)
    connections = List(opened(place, page, SHOW))
    theme(page, name)
    page.set_viewport_size({"width": width, "height": 1200})
    for state in ("list", "form"):
        if state == "form":
            connections.act("openai-dev", "Edit")
            Form(connections.notebook)
        page.wait_for_timeout(200)  # transitions of colour end
        page.screenshot(path=screenshots / f"notebook7-{state}-{name}-{width}.png")
        shells = page.locator(".aiconn-shell .aiconn")
        for shell in shells.all():
            assert shell.evaluate("(node) => node.scrollWidth - node.clientWidth") <= 0
        assert violations(shells.first) == [], state
