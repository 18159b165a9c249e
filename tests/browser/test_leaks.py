"""A typed key appears nowhere it should not: canaries go through the form while everything that keeps or repeats data is on."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from jupyter_client.blocking.client import BlockingKernelClient
from nbconvert import HTMLExporter
from playwright.sync_api import BrowserContext, expect

from aiconn_nb.errors import Unexpected
from aiconn_nb.model.spelling import written

from .conftest import Place
from .forms import Form
from .lab import Notebook, Server

CONTROL = "control-in-a-core-widget-4711"
"""A value in a core Password widget. The search must find it, or it is blind."""
CANARIES = {
    name: f"canary-{name}-9b1f4e7a2c60d835"
    for name in ("typed", "replaced", "cancelled", "failed", "reloaded", "kept", "conflict")
} | {name: f"sk-canary{name}9b1f4e7a2c60d835" for name in ("pasted", "organization", "name")}
"""One canary per step, so that a leak says where it happened."""


@pytest.fixture(scope="module")
def saving_lab(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Yield a JupyterLab server that saves widget state automatically."""
    server = Server(tmp_path_factory.mktemp("leaks"))
    server.set("@jupyter-widgets/jupyterlab-manager:plugin", {"saveState": True})
    with server:
        yield server


class Listener:
    """A second client of a kernel, which hears everything that the kernel sends to all."""

    def __init__(self, server: Server, kernel_id: str) -> None:
        self._client = BlockingKernelClient(connection_file=str(server.base / "runtime" / f"kernel-{kernel_id}.json"))
        self._client.load_connection_file()
        self._client.start_channels()
        self._client.wait_for_ready(timeout=30)
        self.heard: list[str] = []
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def _listen(self) -> None:
        from queue import Empty

        while not self._stop.is_set():
            try:
                self.heard.append(json.dumps(self._client.get_iopub_msg(timeout=0.2), default=str))
            except Empty:
                continue

    def close(self) -> str:
        """Stop listening, and return everything that was heard."""
        self._stop.set()
        self._thread.join(5)
        self._client.stop_channels()
        return "\n".join(self.heard)


def found(text: str, secrets: dict[str, str] = CANARIES) -> list[str]:
    """Return the steps whose canary is in a text, in any spelling."""
    return [name for name, value in secrets.items() if written(value).search(text)]


def found_in(folder: Path) -> dict[str, list[str]]:
    """Return the files under a folder that contain a canary, with the steps."""
    files = (file for file in folder.rglob("*") if file.is_file())
    seen = {str(file.relative_to(folder)): found(file.read_bytes().decode("latin-1")) for file in files}
    return {file: names for file, names in seen.items() if names}


def journey(notebook: Notebook, place: Place) -> Notebook:
    """Type, test, save, edit, replace, cancel, fail, keep, paste in the wrong place, reload and lose a race, with a key each
    time."""
    form = Form(notebook)
    form.pick("openai")
    form.part("name").press_sequentially("Canary")
    form["endpoint"].fill("http://127.0.0.1:9/v1")
    form["api_key"].press_sequentially(CANARIES["typed"])
    form.part("test-button").click()
    expect(form.part("test")).to_contain_text("The test failed")
    form.save()

    form.field("api_key").get_by_role("button", name="Replace").click()
    form["api_key"].fill(CANARIES["cancelled"])
    form.page.wait_for_timeout(500)  # the debounced check goes out
    form.part("cancel").click()
    form.click("Discard")
    form.field("api_key").get_by_role("button", name="Replace").click()
    form["api_key"].fill(CANARIES["failed"])
    form["endpoint"].fill("nowhere")
    form.part("save").click()
    expect(form.field("endpoint")).to_contain_text("must be a URL")
    form["endpoint"].fill("http://127.0.0.1:9/v1")
    form["api_key"].fill(CANARIES["replaced"])
    form.save()

    for where, box in (("organization", form["organization"]), ("name", form.part("name"))):
        before = box.input_value()
        box.fill(CANARIES[where])
        form.page.wait_for_timeout(500)
        form.part("note-organization" if where == "organization" else "note-name").get_by_role(
            "button", name="Remove it"
        ).click()
        box.fill(before)
    form.field("api_key").get_by_role("button", name="Replace").click()
    form["api_key"].fill(CANARIES["pasted"])
    form.click("Save it as a user secret and store $OpenAI:ApiKey")
    form.part("keep-name-api_key").fill("$Canary:Key")
    form.part("keep-api_key").click()
    expect(form.part("resolves-api_key")).to_be_visible()
    form["api_key"].fill("$Canary:Other")
    form.click("Save a value for this key")
    form.part("keep-value-api_key").fill(CANARIES["kept"])
    form.part("keep-api_key").click()
    expect(form.part("resolves-api_key")).to_be_visible()
    form.save()

    form.part("tab-history").click()
    form.part("compare-1").click()
    expect(form.part("version-1").get_by_role("table")).to_contain_text("$Canary:Other")
    form.part("tab-fields").click()

    form["api_key"].fill(CANARIES["conflict"])
    place.session.edit("canary", name="Theirs", settings={"api_key": "$Canary:Key"})
    form.part("save").click()
    form.part("mine-field-api_key").check()
    form.click("Save the chosen values")
    form.saved()

    form.field("api_key").get_by_role("button", name="Replace").click()
    form["api_key"].fill(CANARIES["reloaded"])
    form.fill(name="Reloaded")
    form.page.wait_for_timeout(500)
    notebook.save()
    notebook.page.reload(wait_until="domcontentloaded")
    again = Notebook.loaded(notebook.page, notebook.server, notebook.name)
    expect(Form(again).part("name")).to_have_value("Reloaded")
    return again


def test_a_typed_key_is_nowhere(saving_lab: Server, new_context: Callable[..., BrowserContext]) -> None:
    """The key is not in the notebook, its checkpoint, the widgets' state, a second client's messages, the export, the logs or the
    store."""
    place = Place(saving_lab, "canary")
    page = new_context().new_page()
    cells = place.cells(
        f"import ipywidgets; control = ipywidgets.Password(value={CONTROL!r}); control",
        "form = aiconn.ConnectionForm(); form",
    )
    notebook = Notebook.load(page, saving_lab, saving_lab.write("notebook.ipynb", cells, place.name))
    listener = Listener(saving_lab, notebook.kernel_id)
    notebook.run()
    notebook = journey(notebook, place)
    notebook.save()
    page.evaluate("() => window.jupyterapp.commands.execute('docmanager:save')")
    heard = listener.close()

    # The typed key is where it belongs: sealed, and only there.
    assert place.session.account("canary")._settings["api_key"].reveal() == CANARIES["conflict"]  # type: ignore[union-attr]
    assert {row.key for row in place.session.secrets()} == {"Canary:Key", "Canary:Other"}

    saved = json.loads((place.folder / "notebook.ipynb").read_text())
    state: dict[str, Any] = saved["metadata"]["widgets"]["application/vnd.jupyter.widget-state+json"]["state"]
    assert any(each["state"].get("view", {}).get("kind") == "form" for each in state.values())
    assert found(json.dumps(saved), {"control": CONTROL}) == ["control"]
    assert found(json.dumps(saved)) == []
    assert found(heard, {"control": CONTROL}) == ["control"]
    assert found(heard) == []
    assert len(heard) > 10_000

    checkpoint = next(place.folder.glob(".ipynb_checkpoints/*"))
    assert found(checkpoint.read_text()) == []
    html, _ = HTMLExporter().from_filename(str(place.folder / "notebook.ipynb"))
    assert found(html, {"control": CONTROL}) == ["control"]
    assert found(html) == []

    manager = notebook.kernel("__import__('json').dumps(ipywidgets.Widget.get_manager_state())")
    assert found(manager, {"control": CONTROL}) == ["control"]
    assert found(manager) == []
    kernel = notebook.kernel("repr((In, Out, dir(), vars(form), form.get_state(), form._kept))")
    assert found(kernel) == []

    # After the reload the page has none either, neither on display nor in its memory.
    remembered = page.evaluate("() => JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])")
    typed = page.evaluate(
        "() => JSON.stringify([...document.querySelectorAll('input, textarea')].map((each) => each.value))"
    )
    assert found(page.content() + remembered + typed) == []

    # Every file of the server: notebooks, checkpoints, logs, IPython's history, workspaces, the store, the user secrets.
    assert saving_lab.log.stat().st_size > 0
    assert found_in(saving_lab.base) == {}


def test_a_verbose_traceback_of_a_form_shows_no_key(
    saving_lab: Server, new_context: Callable[..., BrowserContext]
) -> None:
    """``%xmode Verbose`` prints the locals of every frame, but a failing intent has no traceback."""
    place = Place(saving_lab, "verbose")
    page = new_context().new_page()
    cells = place.cells(
        "%xmode Verbose\n%config Application.verbose_crash = True",
        "form = aiconn.ConnectionForm()\nform.session.create = lambda *a, **k: 1 / 0\nform",
    )
    notebook = Notebook.load(page, saving_lab, saving_lab.write("notebook.ipynb", cells, place.name))
    listener = Listener(saving_lab, notebook.kernel_id)
    notebook.run()
    form = Form(notebook)
    form.fill("openai", "X", api_key=CANARIES["typed"])
    form.part("save").click()
    expect(form.part("message")).to_contain_text(Unexpected(kind="ZeroDivisionError").what)
    notebook.save()
    assert found(listener.close()) == []
    assert found_in(saving_lab.base) == {}
