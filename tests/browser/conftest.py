"""The browser tests share one JupyterLab, one Chromium and one page. Each test has its own store and notebook."""

from __future__ import annotations

import itertools
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect, sync_playwright

from aiconn_nb import Session

from .gallery import Gallery, folder_of_pictures, wardrobe
from .lab import ONLY_LOOPBACK, Notebook, Server, note_outside, theme

expect.set_options(
    timeout=20_000
)  # a kernel that imports an SDK for the first time may need more than the usual five seconds

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
FLAGS = [
    ONLY_LOOPBACK,
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SETTINGS = {"OpenAI": {"ApiKey": "value-of-development"}, "Team": {"Endpoint": "http://127.0.0.1:9/v1"}}


PARSED = """
window.parsed = [];
const note = (owner, name, value) => {
  const isOurs = new Error().stack.includes('blob:'); // a widget's module comes from a blob
  if (isOurs && !(value instanceof TrustedHTML)) window.parsed.push(`${owner}.${name}: ${String(value).slice(0, 80)}`);
};
for (const name of ['innerHTML', 'outerHTML']) {
  const { get, set } = Object.getOwnPropertyDescriptor(Element.prototype, name);
  Object.defineProperty(Element.prototype, name, {
    get, set(value) { note(this.tagName, name, value); set.call(this, value); }, configurable: true, enumerable: true,
  });
}
for (const [owner, name, at] of [[Element, 'insertAdjacentHTML', 1], [DOMParser, 'parseFromString', 0],
    [Range, 'createContextualFragment', 0], [Document, 'write', 0]]) {
  const known = owner.prototype[name];
  owner.prototype[name] = function (...given) { note(owner.name, name, given[at]); return known.apply(this, given); };
}
"""
"""A script that notes markup which a widget makes the page parse, as a Trusted Types policy would. JupyterLab itself would not run
under such a policy.

lit-html's templates are the only exception: they are constants and come from lit-html's own policy.
"""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium() -> str:
    """Return the path of Chromium. Without one, the tests are skipped, but in CI they fail."""
    if not Path(CHROMIUM).exists():
        if os.environ.get("CI") == "true":
            pytest.fail(f"There is no Chromium at {CHROMIUM}, and in CI these tests must run.")
        pytest.skip(f"There is no Chromium at {CHROMIUM} (CHROMIUM names another).")
    return CHROMIUM


@pytest.fixture(scope="package")
def lab(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Yield a JupyterLab server, which ends with these tests."""
    with Server(tmp_path_factory.mktemp("lab")) as server:
        yield server


@pytest.fixture(scope="package")
def playwright() -> Iterator[Playwright]:
    """Yield Playwright itself. This hides the fixture of pytest-playwright, which may be installed and expects its own browser.

    It ends with these tests: while it runs, the thread has an event loop, and no later test could call ``asyncio.run``.
    """
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="package")
def browser(playwright: Playwright, chromium: str) -> Iterator[Browser]:
    """Yield a Chromium without a window."""
    started = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
    yield started
    started.close()


@pytest.fixture(scope="session")
def outside() -> list[str]:
    """Return the list of requests that tried to leave the machine, which should be empty."""
    return []


@pytest.fixture(scope="package")
def new_context(browser: Browser, outside: list[str]) -> Iterator[Callable[..., BrowserContext]]:
    """Yield a function that makes browser contexts, which can reach only this machine."""
    made: list[BrowserContext] = []

    def make(**options: Any) -> BrowserContext:
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, "locale": "en-GB", **options})
        context.set_default_timeout(20_000)
        note_outside(context, outside)
        made.append(context)
        return context

    yield make
    for context in made:
        context.close()


@pytest.fixture(scope="package")
def lab_page(new_context: Callable[..., BrowserContext], lab: Server) -> Page:
    """Return the page in which JupyterLab is loaded once."""
    page = new_context().new_page()
    page.add_init_script(PARSED)
    page.page_errors = []  # type: ignore[attr-defined]
    page.on("pageerror", lambda error: page.page_errors.append(error.stack or str(error)))  # type: ignore[attr-defined]
    page.notebook = Notebook.load(page, lab, lab.write("notebook.ipynb", ["1"]))  # type: ignore[attr-defined]
    return page


def of_jupyterlab(error: str) -> bool:
    """Return whether an error is one of three harmless errors that JupyterLab raises itself.

    It sends something to a kernel that was just released, because a page that is left or a notebook that is closed closes its comms
    late. It removes an output's node twice if the next update of that output comes while the last one is being drawn. And it
    cancels its requests to a kernel that was restarted.

    A widget comes from a blob, so an error with a blob in its stack is ours.
    """
    if error.startswith("Error: Canceled future for ") and "blob:" not in error:
        return True
    twice = error.startswith("NotFoundError: Failed to execute 'removeChild'") and "jlab_core" in error
    return (error.startswith("Error: Cannot send\n") or twice) and "blob:" not in error


class Place:
    """The surroundings of one test: a folder with configuration, a store, and notebooks that use them."""

    undo_seconds: float = 600
    """The seconds for which "undo" is offered. Only the test of these seconds shall depend on the speed of the machine."""

    def __init__(self, server: Server, name: str) -> None:
        self.server = server
        self.folder = server.root / name
        self.name = name
        self.home, self.keys = server.base / "stores" / name, server.base / "keys" / name
        self.folder.mkdir()
        self.write_settings("", SETTINGS)
        self.write_settings("Production", {"Team": {"Endpoint": "http://127.0.0.1:9/prod"}})
        self.write_settings("Staging", {})

    def write_settings(self, environment: str, values: dict[str, Any]) -> None:
        """Write the appsettings file of an environment, '' for the base."""
        file = f"appsettings.{environment}.json" if environment else "appsettings.json"
        (self.folder / file).write_text(json.dumps(values, indent=2))

    @property
    def session(self) -> Session:
        """Return another kernel's session on the same store."""
        return Session(
            home=self.home, config_home=self.keys, config_root=self.folder, environment="Development", environ={}
        )

    def cells(self, *cells: str) -> list[str]:
        """Return the cells of a notebook. The first one points its kernel at this place, whatever it did before."""
        first = (
            "import os, ipywidgets, aiconn_nb as aiconn; from aiconn_nb.session import kernel_session\n"
            "ipywidgets.Widget.close_all(); kernel_session().close(); kernel_session.cache_clear()\n"
            f"os.environ.update(AICONN_HOME={str(self.home)!r}, AICONN_CONFIG_HOME={str(self.keys)!r})\n"
            f"os.chdir({str(self.folder)!r})\n"
            f"from aiconn_nb.ui.widgets import undo; undo.SECONDS = {self.undo_seconds}\n"
            "%reload_ext aiconn_nb"
        )
        return [first, *cells]


_numbers = itertools.count(1)


@pytest.fixture
def place(lab: Server, request: pytest.FixtureRequest) -> Place:
    """Return an empty place on JupyterLab's server."""
    return Place(lab, f"t{next(_numbers)}")


@pytest.fixture
def show(lab: Server, lab_page: Page, place: Place) -> Iterator[Callable[..., Notebook]]:
    """Yield a function that shows a notebook with these cells in JupyterLab and runs it. Afterwards the page must have no error and
    no broken widget, and no widget may have made the page parse its own markup.

    Every test uses the same notebook with the same kernel, unless it gives a name: then the notebook is a new one in the folder of
    the test.
    """
    opened: list[Notebook] = []
    shared: Notebook = lab_page.notebook  # type: ignore[attr-defined]
    lab_page.page_errors.clear()  # type: ignore[attr-defined]

    def open_and_run(*cells: str, name: str | None = None) -> Notebook:
        notebook = shared
        if name is None:
            shared.become(place.cells(*cells))
        else:
            notebook = Notebook.open(lab_page, lab, lab.write(name, place.cells(*cells), place.name))
            opened.append(notebook)
        notebook.run()
        return notebook

    yield open_and_run
    broken = lab_page.locator(".jupyter-widgets-error-widget").count()
    for notebook in opened:
        notebook.close()
    shared.become([""])
    assert lab_page.evaluate("() => window.parsed.splice(0)") == []
    assert broken == 0
    assert [error for error in lab_page.page_errors if not of_jupyterlab(error)] == []  # type: ignore[attr-defined]


@pytest.fixture
def look(lab_page: Page) -> Iterator[Callable[[str, int], None]]:
    """Yield a function that switches theme and width, and restore both afterwards."""

    def switch(name: str, width: int) -> None:
        theme(lab_page, name)
        expect(lab_page.locator("#jupyterlab-splash, .jp-Splash, #galaxy")).to_have_count(0)  # it covers a new theme
        lab_page.set_viewport_size({"width": width, "height": 1200 if width > 800 else 2400})
        lab_page.evaluate("() => { const { shell } = window.jupyterapp; shell.collapseLeft(); shell.collapseRight(); }")

    yield switch
    lab_page.set_viewport_size({"width": 1280, "height": 900})
    lab_page.evaluate("() => window.jupyterapp.shell.expandLeft()")
    theme(lab_page, "light")


@pytest.fixture(scope="session")
def pictures() -> Path | None:
    """Return the folder for the pictures, or None. (In a test, the variables of this package are not those of the machine.)"""
    return folder_of_pictures()


@pytest.fixture(scope="session")
def screenshots(pictures: Path | None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder for the pictures of a whole page."""
    return pictures or tmp_path_factory.mktemp("screenshots")


@pytest.fixture
def gallery(lab_page: Page, pictures: Path | None) -> Iterator[Gallery]:
    """Yield a gallery, which examines a widget in every theme and width."""
    with wardrobe(lab_page, 1000 if pictures is None else 2600) as dress:  # a notebook cuts off what is out of sight
        yield Gallery(lab_page, dress, pictures)
