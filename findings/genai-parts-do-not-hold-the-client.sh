#!/usr/bin/env bash
# google-genai: client.models and a chat do not keep their client alive, and the client closes itself when collected.
#
# One would expect: an object that was handed out by a client works as long as a variable holds it, as with openai and
#   anthropic.
# What happens: genai.Client closes its HTTP client when it is garbage collected, and neither .models nor a chat
#   refers back to it. A helper that returns a chat returns something dead, and even the plain expression
#   genai.Client(...).models.generate_content(...) fails: RuntimeError without a request, because nothing holds the
#   client once .models is evaluated. The asynchronous side behaves otherwise: a chat of client.aio goes on working.
# Why it matters: one-line calls and helpers that return a chat are natural, and the error speaks of a closed client
#   that the user never closed.
# Versions: google-genai 3.6.1, httpx2 2.16.2, CPython 3.11. Measured 2026-11-28.
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

requests = []
ANSWER = json.dumps({"candidates": [{"content": {"role": "model", "parts": [{"text": "Hi."}]}}]}).encode()


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        requests.append(self.path)
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(ANSWER)))
        self.end_headers()
        self.wfile.write(ANSWER)

    def log_message(self, *args):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
url = f"http://127.0.0.1:{server.server_port}"


def client():
    return genai.Client(api_key="made-up", http_options={"base_url": url})


def one_line():
    return client().models.generate_content(model="m", contents="Hello").text


def held_models():
    models = client().models
    return models.generate_content(model="m", contents="Hello").text


def held_chat():
    chat = client().chats.create(model="m")
    return chat.send_message("Hello").text


def held_async_chat():
    chat = client().aio.chats.create(model="m")

    async def ask():
        return (await chat.send_message("Hello")).text

    return asyncio.run(ask())


for try_it in (one_line, held_models, held_chat, held_async_chat):
    before = len(requests)
    try:
        print(try_it.__name__, "->", try_it(), "requests:", len(requests) - before)
    except RuntimeError as error:
        print(try_it.__name__, "-> RuntimeError:", error, "requests:", len(requests) - before)
PY

cat >"$work/expected" <<'TEXT'
one_line -> RuntimeError: Cannot send a request, as the client has been closed. requests: 0
held_models -> RuntimeError: Cannot send a request, as the client has been closed. requests: 0
held_chat -> RuntimeError: Cannot send a request, as the client has been closed. requests: 0
held_async_chat -> Hi. requests: 1
TEXT

env -i PATH="$PATH" HOME="$work" timeout 240 \
  "$work/venv/bin/python" "$work/probe.py" >"$work/seen"
diff "$work/expected" "$work/seen"
echo "as described"
