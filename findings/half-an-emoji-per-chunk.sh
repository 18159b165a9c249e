#!/usr/bin/env bash
# openai, anthropic, google-genai, mistralai: an emoji that arrives in two chunks is two characters, or the end.
#
# One would expect: chunks are text, so their concatenation is the answer. JSON may escape an emoji as two halves
#   ("\ud83d\ude00"), and a server written in JavaScript cuts its strings between them; RFC 8259, section 8.2, lets a
#   JSON string hold one half alone.
# What happens: openai, anthropic and google-genai hand out each half as a str of one character. "".join of them is not
#   the emoji but two characters that look like nothing else: it is unequal to it, cannot be encoded as UTF-8, and so
#   ends a print or a write much later. Only a trip through json.dumps and json.loads joins the halves. mistralai (and
#   orjson, and pydantic's own JSON parser) refuse the chunk instead, and the rest of the answer is lost.
# Why it matters: the error comes once in thousands of answers, at the first file, log or data frame that encodes the
#   text; pydantic takes the same text from json.loads that it refuses as JSON.
# Versions: openai 3.57.0, anthropic 2.14.0, google-genai 3.6.1, mistralai 3.7.0, orjson 3.13.0, pydantic 2.14.4, CPython
#   3.11. Measured 2026-11-30.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv --without-pip "$work/venv"
python3 -m pip --python "$work/venv/bin/python" install -q --no-compile \
  "openai==3.57.0" "anthropic==2.14.0" "google-genai==3.6.1" "mistralai==3.7.0" "orjson==3.13.0" "pydantic==2.14.4"

cat >"$work/probe.py" <<'PY'
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import anthropic
import openai
import orjson
from google import genai
from mistralai.client import Mistral
from pydantic import BaseModel

EMOJI = "\U0001f600"
HALVES = ("\ud83d", "\ude00")
talk = [{"role": "user", "content": "Hi"}]


def said(text, reason=None):
    choice = {"index": 0, "delta": {"content": text}, "finish_reason": reason}
    return {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]}


def gemini(text, **more):
    return {"candidates": [{"content": {"role": "model", "parts": [{"text": text}]}, **more}]}


def piece(text):
    return {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": text}}


START = {
    "id": "m",
    "type": "message",
    "role": "assistant",
    "model": "m",
    "content": [],
    "stop_reason": None,
    "stop_sequence": None,
    "usage": {"input_tokens": 1, "output_tokens": 1},
}
END = {"stop_reason": "end_turn", "stop_sequence": None}
ANSWERS = {
    "/v1/chat/completions": [said(HALVES[0]), said(HALVES[1], "stop")],
    "/v1/models/m:streamGenerateContent": [gemini(HALVES[0]), gemini(HALVES[1], finishReason="STOP")],
    "/v1/messages": [
        {"type": "message_start", "message": START},
        {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
        *map(piece, HALVES),
        {"type": "content_block_stop", "index": 0},
        {"type": "message_delta", "delta": END, "usage": {"output_tokens": 2}},
        {"type": "message_stop"},
    ],
}


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        path = self.path.partition("?")[0]
        events = [
            (f"event: {each['type']}\n" if "type" in each else "") + f"data: {json.dumps(each)}\n\n"
            for each in ANSWERS[path]
        ]
        data = "".join([*events, "data: [DONE]\n\n" if path.endswith("completions") else ""]).encode()
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *args):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
url = f"http://127.0.0.1:{server.server_port}"


def with_openai():
    client = openai.OpenAI(api_key="made-up", base_url=url + "/v1")
    stream = client.chat.completions.create(model="m", messages=talk, stream=True)
    return "".join(chunk.choices[0].delta.content for chunk in stream)


def with_anthropic():
    client = anthropic.Anthropic(api_key="made-up", base_url=url)
    with client.messages.stream(model="m", max_tokens=9, messages=talk) as stream:
        return "".join(stream.text_stream)


def with_google():
    client = genai.Client(api_key="made-up", http_options={"base_url": url})
    return "".join(chunk.text for chunk in client.models.generate_content_stream(model="m", contents="Hi"))


def with_mistral():
    client = Mistral(api_key="made-up", server_url=url)
    return "".join(each.data.choices[0].delta.content for each in client.chat.stream(model="m", messages=talk))


def encodes(text):
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


for ask in (with_openai, with_anthropic, with_google, with_mistral):
    try:
        text = ask()
        print(ask.__name__, len(text), "equal:", text == EMOJI, "encodes:", encodes(text))
        print("  through JSON again:", json.loads(json.dumps(text)) == EMOJI)
    except Exception as error:
        print(ask.__name__, type(error).__name__)


class Piece(BaseModel):
    text: str


half = json.dumps({"text": HALVES[0]})
readers = {
    "json": json.loads,
    "orjson": orjson.loads,
    "pydantic, JSON": Piece.model_validate_json,
    "pydantic, after json": lambda text: Piece.model_validate(json.loads(text)),
}
for name, read in readers.items():
    try:
        read(half)
        print(name, "reads it")
    except ValueError as error:
        print(name, type(error).__name__)
PY

cat >"$work/expected" <<'TEXT'
with_openai 2 equal: False encodes: False
  through JSON again: True
with_anthropic 2 equal: False encodes: False
  through JSON again: True
with_google 2 equal: False encodes: False
  through JSON again: True
with_mistral ResponseValidationError
json reads it
orjson JSONDecodeError
pydantic, JSON ValidationError
pydantic, after json reads it
TEXT

env -i PATH="$PATH" HOME="$work" timeout 240 \
  "$work/venv/bin/python" "$work/probe.py" >"$work/seen"
diff "$work/expected" "$work/seen"
echo "as described"
