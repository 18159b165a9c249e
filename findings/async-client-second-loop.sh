#!/usr/bin/env bash
# openai, anthropic, google-genai: one async client in a second asyncio.run() bills twice, fails once, or works.
#
# One would expect: the three SDKs agree; either the client is bound to its event loop and says so before it sends
#   anything, or it works in the next loop.
# What happens, in the second asyncio.run() with the same client and a server that keeps connections open: anthropic
#   answers, but the server has received the message twice: the first copy is sent, reading fails on the old loop, and
#   the SDK retries. openai sends the message and then raises RuntimeError, so the answer is paid for and lost; the
#   third call works again. google-genai sends it once and answers.
# Why it matters: scripts and notebooks call asyncio.run() per task with one module-level client. Nothing in the
#   results or the logs shows the doubled bill.
# Versions: openai 3.57.0, anthropic 2.14.0, google-genai 3.6.1, httpx2 2.16.2, CPython 3.11. Measured 2026-11-28.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv --without-pip "$work/venv"
python3 -m pip --python "$work/venv/bin/python" install -q --no-compile \
  "openai==3.57.0" "anthropic==2.14.0" "google-genai==3.6.1" "httpx2==2.16.2"

cat >"$work/probe.py" <<'PY'
import asyncio
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import anthropic
import openai
from google import genai

paths = []
arrived = threading.Event()
ANSWERS = {
    "/v1/chat/completions": {
        "id": "c",
        "object": "chat.completion",
        "created": 1,
        "model": "m",
        "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "Hi."}}],
    },
    "/v1/messages": {
        "id": "m",
        "type": "message",
        "role": "assistant",
        "model": "m",
        "content": [{"type": "text", "text": "Hi."}],
        "stop_reason": "end_turn",
        "usage": {"input_tokens": 1, "output_tokens": 1},
    },
    "/v1/models/m:generateContent": {"candidates": [{"content": {"role": "model", "parts": [{"text": "Hi."}]}}]},
}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        paths.append(self.path)
        arrived.set()
        data = json.dumps(ANSWERS[self.path]).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *args):
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        pass  # a client that drops its connection is what this is about


server = Server(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
url = f"http://127.0.0.1:{server.server_port}"

a = anthropic.AsyncAnthropic(api_key="made-up", base_url=url)
o = openai.AsyncOpenAI(api_key="made-up", base_url=url + "/v1")
g = genai.Client(api_key="made-up", http_options={"base_url": url})
talk = [{"role": "user", "content": "Hello"}]


async def ask_anthropic():
    return (await a.messages.create(model="m", max_tokens=9, messages=talk)).content[0].text


async def ask_openai():
    return (await o.chat.completions.create(model="m", messages=talk)).choices[0].message.content


async def ask_google():
    return (await g.aio.models.generate_content(model="m", contents="Hello")).text


for ask in (ask_anthropic, ask_openai, ask_google):
    for number in (1, 2, 3):
        before = len(paths)
        arrived.clear()
        try:
            result = asyncio.run(ask())
        except Exception as error:
            result = f"{type(error).__name__}: {error}"
            arrived.wait(5)  # the error can be there before the server has read what was sent
        print(ask.__name__, "run", number, "->", result, "requests:", len(paths) - before)
PY

cat >"$work/expected" <<'TEXT'
ask_anthropic run 1 -> Hi. requests: 1
ask_anthropic run 2 -> Hi. requests: 2
ask_anthropic run 3 -> Hi. requests: 2
ask_openai run 1 -> Hi. requests: 1
ask_openai run 2 -> RuntimeError: Event loop is closed requests: 1
ask_openai run 3 -> Hi. requests: 1
ask_google run 1 -> Hi. requests: 1
ask_google run 2 -> Hi. requests: 1
ask_google run 3 -> Hi. requests: 1
TEXT

env -i PATH="$PATH" HOME="$work" timeout 240 "$work/venv/bin/python" "$work/probe.py" >"$work/seen"
diff "$work/expected" "$work/seen"
echo "as described"
