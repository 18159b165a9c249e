"""These benchmarks compare asking with the SDK's own streaming, and several questions at once with one, for the same answer from
the same local server."""

from __future__ import annotations

import statistics
import subprocess
import sys
from collections.abc import Callable, Iterator
from time import perf_counter
from typing import Any

import pytest

from aiconn_nb import Session

pytestmark = pytest.mark.benchmark

CHUNKS = 2_000
RUNS = 15
AT_ONCE = 4

_SERVER = """
import contextlib, json, time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

EVENT = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m-1"}
USAGE = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}

def event(**more):
    return b"data: " + json.dumps({**EVENT, **more}).encode() + b"\\n\\n"

def piece(text, reason=None):
    return event(choices=[{"index": 0, "delta": {"content": text} if text else {}, "finish_reason": reason}])

END = piece("", "stop") + event(choices=[], usage=USAGE) + b"data: [DONE]\\n\\n"

class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def handle(self):
        with contextlib.suppress(ConnectionError):  # the SDK hangs up behind [DONE]
            super().handle()

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        chunks, pause = (self.path.split("/")[1]).split("x")
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for number in range(int(chunks)):
            time.sleep(float(pause)) if float(pause) else None
            self.put(piece(f"word{number} "))
        self.put(END)
        self.put(b"")

    def put(self, data):
        self.wfile.write(b"%x\\r\\n%s\\r\\n" % (len(data), data))

    def log_message(self, *of):
        pass

server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(server.server_address[1], flush=True)
server.serve_forever()
"""


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """Yield the URL of a server in a separate process, so that it does not share the time of our interpreter. ``/2000x0/v1``
    answers in 2,000 chunks without a pause between them."""
    process = subprocess.Popen([sys.executable, "-c", _SERVER], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
    process.kill()
    process.wait()


@pytest.fixture
def asking(session: Session, server: str) -> Session:
    """Return a session with the profile ``writer``, which gets 2,000 chunks at once, and profiles ``paced-1`` and so on, for which
    each word takes its time."""
    session.create("plain", "openai", settings={"api_key": "made-up-key", "endpoint": f"{server}/{CHUNKS}x0/v1"})
    session.create("paced", "openai", settings={"api_key": "made-up-key", "endpoint": f"{server}/100x0.01/v1"})
    session.create_profile("writer", connections=["plain"], model="m-1", system="Be short.")
    for number in range(1, AT_ONCE + 1):
        session.create_profile(f"paced-{number}", connections=["paced"], model="m-1")
    return session


def timed(pieces: Callable[[], Iterator[Any]]) -> tuple[float, float]:
    """Return the seconds to the first piece and the seconds in all."""
    started = perf_counter()
    iterator = pieces()
    next(iterator)
    first = perf_counter() - started
    for _ in iterator:
        pass
    return first, perf_counter() - started


def by_the_sdk(client: Any) -> Iterator[str]:
    """Stream as the SDK's documentation shows it."""
    stream = client.chat.completions.create(
        model="m-1",
        messages=[{"role": "system", "content": "Be short."}, {"role": "user", "content": "hello"}],
        stream=True,
        stream_options={"include_usage": True},
    )
    for chunk in stream:
        if chunk.choices and chunk.choices[0].delta.content:
            yield chunk.choices[0].delta.content


def test_asking_costs_hardly_more_than_the_sdk_alone(asking: Session) -> None:
    """The cost is under 5 ms to the first token, and under 10 % in all for 2,000 chunks."""
    client = asking.client("plain")
    runs = [  # in turn, so that a busy machine slows both alike; the first two warm up
        (timed(lambda: asking.stream("hello", profile="writer")), timed(lambda: by_the_sdk(client)))
        for _ in range(RUNS + 2)
    ][2:]
    first, whole = (
        (statistics.median(ours[at] for ours, _ in runs), statistics.median(theirs[at] for _, theirs in runs))
        for at in (0, 1)
    )
    over = statistics.median(ours[1] / theirs[1] for ours, theirs in runs)
    print(
        f"\nfirst token: ours {first[0] * 1e3:.1f} ms, SDK {first[1] * 1e3:.1f} ms   "
        f"{CHUNKS:,} chunks: ours {whole[0] * 1e3:.0f} ms, SDK {whole[1] * 1e3:.0f} ms, {(over - 1) * 100:+.1f} %"
    )
    assert statistics.median(ours[0] - theirs[0] for ours, theirs in runs) < 0.005
    assert over < 1.1


def test_comparing_several_takes_hardly_longer_than_one(asking: Session) -> None:
    """Comparing four equal profiles takes less than 1.3 times as long as one."""
    names = [f"paced-{number}" for number in range(1, AT_ONCE + 1)]
    asking.compare("hello", *names)
    ratios = []
    for _ in range(5):
        started = perf_counter()
        asking.compare("hello", names[0])
        one = perf_counter() - started
        started = perf_counter()
        compared = asking.compare("hello", *names)
        ratios.append((perf_counter() - started) / one)
        assert compared.ok
    ratio = statistics.median(ratios)
    print(f"\ncompare of {AT_ONCE}: {ratio:.2f} times one, which took {one * 1e3:.0f} ms")
    assert ratio < 1.3


def test_the_first_token_through_three_connections(asking: Session) -> None:
    """A profile with two fallbacks adds less than 5 ms to the SDK's time to the first token."""
    url = asking.get("plain").settings["endpoint"]
    for name in ("second", "third"):
        asking.create(name, "openai", settings={"api_key": "made-up-key", "endpoint": url})
    asking.create_profile("safe", connections=["plain", "second", "third"], model="m-1", system="Be short.")
    client = asking.client("plain")
    runs = [
        (timed(lambda: asking.stream("hello", profile="safe"))[0], timed(lambda: by_the_sdk(client))[0])
        for _ in range(RUNS + 2)
    ][2:]
    ours, theirs = (statistics.median(each) for each in zip(*runs, strict=True))
    print(f"\nfirst token: ours {ours * 1e3:.1f} ms, SDK {theirs * 1e3:.1f} ms")
    assert ours - theirs < 0.005
