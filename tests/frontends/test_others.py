"""The package works in the front ends that can share one environment: servers of pages, consoles and generators of documents."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import anywidget
import nbformat
import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from aiconn_nb import Session
from aiconn_nb.ui.widgets.base_widget import VIEW
from tests.magics.kernel import Kernel, shown

BIN = Path(sys.executable).parent
ANY_ORIGIN = {"access-control-allow-origin": "*"}
END = "only the alias in your notebook changes."
ASKING = ["%load_ext aiconn_nb", "%aiconn ask demo-dev --model demo-chat hello", "%aiconn"]

MARIMO = """
import marimo

app = marimo.App()


@app.cell
def _():
    import aiconn_nb

    session = aiconn_nb.Session()  # one for each user: a name of this run of the notebook
    return aiconn_nb, session


@app.cell
def _(aiconn_nb, session):
    aiconn_nb.manager(session)
    return


@app.cell
def _(session):
    try:
        session.use("nowhere")
    except Exception as error:
        hint = error.hint
    hint
    return (hint,)


if __name__ == "__main__":
    app.run()
"""

PANEL = """
import panel

import aiconn_nb

panel.extension("ipywidgets")
session = aiconn_nb.Session()
form = aiconn_nb.ConnectionForm("demo-dev", session=session)
panel.Column("# Connections", aiconn_nb.manager(session), panel.Row("beside", form)).servable()
"""

SOLARA = """
import solara

import aiconn_nb


@solara.component
def Page():
    session = solara.use_memo(aiconn_nb.Session, [])
    solara.display(solara.use_memo(lambda: aiconn_nb.manager(session), [session]))
"""

SHINY = """
from shiny import App, render, ui
from shinywidgets import output_widget, render_widget

import aiconn_nb


def server(input, output, session):
    own = aiconn_nb.Session()

    @render_widget
    def manager():
        return aiconn_nb.manager(own)

    @render.ui
    async def reply():
        return await own.aask("hello", profile="demo-dev", model="demo-chat")

    @render.text
    def mistake():
        return own.client("nowhere")


outputs = output_widget("manager", fill=False, fillable=False), ui.output_ui("reply"), ui.output_text("mistake")
app = App(ui.page_fluid(*outputs), server)
"""

STREAMLIT = """
import streamlit

import aiconn_nb

asked = {"profile": "demo-dev", "model": "demo-chat"}


async def pieces():
    async for piece in await aiconn_nb.astream("awaited", **asked):
        yield piece


streamlit.session_state.streamed = streamlit.write_stream(aiconn_nb.stream("hello", **asked))
streamlit.session_state.awaited = streamlit.write_stream(pieces())
streamlit.dataframe(aiconn_nb.connections().data())
streamlit.write(aiconn_nb.manager())
aiconn_nb.client("nowhere")
"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Yield the Chromium of Debian."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def demo(session: Session) -> Session:
    """Return a session with a connection that needs no key."""
    session.create("demo-dev", "demo")
    return session


@pytest.fixture
def serve(work: Path) -> Iterator[Callable[..., str]]:
    """Return a function that starts a server, whose command contains {port}, and returns its address."""
    running: list[subprocess.Popen[bytes]] = []

    def served(*words: str, **environ: str) -> str:
        with closing(socket.socket()) as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        command = [word.format(port=port) for word in words]
        running.append(subprocess.Popen(command, cwd=work, env={**os.environ, **environ}, stderr=subprocess.DEVNULL))
        for _ in range(600):
            with suppress(OSError):
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                return f"http://127.0.0.1:{port}"
            assert running[-1].poll() is None, command
            time.sleep(0.1)
        raise AssertionError(command)

    yield served
    for each in running:
        each.terminate()
        each.wait(20)


def notebook(work: Path, *sources: str) -> Path:
    """Write a notebook of these cells and return its path."""
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    made = nbformat.v4.new_notebook(
        cells=cells, metadata={"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    )
    path = work / "asking.ipynb"
    nbformat.write(made, path)
    return path


# ---- marimo -----------------------------------------------------------------------------------------------------------


def used(page: Page) -> Any:
    """Return the control that chooses the connection in use."""
    return page.get_by_test_id("bar-used")


def test_marimo_shows_the_manager(demo: Session, work: Path, serve: Any, browser: Browser) -> None:
    """The manager is a working widget, and hints are calls. Each user has a session, so one user's choice changes nothing for
    another."""
    (work / "app.py").write_text(MARIMO)
    address = serve(str(BIN / "marimo"), "run", "app.py", "--headless", "--no-token", "--port", "{port}")
    one = browser.new_page()
    one.goto(address)
    expect(used(one)).to_be_visible(timeout=60_000)
    used(one).select_option("demo-dev")
    expect(used(one)).to_have_value("demo-dev")
    expect(one.get_by_text("'aiconn_nb.connections()' shows them.")).to_be_visible()
    two = browser.new_page()
    two.goto(address)
    expect(used(two)).to_be_visible(timeout=60_000)
    assert used(two).input_value() != "demo-dev"


def test_marimo_edit_shows_the_manager_and_saves(demo: Session, work: Path, serve: Any, browser: Browser) -> None:
    """The editor shows the same notebook: a switch of the list and a form work."""
    (work / "app.py").write_text(MARIMO)
    address = serve(str(BIN / "marimo"), "edit", "app.py", "--headless", "--no-token", "--port", "{port}")
    page = browser.new_page()
    page.goto(address)
    expect(page.get_by_text("manager").first).to_be_visible(timeout=60_000)
    page.get_by_test_id("run-button").last.click()  # the editor's own button, behind those of the cells
    works(page, demo)
    page.locator(".aiconn-host").get_by_role("button", name="Create connection").click()
    page.get_by_test_id("provider-demo").check()
    page.get_by_test_id("name").fill("Made here")
    page.get_by_test_id("save").click()
    expect(page.locator(".aiconn-alias")).to_have_text(["demo-dev", "made-here"])
    assert demo.get("made-here").provider == "demo"


# ---- the other servers of pages ---------------------------------------------------------------------------------------


def works(page: Page, demo: Session) -> None:
    """Check that the list has its row and that the row's switch changes the store."""
    expect(page.locator(".aiconn-alias")).to_have_text("demo-dev", timeout=60_000)
    switch = page.locator(".aiconn-host").get_by_role("switch").first
    switch.click()
    expect(switch).to_have_attribute("aria-checked", "false")
    assert demo.get("demo-dev").active is False


def test_panel_gives_it_the_width_of_the_page(demo: Session, work: Path, serve: Any, browser: Browser) -> None:
    """In a column it is as wide as the page, down to 250 px; in a row it takes the remaining width. Without a set width, a flex box
    would give it none."""
    (work / "app.py").write_text(PANEL)
    address = serve(str(BIN / "panel"), "serve", "app.py", "--address", "127.0.0.1", "--port", "{port}")
    page = browser.new_page(viewport={"width": 270, "height": 700})
    # Panel loads the modules of widgets from the internet; this route serves that of the installed package.
    module = Path(anywidget.__file__).parent / "nbextension/index.js"
    page.route("https://unpkg.com/anywidget@**", lambda route: route.fulfill(path=module, headers=ANY_ORIGIN))
    page.goto(f"{address}/app")
    expect(page.locator(".aiconn-alias")).to_have_text("demo-dev", timeout=60_000)
    hosts = page.locator(".aiconn-host")
    assert hosts.first.bounding_box()["width"] == 250  # type: ignore[index]
    page.set_viewport_size({"width": 1000, "height": 700})
    expect(hosts.first).to_have_css("width", "980px")
    assert hosts.last.bounding_box()["width"] > 700  # type: ignore[index]
    works(page, demo)


def test_voila_shows_the_manager(demo: Session, work: Path, serve: Any, browser: Browser) -> None:
    """Voilà shows the manager in a page without the notebook's code, and not its saved text."""
    path = notebook(work, "import aiconn_nb\naiconn_nb.manager()")
    address = serve(str(BIN / "voila"), path.name, "--no-browser", "--port", "{port}")
    page = browser.new_page()
    page.goto(address)
    works(page, demo)
    expect(page.locator(".aiconn-saved")).to_be_hidden()


def test_nbclassic_shows_the_manager(demo: Session, work: Path, serve: Any, browser: Browser) -> None:
    """The manager works in the notebook interface from before version 7, which does not show its saved text beside it."""
    path = notebook(work, "import aiconn_nb\naiconn_nb.manager()")
    options = ["--no-browser", "--allow-root", "--port", "{port}", "--IdentityProvider.token=made-up"]
    address = serve(str(BIN / "jupyter"), "nbclassic", *options)
    page = browser.new_page()
    page.goto(f"{address}/notebooks/{path.name}?token=made-up")
    # Its widget manager loads late, asks the kernel for widgets once, and redraws what it finds: a cell that ran before would lose
    # its first view. The widget manager's question comes before ours, and so does its answer.
    manager = "window.Jupyter?.notebook?.kernel?.widget_manager && Jupyter.notebook.kernel.info_reply.status === 'ok'"
    page.wait_for_function(f"() => {manager}", timeout=60_000)
    page.evaluate("() => new Promise(done => Jupyter.notebook.kernel.comm_info('jupyter.widget', done))")
    page.evaluate("() => Jupyter.notebook.execute_all_cells()")
    works(page, demo)
    expect(page.locator(".aiconn-saved")).to_be_hidden()


def test_solara_shows_the_manager(demo: Session, work: Path, serve: Any, browser: Browser) -> None:
    """Each user has a session."""
    (work / "app.py").write_text(SOLARA)
    command = [str(BIN / "solara"), "run", "app.py", "--production", "--no-open", "--host", "127.0.0.1"]
    address = serve(*command, "--port", "{port}", SOLARA_ASSETS_FONTAWESOME_ENABLED="false")
    one, two = browser.new_context().new_page(), browser.new_context().new_page()
    for page in (one, two):
        page.goto(address)
        expect(used(page)).to_be_visible(timeout=60_000)
    used(one).select_option("demo-dev")
    works(one, demo)
    expect(used(one)).to_have_value("demo-dev")
    assert used(two).input_value() != "demo-dev"


def test_shiny_shows_the_manager_a_reply_and_a_mistake(demo: Session, work: Path, serve: Any, browser: Browser) -> None:
    """The manager has its full height and works. A reply is formatted, and an error is its two lines."""
    (work / "app.py").write_text(SHINY)
    page = browser.new_page(viewport={"width": 800, "height": 700})
    page.goto(serve(sys.executable, "-m", "shiny", "run", "--host", "127.0.0.1", "--port", "{port}", "app.py"))
    works(page, demo)
    expect(page.locator("#reply")).to_contain_text(END)
    expect(page.locator("#reply")).to_contain_text("demo-dev · demo-chat")
    expect(page.locator("#mistake")).to_contain_text("nowhere")
    row, box = (page.locator(each).bounding_box() for each in (".aiconn-alias", "#manager"))
    assert row is not None
    assert box is not None
    assert row["y"] + row["height"] < box["y"] + box["height"]


def test_streamlit_streams_and_shows_a_mistake_as_the_users_line(demo: Session, work: Path) -> None:
    """A script runs in a thread without an event loop. The manager is a text, because there are no widgets of Jupyter."""
    from streamlit.testing.v1 import AppTest

    (work / "app.py").write_text(STREAMLIT)
    ran = AppTest.from_file(str(work / "app.py"), default_timeout=60).run()
    assert ran.session_state["streamed"].endswith(END)
    assert "awaited" in ran.session_state["awaited"]
    assert list(ran.dataframe[0].value["alias"]) == ["demo-dev"]
    assert "demo-dev" in ran.markdown[-1].value
    (shown,) = ran.exception
    frames = [line for line in shown.stack_trace if line.lstrip().startswith("File ")]
    assert len(frames) == 1
    assert "app.py" in frames[0]


# ---- consoles ---------------------------------------------------------------------------------------------------------


def test_jupyter_console_shows_the_whole_answer(demo: Session, work: Path) -> None:
    """The answer appears once: the console ignores updates of an output, and shows an updated output in its first state."""
    import pexpect

    arguments = ["console", "--simple-prompt", "--ZMQTerminalInteractiveShell.banner=", "--no-confirm-exit"]
    console = pexpect.spawn(str(BIN / "jupyter"), arguments, cwd=str(work), timeout=90, encoding="utf-8")
    console.setwinsize(50, 300)
    console.expect(r"In \[1\]: ")
    console.sendline("%load_ext aiconn_nb")
    console.expect(r"In \[2\]: ")
    console.sendline("%aiconn ask demo-dev --model demo-chat hello")
    console.expect(r"In \[3\]: ")
    assert console.before.count(END) == 1, console.before
    console.sendline("%aiconn compare demo-dev --model demo-chat -- hello")
    console.expect(r"In \[4\]: ")
    assert console.before.count(END) == 1, console.before
    console.close(force=True)


def test_xeus_python_runs_commands_and_asks(demo: Session, work: Path) -> None:
    """This kernel for IPython's syntax is not ipykernel. It does not say whether the front end can ask."""
    kernel = Kernel(work, "xpython")
    try:
        kernel.run("%load_ext aiconn_nb")
        (answer,) = shown(kernel.run("%aiconn ask demo-dev --model demo-chat Why?"))
        assert END in answer
        assert any(VIEW in each["content"].get("data", {}) for each in kernel.run("%aiconn"))
        kernel.run("%aiconn delete demo-dev")
        assert demo.aliases() == ["demo-dev"]
        kernel.client.execute_interactive(
            "%aiconn delete demo-dev", stdin_hook=lambda _: kernel.client.input("y"), output_hook=print, timeout=60
        )
        assert demo.aliases() == []
    finally:
        kernel.stop()


# ---- documents --------------------------------------------------------------------------------------------------------


def test_papermill_runs_it_with_parameters(demo: Session, work: Path) -> None:
    """The notebook that papermill writes contains the answer."""
    path = notebook(
        work, "topic = 'rain'", "%load_ext aiconn_nb", "%aiconn ask demo-dev --model demo-chat About {topic}"
    )
    path.write_text(path.read_text().replace('"metadata": {}', '"metadata": {"tags": ["parameters"]}', 1))
    command = [BIN / "papermill", path.name, "out.ipynb", "-p", "topic", "snow"]
    subprocess.run(command, cwd=work, check=True, capture_output=True)
    assert "You said “About snow”" in json.dumps(json.loads((work / "out.ipynb").read_text()), ensure_ascii=False)


def test_a_deliberate_mistake_fails_papermill_but_not_jupyter_execute(demo: Session, work: Path) -> None:
    """Both run all cells. papermill ignores the cell's tag afterwards, but it can prepare the notebook for `jupyter execute`."""
    path = notebook(work, "alias = 'lost'", "%load_ext aiconn_nb", "%aiconn use {alias}", "print(alias, 'is the end')")
    made = nbformat.read(path, as_version=4)
    made.cells[0].metadata["tags"], made.cells[2].metadata["tags"] = ["parameters"], ["raises-exception"]
    nbformat.write(made, path)
    papermill = [BIN / "papermill", path.name, "out.ipynb", "-p", "alias", "nowhere"]
    done = subprocess.run(papermill, cwd=work, check=False, capture_output=True, text=True)
    assert done.returncode == 1
    assert "ConnectionNotFound" in done.stderr
    assert "nowhere is the end" in (work / "out.ipynb").read_text()
    subprocess.run([*papermill, "--prepare-only"], cwd=work, check=True, capture_output=True)
    assert "nowhere is the end" not in (work / "out.ipynb").read_text()
    subprocess.run([BIN / "jupyter", "execute", "--inplace", "out.ipynb"], cwd=work, check=True, capture_output=True)
    assert "nowhere is the end" in (work / "out.ipynb").read_text()


def test_nbconvert_exports_the_list(demo: Session, work: Path) -> None:
    """The HTML contains the table in the place of the widget."""
    path = notebook(work, *ASKING)
    command = [BIN / "jupyter", "nbconvert", "--execute", "--to", "html", path.name]
    subprocess.run(command, cwd=work, check=True, capture_output=True)
    html = path.with_suffix(".html").read_text()
    assert END in html
    assert "aiconn-saved" in html
