"""A real JupyterLab or Notebook server, and a page in Chromium that shows its notebooks.

Everything of the server is in a separate folder, and only the loopback interface can be reached. A test asks the kernel about its
assertions (`Notebook.kernel`) and does not only read the page.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any
from uuid import uuid4

import nbformat
from playwright.sync_api import BrowserContext, Locator, Page, Request

STARTS_IN = 120
"""The seconds within which the server must answer."""
ANSWERS_IN = 60_000
"""The milliseconds within which a promise in the page must be kept, because ``page.evaluate`` itself waits for ever."""

CALLS_OUT = ("@jupyterlab/apputils-extension:announcements", "@jupyterlab/extensionmanager-extension")
THEMES = {"light": "JupyterLab Light", "dark": "JupyterLab Dark", "contrast": "JupyterLab Dark High Contrast"}
SETTINGS: dict[str, dict[str, Any]] = {
    "@jupyterlab/apputils-extension:notification": {
        "fetchNews": "false",
        "checkForUpdates": False,
        "doNotDisturbMode": True,
    },
    # Otherwise the widgets of cells out of sight are not in the page.
    "@jupyterlab/notebook-extension:tracker": {"windowingMode": "none"},
    "@jupyterlab/docmanager-extension:plugin": {"autosave": False},
}

_READY = """async (name) => {
  const app = window.jupyterapp;
  await app.restored;
  const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  const find = () => [...app.shell.widgets('main')].find((w) => w.context?.path === name && w.sessionContext);
  let panel, kernel;
  while (!(panel = find())) await pause(30);
  await panel.context.ready; await panel.revealed; await panel.sessionContext.ready;
  while (!(kernel = panel.sessionContext.session?.kernel)) await pause(30);
  await kernel.info;
  while (kernel.connectionStatus !== 'connected' || kernel.status !== 'idle') await pause(20);
  return kernel.id;
}"""


# A tab comes to the front some moments after the request, and a command applies to the tab in front.
_IN_FRONT = """async (name) => {
  const { shell } = window.jupyterapp;
  const panel = [...shell.widgets('main')].find((w) => w.context?.path === name);
  while (shell.currentWidget !== panel || !panel.isVisible) {
    shell.activateById(panel.id);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}"""


class Server:
    """``jupyter lab`` (or ``jupyter notebook``) with all its folders under ``base``, for use in a ``with`` block."""

    def __init__(self, base: Path, app: str = "lab", *, env: dict[str, str] | None = None) -> None:
        self.base, self.app = base, app
        self.root = base / "root"
        self.log = base / "server.log"
        self.token = secrets.token_hex(16)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        for folder in ("root", "home", "config/labconfig", "data", "runtime", "ipython", "workspaces", "settings"):
            (base / folder).mkdir(parents=True, exist_ok=True)
        disabled = {"disabledExtensions": dict.fromkeys(CALLS_OUT, True)}
        (base / "config/labconfig/page_config.json").write_text(json.dumps(disabled))
        for plugin, value in SETTINGS.items():
            self.set(plugin, value)
        self.env = {k: v for k, v in os.environ.items() if not k.startswith(("JUPYTER", "IPYTHON", "JPY_", "AICONN_"))}
        self.env.update(
            HOME=str(base / "home"),
            JUPYTER_CONFIG_DIR=str(base / "config"),
            JUPYTER_DATA_DIR=str(base / "data"),
            JUPYTER_RUNTIME_DIR=str(base / "runtime"),
            JUPYTERLAB_WORKSPACES_DIR=str(base / "workspaces"),
            JUPYTERLAB_SETTINGS_DIR=str(base / "settings"),
            IPYTHONDIR=str(base / "ipython"),
            PYDEVD_DISABLE_FILE_VALIDATION="1",
            PATH=f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            **(env or {}),
        )

    def set(self, plugin: str, value: dict[str, Any]) -> None:
        """Write the user's settings of a plugin."""
        package, name = plugin.rsplit(":", 1)
        file = self.base / "settings" / package / f"{name}.jupyterlab-settings"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(value))

    def __enter__(self) -> Server:
        command = [
            sys.executable,
            "-m",
            "jupyterlab" if self.app == "lab" else "notebook",
            "--no-browser",
            "--allow-root",
        ]
        options = {
            "ServerApp.ip": "127.0.0.1",
            "ServerApp.port": self.port,
            "ServerApp.port_retries": 0,
            "ServerApp.root_dir": self.root,
            "IdentityProvider.token": self.token,
            "LabApp.news_url": None,
            "LabApp.check_for_updates_class": "jupyterlab.NeverCheckForUpdate",
            "LabApp.extension_manager": "readonly",
            "LabApp.expose_app_in_browser": True,
            "JupyterNotebookApp.expose_app_in_browser": True,
        }
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                [*command, *(f"--{key}={value}" for key, value in options.items())],
                env=self.env,
                cwd=self.root,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        until = time.monotonic() + STARTS_IN
        while True:
            if self._process.poll() is not None or time.monotonic() > until:
                self.__exit__(None, None, None)
                raise RuntimeError(f"jupyter {self.app} does not run:\n{self.log.read_text()[-4000:]}")
            try:
                self.api("GET", "/api/status")
            except OSError:
                time.sleep(0.05)
            else:
                return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        try:
            for kernel in self.api("GET", "/api/kernels"):
                self.api("DELETE", f"/api/kernels/{kernel['id']}")
        except OSError:
            pass
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()

    def api(self, method: str, path: str) -> Any:
        """Send a request to the server itself and return the parsed answer."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{path}", method=method, headers={"Authorization": f"token {self.token}"}
        )
        with urllib.request.urlopen(request, timeout=20) as answer:
            raw = answer.read()
        return json.loads(raw) if raw else None

    def url(self, name: str) -> str:
        """Return the address that shows a notebook. A new workspace restores no tab of another test."""
        place = f"lab/workspaces/t{uuid4().hex[:8]}/tree/{name}?reset&" if self.app == "lab" else f"notebooks/{name}?"
        return f"http://127.0.0.1:{self.port}/{place}token={self.token}"

    def write(self, name: str, cells: list[str], folder: str = "") -> str:
        """Write a notebook and return its path as the server knows it."""
        metadata = {
            "kernelspec": {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"},
            "language_info": {"name": "python"},
        }
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in cells], metadata=metadata)
        path = self.root / folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(notebook, path)
        return str(path.relative_to(self.root))

    def evaluate(self, kernel_id: str, expression: str, seconds: float = 30) -> Any:
        """Return the value of an expression in a kernel, asked on a separate connection. The value must have a literal."""
        import ast

        from jupyter_client.blocking.client import BlockingKernelClient

        client = BlockingKernelClient(connection_file=str(self.base / "runtime" / f"kernel-{kernel_id}.json"))
        client.load_connection_file()
        # The reply has the value: no other channel is needed, and `wait_for_ready` would take half a second for them.
        client.start_channels(iopub=False, stdin=False, hb=False, control=False)
        try:
            reply = client.execute(
                "pass",
                silent=True,
                store_history=False,
                user_expressions={"it": expression},
                reply=True,
                timeout=seconds,
            )
            it = reply["content"]["user_expressions"]["it"]
            if it["status"] != "ok":
                raise RuntimeError(f"{it['ename']}: {it['evalue']}")
            return ast.literal_eval(it["data"]["text/plain"])
        finally:
            client.stop_channels()


def bounded(script: str, milliseconds: int = ANSWERS_IN) -> str:
    """Return a script that fails if its promise is not kept in time."""
    return (
        f"(given) => Promise.race([({script})(given), new Promise((_, no) => "
        f"setTimeout(() => no(new Error('no answer in {milliseconds} ms')), {milliseconds}))])"
    )


class Notebook:
    """A notebook that is open in a page, with its kernel."""

    def __init__(self, page: Page, server: Server, name: str, kernel_id: str) -> None:
        self.page, self.server, self.name, self.kernel_id = page, server, name, kernel_id

    @classmethod
    def load(cls, page: Page, server: Server, name: str) -> Notebook:
        """Reload the page with this notebook."""
        page.goto(server.url(name), wait_until="domcontentloaded")
        return cls.loaded(page, server, name)

    @classmethod
    def loaded(cls, page: Page, server: Server, name: str) -> Notebook:
        """Return the notebook of a page that is being loaded, once its kernel answers."""
        page.wait_for_function("() => window.jupyterapp !== undefined")
        return cls(page, server, name, page.evaluate(bounded(_READY), name))

    @classmethod
    def open(cls, page: Page, server: Server, name: str) -> Notebook:
        """Open another notebook in a loaded JupyterLab, which is quicker."""
        script = (
            "async (name) => { await window.jupyterapp.commands.execute('docmanager:open', {path: name, factory: 'Notebook'});"
            f" return await ({_READY})(name); }}"
        )
        return cls(page, server, name, page.evaluate(bounded(script), name))

    def show(self) -> None:
        """Bring its tab to the front and wait until it is there. Before that, another notebook is in front."""
        self.page.evaluate(bounded(_IN_FRONT), self.name)

    def become(self, cells: list[str]) -> None:
        """Replace the cells and keep the kernel, because a new kernel would take two seconds."""
        script = """async ([name, cells]) => {
          const panel = [...window.jupyterapp.shell.widgets('main')].find((w) => w.context?.path === name);
          const model = panel.content.model.sharedModel;
          model.transact(() => {
            model.deleteCellRange(0, model.cells.length);
            model.insertCells(0, cells.map((source) => ({ cell_type: 'code', source, metadata: {}, outputs: [] })));
          });
          window.jupyterapp.shell.activateById(panel.id);
          const kernel = panel.sessionContext.session?.kernel;
          if (kernel?.status === 'busy') await kernel.interrupt(); // a test that failed in the middle
        }"""
        self.page.evaluate(bounded(script), [self.name, cells])
        self.kernel_id = self.page.evaluate(bounded(_READY), self.name)

    def run(self) -> None:
        """Run all cells, and wait until each has its reply."""
        run = "await window.jupyterapp.commands.execute('notebook:run-all-cells')"
        script = f"async (name) => {{ await ({_IN_FRONT})(name); {run}; }}"
        self.page.evaluate(bounded(script), self.name)

    def save(self) -> None:
        """Save the notebook."""
        self.page.evaluate(bounded("() => window.jupyterapp.commands.execute('docmanager:save')"))

    def kernel(self, expression: str) -> Any:
        """Return the value of an expression in the kernel."""
        return self.server.evaluate(self.kernel_id, expression)

    def until(self, expression: str, is_wanted: Callable[[Any], bool]) -> Any:
        """Return the value of an expression in the kernel as soon as it is one that is wanted."""
        for _ in range(400):
            value = self.kernel(expression)
            if is_wanted(value):
                return value
            self.page.wait_for_timeout(50)
        raise AssertionError(f"in the kernel, {expression} is {value!r}")

    def cell(self, index: int) -> Locator:
        """Return a cell of the notebook."""
        return self.page.locator(f'.jp-NotebookPanel:not(.lm-mod-hidden) .jp-Cell[data-windowed-list-index="{index}"]')

    def close(self) -> None:
        """Shut the kernel down, save (otherwise there would be a question) and close the tab."""
        script = """async (name) => {
          const panel = [...window.jupyterapp.shell.widgets('main')].find((w) => w.context?.path === name);
          await panel.sessionContext.shutdown(); await panel.context.save(); panel.close(); }"""
        self.page.evaluate(bounded(script), self.name)


def theme(page: Page, name: str) -> None:
    """Switch JupyterLab to its light or dark theme."""
    script = """async (theme) => {
      await window.jupyterapp.commands.execute('apputils:change-theme', { theme });
      while (document.body.dataset.jpThemeName !== theme) await new Promise((resolve) => setTimeout(resolve, 20));
    }"""
    page.evaluate(bounded(script), THEMES[name])


ONLY_LOOPBACK = "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1"
"""The flag with which Chromium reaches no other machine. A route of Playwright would do it too, but then Chromium keeps no file of
JupyterLab for the next load of its page."""


def note_outside(context: BrowserContext, outside: list[str]) -> None:
    """Note every request of a browser context that would leave the machine."""

    def note(request: Request) -> None:
        if re.match(r"(https?|wss?)://(?!127\.0\.0\.1[:/])", request.url):
            outside.append(request.url)

    context.on("request", note)
