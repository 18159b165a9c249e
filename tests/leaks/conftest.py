"""The shared parts of the searches: doors through which a key comes in, a server that repeats it, and a shell that is searched."""

from __future__ import annotations

import base64
import gc
import getpass
import http.server
import json
import logging
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import count
from pathlib import Path
from typing import Any, ClassVar

import pytest
from IPython.core.interactiveshell import InteractiveShell

from aiconn_nb import Secret, Session
from aiconn_nb.model.secret import MASK
from aiconn_nb.providers.base import Provider
from aiconn_nb.providers.credentials.sdk_logs import LOGS
from aiconn_nb.providers.plug_ins.registry import Registry
from aiconn_nb.providers.protocols.preset import Preset
from aiconn_nb.session import kernel_session
from aiconn_nb.session.results import Result
from aiconn_nb.ui.magics.notebook_console import NotebookConsole

from .canary import Canary, found

Record = Callable[[str, int], None]

PROVIDERS = [
    each
    for each in Registry().all()
    if any(field.sensitive for field in each.fields) and (not isinstance(each, Preset) or each.id in ("cohere", "vllm"))
]
"""The providers that take a key. The presets share one class, so two represent all: one with its own list and one that needs no
key."""
DOORS = ("api", "prompt", "form", "file", "user secret", "variable")
"""The doors: three ways to give a literal, and three places in which a reference finds the key."""


class Echoing(http.server.BaseHTTPRequestHandler):
    """The worst of servers: it fails every request and repeats what it was sent, each time in another shape."""

    turns = count()
    heard: ClassVar[list[str]] = []
    """The requests that it received and repeated."""

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode("latin-1")
        headers = dict(self.headers)
        sent = f"{self.path} {headers} {body}"
        self.heard.append(sent)
        twice = json.dumps({"you": json.dumps(headers)})
        encoded = base64.b64encode(f"user:{sent}".encode()).decode()
        told = f"{sent} {twice} {encoded} <a title='{sent}'>"
        error = {"message": told, "type": "invalid_request_error", "code": 401, "param": told}
        shapes: Sequence[tuple[int, str, str]] = (
            (401, "application/json", json.dumps({"error": error, "message": told})),
            (400, "application/json", json.dumps({"error": told, "message": told, "detail": [told]})),
            (403, "text/html", f"<h1>{told}</h1>"),
            (404, "text/plain", told),
            (200, "text/event-stream", f"event: error\ndata: {json.dumps({'type': 'error', 'error': error})}\n\n"),
            (200, "application/json", told),
        )
        status, kind, text = shapes[next(self.turns) % len(shapes)]
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(text.encode())))
        self.send_header("X-Request-Id", told.replace("\n", " ")[:4000])
        self.end_headers()
        self.wfile.write(text.encode())

    do_GET = do_POST = _answer  # noqa: N815 - the names that http.server looks for

    def log_message(self, format: str, *arguments: object) -> None:
        """Log nothing."""


@pytest.fixture
def every_command(request: pytest.FixtureRequest) -> bool:
    """Return whether every command runs with every provider. This takes ten minutes, so only ``--report`` asks for it."""
    return bool(request.config.getoption("--report", default=False))


@pytest.fixture(scope="session")
def echoing() -> Iterator[str]:
    """Yield the URL of a server that repeats what it is sent."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Echoing)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look up no foreign host name, and shorten every wait."""
    real, wait = socket.getaddrinfo, time.sleep

    def look_up(host: Any, *rest: Any, **more: Any) -> Any:
        if host in ("127.0.0.1", "localhost", "::1", None):
            return real(host, *rest, **more)
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    monkeypatch.setattr(time, "sleep", lambda seconds: wait(min(seconds, 0.001)))
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


def groups(provider: Provider) -> list[tuple[str, ...]]:
    """Return the sensitive fields of a provider, grouped by what may be set together: Foundry takes a key or a client's secret, not
    both, and Amazon an API key or access keys."""
    keys = tuple(field.key for field in provider.fields if field.sensitive)
    if provider.id in ("amazon", "anthropic-bedrock"):
        return [keys[:1], keys[1:]]
    return [("api_key",), ("client_secret",)] if provider.id in ("microsoft-foundry", "anthropic-foundry") else [keys]


CASES = [(provider, keys) for provider in PROVIDERS for keys in groups(provider)]
"""Each provider with one group of its sensitive fields. A test for each of them passes through every door."""
CASE_IDS = [f"{provider.id}-{'-'.join(keys)}" for provider, keys in CASES]
WAYS_IN = [
    pytest.param(provider, keys, door, id=f"{id}-{door}")
    for (provider, keys), id in zip(CASES, CASE_IDS, strict=True)
    for door in (DOORS if not isinstance(provider, Preset) else ("api", "file"))
]
"""Each case with each door. The presets are declarations: a key enters them through the same code as in OpenAI's protocol."""


class Door:
    """The keys of a connection, and the way in which they come in."""

    def __init__(self, name: str, provider: Provider, keys: Sequence[str], url: str) -> None:
        self.name = name
        self.provider = provider
        self.keys = keys
        self.url = url
        self.canaries = {key: Canary(provider.id, key, name) for key in keys}

    @property
    def all(self) -> list[Canary]:
        """Return every key that must not be found."""
        return list(self.canaries.values())

    @property
    def is_sent(self) -> bool:
        """Return whether a request to the provider contains a key. The demo sends none; Entra ID and Google are out of reach."""
        return self.provider.id != "demo" and not {"client_secret", "service_account"} & set(self.keys)

    @property
    def plain(self) -> dict[str, str]:
        """Return the settings that are not secret. The endpoint is the server that repeats."""
        given = {"endpoint": self.url} if self.provider.field("endpoint") else {}
        if self.provider.field("region"):
            given["region"] = "us-east-1"
        if self.provider.field("project") and "vertex" in self.provider.id:
            given["project"] = "my-project-123"
        if "client_secret" in self.keys:
            given |= {"tenant_id": "tenant", "client_id": "client"}
        return given

    @property
    def references(self) -> dict[str, str]:
        """Return the settings that refer to the keys."""
        return {key: f"$Leak:{key}" for key in self.keys}

    def open(self, session: Session, shell: Searched, monkeypatch: pytest.MonkeyPatch) -> None:
        """Create the connection ``a``, whose keys come in through this door."""
        values = {key: each.value for key, each in self.canaries.items()}
        if self.name == "api":
            session.create("a", self.provider.id, settings={**self.plain, **values})
        elif self.name == "prompt":
            words = " ".join(f"{key}={value}" for key, value in self.plain.items())
            shell.answers = iter(values.values())
            shell.run(
                f"new a --provider {self.provider.id} --prompt {' '.join(self.keys)}"
                + (f" --set {words}" if words else "")
            )
        elif self.name == "form":
            self._fill_in_form(session, values)
        else:
            self._keep(session, shell, monkeypatch, values)
            session.create("a", self.provider.id, settings={**self.plain, **self.references})
        assert session.get("a").provider == self.provider.id

    def _fill_in_form(self, session: Session, values: Mapping[str, str]) -> None:
        from aiconn_nb.ui.widgets.connection_form import ConnectionForm

        form = ConnectionForm(session=session)
        draft = {"provider": self.provider.id, "name": "A", "fields": {**self.plain, **values}}
        for intent in ("check", "save"):
            form._receive(form, {**draft, "intent": intent, "dirty": True}, [])
        form.close()

    def _keep(
        self, session: Session, shell: Searched, monkeypatch: pytest.MonkeyPatch, values: Mapping[str, str]
    ) -> None:
        if self.name == "file":
            Path("appsettings.json").write_text(json.dumps({"Leak": values}))
        for key, value in values.items():
            if self.name == "user secret":
                shell.answers = iter([value])
                shell.run(f"secret set Leak:{key}")
            elif self.name == "variable":
                monkeypatch.setenv(f"Leak__{key}", value)


class Searched:
    """IPython's own shell in Verbose mode, which keeps everything that it shows for the search."""

    def __init__(self, shells: Any) -> None:
        self.shell: InteractiveShell = shells.open("load_ext aiconn_nb", "xmode Verbose")
        self._earlier = _of_our_classes()
        self.close: Callable[[], None] = shells.close
        """Write the history to its file and release the shell. A second call does nothing."""
        self.answers: Iterator[str] = iter(())
        """The text that is typed at prompts without echo."""
        self.shown: list[str] = []
        self.failed: list[str] = []
        """The lines that ended with an error."""

    def run(self, line: str, magic: str = "%aiconn ") -> Any:
        """Run a line (or, with ``magic=''``, any cell), keep what it shows in every format, and return its result."""
        done = self.shell.run_cell(f"{magic}{line}", store_history=True)
        if not done.success:
            self.failed.append(line)
        answer = done.result
        self.shown.append(repr(self.shell.display_formatter.format(answer)))
        if hasattr(answer, "data"):
            self.shown.append(json.dumps(answer.data(), default=repr))
        return answer

    def ours(self) -> list[object]:
        """Return every object in memory that is of one of our classes and was made after the shell."""
        earlier = set(map(id, self._earlier))
        return [each for each in _of_our_classes() if id(each) not in earlier]

    def namespace(self) -> str:
        """Return the repr of all the user's names, In and Out among them."""
        return repr(
            {name: each for name, each in self.shell.user_ns.items() if name not in ("get_ipython", "exit", "quit")}
        )


@pytest.fixture
def searched(shells: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Searched]:
    """Yield a shell whose prompts are answered and which uses the kernel's own session."""
    searched = Searched(shells)
    monkeypatch.setattr(getpass, "getpass", lambda prompt="": next(searched.answers))
    monkeypatch.setattr(NotebookConsole, "can_ask", property(lambda self: True))
    yield searched
    searched.close()
    kernel_session().close()
    kernel_session.cache_clear()
    gc.collect()  # looks only at what came with this test, so it is quick


@pytest.fixture
def all_logs(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    """Set every logger to DEBUG: ours, those of every SDK, and those of the libraries below."""
    caplog.set_level(logging.DEBUG)
    LOGS._secrets._kept.clear()
    Echoing.heard.clear()
    return caplog


def _of_our_classes() -> list[object]:
    """Return every object in memory that is of one of our classes, except those that the garbage collector leaves alone."""
    return [each for each in gc.get_objects() if str(type(each).__module__).partition(".")[0] == "aiconn_nb"]


def shows(thing: object) -> str:
    """Return every form in which an object shows itself. The text that an SDK sends as a header shows only its repr."""
    if isinstance(thing, str) and MASK in repr(thing):
        return repr(thing)
    parts = [str(thing), *([] if type(thing).__repr__ is Result.__repr__ else [repr(thing), f"{thing}"])]
    for name in ("_repr_html_", "_render_traceback_"):
        method = getattr(thing, name, None)
        if callable(method):
            parts.append(repr(method()))
    return "\n".join(parts)


def in_files(folder: Path, canaries: Sequence[Canary]) -> dict[str, list[str]]:
    """Return the files under a folder that contain a canary, with the names of the canaries."""
    read = {path: found(path.read_bytes().decode("latin-1"), canaries) for path in folder.rglob("*") if path.is_file()}
    return {str(path.relative_to(folder)): names for path, names in read.items() if names}


def secret_of(canary: Canary) -> Secret:
    """Return the canary in the form in which the product holds it."""
    return Secret(canary.value)
