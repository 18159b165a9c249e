#!/usr/bin/env bash
# langchain-openai: naming OpenAI's own address in OPENAI_BASE_URL switches the token counts of streams off.
#
# One would expect: OPENAI_BASE_URL set to its default value changes nothing; streamed answers carry usage_metadata.
# What happens: ChatOpenAI asks for the usage of a stream only where it thinks that it talks to OpenAI: no base_url
#   argument, no OPENAI_BASE_URL or OPENAI_API_BASE in the environment, no client of one's own (a proxy setting). The
#   value is not looked at, so the default address turns it off, too. stream_usage=True brings it back, also for other
#   servers.
# Why it matters: cost reports drop to zero on machines that export the variable, without an error. invoke() is not
#   affected.
# Versions: langchain-openai 1.7.4, openai 3.57.0, CPython 3.11. Measured 2026-11-28.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv --without-pip "$work/venv"
python3 -m pip --python "$work/venv/bin/python" install -q --no-compile \
  "langchain-openai==1.7.4" "openai==3.57.0"

cat >"$work/probe.py" <<'PY'
import json
import os
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from langchain_openai import ChatOpenAI

CHUNK = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m"}
HI = {**CHUNK, "choices": [{"index": 0, "finish_reason": "stop", "delta": {"role": "assistant", "content": "Hi."}}]}
USAGE = {**CHUNK, "choices": [], "usage": {"prompt_tokens": 3, "completion_tokens": 1, "total_tokens": 4}}


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["content-length"]))).get("stream_options")
        chunks = [HI, USAGE] if asked else [HI]
        data = "".join(f"data: {json.dumps(chunk)}\n\n" for chunk in chunks) + "data: [DONE]\n\n"
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data.encode())

    def log_message(self, *args):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
url = f"http://127.0.0.1:{server.server_port}/v1"


def tokens(**options):
    chat = ChatOpenAI(model="m", api_key="made-up", **options)
    found = [part.usage_metadata["total_tokens"] for part in chat.stream("Hello") if part.usage_metadata]
    return found or None


print("asks for usage, no variable:", ChatOpenAI(model="m", api_key="made-up").stream_usage)
os.environ["OPENAI_BASE_URL"] = "https://api.openai.com/v1"
print("asks for usage, variable at its default:", ChatOpenAI(model="m", api_key="made-up").stream_usage)
os.environ["OPENAI_BASE_URL"] = url
print("streamed with the variable:", tokens())
print("streamed with stream_usage=True:", tokens(stream_usage=True))
PY

cat >"$work/expected" <<'TEXT'
asks for usage, no variable: True
asks for usage, variable at its default: None
streamed with the variable: None
streamed with stream_usage=True: [4]
TEXT

env -i PATH="$PATH" HOME="$work" timeout 240 \
  "$work/venv/bin/python" "$work/probe.py" >"$work/seen"
diff "$work/expected" "$work/seen"
echo "as described"
