"""No output and no file contains a key that the server repeats in its answer: in the text, the model's name, the reason or the
list.

A gateway that is set to echo requests does so. Its answers are shown and are kept in journals and in the results of checks.
"""

from __future__ import annotations

import http.server
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from aiconn_nb.session import kernel_session

from .canary import Canary, found
from .conftest import Record, Searched, in_files, shows

KEY = Canary("answered")


class Answering(http.server.BaseHTTPRequestHandler):
    """A server that repeats the key of each request in every field of an answer in OpenAI's protocol."""

    padding = 0
    """The number of letters before the key. With enough of them, a message that quotes the answer ends within the key."""

    def do_GET(self) -> None:
        key = self._key()
        listed = [{"id": "m", "object": "model", "name": key}, {"id": f"m-{key}", "object": "model", "owned_by": key}]
        self._send("application/json", json.dumps({"object": "list", "data": listed}))

    def do_POST(self) -> None:
        asked: dict[str, Any] = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        key = self._key()
        text = json.dumps({"said": "x" * self.padding + key})
        about = {"id": key, "model": key, "system_fingerprint": key}
        if self.path.endswith("/embeddings"):
            self._send("application/json", json.dumps({**about, "data": [{"index": 0, "embedding": [1.0]}]}))
        elif asked.get("stream"):
            pieces = [{"delta": {"content": text[at : at + 7]}} for at in range(0, len(text), 7)]
            ends = [*pieces, {"delta": {}, "finish_reason": key}]
            chunks = [json.dumps({**about, "choices": [{"index": 0, **each}]}) for each in ends]
            self._send("text/event-stream", "".join(f"data: {each}\n\n" for each in [*chunks, "[DONE]"]))
        else:
            choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": key}
            self._send("application/json", json.dumps({**about, "choices": [choice]}))

    def _key(self) -> str:
        return str(self.headers["Authorization"]).removeprefix("Bearer ")

    def _send(self, kind: str, body: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body.encode())))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, format: str, *arguments: object) -> None:
        """Log nothing."""


@pytest.fixture
def answering() -> Iterator[str]:
    """Yield the URL of the server."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/v1"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("padding", [0, 276, 300])
def test_an_answer_with_the_key_shows_and_saves_none(
    padding: int,
    answering: str,
    isolated: Path,
    searched: Searched,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    all_logs: pytest.LogCaptureFixture,
    record_figure: Record,
) -> None:
    """The test covers a question, a schema that the answer fits and one that it breaks, maps, vectors, a list and a connection
    test."""
    monkeypatch.setattr(Answering, "padding", padding)
    session = kernel_session()
    session.create("a", "openai-compatible", settings={"api_key": KEY.value, "endpoint": answering})
    session.create_profile("p", connections=["a"], model="m", default=True)
    searched.shell.user_ns |= {"kept": {"said": str}, "broken": {"said": float}}
    lines = [
        "%aiconn ask p hello",
        "%aiconn ask p hello --continue",
        "%%aiconn ask p --schema kept -o answer\nhello",
        "answer, aiconn_nb.last_reply().value, aiconn_nb.last_reply().data()",
        "%%aiconn ask p --schema broken\nhello",
        "aiconn_nb.last_reply()",
        "await aiconn_nb.aask('hello', schema=kept)",
        "await aiconn_nb.aask('hello', schema=broken)",
        "async for piece in await aiconn_nb.astream('hello'): print(piece)",
        "await aiconn_nb.acompare('hello', 'p', 'a', model='m')",
        "await aiconn_nb.aembed(['a'], profile='a', model='m')",
        "aiconn_nb.map(['a'], '{text}')",
        "aiconn_nb.map(['a'], '{text}', schema=kept)",
        "aiconn_nb.map(['a'], '{text}', schema=broken)",
        "aiconn_nb.last_map(), aiconn_nb.last_map().data()",
        "aiconn_nb.embed(['a'], profile='a', model='m')",
        "%aiconn compare p a --model m -- hello",
        "%aiconn models a",
        "%aiconn test a --model m",
        "%aiconn list",
        "%aiconn usage",
        "%aiconn failover p --live",
    ]
    searched.run("import aiconn_nb", magic="")
    for line in lines:
        searched.run(line, magic="")
    namespace = searched.namespace()
    held = "\n".join(map(shows, searched.ours()))
    searched.close()
    printed = "".join(capsys.readouterr())
    assert len(searched.failed) == 2, "those whose answers do not match the schema"
    assert found("\n".join(searched.shown), [KEY]) == []
    assert found(printed, [KEY]) == []
    assert found(namespace, [KEY]) == []
    assert found(held, [KEY]) == []
    assert found(all_logs.text, [KEY]) == []
    assert in_files(isolated, [KEY]) == {}
    record_figure("commands run against a server that answers with the key", len(lines))
