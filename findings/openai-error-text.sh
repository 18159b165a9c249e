#!/usr/bin/env bash
# openai 3.57: an error body that has no "error" or "message" key vanishes from the text of the exception.
#
# One would expect: str(error) shows what the server said, as it did up to openai 3.3 ("Error code: 404 - {'detail':
#   ...}").
# What happens: only a body {"error": {"message": ...}} or {"message": ...} reaches the text. FastAPI's {"detail":
#   ...}, a plain text, Ollama's {"error": "text"} and Google's list of errors leave "Error code: 404" alone; what was
#   said is only in error.body. Where a second library reads the text, its behaviour changes: litellm tells a context
#   that is too long by the words in the message, so the same sentence under "detail" is a plain BadRequestError there
#   and its fallbacks for long contexts do not run.
# Why it matters: log lines, retry rules and error classes built on str(error) go quiet with gateways that are not
#   OpenAI's.
# Versions: openai 3.57.0, litellm 1.110.2, CPython 3.11. Measured 2026-11-28.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv --without-pip "$work/venv"
python3 -m pip --python "$work/venv/bin/python" install -q --no-compile \
  "openai==3.57.0" "litellm==1.110.2"

cat >"$work/probe.py" <<'PY'
import contextlib
import io
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import litellm
import openai

body = b""


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        self.send_response(400)
        self.send_header("content-type", "application/json" if body[:1] in b"{[" else "text/plain")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
url = f"http://127.0.0.1:{server.server_port}/v1"
talk = [{"role": "user", "content": "Hello"}]
said = "This model's maximum context length is 10 tokens"

for shape in (
    {"error": {"message": said}},
    {"message": said},
    {"error": said},
    {"detail": said},
    [{"error": {"message": said}}],
    said,
):
    body = shape.encode() if isinstance(shape, str) else json.dumps(shape).encode()
    try:
        openai.OpenAI(api_key="made-up", base_url=url).chat.completions.create(model="m", messages=talk)
    except openai.BadRequestError as error:
        print(json.dumps(shape).replace(said, "..."))
        print("  openai text:", str(error).replace(said, "..."), "| in body:", said in str(error.body))
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            litellm.completion(model="openai/m", api_key="made-up", api_base=url, messages=talk)
    except Exception as error:
        print("  litellm:", type(error).__name__)
PY

cat >"$work/expected" <<'TEXT'
{"error": {"message": "..."}}
  openai text: Error code: 400 - ... | in body: True
  litellm: ContextWindowExceededError
{"message": "..."}
  openai text: Error code: 400 - ... | in body: True
  litellm: ContextWindowExceededError
{"error": "..."}
  openai text: Error code: 400 | in body: True
  litellm: BadRequestError
{"detail": "..."}
  openai text: Error code: 400 | in body: True
  litellm: BadRequestError
[{"error": {"message": "..."}}]
  openai text: Error code: 400 | in body: True
  litellm: BadRequestError
"..."
  openai text: Error code: 400 | in body: True
  litellm: BadRequestError
TEXT

env -i PATH="$PATH" HOME="$work" LITELLM_LOCAL_MODEL_COST_MAP=True timeout 240 \
  "$work/venv/bin/python" "$work/probe.py" >"$work/seen"
diff "$work/expected" "$work/seen"
echo "as described"
