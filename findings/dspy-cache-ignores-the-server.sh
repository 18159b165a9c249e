#!/usr/bin/env bash
# DSPy: an answer is cached by the model's name and the prompt; the server and the key do not count.
#
# One would expect: two dspy.LM objects with different api_base and api_key are two accounts, and each asks its own
#   server.
# What happens: the key of the cache leaves out api_base and api_key. The second object returns the first one's answer
#   and sends nothing. The cache is also on disk (~/.dspy_cache), so a new process gets the answer of the other server
#   as well. cache=False asks.
# Why it matters: "is the staging gateway as good as production", "does the local server with the same model name
#   answer the same" and a check that a new key works all pass without a request.
# Versions: dspy 3.4.1, litellm 1.110.2, CPython 3.11. Measured 2026-11-29.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv --without-pip "$work/venv"
python3 -m pip --python "$work/venv/bin/python" install -q --no-compile \
  "dspy==3.4.1" "litellm==1.110.2"

cat >"$work/probe.py" <<'PY'
import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import dspy


def serve(name):
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            self.rfile.read(int(self.headers["content-length"]))
            asked.append(self.path)
            message = {"role": "assistant", "content": f"from {name}"}
            answer = {
                "id": "a",
                "object": "chat.completion",
                "created": 1,
                "model": "small",
                "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
                "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
            }
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
    return f"http://127.0.0.1:{server.server_port}/v1", asked


for name in sys.argv[1:]:
    name, _, cached = name.partition(":")
    url, asked = serve(name)
    model = dspy.LM("openai/small", api_base=url, api_key=f"made-up-{name}", cache=cached != "off")
    print(f"server {name}: answer {model('Hello')[0]!r}, requests {len(asked)}")
PY

cat >"$work/expected" <<'TEXT'
server one: answer 'from one', requests 1
server two: answer 'from one', requests 0
server three: answer 'from one', requests 0
server four: answer 'from four', requests 1
TEXT

run() { env -i PATH="$PATH" HOME="$work" timeout 240 "$work/venv/bin/python" "$work/probe.py" "$@" 2>/dev/null; }
{
  run one two
  run three four:off # a new process
} >"$work/seen"
diff "$work/expected" "$work/seen"
echo "as described"
