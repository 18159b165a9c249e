#!/usr/bin/env bash
# google-genai, anthropic: one call that runs your functions is several requests; its usage is that of the last.
#
# One would expect: the usage of what a call returns is what the call has cost; google-genai adds it up where it goes on
#   by itself with an answer that was cut.
# What happens: with Python functions as tools, generate_content() and a chat's send_message() send a request, run the
#   functions, and send again, by default up to ten times. usage_metadata is that of the last request;
#   automatic_function_calling_history has the contents of the others and not their usage. Continued answers are added
#   up: the same field follows two rules in one library. anthropic's tool_runner(...).until_done() returns the last
#   message with its own usage, too. send_message_stream() and a loop over the runner pass the usage of each request by.
# Why it matters: each request sends the whole conversation again, so that a large part of the bill is in those that are
#   not shown. A report of costs that reads the result, or a budget that waits for it, sees 400 tokens of 700 here.
# Versions: google-genai 3.6.1, anthropic 2.14.0, CPython 3.11. Measured 2026-11-30.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv --without-pip "$work/venv"
python3 -m pip --python "$work/venv/bin/python" install -q --no-compile \
  "google-genai==3.6.1" "anthropic==2.14.0"

cat >"$work/probe.py" <<'PY'
import base64
import json
import logging
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import anthropic
from google import genai

sent = []
answers = []


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        sent.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
        data = json.dumps(answers.pop(0)).encode()
        kind = "application/json"
        if "stream" in self.path:
            data = b"data: " + data + b"\n\n"
            kind = "text/event-stream"
        self.send_response(200)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *args):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
url = f"http://127.0.0.1:{server.server_port}"
client = genai.Client(api_key="made-up", http_options={"base_url": url})
claude = anthropic.Anthropic(api_key="made-up", base_url=url)
talk = [{"role": "user", "content": "How many people live there?"}]
logging.disable()


def size(city: str) -> str:
    """The number of people in a city.

    Args:
        city: The name.
    """
    return "42"


def answer(tokens, reason="STOP", token=None, **part):
    candidate = {"content": {"role": "model", "parts": [part]}, "finishReason": reason}
    if token:
        candidate["continuationToken"] = base64.b64encode(token).decode()
    usage = {"promptTokenCount": tokens - 1, "candidatesTokenCount": 1, "totalTokenCount": tokens}
    return {"candidates": [candidate], "usageMetadata": usage}


def message(tokens, reason, **block):
    rest = {"stop_reason": reason, "stop_sequence": None, "usage": {"input_tokens": tokens - 1, "output_tokens": 1}}
    return {"id": "m", "type": "message", "role": "assistant", "model": "m", "content": [block], **rest}


CALL = {"name": "size", "args": {"city": "Ulm"}}
USE = {"type": "tool_use", "id": "t", "name": "size", "input": {"city": "Ulm"}}
ROUNDS = [answer(100, functionCall=CALL), answer(200, functionCall=CALL), answer(400, text="42.")]
PARTS = [answer(100, "CONTINUATION", b"made-up", text="For"), answer(200, text="ty-two.")]
MESSAGES = [message(100, "tool_use", **USE), message(200, "tool_use", **USE)]
MESSAGES += [message(400, "end_turn", type="text", text="42.")]


def show(title, *tokens):
    print(f"{title}: {len(sent)} requests;", *tokens)
    sent.clear()


answers[:] = ROUNDS
got = client.models.generate_content(model="m", contents="Hello", config={"tools": [size]})
show("generate_content with a function", got.usage_metadata.total_token_count)

answers[:] = ROUNDS
got = client.chats.create(model="m", config={"tools": [size]}).send_message("Hello")
show("send_message with a function", got.usage_metadata.total_token_count)

answers[:] = ROUNDS
chat = client.chats.create(model="m", config={"tools": [size]})
counts = [chunk.usage_metadata.total_token_count for chunk in chat.send_message_stream("Hello")]
show("send_message_stream with a function", "in its chunks:", *counts)

answers[:] = PARTS
got = client.models.generate_content(model="m", contents="Hello")
show(f"generate_content that continues to {got.text!r}", got.usage_metadata.total_token_count)

answers[:] = MESSAGES
settings = {"model": "m", "max_tokens": 9, "tools": [anthropic.beta_tool(size)], "messages": talk}
got = claude.beta.messages.tool_runner(**settings).until_done()
show("anthropic, until_done()", got.usage.input_tokens + got.usage.output_tokens)

answers[:] = MESSAGES
counts = [each.usage.input_tokens + each.usage.output_tokens for each in claude.beta.messages.tool_runner(**settings)]
show("anthropic, a loop over the runner", "in its messages:", *counts)
PY

cat >"$work/expected" <<'TEXT'
generate_content with a function: 3 requests; 400
send_message with a function: 3 requests; 400
send_message_stream with a function: 3 requests; in its chunks: 100 200 400
generate_content that continues to 'Forty-two.': 2 requests; 300
anthropic, until_done(): 3 requests; 400
anthropic, a loop over the runner: 3 requests; in its messages: 100 200 400
TEXT

env -i PATH="$PATH" HOME="$work" timeout 240 \
  "$work/venv/bin/python" "$work/probe.py" >"$work/seen"
diff "$work/expected" "$work/seen"
echo "as described"
