#!/usr/bin/env bash
# respx and openai 3: the mock is active, and the request still goes to the real server.
#
# One would expect: respx, a usual way to test code that uses these SDKs, catches every request or raises.
# What happens: openai 3 and anthropic 2 no longer use httpx but httpx2, a package of its own that respx does not
#   patch. Nothing fails at import or at activation: with respx.mock around it the call leaves the process, with
#   whatever key is set. Passing the old client is no common way out: openai takes an httpx.Client and is then mocked;
#   anthropic refuses it.
# Why it matters: a test suite that was offline with the previous major version calls a paid service after an upgrade.
# Versions: openai 3.57.0, anthropic 2.14.0, httpx 0.28.1, httpx2 2.16.2, respx 0.23.1, CPython 3.11. Measured
#   2026-11-28.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv --without-pip "$work/venv"
python3 -m pip --python "$work/venv/bin/python" install -q --no-compile \
  "openai==3.57.0" "anthropic==2.14.0" "httpx==0.28.1" "httpx2==2.16.2" "respx==0.23.1"

cat >"$work/probe.py" <<'PY'
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import anthropic
import httpx
import openai
import respx

real = []
MODELS = {"object": "list", "data": [{"id": "from-the-server", "object": "model", "created": 1, "owned_by": "x"}]}


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        real.append(self.path)
        data = json.dumps(MODELS).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *args):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
url = f"http://127.0.0.1:{server.server_port}"
mocked = {"object": "list", "data": [{"id": "from-the-mock", "object": "model", "created": 1, "owned_by": "x"}]}

for title, options in (("own client", {}), ("httpx.Client", {"http_client": httpx.Client()})):
    for sdk, base in ((openai.OpenAI, url + "/v1"), (anthropic.Anthropic, url)):
        with respx.mock(assert_all_called=False) as mock:
            route = mock.get(url + "/v1/models").respond(json=mocked)
            before = len(real)
            try:
                answer = next(iter(sdk(api_key="made-up", base_url=base, **options).models.list())).id
            except TypeError:
                answer = "TypeError"
            print(sdk.__name__, "with its" if not options else "with an", title, "->", answer)
            print("  mock called:", route.called, "| real requests:", len(real) - before)
PY

cat >"$work/expected" <<'TEXT'
OpenAI with its own client -> from-the-server
  mock called: False | real requests: 1
Anthropic with its own client -> from-the-server
  mock called: False | real requests: 1
OpenAI with an httpx.Client -> from-the-mock
  mock called: True | real requests: 0
Anthropic with an httpx.Client -> TypeError
  mock called: False | real requests: 0
TEXT

env -i PATH="$PATH" HOME="$work" timeout 240 \
  "$work/venv/bin/python" "$work/probe.py" >"$work/seen"
diff "$work/expected" "$work/seen"
echo "as described"
