#!/usr/bin/env bash
# openai, anthropic: half an answer looks like a whole one, and an error in a stream like a chunk.
#
# One would expect: a stream without its closing marker ("[DONE]", message_stop) raises, and so does "event: error".
# What happens: when a proxy ends the body early but properly, openai's plain loop and its .stream() helper, and
#   anthropic's .stream() helper, all return the half answer; only finish_reason or stop_reason is None. A server that
#   sends "event: error" with {"message": ...} (no "error" key) makes openai yield an ordinary chunk whose choices are
#   None, so that chunk.choices[0] fails far from the cause and a loop with "if chunk.choices" swallows the error.
#   anthropic does raise on its error event: an APIStatusError with status 200. An event that it does not know is
#   yielded as an instance of RawMessageStartEvent, so isinstance() takes it for the start of a message.
# Why it matters: "no exception" is no proof of a complete answer; check the reason of the end, and compare
#   event.type.
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

body = b""


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


def event(value, name=None):
    return ((f"event: {name}\n" if name else "") + f"data: {json.dumps(value)}\n\n").encode()


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
url = f"http://127.0.0.1:{server.server_port}"
talk = [{"role": "user", "content": "Hello"}]
o = openai.OpenAI(api_key="made-up", base_url=url + "/v1").chat.completions
a = anthropic.Anthropic(api_key="made-up", base_url=url).messages

half = event(
    {
        "id": "c",
        "object": "chat.completion.chunk",
        "created": 1,
        "model": "m",
        "choices": [{"index": 0, "finish_reason": None, "delta": {"role": "assistant", "content": "Half an"}}],
    }
)
body = half
print(
    "openai loop:",
    [
        (c.choices[0].delta.content, c.choices[0].finish_reason)
        for c in o.create(model="m", messages=talk, stream=True)
    ],
)
with o.stream(model="m", messages=talk) as stream:
    choice = stream.get_final_completion().choices[0]
    print("openai helper:", choice.message.content, choice.finish_reason)
body = half + event({"type": "server_error", "message": "overloaded"}, "error") + b"data: [DONE]\n\n"
print(
    "openai error event:",
    [(type(c).__name__, c.choices and len(c.choices)) for c in o.create(model="m", messages=talk, stream=True)],
)

message = {
    "id": "m",
    "type": "message",
    "role": "assistant",
    "model": "m",
    "content": [],
    "stop_reason": None,
    "usage": {"input_tokens": 1, "output_tokens": 1},
}
half = (
    event({"type": "message_start", "message": message}, "message_start")
    + event(
        {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
        "content_block_start",
    )
    + event(
        {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "Half an"}},
        "content_block_delta",
    )
)
body = half
with a.stream(model="m", max_tokens=9, messages=talk) as stream:
    final = stream.get_final_message()
    print("anthropic helper:", final.content[0].text, final.stop_reason)
body = half + event({"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}, "error")
try:
    list(a.create(model="m", max_tokens=9, messages=talk, stream=True))
except anthropic.APIStatusError as error:
    print("anthropic error event:", type(error).__name__, error.status_code)
body = half + event({"type": "usage_notice"}, "usage_notice")
last = list(a.create(model="m", max_tokens=9, messages=talk, stream=True))[-1]
print("anthropic unknown event:", type(last).__name__, last.type)
PY

cat >"$work/expected" <<'TEXT'
openai loop: [('Half an', None)]
openai helper: Half an None
openai error event: [('ChatCompletionChunk', 1), ('ChatCompletionChunk', None)]
anthropic helper: Half an None
anthropic error event: APIStatusError 200
anthropic unknown event: RawMessageStartEvent usage_notice
TEXT

env -i PATH="$PATH" HOME="$work" timeout 240 \
  "$work/venv/bin/python" "$work/probe.py" >"$work/seen"
diff "$work/expected" "$work/seen"
echo "as described"
