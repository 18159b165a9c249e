#!/usr/bin/env bash
# chatlas: OPENAI_BASE_URL, which openai and langchain-openai follow, is ignored; prompt and key go to OpenAI.
#
# One would expect: libraries that build on the openai SDK, and take OPENAI_API_KEY from the environment as it does,
#   take OPENAI_BASE_URL from there, too.
# What happens: the SDK and langchain-openai do. chatlas reads the key but fixes its base URL to OpenAI's own address
#   as the default of an argument, which beats the variable.
# Why it matters: where the variable names a gateway, prompts leave it, and the gateway's key is shown to a third
#   party.
# Versions: chatlas 0.23.0, langchain-openai 1.7.4, openai 3.57.0, CPython 3.11. Measured 2026-11-28; no request is
#   sent to the outside: a foreign name is noted and not resolved.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv --without-pip "$work/venv"
python3 -m pip --python "$work/venv/bin/python" install -q --no-compile \
  "chatlas==0.23.0" "langchain-openai==1.7.4" "openai==3.57.0"

cat >"$work/probe.py" <<'PY'
import contextlib
import io
import json
import os
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import chatlas
import openai
from langchain_openai import ChatOpenAI

asked = []
real = socket.getaddrinfo


def resolve(host, port, *args, **options):
    """Nothing leaves this machine: a foreign host is noted and refused."""
    name = host.decode() if isinstance(host, bytes) else host
    if name not in ("127.0.0.1", "localhost", None):
        asked.append("OpenAI" if name == "api.openai.com" else name)
        raise socket.gaierror("not resolved here")
    return real(host, port, *args, **options)


socket.getaddrinfo = resolve


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        asked.append("the gateway")
        data = json.dumps({"error": {"message": "made-up refusal"}}).encode()
        self.send_response(400)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *args):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
os.environ["OPENAI_BASE_URL"] = f"http://127.0.0.1:{server.server_port}/v1"
talk = [{"role": "user", "content": "Hello"}]

for name, ask in (
    ("openai", lambda: openai.OpenAI().chat.completions.create(model="m", messages=talk)),
    ("langchain-openai", lambda: ChatOpenAI(model="m").invoke("Hello")),
    ("chatlas", lambda: chatlas.ChatOpenAI(model="m").chat("Hello", echo="none")),
):
    asked.clear()
    with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(Exception):
        ask()
    print(name, "asks", sorted(set(asked)))
PY

cat >"$work/expected" <<'TEXT'
openai asks ['the gateway']
langchain-openai asks ['the gateway']
chatlas asks ['OpenAI']
TEXT

env -i PATH="$PATH" HOME="$work" OPENAI_API_KEY=made-up timeout 240 \
  "$work/venv/bin/python" "$work/probe.py" >"$work/seen"
diff "$work/expected" "$work/seen"
echo "as described"
