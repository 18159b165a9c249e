"""JupyterHub keeps two users apart, each with a separate server and kernel, while the class runs on one machine."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import requests
import websocket

BIN = Path(sys.executable).parent
TOKEN = "made-up-token-of-the-test"
USERS = ("ada", "ben")
CONFIG = """
import os
import sys

c = get_config()
port, hub_port, proxy_port = os.environ["PORTS"].split()
c.JupyterHub.bind_url = f"http://127.0.0.1:{port}"
c.JupyterHub.hub_bind_url = f"http://127.0.0.1:{hub_port}"
c.ConfigurableHTTPProxy.api_url = f"http://127.0.0.1:{proxy_port}"
c.ConfigurableHTTPProxy.command = [os.path.join(sys.prefix, "node_modules/.bin/configurable-http-proxy")]
c.JupyterHub.authenticator_class = "dummy"
c.DummyAuthenticator.password = "made-up"
c.Authenticator.allowed_users = {"ada", "ben"}
c.JupyterHub.spawner_class = "simple"
c.SimpleLocalProcessSpawner.home_dir_template = os.path.join(os.getcwd(), "homes", "{username}")
c.Spawner.args = ["--allow-root"]
c.Spawner.environment = {"JUPYTERHUB_SINGLEUSER_APP": "jupyter_server.serverapp.ServerApp"}
c.JupyterHub.services = [{"name": "test", "api_token": os.environ["TOKEN"]}]
c.JupyterHub.load_roles = [
    {"name": "test", "services": ["test"], "scopes": ["admin:users", "admin:servers", "access:servers"]},
]
"""


class Hub:
    """A hub, controlled by its REST API."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.heard = requests.Session()
        self.heard.headers["Authorization"] = f"token {TOKEN}"

    def ask(self, method: str, path: str) -> Any:
        """Return the answer to a request, parsed as JSON."""
        answer = self.heard.request(method, self.address + path, timeout=60)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def kernel_of(self, user: str) -> websocket.WebSocket:
        """Return a connection to a new kernel on the user's own server."""
        self.ask("POST", f"/hub/api/users/{user}/server")
        until(lambda: self.ask("GET", f"/hub/api/users/{user}")["servers"].get("", {}).get("ready"))
        kernel = self.ask("POST", f"/user/{user}/api/kernels")["id"]
        address = self.address.replace("http", "ws", 1) + f"/user/{user}/api/kernels/{kernel}/channels"
        return websocket.create_connection(address, timeout=120, header=[f"Authorization: token {TOKEN}"])


def until(is_so: Any) -> None:
    """Repeat a check until it succeeds."""
    for _ in range(2000):
        if is_so():
            return
        time.sleep(0.1)
    raise AssertionError(is_so)


def run(kernel: websocket.WebSocket, code: str) -> str:
    """Return what a cell has shown, as text."""
    header = {"msg_id": uuid4().hex, "msg_type": "execute_request", "username": "", "session": "s", "version": "5.3"}
    content = {"code": code, "silent": False, "allow_stdin": False}
    kernel.send(
        json.dumps({"header": header, "parent_header": {}, "metadata": {}, "content": content, "channel": "shell"})
    )
    shown = ""
    while True:
        message = json.loads(kernel.recv())
        if message["parent_header"].get("msg_id") != header["msg_id"]:
            continue
        content = message["content"]
        shown += content.get("text", "") or json.dumps(content.get("data", "")) + "".join(content.get("traceback", ()))
        if message["msg_type"] == "status" and content["execution_state"] == "idle":
            return shown


@pytest.fixture
def hub(work: Path) -> Iterator[Hub]:
    """Yield a hub that knows both users."""
    (work / "jupyterhub_config.py").write_text(CONFIG)
    for user in USERS:
        (work / "homes" / user).mkdir(parents=True)
    with closing(socket.socket()) as one, closing(socket.socket()) as two, closing(socket.socket()) as three:
        for each in (one, two, three):
            each.bind(("127.0.0.1", 0))
        ports = [each.getsockname()[1] for each in (one, two, three)]
    environ = {**os.environ, "PATH": f"{BIN}:{os.environ['PATH']}", "PORTS": " ".join(map(str, ports)), "TOKEN": TOKEN}
    with (work / "hub.log").open("wb") as log:
        process = subprocess.Popen([BIN / "jupyterhub"], cwd=work, env=environ, stdout=log, stderr=log)
    made = Hub(f"http://127.0.0.1:{ports[0]}")

    def is_there() -> bool:
        assert process.poll() is None, (work / "hub.log").read_text()
        try:
            return "version" in made.ask("GET", "/hub/api/")
        except requests.RequestException:
            return False

    try:
        until(is_there)
        yield made
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:  # its users' servers have ended; it waits for its own last connections
            process.kill()
            process.wait(30)


def test_each_user_has_a_store_of_their_own(hub: Hub, work: Path) -> None:
    """The store is in the home that the hub assigns, and neither user sees what the other saved or uses."""
    ada, ben = (hub.kernel_of(user) for user in USERS)
    for kernel, user in ((ada, "ada"), (ben, "ben")):
        run(kernel, "%load_ext aiconn_nb")
        run(kernel, f"%aiconn new of-{user} --provider demo")
    assert "demo speaking" in run(ada, "%aiconn ask of-ada --model demo-chat hello")
    seen = run(ada, "%aiconn list"), run(ben, "%aiconn list")
    assert [["of-ada" in text, "of-ben" in text] for text in seen] == [[True, False], [False, True]]
    assert "ConnectionNotFound" in run(ben, "%aiconn use of-ada as client")
    stores = sorted(str(path.relative_to(work)) for path in (work / "homes").rglob("connections.json"))
    assert [path.split("/")[1] for path in stores] == ["ada", "ben"]
    for each in (ada, ben):
        each.close()
