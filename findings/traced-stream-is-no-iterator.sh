#!/usr/bin/env bash
# OpenInference: a streamed answer of google-genai can no longer be read with next() once the SDK is traced.
#
# One would expect: an instrumentation records calls and leaves their results as they are; the answer of
#   generate_content_stream is declared an Iterator, and the one of the asynchronous client an AsyncIterator.
# What happens: the traced call returns one proxy class for both. It has __iter__ and __aiter__, and neither __next__ nor
#   __anext__, so a for loop works, and next(stream) and anext(stream) raise a TypeError. Telling the two clients apart by
#   hasattr(stream, "__aiter__") always finds the asynchronous one. isinstance(stream, Generator) is still true.
# Why it matters: code that waits for the first piece before it goes on, for instance to try another model, fails only
#   where tracing is switched on, which is usually production.
# Versions: openinference-instrumentation-google-genai 1.4.14, wrapt 2.5.2, google-genai 3.6.1, CPython 3.11.
#   Measured 2026-12-01.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv --without-pip "$work/venv"
python3 -m pip --python "$work/venv/bin/python" install -q --no-compile \
  "google-genai==3.6.1" "httpx2==2.16.2" "openinference-instrumentation-google-genai==1.4.14" \
  "openinference-instrumentation==0.1.72" "opentelemetry-sdk==1.45.2" "opentelemetry-instrumentation==0.66b2" "wrapt==2.5.2"

cat >"$work/probe.py" <<'PY'
import asyncio
import json
import threading
from collections.abc import Generator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from google import genai
from openinference.instrumentation.google_genai import GoogleGenAIInstrumentor
from opentelemetry.sdk.trace import TracerProvider


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.end_headers()
        for text in ("Hello ", "there."):
            chunk = {"candidates": [{"content": {"role": "model", "parts": [{"text": text}]}}]}
            self.wfile.write(f"data: {json.dumps(chunk)}\n\n".encode())

    def log_message(self, *args):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
client = genai.Client(api_key="made-up", http_options={"base_url": f"http://127.0.0.1:{server.server_port}"})
asked = {"model": "m", "contents": "Hello"}


def read(step):
    try:
        return repr(step().text)
    except TypeError as error:
        return type(error).__name__


async def first_awaited():
    stream = await client.aio.models.generate_content_stream(**asked)
    try:
        return await anext(stream)
    finally:
        async for _ in stream:  # to the end
            pass


def probe(name):
    print(f"{name} - next():", read(lambda: next(client.models.generate_content_stream(**asked))), end="")
    print(", anext():", read(lambda: asyncio.run(first_awaited())), end="")
    stream = client.models.generate_content_stream(**asked)
    print(", has __aiter__:", hasattr(stream, "__aiter__"), end="")
    print(", is a Generator:", isinstance(stream, Generator), end="")
    print(", for loop:", repr("".join(chunk.text for chunk in stream)))


probe("plain")
GoogleGenAIInstrumentor().instrument(tracer_provider=TracerProvider())
probe("traced")
PY

cat >"$work/expected" <<'TEXT'
plain - next(): 'Hello ', anext(): 'Hello ', has __aiter__: False, is a Generator: True, for loop: 'Hello there.'
traced - next(): TypeError, anext(): TypeError, has __aiter__: True, is a Generator: True, for loop: 'Hello there.'
TEXT

env -i PATH="$PATH" HOME="$work" timeout 240 \
  "$work/venv/bin/python" "$work/probe.py" >"$work/seen"
diff "$work/expected" "$work/seen"
echo "as described"
