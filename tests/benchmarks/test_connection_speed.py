"""These benchmarks compare a connection with the SDK alone, for embedding many texts and for making a client, in CPU time of
alternating runs."""

from __future__ import annotations

import contextlib
import io
import json
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from time import process_time
from typing import Any

import pytest

from aiconn_nb import Session

pytestmark = pytest.mark.benchmark

TEXTS = 512
DIMENSIONS = 3_072
KEY = "made-up-key-0123456789"
RUNS = 9

_SERVER = f"""
import base64, json, random, struct
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

numbers = [random.Random(1).uniform(-1, 1) for _ in range({DIMENSIONS})]
FORMS = {{
    "base64": json.dumps(base64.b64encode(struct.pack("<{DIMENSIONS}f", *numbers)).decode()),
    "float": json.dumps(numbers),
}}

class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        vector = FORMS[asked.get("encoding_format", "float")]
        entries = ",".join(
            '{{"object":"embedding","index":%d,"embedding":%s}}' % (index, vector) for index in range(len(asked["input"]))
        )
        body = ('{{"object":"list","model":"m","usage":{{"prompt_tokens":1,"total_tokens":1}},"data":[%s]}}' % entries).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *of):
        pass

server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(server.server_address[1], flush=True)
server.serve_forever()
"""


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """Yield the URL of a server in a separate process, so that its work is not counted."""
    process = subprocess.Popen([sys.executable, "-c", _SERVER], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    yield f"http://127.0.0.1:{process.stdout.readline().strip()}/v1"
    process.kill()
    process.wait()


def cpu(call: Callable[[], object]) -> float:
    """Return the seconds of CPU time that a call takes."""
    started = process_time()
    call()
    return process_time() - started


def in_turn(ours: Callable[[], object], theirs: Callable[[], object]) -> tuple[float, float, float]:
    """Return the medians of both and of their ratio. The first two runs warm up."""
    runs = [(cpu(ours), cpu(theirs)) for _ in range(RUNS + 2)][2:]
    mine, sdk = (statistics.median(column) for column in zip(*runs, strict=True))
    return mine, sdk, statistics.median(one / other for one, other in runs)


def test_embedding_costs_hardly_more_than_the_sdks_own_call(session: Session, server: str) -> None:
    """It costs at most 1.2 times as much, for 512 texts of 3,072 dimensions."""
    session.create("plain", "openai", settings={"api_key": KEY, "endpoint": server})
    client = session.client("plain")
    texts = ["text"] * TEXTS
    mine, sdk, ratio = in_turn(
        lambda: session.embed(texts, profile="plain", model="m"),
        lambda: client.embeddings.create(model="m", input=texts),
    )
    print(f"\nembed {TEXTS} x {DIMENSIONS:,}: ours {mine * 1e3:.0f} ms, SDK {sdk * 1e3:.0f} ms, {ratio:.2f} times")
    assert ratio <= 1.2


@pytest.mark.parametrize("provider", ["openai", "openai-compatible", "anthropic", "google", "microsoft-foundry"])
def test_use_as_costs_hardly_more_than_the_client_from_a_literal(
    isolated: Path, work: Path, provider: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a cell, ``use x as y`` with a reference costs at most 1.5 times as much."""
    pytest.importorskip("ipykernel")
    from IPython.core.interactiveshell import InteractiveShell

    import aiconn_nb

    (work / "appsettings.json").write_text(json.dumps({"Account": {"ApiKey": KEY}}))
    monkeypatch.setattr(
        "aiconn_nb.model.stamp._SETTLED", -1
    )  # otherwise a file that was just written is read at every look
    shell = InteractiveShell.instance()
    shell.run_line_magic("load_ext", "aiconn_nb")
    endpoint = "http://127.0.0.1:9"
    aiconn_nb.create(f"{provider}-dev", provider, settings={"api_key": "$Account:ApiKey", "endpoint": endpoint})
    aiconn_nb.kernel_session().trust(f"{provider}-dev")
    literal = _literal(provider, endpoint)
    with contextlib.redirect_stdout(io.StringIO()):
        mine, sdk, ratio = in_turn(
            lambda: shell.run_line_magic("aiconn", f"use {provider}-dev as client_of_mine"), literal
        )
    print(f"\nuse {provider} as: ours {mine * 1e3:.1f} ms, literal {sdk * 1e3:.1f} ms, {ratio:.2f} times")
    assert ratio <= 1.5


def _literal(provider: str, endpoint: str) -> Callable[[], Any]:
    """Return a function that builds the same SDK client from literals, as the SDK's documentation shows it."""
    if provider == "anthropic":
        import anthropic

        return lambda: anthropic.Anthropic(api_key=KEY, base_url=endpoint)
    if provider == "google":
        from google import genai

        return lambda: genai.Client(api_key=KEY, http_options={"base_url": endpoint})
    import openai

    return lambda: openai.OpenAI(api_key=KEY, base_url=endpoint)
