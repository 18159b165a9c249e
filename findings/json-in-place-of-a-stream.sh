#!/usr/bin/env bash
# openai, anthropic: a server that answers a streamed request with plain JSON has said nothing; its error is lost.
#
# One would expect: create(stream=True) on a response with content-type application/json raises, or yields the answer
#   in it.
# What happens: the SDKs look for lines that begin with "data:" whatever the content type. There are none, so the loop
#   ends at once without an exception. An error that a gateway sends with status 200 is lost as well as a complete
#   answer from a server that ignores "stream".
# Why it matters: "the model said nothing" is what the user sees of an exceeded quota. The body is still in
#   stream.response; look at its content-type before reading.
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

MESSAGE = {"role": "assistant", "content": "A complete answer."}
ANSWER = {
    "id": "c",
    "object": "chat.completion",
    "created": 1,
    "model": "m",
    "choices": [{"index": 0, "message": MESSAGE}],
}
ERROR = {"error": {"message": "made-up quota exceeded", "type": "rate_limit_error", "code": 429}}
answer = {}


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        data = json.dumps(answer).encode()
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
talk = [{"role": "user", "content": "Hello"}]
o = openai.OpenAI(api_key="made-up", base_url=url).chat.completions
a = anthropic.Anthropic(api_key="made-up", base_url=url).messages

for title, answer in (("an answer", ANSWER), ("an error", ERROR)):
    print("openai,", title, "->", list(o.create(model="m", messages=talk, stream=True)))
answer = ERROR
print("anthropic, an error ->", list(a.create(model="m", max_tokens=9, messages=talk, stream=True)))
stream = o.create(model="m", messages=talk, stream=True)
print("content-type:", stream.response.headers["content-type"])
stream.close()
PY

cat >"$work/expected" <<'TEXT'
openai, an answer -> []
openai, an error -> []
anthropic, an error -> []
content-type: application/json
TEXT

env -i PATH="$PATH" HOME="$work" timeout 240 \
  "$work/venv/bin/python" "$work/probe.py" >"$work/seen"
diff "$work/expected" "$work/seen"
echo "as described"
