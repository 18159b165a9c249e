"""Two people edit one notebook with jupyter-collaboration: what one types reaches no other page."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, WebSocket, expect, sync_playwright

from tests.browser.lab import ONLY_LOOPBACK, Notebook, Server

KEY = "made-up-key-that-ada-types"
PASSWORD = "made-up-key-that-ada-is-asked-for"
NAME = "The account of Ada"
CELLS = ["%load_ext aiconn_nb\n%aiconn new first --provider demo", "%aiconn", "%aiconn secret set Course:ApiKey"]
TRUST = (
    """() => { for (const cell of window.jupyterapp.shell.currentWidget.content.widgets) cell.model.trusted = true; }"""
)
RUN = """(index) => {
  const { content } = window.jupyterapp.shell.currentWidget;
  content.activeCellIndex = index; content.deselectAll();
  const ran = window.jupyterapp.commands.execute('notebook:run-cell');
  return index < 2 ? ran : undefined;
}"""


class Shared(Notebook):
    """A notebook that two people have open, on the page of one of them, with everything that the page receives."""

    def __init__(self, page: Page, server: Server, name: str, kernel_id: str) -> None:
        super().__init__(page, server, name, kernel_id)
        panel = page.locator(".jp-NotebookPanel")
        self.forms = panel.get_by_test_id("form").filter(visible=True)
        self.switch = panel.get_by_role("switch")
        self.create = panel.get_by_role("button", name="Create connection", exact=True)
        page.evaluate(TRUST)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """Yield a JupyterLab with its folders in a place of its own."""
    with Server(tmp_path) as server:
        server.write("shared.ipynb", CELLS)
        yield server


def test_what_one_types_reaches_no_other_page_and_no_file(server: Server) -> None:
    """A form, a typed key and a password stay on their page. Each switch of either page is done once. No file has a key."""
    received: list[str] = []

    def listen(socket: WebSocket) -> None:
        socket.on("framereceived", lambda frame: received.append(frame if isinstance(frame, str) else repr(frame)))

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"), args=["--no-sandbox", ONLY_LOOPBACK]
        )
        pages = [chromium.new_context().new_page() for _ in range(2)]
        pages[1].on("websocket", listen)
        ada, ben = (Shared.load(page, server, "shared.ipynb") for page in pages)
        assert ada.kernel_id == ben.kernel_id
        for cell in (0, 1):
            ada.page.evaluate(RUN, cell)
        for each in (ada, ben):
            expect(each.switch).to_have_count(1)

        ada.create.click()
        expect(ada.forms).to_have_count(1)
        ada.forms.get_by_test_id("provider-demo").check()
        ada.forms.get_by_test_id("name").fill(NAME)
        ada.forms.get_by_test_id("input-api_key").fill(KEY)
        ben.switch.click()  # also a round trip: what the kernel made of the name would have arrived before
        expect(ben.switch).not_to_be_checked()
        expect(ben.forms).to_have_count(0)
        assert not any(NAME in each for each in received)
        ada.forms.get_by_test_id("save").click()
        for each in (ada, ben):
            expect(each.switch).to_have_count(2)
        ada.switch.first.click()
        ben.switch.last.click()
        versions = "{each.alias: (each.active, each.version) for each in __import__('aiconn_nb').connections()}"
        ada.until(versions, lambda found: found == {"first": (True, 3), "the-account-of-ada": (False, 2)})

        ada.page.evaluate(RUN, 2)
        asked = ada.page.locator(".jp-Stdin-input")
        expect(asked).to_have_attribute("type", "password")
        expect(ben.page.locator(".jp-Stdin-input")).to_have_count(0)
        asked.fill(PASSWORD)
        asked.press("Enter")
        for each in (ada, ben):
            expect(each.page.get_by_text("is saved in the user secrets")).to_be_visible()
        ada.save()
        chromium.close()
    assert not any(key in each for key in (KEY, PASSWORD) for each in received)
    files = [path.read_bytes() for path in server.base.rglob("*") if path.is_file()]
    assert any(b"is saved in the user secrets" in each for each in files)
    assert not any(key.encode() in each for key in (KEY, PASSWORD) for each in files)
