"""Each framework calls a stand-in server with the object that `to` builds for it. The server is `@copilotkit/aimock`."""

from __future__ import annotations

import ast
import asyncio
import contextlib
import inspect
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest

import aiconn_nb
from aiconn_nb import Secret, Session
from aiconn_nb.errors import FrameworkCannotCall
from aiconn_nb.features import app
from aiconn_nb.features.adapters.known import get
from aiconn_nb.providers.values.access import Api
from tests.wire.aimock import Aimock
from tests.wire.bedrock_server import GOOD_KEY
from tests.wire.servers import Server, refuses

from .conftest import CANARY

CONNECTIONS = [("compatible", "my-own:7b"), ("gpt", "gpt-4o-mini"), ("claude", "claude-of-the-tests")]
ANSWERS = ("Hello from the stand-in.",)


@pytest.fixture(autouse=True)
def _of_the_kernel(connected: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the functions of `aiconn_nb` use the session of the test."""
    monkeypatch.setitem(app._HERE, "session", connected)


def run_cell(code: str) -> dict[str, Any]:
    """Run lines like a cell, in which ``await`` may be outside a function, and return the names that they define."""
    names: dict[str, Any] = {}
    made = eval(compile(code, "cell", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT), names)
    if inspect.iscoroutine(made):
        asyncio.run(made)
    return names


APIS = {"claude": Api.ANTHROPIC, "gemini": Api.GOOGLE, "vertex": Api.VERTEX, "bedrock": Api.BEDROCK}


def speaks(framework: str, alias: str) -> bool:
    """Return whether a framework's adapter accepts this connection."""
    return APIS.get(alias, Api.OPENAI) in get(framework).packages


CLOUDS = [
    ("gemini", "gemini-3.8-flash", "gemini-embedding-001"),
    ("vertex", "gemini-3.8-flash", "gemini-embedding-001"),
    ("bedrock", "amazon.nova-lite-v1:0", "amazon.titan-embed-text-v2:0"),
]


@pytest.mark.parametrize(("alias", "model", "embedding"), CLOUDS)
def test_google_and_amazon(
    alias: str,
    model: str,
    embedding: str,
    framework: str,
    connected: Session,
    clouds: dict[str, Server],
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Chat and vectors go to the connection's own address with its own account, whatever the environment says. A framework that
    cannot call the API raises an error."""
    if not speaks(framework, alias):
        with pytest.raises(FrameworkCannotCall) as raised:
            connected.to(framework, alias, model=model)
        assert raised.value.alias == alias
        return
    server = clouds["google" if alias == "gemini" else alias]
    connected.create_profile("writer", connections=[alias], model=model, temperature=0.25)
    code = connected.snippet("writer", framework=framework).code
    if framework == "instructor":  # the stand-ins make no tool calls
        with contextlib.suppress(Exception):
            run_cell(code)
    else:
        made = run_cell(code)["model"]
        said = capsys.readouterr().out
        assert "ours." in said
        assert CANARY not in repr(made) + str(made) + said
    assert server.asked
    assert b"0.25" in server.asked[0].body
    if get(framework).embedding_lines:
        run_cell(connected.snippet(alias, framework=framework, model=embedding, capability="embedding").code)
        assert capsys.readouterr().out.split()[-1] == "3"
    if alias == "bedrock":
        assert all(f"Credential={GOOD_KEY}/" in each.headers["authorization"] for each in server.asked)


@pytest.mark.parametrize(("alias", "model"), CONNECTIONS)
def test_the_lines_of_its_snippet_run(
    alias: str, model: str, framework: str, connected: Session, stand_in: Aimock, capsys: pytest.CaptureFixture[str]
) -> None:
    """The lines call the connection's own address with its own key, the only one that the server accepts."""
    if not speaks(framework, alias):
        with pytest.raises(FrameworkCannotCall) as raised:
            connected.to(framework, alias, model=model)
        assert raised.value.alias == alias
        return
    code = connected.snippet(alias, framework=framework, model=model).code
    names = run_cell(code)
    said = capsys.readouterr().out
    (asked,) = stand_in.journal()
    assert asked["body"]["model"] == model
    assert any(answer in said for answer in ANSWERS) or framework == "instructor"
    assert CANARY not in repr(names["model"]) + str(names["model"]) + code + said


def test_a_structured_answer_is_read(framework: str, connected: Session) -> None:
    """Instructor returns an instance of the requested class. The snippets of the others do not ask for one."""
    if framework != "instructor":
        assert "response_model" not in connected.snippet("gpt", framework=framework, model="gpt-4o-mini").code
        return
    code = connected.snippet("gpt", framework=framework, model="gpt-4o-mini").code
    city = run_cell(code.replace("\nmodel.create", "\ncity = model.create"))["city"]
    assert (city.name, city.country) == ("Paris", "France")


def test_vectors(framework: str, connected: Session, stand_in: Aimock, capsys: pytest.CaptureFixture[str]) -> None:
    """A framework with an object for vectors returns them, and the others raise an error."""
    if not get(framework).embedding_lines:
        with pytest.raises(FrameworkCannotCall):
            connected.to(framework, "gpt", model="text-embedding-3-small", capability="embedding")
        return
    code = connected.snippet("gpt", framework=framework, model="text-embedding-3-small", capability="embedding").code
    made = run_cell(code)["model"]
    assert capsys.readouterr().out.split()[-1] == "3"
    assert CANARY not in repr(made) + str(made)
    assert [each["path"] for each in stand_in.journal()] == ["/v1/embeddings"]


def test_the_options_of_a_profile_are_sent(framework: str, connected: Session, stand_in: Aimock) -> None:
    """The options that the object takes are sent, and a note names the others."""
    connected.create_profile("writer", connections=["compatible"], model="my-own:7b", temperature=0.25)
    run_cell(connected.snippet("writer", framework=framework).code)
    (asked,) = stand_in.journal()
    expected = 0.25 if "temperature" in get(framework).options else None
    assert asked["body"].get("temperature") == expected


def test_fallbacks_where_the_framework_has_them(
    framework: str, connected: Session, stand_in: Aimock, capsys: pytest.CaptureFixture[str]
) -> None:
    """The second connection answers if the first cannot be reached."""
    connected.create("down", "openai-compatible", settings={"endpoint": "http://127.0.0.1:9/v1"})
    connected.create_profile("writer", connections=["down", "compatible"], model="my-own:7b")
    if framework not in ("langchain", "pydantic-ai", "haystack"):
        with pytest.warns(UserWarning, match="fallback"):
            connected.to(framework, "writer")
        return
    run_cell(connected.snippet("writer", framework=framework).code)
    assert ANSWERS[0] in capsys.readouterr().out
    assert len(stand_in.journal()) == 1


class Redirects:
    """A server that redirects each request to another one and records all requests."""

    def __init__(self, to: str) -> None:
        self.seen: list[dict[str, str]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                outer.seen.append({name.lower(): value for name, value in self.headers.items()})
                self.rfile.read(int(self.headers.get("content-length") or 0))
                self.send_response(307 if to else 404)
                if to:
                    self.send_header("location", to + self.path)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                """Log nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.mark.parametrize(("alias", "model"), [("there", "my-own:7b"), ("claude-there", "claude-of-the-tests")])
def test_a_key_goes_to_its_host_only(
    alias: str, model: str, framework: str, connected: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The environment adds no header, and a redirect to another origin is not followed."""
    if not speaks(framework, "claude" if alias == "claude-there" else alias):
        return
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", "Authorization: Bearer key-of-another-account")
    monkeypatch.setenv("ANTHROPIC_CUSTOM_HEADERS", "X-Api-Key: key-of-another-account")
    elsewhere = Redirects("")
    here = Redirects(elsewhere.url)
    key = {"api_key": Secret(CANARY)}
    connected.create("there", "openai-compatible", settings={"endpoint": f"{here.url}/v1", **key})
    connected.create("claude-there", "anthropic", settings={"endpoint": here.url, **key})
    with contextlib.suppress(Exception):
        run_cell(connected.snippet(alias, framework=framework, model=model).code)
    here.server.shutdown()
    elsewhere.server.shutdown()
    assert here.seen
    assert all(CANARY in str(headers) and "another-account" not in str(headers) for headers in here.seen)
    assert elsewhere.seen == []


@pytest.mark.parametrize(
    ("alias", "provider", "path"),
    [("there", "openai-compatible", "/v1"), ("claude", "anthropic", ""), ("gemini", "google", "")],
)
def test_a_query_of_the_endpoint_goes_with_every_request(
    alias: str, provider: str, path: str, framework: str, connected: Session
) -> None:
    """A gateway may want a version or a tenant there, whatever object calls it."""
    if not speaks(framework, alias):
        return
    with Server(refuses(400)) as server:
        settings = {"endpoint": f"{server.url}{path}?api-version=1&tag=x&tag=y", "api_key": Secret(CANARY)}
        connected.create("asked", provider, settings=settings)
        for capability in ("chat", "embedding") if get(framework).embedding_lines and alias != "claude" else ("chat",):
            code = connected.snippet("asked", framework=framework, model="my-own:7b", capability=capability).code
            with contextlib.suppress(Exception):
                run_cell(code)
    assert server.asked
    for each in server.asked:
        assert sorted(set(each.path.partition("?")[2].split("&")) - {"alt=sse"}) == ["api-version=1", "tag=x", "tag=y"]


def test_a_stream_has_usage(framework: str, connected: Session) -> None:
    """LangChain drops the usage if a base URL or a client is given, unless it is told otherwise."""
    if framework != "langchain":
        return
    pieces = list(aiconn_nb.to("langchain", "compatible", model="my-own:7b").stream("Say hello."))
    assert [piece.usage_metadata["output_tokens"] for piece in pieces if piece.usage_metadata] == [5]


@pytest.mark.parametrize("model", ["claude-haiku-4-5", "claude-sonnet-5"])
def test_a_claude_model_answers_without_a_limit_of_tokens(
    framework: str, connected: Session, capsys: pytest.CaptureFixture[str], model: str
) -> None:
    """A framework that asks for a model's longest answer gets it whole, although Anthropic's SDK refuses this with its default
    timeout."""
    if not speaks(framework, "claude") or framework == "instructor":
        return
    run_cell(connected.snippet("claude", framework=framework, model=model).code)
    assert "Hello from the stand-in." in capsys.readouterr().out
