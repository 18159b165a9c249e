#!/usr/bin/env bash
# openai, anthropic, google-genai, mistralai: a keep-alive that the standard of event streams allows breaks two of them.
#
# One would expect: every SDK that streams reads server-sent events as the standard says: a line that begins with a
#   colon is a comment, and a block without data (only "retry:", "id:" or "event:") is no event. Proxies and gateways
#   send such lines so that a connection stays open while a model thinks.
# What happens, with each of them between two pieces of one answer: anthropic and mistralai read "Hello". openai skips
#   the comment, but parses the missing data of the other blocks as JSON: json.JSONDecodeError, no openai.OpenAIError,
#   in the middle of the answer. google-genai does not read events at all: every block has to begin with "data:", so
#   that even a comment is an UnknownApiResponseError.
# Why it matters: whether a long answer arrives depends on the SDK and on how the gateway keeps its connections open,
#   and only where the model is slow. An "except openai.OpenAIError" does not catch it.
# Versions: openai 3.57.0, anthropic 2.14.0, google-genai 3.6.1, mistralai 3.7.0, CPython 3.11. Measured 2026-11-30.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv --without-pip "$work/venv"
python3 -m pip --python "$work/venv/bin/python" install -q --no-compile \
  "openai==3.57.0" "anthropic==2.14.0" "google-genai==3.6.1" "mistralai==3.7.0"

cat >"$work/probe.py" <<'PY'
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import anthropic
import openai
from google import genai
from mistralai.client import Mistral

KEPT_ALIVE = {"comment": ": ping", "retry": "retry: 3000", "id": "id: 7", "event": "event: ping"}
talk = [{"role": "user", "content": "Hi"}]


def said(text, reason=None):
    choice = {"index": 0, "delta": {"content": text}, "finish_reason": reason}
    return [{"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]}]


def gemini(text, **more):
    return [{"candidates": [{"content": {"role": "model", "parts": [{"text": text}]}, **more}]}]


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
ANSWERS = {
    "/v1/chat/completions": (said("Hel"), said("lo", "stop")),
    "/v1/models/m:streamGenerateContent": (gemini("Hel"), gemini("lo", finishReason="STOP")),
    "/v1/messages": (
        [
            {"type": "message_start", "message": START},
            {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
            piece("Hel"),
        ],
        [
            piece("lo"),
            {"type": "content_block_stop", "index": 0},
            {
                "type": "message_delta",
                "delta": {"stop_reason": "end_turn", "stop_sequence": None},
                "usage": {"output_tokens": 2},
            },
            {"type": "message_stop"},
        ],
    ),
}


def lines(events):
    return "".join(
        (f"event: {event['type']}\n" if "type" in event else "") + f"data: {json.dumps(event)}\n\n" for event in events
    )


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        path = self.path.partition("?")[0]
        first, last = ANSWERS[path]
        end = "data: [DONE]\n\n" if path.endswith("completions") else ""
        data = f"{lines(first)}{alive}\n\n{lines(last)}{end}".encode()
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


for name, alive in KEPT_ALIVE.items():
    for ask in (with_openai, with_anthropic, with_google, with_mistral):
        try:
            print(name, ask.__name__, ask())
        except Exception as error:
            print(name, ask.__name__, type(error).__name__)
print("an OpenAIError:", issubclass(json.JSONDecodeError, openai.OpenAIError))
PY

cat >"$work/expected" <<'TEXT'
comment with_openai Hello
comment with_anthropic Hello
comment with_google UnknownApiResponseError
comment with_mistral Hello
retry with_openai JSONDecodeError
retry with_anthropic Hello
retry with_google UnknownApiResponseError
retry with_mistral Hello
id with_openai JSONDecodeError
id with_anthropic Hello
id with_google UnknownApiResponseError
id with_mistral Hello
event with_openai JSONDecodeError
event with_anthropic Hello
event with_google UnknownApiResponseError
event with_mistral Hello
an OpenAIError: False
TEXT

env -i PATH="$PATH" HOME="$work" timeout 240 \
  "$work/venv/bin/python" "$work/probe.py" >"$work/seen"
diff "$work/expected" "$work/seen"
echo "as described"
