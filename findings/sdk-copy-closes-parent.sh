#!/usr/bin/env bash
# openai, anthropic: "with client.with_options(...)" closes the client it was copied from.
#
# One would expect: a copy with another timeout is a client of its own; leaving its "with" block ends the copy.
# What happens: the copy shares the connection pool of the original, so leaving the block closes both. The next call
#   on the original fails without a request. openai raises a bare RuntimeError, which "except openai.OpenAIError"
#   misses; anthropic retries twice and reports a connection error, as if the network were down.
# Why it matters: a cell that borrows a shared client for one short call breaks every later cell.
# Versions: openai 3.57.0, anthropic 2.14.0, httpx2 2.16.2, CPython 3.11. Measured 2026-11-28.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv --without-pip "$work/venv"
python3 -m pip --python "$work/venv/bin/python" install -q --no-compile \
  "openai==3.57.0" "anthropic==2.14.0" "httpx2==2.16.2"

cat >"$work/probe.py" <<'PY'
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import anthropic
import openai

paths = []
MODELS = json.dumps({"object": "list", "data": [], "has_more": False}).encode()


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        paths.append(self.path)
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(MODELS)))
        self.end_headers()
        self.wfile.write(MODELS)

    def log_message(self, *args):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
url = f"http://127.0.0.1:{server.server_port}"

for client in (
    openai.OpenAI(api_key="made-up", base_url=url + "/v1"),
    anthropic.Anthropic(api_key="made-up", base_url=url),
):
    name = type(client).__name__
    client.models.list()
    with client.with_options(timeout=5) as short:
        short.models.list()
    before = len(paths)
    try:
        client.models.list()
        print(name, "still works")
    except Exception as error:
        print(
            name, "raises", f"{type(error).__module__}.{type(error).__name__},", "requests sent:", len(paths) - before
        )
PY

cat >"$work/expected" <<'TEXT'
OpenAI raises builtins.RuntimeError, requests sent: 0
Anthropic raises anthropic.APIConnectionError, requests sent: 0
TEXT

env -i PATH="$PATH" HOME="$work" timeout 240 "$work/venv/bin/python" "$work/probe.py" >"$work/seen"
diff "$work/expected" "$work/seen"
echo "as described"
