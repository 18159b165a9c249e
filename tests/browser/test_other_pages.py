"""The widgets work and are readable in pages that are not Jupyter's, such as those of VS Code and Colab.

Those show a widget in a frame of an origin of its own, without storage, on a dark page whose theme has no variables of JupyterLab,
or, where the scripts of ipywidgets are loaded, those of its light theme. The kernel's side is a widget in this process.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Frame, Page, expect

from aiconn_nb import Session
from aiconn_nb.ui.widgets.base_widget import BaseWidget
from aiconn_nb.ui.widgets.manager import ConnectionManager

DARK = "body { background: #1f1f1f; color: #e3e3e3; }"
LOOKS = {
    "light": "body { background: #fff; color: #202124; }",
    "dark": DARK,
    # What ipywidgets 8 sets for the whole page; VS Code makes the ground of its outputs white.
    "ipywidgets": DARK
    + """#widget { background: #fff; } :root { --jp-ui-font-color0: rgba(0,0,0,1); --jp-ui-font-color1: rgba(0,0,0,.8);
      --jp-ui-font-color2: rgba(0,0,0,.5); --jp-layout-color0: #fff; --jp-layout-color1: #fff; --jp-layout-color2: #eee;
      --jp-border-color2: #e0e0e0; --jp-brand-color1: #2196f3; --jp-success-color1: #4caf50; --jp-error-color1: #f44336;
      --jp-warn-color1: #ff9800; }""",
}
PAGE = """<!doctype html><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="script-src 'unsafe-inline' blob:; style-src {styles}">
<style nonce="page">body {{ font: 14px sans-serif; }} {look}</style>
<div class="{cell}"><div id="widget"></div><div id="text">{text}</div></div><script>
  const heard = new Map(), state = {{}};
  const of = (event) => heard.get(event) ?? heard.set(event, new Set()).get(event);
  const model = {{
    get: (key) => state[key], on: (event, listener) => of(event).add(listener),
    off: (event, listener) => of(event).delete(listener), send: (content) => toKernel(JSON.stringify(content)),
  }};
  const tell = (event, content) => [...of(event)].forEach((each) => each(content, []));
  const change = (key, value) => {{ state[key] = value; tell(`change:${{key}}`); }};
  const start = async (script, css, given) => {{
    Object.assign(state, given);
    document.head.append(Object.assign(document.createElement('style'), {{ nonce: 'page', textContent: css }}));
    const module = await import(URL.createObjectURL(new Blob([script], {{ type: 'text/javascript' }})));
    module.default.initialize?.({{ model }});
    module.default.render({{ model, el: document.getElementById('widget') }});
  }};
</script>"""
FRAME = """(page) => {
  const frame = document.createElement('iframe');
  frame.sandbox = 'allow-scripts';
  frame.style = 'width: 1000px; height: 1600px; border: 0';
  frame.srcdoc = page;
  document.body.append(frame);
}"""
CONTRAST = """async () => (await axe.run({ include: ['#widget', '#text'] }, { runOnly: ['color-contrast'] }))
  .violations.flatMap((each) => each.nodes.map((node) => [node.html, node.failureSummary]))"""
OPTIONS = """() => [...document.querySelectorAll('option')].map((it) => getComputedStyle(it))
  .filter(({ color, backgroundColor }) => color !== 'rgb(0, 0, 0)' || backgroundColor !== 'rgb(255, 255, 255)').length"""


class Hosted:
    """A widget in a frame of a page, connected to its Python side."""

    def __init__(self, page: Page, widget: BaseWidget, look: str, text: str = "", cell: str = "") -> None:
        self._page, self._widget = page, widget
        self._sent: list[str] = []
        self._told: list[tuple[str, list[Any]]] = []
        widget.send = lambda content, buffers=None: self._told.append(("tell", ["msg:custom", content]))  # type: ignore[method-assign]
        names = [name for name in widget.keys if not name.startswith("_") and isinstance(getattr(widget, name), dict)]
        widget.observe(lambda each: self._told.append(("change", [each["name"], each["new"]])), names)
        page.expose_function("toKernel", lambda content: self._sent.append(content))
        styles = "'unsafe-inline'" if text else "'nonce-page'"  # the static text has styles of its own
        page.evaluate(FRAME, PAGE.format(look=LOOKS[look], text=text, cell=cell, styles=styles))
        page.wait_for_function("() => window.frames.length === 1")
        self.frame: Frame = page.frames[-1]
        self.frame.wait_for_function("() => typeof start === 'function'")
        given = [widget._esm, widget._css, {name: getattr(widget, name) for name in names}]
        self.frame.evaluate("async (given) => { await start(...given); }", json.loads(json.dumps(given)))
        self.settle()

    def settle(self) -> None:
        """Pass messages on until both sides are quiet."""
        quiet = 0
        while quiet < 5:
            self._page.wait_for_timeout(30)
            quiet += 1
            while self._sent:
                self._widget._hear(None, json.loads(self._sent.pop(0)), [])
                quiet = 0
            while self._told:
                call, given = self._told.pop(0)
                self.frame.evaluate(f"(given) => {call}(...given)", json.loads(json.dumps(given)))
                quiet = 0

    def press(self, name: str) -> None:
        """Press a button."""
        self.frame.get_by_role("button", name=name).last.click()
        self.settle()


@pytest.fixture
def page(new_context: Callable[..., BrowserContext]) -> Iterator[Page]:
    """Yield an empty page, in which nothing may fail."""
    page = new_context(reduced_motion="reduce").new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(error.stack or str(error)))
    page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
    yield page
    page.close()
    assert errors == []


@pytest.fixture
def session(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Session:
    """Return a session of an empty store."""
    monkeypatch.setenv("AICONN_HOME", str(tmp_path / "store"))
    monkeypatch.chdir(tmp_path)
    return Session()


def test_a_connection_is_created_and_deleted(page: Page, session: Session) -> None:
    """The frame has no storage, its page lets no text be run as a script, and it allows no style attributes: the columns are beside
    each other all the same."""
    shown = Hosted(page, ConnectionManager(session), "dark")
    shown.press("Create a connection")
    shown.frame.get_by_test_id("provider-demo").check()
    shown.frame.get_by_test_id("name").fill("Made here")
    shown.settle()
    shown.frame.get_by_test_id("save").click()
    shown.settle()
    expect(shown.frame.locator(".aiconn-alias")).to_have_text("made-here")
    lefts = shown.frame.get_by_role("columnheader").evaluate_all(
        "all => all.map((each) => each.getBoundingClientRect().x)"
    )
    assert lefts == sorted(set(lefts))
    assert session.get("made-here").provider == "demo"
    shown.press("Delete")
    expect(shown.frame.get_by_role("alertdialog")).to_contain_text("made-here")
    shown.press("Delete")
    assert session.aliases() == []


@pytest.mark.parametrize("look", LOOKS)
def test_it_is_readable(look: str, page: Page, session: Session) -> None:
    """axe-core finds enough contrast in list, form and question, and in the same list as static HTML below. The browser draws the
    options of a select on white, because such a page does not say that it is dark."""
    from axe_playwright_python.sync_playwright import Axe

    session.create("openai-dev", "openai", settings={"api_key": "$OpenAI:ApiKey"})
    session.create("demo-dev", "demo")
    static = session.connections()._repr_mimebundle_()["text/html"]
    shown = Hosted(page, ConnectionManager(session), look, static)
    shown.frame.evaluate(f"() => {{ {Axe().axe_script} }}")
    assert shown.frame.evaluate(CONTRAST) == []
    assert shown.frame.evaluate(OPTIONS) == 0
    shown.press("Delete")
    assert shown.frame.evaluate(CONTRAST) == []
    shown.press("Create connection")
    shown.frame.get_by_test_id("provider-openai").check()
    shown.frame.get_by_test_id("name").fill("Made here")
    shown.settle()
    assert shown.frame.evaluate(CONTRAST) == []


@pytest.mark.parametrize("cell", ["cell", "cell_container", "output_container"])
def test_the_saved_text_is_hidden_beside_the_live_widget(cell: str, page: Page, session: Session) -> None:
    """These are the classes of nbclassic, Jupyter Book and Quarto, and of VS Code."""
    shown = Hosted(page, ConnectionManager(session), "light", '<p class="aiconn-saved">Saved.</p>', cell)
    expect(shown.frame.get_by_role("button", name="Create a connection")).to_be_visible()
    expect(shown.frame.get_by_text("Saved.")).to_be_hidden()
