#!/usr/bin/env bash
# openai, anthropic, google-genai: of one pydantic model they ask for three things; a dict can only be empty at anthropic.
#
# One would expect: a model with a "dict[str, int]" and a field with a default is sent as its JSON Schema, or refused.
# What happens: anthropic sends the dict as an object without properties that allows no others, so the only valid answer
#   is {}: no model can fill it in, and none says so. openai sends its schema as it is, with "strict", which the server
#   documents as not supported, and makes the field with a default a required one, so the default is never used.
#   google-genai raises ValueError before it sends anything. The bounds of a number are sent by openai; anthropic moves
#   them into the description, where they are advice, and checks them when the answer is paid for.
# Why it matters: counts per word, prices per name or any other free names come back empty from one provider, validly,
#   in every row. A list of pairs works with all three.
# Versions: openai 3.57.0, anthropic 2.14.0, google-genai 3.6.1, pydantic 2.14.4, CPython 3.11. Measured 2026-11-30.
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
from pydantic import BaseModel, Field

sent = {}


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        sent[self.path] = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.send_response(400)
        self.send_header("content-length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *args):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
url = f"http://127.0.0.1:{server.server_port}"
talk = [{"role": "user", "content": "Count the words."}]


class Words(BaseModel):
    counts: dict[str, int]
    language: str = "en"
    stars: int = Field(ge=1, le=5)


def shown(name, schema):
    counts, stars = schema["properties"]["counts"], schema["properties"]["stars"]
    print(name, "required:", sorted(schema["required"]))
    print("  counts:", {word: counts.get(word) for word in ("properties", "additionalProperties")})
    print("  stars:", {word: each for word, each in stars.items() if word != "title"})


try:
    openai.OpenAI(api_key="made-up", base_url=url + "/v1").chat.completions.parse(
        model="m", messages=talk, response_format=Words
    )
except openai.BadRequestError:
    asked = sent["/v1/chat/completions"]["response_format"]["json_schema"]
    shown(f"openai, strict {asked['strict']},", asked["schema"])
try:
    anthropic.Anthropic(api_key="made-up", base_url=url).messages.parse(
        model="m", max_tokens=5, messages=talk, output_format=Words
    )
except anthropic.BadRequestError:
    shown("anthropic", sent["/v1/messages"]["output_config"]["format"]["schema"])
before = len(sent)
google = genai.Client(api_key="made-up", http_options={"base_url": url})
try:
    google.models.generate_content(
        model="m", contents="x", config={"response_mime_type": "application/json", "response_schema": Words}
    )
except Exception as error:
    print("google-genai raises", type(error).__name__, "and has sent", len(sent) - before)
PY

cat >"$work/expected" <<'TEXT'
openai, strict True, required: ['counts', 'language', 'stars']
  counts: {'properties': None, 'additionalProperties': {'type': 'integer'}}
  stars: {'maximum': 5, 'minimum': 1, 'type': 'integer'}
anthropic required: ['counts', 'stars']
  counts: {'properties': {}, 'additionalProperties': False}
  stars: {'type': 'integer', 'description': '{maximum: 5, minimum: 1}'}
google-genai raises ValueError and has sent 0
TEXT

env -i PATH="$PATH" HOME="$work" timeout 240 "$work/venv/bin/python" "$work/probe.py" >"$work/seen"
diff "$work/expected" "$work/seen"
echo "as described"
