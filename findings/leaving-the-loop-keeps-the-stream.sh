#!/usr/bin/env bash
# openai, anthropic: "break" out of a streamed answer does not end it; the server goes on generating.
#
# One would expect: after leaving the for loop over a stream nothing refers to its generator, so the connection is
#   closed, as it is for a plain generator or a response body in a "with" block.
# What happens: the stream object itself holds the iterator. As long as the variable exists, which in a notebook is
#   until the kernel ends, the connection stays open and the server does not see that the reader left. "with stream:"
#   or stream.close() ends it.
# Why it matters: unread tokens are generated and billed, and a local model stays busy.
# Versions: openai 3.57.0, anthropic 2.14.0, CPython 3.11. Measured 2026-11-28.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv --without-pip "$work/venv"
python3 -m pip --python "$work/venv/bin/python" install -q --no-compile \
  "openai==3.57.0" "anthropic==2.14.0"

cat >"$work/probe.py" <<'PY'
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import anthropic
import openai

CHUNK = {
    "id": "c",
    "object": "chat.completion.chunk",
    "created": 1,
    "model": "m",
    "choices": [{"index": 0, "delta": {"content": "word " * 200}}],
}
DELTA = {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "word " * 200}}
left = threading.Event()


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.end_headers()
        value, name = (DELTA, "content_block_delta") if self.path.endswith("messages") else (CHUNK, "chunk")
        data = f"event: {name}\ndata: {json.dumps(value)}\n\n".encode()
        try:
            for _ in range(1200):  # at most a minute
                self.wfile.write(data)
                self.wfile.flush()
                if stop.wait(0.05):
                    return
        except OSError:
            left.set()

    def log_message(self, *args):
        pass


stop = threading.Event()
server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
server.daemon_threads = True
threading.Thread(target=server.serve_forever, daemon=True).start()
url = f"http://127.0.0.1:{server.server_port}"
talk = [{"role": "user", "content": "Hello"}]
o = openai.OpenAI(api_key="made-up", base_url=url + "/v1").chat.completions
a = anthropic.Anthropic(api_key="made-up", base_url=url).messages

for name, ask in (
    ("openai", lambda: o.create(model="m", messages=talk, stream=True)),
    ("anthropic", lambda: a.create(model="m", max_tokens=9, messages=talk, stream=True)),
):
    left.clear()
    stream = ask()
    for _chunk in stream:
        break
    print(name, "- the server sees that the reader left, after break:", left.wait(3), end="")
    stream.close()
    print(", after close():", left.wait(20))
stop.set()
PY

cat >"$work/expected" <<'TEXT'
openai - the server sees that the reader left, after break: False, after close(): True
anthropic - the server sees that the reader left, after break: False, after close(): True
TEXT

env -i PATH="$PATH" HOME="$work" timeout 240 \
  "$work/venv/bin/python" "$work/probe.py" >"$work/seen"
diff "$work/expected" "$work/seen"
echo "as described"
