"""A canary through every door, and every place searched for it.

Doors: each sensitive field of each provider, given as a literal by the API, at the prompt, as a reference to a file, as a user
secret, and in an environment variable. Places: what every command prints in every spelling, reprs, errors and their Verbose
tracebacks, logs at DEBUG (the SDKs' too), IPython's history file, the store, the vault's folder, and the kernel's namespace.
"""

from __future__ import annotations

import base64
import http.server
import json
import logging
import threading
import traceback
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from IPython.core.interactiveshell import InteractiveShell

import aiconn_nb
from aiconn_nb import AiconnError, Secret, Session
from aiconn_nb.providers.base import Provider
from aiconn_nb.providers.registry import Registry
from aiconn_nb.session import kernel_session

CANARY = 'canary/7Q"9+zz'
"""With characters that JSON, URLs and reprs escape."""

PROVIDERS = [each for each in Registry().all() if any(field.sensitive for field in each.fields)]
FIELDS = [(each, field.key) for each in PROVIDERS for field in each.fields if field.sensitive]


def spellings() -> set[str]:
    """The canary as it stands, in JSON, in a URL, in a repr and in base64."""
    raw = CANARY.encode()
    return {
        CANARY,
        json.dumps(CANARY)[1:-1],
        quote(CANARY),
        quote(CANARY, safe=""),
        base64.b64encode(raw).decode().rstrip("="),
        base64.urlsafe_b64encode(raw).decode().rstrip("="),
    }


def leaks(text: str) -> list[str]:
    """The spellings that stand in a text."""
    return sorted(each for each in spellings() if each in text)


class Echoing(http.server.BaseHTTPRequestHandler):
    """Answers every request with an error that repeats the request's headers and path: the worst of servers."""

    def _refuse(self) -> None:
        told = f"{self.path} {dict(self.headers)} you sent {CANARY} and {base64.b64encode(CANARY.encode()).decode()}"
        body = json.dumps({"error": {"message": told, "type": "invalid_request_error", "code": 401}}).encode()
        self.send_response(401)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = _refuse  # noqa: N815 - the names that http.server looks for

    def log_message(self, format: str, *arguments: object) -> None:
        """Quiet."""


@pytest.fixture(scope="module")
def echoing() -> Iterator[str]:
    """The URL of a server that repeats what it is sent."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Echoing)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def settings_of(provider: Provider, door: str, url: str) -> dict[str, str | Secret | None]:
    """Complete settings, every sensitive one coming through the door, the endpoint the echoing server."""
    settings: dict[str, str | Secret | None] = {}
    for field in provider.fields:
        if field.sensitive and field.key != "client_secret":
            settings[field.key] = {"literal": CANARY, "prompt": Secret(CANARY)}.get(door, "$Leak:Key")  # type: ignore[arg-type]
        elif field.key == "endpoint":
            settings[field.key] = url
        elif field.required:
            settings[field.key] = "us-east-1"
    return settings


def open_door(session: Session, door: str, work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put the canary where a reference finds it."""
    if door == "file":
        (work / "appsettings.json").write_text(json.dumps({"Leak": {"Key": CANARY}}))
    elif door == "user secret":
        session.set_secret("Leak:Key", Secret(CANARY))
    elif door == "variable":
        monkeypatch.setenv("Leak__Key", CANARY)


DOORS = ["literal", "prompt", "file", "user secret", "variable"]
COMMANDS = (
    "list",
    "show a",
    "explain a",
    "explain a --env Development",
    "resolve $Leak:Key",
    "resolve $Leak:Kye",
    "use a",
    "use",
    "test a",
    "test a --model gpt-4o",
    "models a",
    "secret list",
    "env",
    "providers",
    "edit a --name Changed",
    "duplicate a b",
    "rename b c",
    "disable c",
    "use c",
    "delete c --yes",
    "help new",
)


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("provider", PROVIDERS, ids=lambda provider: provider.id)
def test_no_command_shows_a_key(
    provider: Provider,
    door: str,
    echoing: str,
    isolated: Path,
    work: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Run in a real shell in the Verbose mode, against a server that repeats the key in its errors."""
    monkeypatch.setenv("IPYTHONDIR", str(isolated / "ipython"))
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    kernel_session.cache_clear()
    session = kernel_session()
    open_door(session, door, work, monkeypatch)
    shown = [session.create("a", provider.id, settings=settings_of(provider, door, echoing))]
    InteractiveShell.clear_instance()
    shell = InteractiveShell.instance()
    shell.run_line_magic("load_ext", "aiconn_nb")
    shell.run_line_magic("xmode", "Verbose")
    caplog.set_level(logging.DEBUG, logger="aiconn_nb")
    for command in COMMANDS:
        result = shell.run_cell(f"%aiconn {command}", store_history=True)
        bundle, _ = shell.display_formatter.format(result.result)
        shown.append(bundle)  # type: ignore[arg-type]
        if hasattr(result.result, "data"):
            shown.append(result.result.data())
    shell.history_manager.writeout_cache()
    shell.history_manager.end_session()
    captured = capsys.readouterr()
    namespace = {name: value for name, value in shell.user_ns.items() if name not in ("get_ipython", "exit", "quit")}
    InteractiveShell.clear_instance()
    session.close()
    kernel_session.cache_clear()

    assert leaks(repr(shown)) == []
    assert leaks(captured.out + captured.err) == []
    assert leaks(caplog.text) == []
    assert leaks(repr(namespace)) == []
    for path in isolated.rglob("*"):
        if path.is_file() and path.parent != work:
            assert leaks(path.read_bytes().decode("utf-8", "replace")) == [], path
    assert "canary" not in repr(vars(session))


@pytest.mark.parametrize("provider", PROVIDERS, ids=lambda provider: provider.id)
def test_no_error_carries_a_key_in_its_frames(
    provider: Provider, echoing: str, work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every local of every frame of the traceback is printed, and every error that it was raised from."""
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    (work / "appsettings.json").write_text(json.dumps({"Leak": {"Key": CANARY}}))
    kernel_session.cache_clear()
    session = kernel_session()
    session.create("a", provider.id, settings=settings_of(provider, "file", echoing))
    calls = (
        lambda: session.models("a"),
        lambda: session.resolve("$Leak:Kye") and session.create("b", provider.id, settings={"api_key": "$Leak:Kye"}),
        lambda: session.client("b"),
        lambda: session.create("a", provider.id, settings=settings_of(provider, "literal", echoing)),
        lambda: session.create("c", provider.id, settings={"nonsense": CANARY}),
        lambda: aiconn_nb.create("c", provider.id, settings={"nonsense": CANARY}),
        lambda: aiconn_nb.edit("a", settings={"nonsense": CANARY}),
    )
    for call in calls:
        try:
            call()
        except AiconnError as error:
            text = "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format())
            inside = [line for line in text.splitlines() if "test_doors.py" not in line and "CANARY" not in line]
            assert leaks("\n".join(inside)) == [], text


def test_every_sensitive_field_has_a_door() -> None:
    """The list of doors grows with the providers."""
    assert [(provider.id, key) for provider, key in FIELDS] == [
        ("amazon", "access_key_id"),
        ("amazon", "secret_access_key"),
        ("amazon", "session_token"),
        ("anthropic", "api_key"),
        ("demo", "api_key"),
        ("google", "api_key"),
        ("microsoft-foundry", "client_secret"),
        ("microsoft-foundry", "api_key"),
        ("openai", "api_key"),
        ("openai-compatible", "api_key"),
    ]


def test_children_see_a_key_only_when_they_are_meant_to(work: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Only ``use --env``, ``environ`` and ``run`` put a key into the environment; its arguments never hold one."""
    (work / "appsettings.json").write_text(json.dumps({"Leak": {"Key": "plain-canary"}}))
    session = Session()
    session.create("a", "openai", settings={"api_key": "$Leak:Key"})
    import subprocess

    def children_see() -> bool:
        return b"plain-canary" in subprocess.run(["env"], capture_output=True, check=True).stdout

    session.use("a")
    session.client("a")
    assert not children_see()
    with session.environ("a"):
        assert children_see()
    session.use("a", export=True)
    assert children_see()
    session.use_none()
    assert not children_see()
