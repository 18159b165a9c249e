#!/usr/bin/env bash
# openai, anthropic, google-genai: structured output that was cut by the token limit fails in three different ways.
#
# One would expect: the helpers that parse an answer into a pydantic model report "cut by the token limit" alike, or
#   at least all raise.
# What happens, with the same half of a JSON text and the provider's "token limit" as the reason of the end: openai
#   raises LengthFinishReasonError, which holds the whole completion with its usage. anthropic raises pydantic's own
#   ValidationError, no anthropic.AnthropicError; the answer, its usage and the reason are lost with it. google-genai
#   raises nothing: response.parsed is None, the same as when no schema was asked for.
# Why it matters: code ported from one SDK to the next stores None, or tells the user that the model broke the schema
#   where max_tokens was too small.
# Versions: openai 3.57.0, anthropic 2.14.0, google-genai 3.6.1, pydantic 2.14.4, CPython 3.11. Measured 2026-11-28.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv --without-pip "$work/venv"
python3 -m pip --python "$work/venv/bin/python" install -q --no-compile \
  "openai==3.57.0" "anthropic==2.14.0" "google-genai==3.6.1" "pydantic==2.14.4"

cat >"$work/probe.py" <<'PY'
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import anthropic
import openai
from google import genai
from pydantic import BaseModel

HALF = '{"city": "Os'
ANSWERS = {
    "/v1/chat/completions": {
        "id": "c",
        "object": "chat.completion",
        "created": 1,
        "model": "m",
        "choices": [{"index": 0, "finish_reason": "length", "message": {"role": "assistant", "content": HALF}}],
        "usage": {"prompt_tokens": 9, "completion_tokens": 5, "total_tokens": 14},
    },
    "/v1/messages": {
        "id": "m",
        "type": "message",
        "role": "assistant",
        "model": "m",
        "content": [{"type": "text", "text": HALF}],
        "stop_reason": "max_tokens",
        "usage": {"input_tokens": 9, "output_tokens": 5},
    },
    "/v1/models/m:generateContent": {
        "candidates": [{"finishReason": "MAX_TOKENS", "content": {"role": "model", "parts": [{"text": HALF}]}}]
    },
}


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        data = json.dumps(ANSWERS[self.path]).encode()
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
talk = [{"role": "user", "content": "Capital of Norway?"}]


class Place(BaseModel):
    city: str


try:
    openai.OpenAI(api_key="made-up", base_url=url + "/v1").chat.completions.parse(
        model="m", messages=talk, response_format=Place
    )
except Exception as error:
    print("openai raises", type(error).__name__, isinstance(error, openai.OpenAIError))
    print("  usage is kept:", error.completion.usage.completion_tokens)
try:
    anthropic.Anthropic(api_key="made-up", base_url=url).messages.parse(
        model="m", max_tokens=5, messages=talk, output_format=Place
    )
except Exception as error:
    print("anthropic raises", type(error).__name__, isinstance(error, anthropic.AnthropicError))
    print("  says why the answer ended:", "max_tokens" in str(error))
google = genai.Client(api_key="made-up", http_options={"base_url": url})
answer = google.models.generate_content(
    model="m", contents="x", config={"response_mime_type": "application/json", "response_schema": Place}
)
print("google-genai returns", answer.parsed, "with", answer.candidates[0].finish_reason.name)
PY

cat >"$work/expected" <<'TEXT'
openai raises LengthFinishReasonError True
  usage is kept: 5
anthropic raises ValidationError False
  says why the answer ended: False
google-genai returns None with MAX_TOKENS
TEXT

env -i PATH="$PATH" HOME="$work" timeout 240 \
  "$work/venv/bin/python" "$work/probe.py" >"$work/seen"
diff "$work/expected" "$work/seen"
echo "as described"
