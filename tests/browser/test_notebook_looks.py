"""List and form look right in a real Notebook 7, which lays out its page in its own way, and axe-core finds no violation."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page

from .conftest import Place
from .forms import Form
from .lab import Notebook, Server, theme
from .lists import SHOW, List, violations


@pytest.fixture(scope="module")
def notebook_server(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Yield a Notebook 7 server."""
    with Server(tmp_path_factory.mktemp("notebook7"), "notebook") as server:
        yield server


@pytest.fixture
def place(notebook_server: Server, request: pytest.FixtureRequest) -> Place:
    """Return an empty place on the server."""
    return Place(notebook_server, request.node.name.replace("[", "-").rstrip("]"))


@pytest.fixture
def page(new_context: Callable[..., BrowserContext]) -> Iterator[Page]:
    """Yield a separate page, in which no widget may fail. (Our errors come from a blob; Notebook 7 has an error of its own.)"""
    page = new_context().new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error.stack)) if "blob:" in str(error.stack) else None)
    yield page
    broken = page.locator(".jupyter-widgets-error-widget").count()
    page.close()
    assert (broken, errors) == (0, [])


def opened(place: Place, page: Page, *cells: str) -> Notebook:
    """Return a notebook that has run in a page of Notebook 7."""
    notebook = Notebook.load(page, place.server, place.server.write("notebook.ipynb", place.cells(*cells), place.name))
    notebook.run()
    return notebook


def test_how_it_looks(place: Place, page: Page, screenshots: Path) -> None:
    """List and form are in the page as in JupyterLab. Nothing is cut off sideways, and axe-core finds no violation."""
    session = place.session
    session.create("openai-dev", "openai", name="OpenAI Development", settings={"api_key": "$OpenAI:ApiKey"})
    session.create("writer", "anthropic", name="Claude for writing", settings={"api_key": "$Anthropic:ApiKey"})
    session.create("demo", "demo", name="Offline demo", active=False)
    connections = List(opened(place, page, SHOW))
    page.emulate_media(reduced_motion="reduce")  # no colour is in transition in a picture
    for state in ("list", "form"):
        if state == "form":
            connections.act("openai-dev", "Edit")
            Form(connections.notebook)
        for name in ("light", "dark"):
            theme(page, name)
            for width in (1280, 480):
                page.set_viewport_size({"width": width, "height": 1200})
                page.screenshot(path=screenshots / f"notebook7-{state}-{name}-{width}.png")
                shells = page.locator(".aiconn-shell .aiconn")
                for shell in shells.all():
                    assert shell.evaluate("(node) => node.scrollWidth - node.clientWidth") <= 0
                assert violations(shells.first) == [], state
