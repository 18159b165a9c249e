#!/usr/bin/env bash
# google-genai: a chat leaves out of its next request what get_history() shows, and never records what was read in part.
#
# One would expect: a message goes out with the turns before it, and get_history() is the list of them.
# What happens: a chat keeps two lists. get_history() returns the whole one. Requests send the "curated" one
#   (curated=True), without the turns whose answer the SDK calls invalid, and without the user's message before such an
#   answer. Invalid is an answer that has no parts, as at the token limit, and also a stream that was complete but ended
#   with a chunk without parts. The turn of a function's result can go while the call before it stays. A stream that is
#   left early is in neither list. Nothing is raised or logged.
# Why it matters: the model does not know what the user told it one message ago, while a log of get_history() shows that
#   it was told. A user who stops a long answer and asks on starts a new conversation.
# Versions: google-genai 3.6.1, CPython 3.11. Measured 2026-11-30.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv --without-pip "$work/venv"
python3 -m pip --python "$work/venv/bin/python" install -q --no-compile \
  "google-genai==3.6.1"

cat >"$work/probe.py" <<'PY'
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from google import genai

sent = []
answers = []


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        sent.append(json.loads(self.rfile.read(int(self.headers["content-length"])))["contents"])
        data = json.dumps(answers[0][0]).encode()
        kind = "application/json"
        if "stream" in self.path:
            data = "".join(f"data: {json.dumps(chunk)}\n\n" for chunk in answers[0]).encode()
            kind = "text/event-stream"
        del answers[0]
        self.send_response(200)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *args):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
client = genai.Client(api_key="made-up", http_options={"base_url": f"http://127.0.0.1:{server.server_port}"})


def chunk(*parts, reason=None):
    content = {"role": "model", "parts": list(parts)} if parts else {"role": "model"}
    return {"candidates": [{"content": content, "finishReason": reason} if reason else {"content": content}]}


def size(city: str) -> int:
    """The number of people in a city."""
    return 42


def short(contents):
    """The contents, each as its role and its parts."""
    for content in contents:
        parts = [part.get("text") or next(iter(part)) for part in content.get("parts") or []]
        yield content["role"] + ": " + (", ".join(parts) or "(nothing)")


def show(title, chat):
    history = [content.model_dump(exclude_none=True) for content in chat.get_history()]
    answers[:] = [[chunk({"text": "Hm."}, reason="STOP")]]
    chat.send_message("And now?")
    print(title)
    print("  get_history()", list(short(history)))
    print("  sent         ", list(short(sent[-1])))


chat = client.chats.create(model="m")
answers[:] = [[chunk({"text": "Hello Ann."}, reason="STOP")]]
chat.send_message("I am Ann.")
show("a plain answer", chat)

chat = client.chats.create(model="m")
answers[:] = [[chunk(reason="MAX_TOKENS")]]
chat.send_message("I am Ann.")
show("an answer without parts, at the token limit", chat)

chat = client.chats.create(model="m")
answers[:] = [[chunk({"text": "Hello "}), chunk({"text": "Ann."}), chunk(reason="STOP")]]
text = "".join(each.text or "" for each in chat.send_message_stream("I am Ann."))
show(f"a stream whose last chunk has no parts, read as {text!r}", chat)

chat = client.chats.create(model="m")
answers[:] = [[chunk({"text": "Hello "}), chunk({"text": "Ann."}, reason="STOP")]]
for each in chat.send_message_stream("I am Ann."):
    break
show("a stream that is left after its first chunk", chat)

chat = client.chats.create(model="m", config={"tools": [size]})
call = {"functionCall": {"name": "size", "args": {"city": "Ulm"}}}
answers[:] = [[chunk(call, reason="STOP")], [chunk(reason="STOP")]]
chat.send_message("How big is Ulm?")
show("a function was called, and the answer after it has no parts", chat)
PY

cat >"$work/expected" <<'TEXT'
a plain answer
  get_history() ['user: I am Ann.', 'model: Hello Ann.']
  sent          ['user: I am Ann.', 'model: Hello Ann.', 'user: And now?']
an answer without parts, at the token limit
  get_history() ['user: I am Ann.', 'model: (nothing)']
  sent          ['user: And now?']
a stream whose last chunk has no parts, read as 'Hello Ann.'
  get_history() ['user: I am Ann.', 'model: Hello ', 'model: Ann.', 'model: (nothing)']
  sent          ['user: And now?']
a stream that is left after its first chunk
  get_history() []
  sent          ['user: And now?']
a function was called, and the answer after it has no parts
  get_history() ['user: How big is Ulm?', 'model: function_call', 'user: function_response', 'model: (nothing)']
  sent          ['user: How big is Ulm?', 'model: functionCall', 'user: And now?']
TEXT

env -i PATH="$PATH" HOME="$work" timeout 240 \
  "$work/venv/bin/python" "$work/probe.py" >"$work/seen"
diff "$work/expected" "$work/seen"
echo "as described"
