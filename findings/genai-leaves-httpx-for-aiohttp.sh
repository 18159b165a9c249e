#!/usr/bin/env bash
# google-genai: once aiohttp is installed, the asynchronous client ignores what it was told about httpx.
#
# One would expect: "client_args" and "async_client_args" of HttpOptions are the arguments of the two httpx clients, so
#   that a hook that adds a header to each request works for both, whatever else is installed.
# What happens: if aiohttp can be imported, asynchronous requests go through an aiohttp session instead. The SDK drops
#   each of the "async_client_args" that is no argument of aiohttp's request, without a word: "event_hooks", "trust_env",
#   "mounts", "limits". The synchronous client is not affected.
# Why it matters: aiohttp comes with many packages (MLflow, LangChain, LiteLLM). After one of them is installed, the same
#   lines send other requests: here, those of the asynchronous client have lost their trace id.
# Versions: google-genai 3.6.1, httpx2 2.16.2, aiohttp 3.14.5, CPython 3.11. Measured 2026-12-01.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv --without-pip "$work/venv"
python3 -m pip --python "$work/venv/bin/python" install -q --no-compile \
  "google-genai==3.6.1" "httpx2==2.16.2"

cat >"$work/probe.py" <<'PY'
import asyncio
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from google import genai

seen = []


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        seen.append(self.headers.get("x-trace-id"))
        body = json.dumps({"candidates": [{"content": {"role": "model", "parts": [{"text": "Hi."}]}}]}).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()


def hook(request):
    request.headers["x-trace-id"] = "7"


async def async_hook(request):
    hook(request)


client = genai.Client(
    api_key="made-up",
    http_options={
        "base_url": f"http://127.0.0.1:{server.server_port}",
        "client_args": {"event_hooks": {"request": [hook]}},
        "async_client_args": {"event_hooks": {"request": [async_hook]}},
    },
)


async def main():
    await client.aio.models.generate_content(model="m", contents="Hello")
    await client.aio.aclose()


client.models.generate_content(model="m", contents="Hello")
asyncio.run(main())
print("the server got the trace id:", *(f"{name} {each}" for name, each in zip(("synchronous", "asynchronous"), seen)))
PY

cat >"$work/expected" <<'TEXT'
without aiohttp - the server got the trace id: synchronous 7 asynchronous 7
with aiohttp - the server got the trace id: synchronous 7 asynchronous None
TEXT

probe() {
  printf "%s - " "$1"
  env -i PATH="$PATH" HOME="$work" timeout 240 "$work/venv/bin/python" "$work/probe.py"
}
probe "without aiohttp" >"$work/seen"
python3 -m pip --python "$work/venv/bin/python" install -q --no-compile "aiohttp==3.14.5"
probe "with aiohttp" >>"$work/seen"
diff "$work/expected" "$work/seen"
echo "as described"
