#!/usr/bin/env bash
# litellm: a server that reports no usage has cost 0 tokens when it answers whole, and made-up ones when it streams.
#
# One would expect: usage is what the server reported; without a report it is missing or None, as with the openai SDK
#   that litellm calls, so that "unknown" can be told from "nothing".
# What happens: completion() returns usage with 0 prompt and 0 completion tokens, and a response_cost of 0.0 for a model
#   with a price. The same server's streamed answer ends in a chunk with usage that no server sent: litellm counts the
#   texts with a tokenizer of OpenAI's, whatever the model is. No field marks either as a guess.
# Why it matters: many local servers and gateways report no usage. A budget or a table of costs shows 0 dollars for all
#   whole answers and plausible numbers for the streamed ones, although both are invented.
# Versions: litellm 1.110.2, openai 2.54.0, CPython 3.11. Measured 2026-11-30.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv --without-pip "$work/venv"
python3 -m pip --python "$work/venv/bin/python" install -q --no-compile \
  "litellm==1.110.2" "openai==2.54.0"

cat >"$work/probe.py" <<'PY'
import json
import logging
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import litellm
from openai import OpenAI


def chunk(delta, reason=None):
    choices = [{"index": 0, "delta": delta, "finish_reason": reason}]
    return {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "house-model", "choices": choices}


CHUNKS = [chunk({"role": "assistant", "content": "Hello "}), chunk({"content": "there."}), chunk({}, "stop")]
STREAM = "".join(f"data: {json.dumps(each)}\n\n" for each in CHUNKS) + "data: [DONE]\n\n"
MESSAGE = {"role": "assistant", "content": "Hello there."}
CHOICES = [{"index": 0, "message": MESSAGE, "finish_reason": "stop"}]
WHOLE = {"id": "c", "object": "chat.completion", "created": 1, "model": "house-model", "choices": CHOICES}


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
        streams = asked.get("stream")
        said = (STREAM if streams else json.dumps(WHOLE)).encode()
        self.send_response(200)
        self.send_header("content-type", "text/event-stream" if streams else "application/json")
        self.send_header("content-length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, *args):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
url = f"http://127.0.0.1:{server.server_port}/v1"
talk = [{"role": "user", "content": "Hello"}]
streamed = {"stream": True, "stream_options": {"include_usage": True}}
logging.disable()
litellm.suppress_debug_info = True

sdk = OpenAI(base_url=url, api_key="made-up").chat.completions
print("openai, whole:", sdk.create(model="house-model", messages=talk).usage)
print("openai, streamed:", [each.usage for each in sdk.create(model="house-model", messages=talk, **streamed)])

for model in ("openai/house-model", "openai/gpt-4o"):
    about = {"model": model, "base_url": url, "api_key": "made-up", "messages": talk}
    answer = litellm.completion(**about)
    usage, cost = answer.usage, answer._hidden_params["response_cost"]
    print(model, "whole:", usage.prompt_tokens, usage.completion_tokens, "cost", cost)
    told = [each.usage for each in litellm.completion(**about, **streamed) if getattr(each, "usage", None)]
    print(model, "streamed:", [(each.prompt_tokens, each.completion_tokens) for each in told])
PY

cat >"$work/expected" <<'TEXT'
openai, whole: None
openai, streamed: [None, None, None]
openai/house-model whole: 0 0 cost None
openai/house-model streamed: [(8, 3)]
openai/gpt-4o whole: 0 0 cost 0.0
openai/gpt-4o streamed: [(8, 3)]
TEXT

env -i PATH="$PATH" HOME="$work" LITELLM_LOCAL_MODEL_COST_MAP=True timeout 240 \
  "$work/venv/bin/python" "$work/probe.py" >"$work/seen"
diff "$work/expected" "$work/seen"
echo "as described"
