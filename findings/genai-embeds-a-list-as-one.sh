#!/usr/bin/env bash
# google-genai: embed_content with a list of three strings sends three texts to one model and one text to the next.
#
# One would expect: a list of texts gives one vector per text, whatever the name of the embedding model.
# What happens: for gemini-embedding-001 the SDK sends three requests in one batch. For gemini-embedding-2, a model
#   that takes several parts per item, it sends one item with three parts, so the service answers with a single vector
#   for all of them. No argument differs and nothing is raised; zip(texts, vectors) silently drops the rest. A list of
#   Content objects gives one vector each.
# Why it matters: changing the model name in a pipeline that fills a vector store indexes one row instead of a
#   hundred.
# Versions: google-genai 3.6.1, CPython 3.11. Measured 2026-11-28; the server below answers one vector per item sent.
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
from google.genai import types

sent = []


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        items = json.loads(self.rfile.read(int(self.headers["content-length"])))["requests"]
        sent.append([len(item["content"]["parts"]) for item in items])
        data = json.dumps({"embeddings": [{"values": [0.5]} for _ in items]}).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *args):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
client = genai.Client(api_key="made-up", http_options={"base_url": f"http://127.0.0.1:{server.server_port}"})

texts = ["red", "green", "blue"]
contents = [types.Content(parts=[types.Part(text=text)]) for text in texts]
for model, what in (
    ("gemini-embedding-001", texts),
    ("gemini-embedding-2", texts),
    ("gemini-embedding-2", contents),
):
    answer = client.models.embed_content(model=model, contents=what)
    print(
        model, "list of", type(what[0]).__name__, "-> parts per item:", sent[-1], "vectors:", len(answer.embeddings)
    )
PY

cat >"$work/expected" <<'TEXT'
gemini-embedding-001 list of str -> parts per item: [1, 1, 1] vectors: 3
gemini-embedding-2 list of str -> parts per item: [3] vectors: 1
gemini-embedding-2 list of Content -> parts per item: [1, 1, 1] vectors: 3
TEXT

env -i PATH="$PATH" HOME="$work" timeout 240 \
  "$work/venv/bin/python" "$work/probe.py" >"$work/seen"
diff "$work/expected" "$work/seen"
echo "as described"
