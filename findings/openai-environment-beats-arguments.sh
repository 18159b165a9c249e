#!/usr/bin/env bash
# openai 3: a variable replaces the key that was passed in code; Azure is told the organization at OpenAI.
#
# One would expect: an argument beats a variable; OPENAI_* variables belong to OpenAI and AZURE_OPENAI_* to Azure; an
#   API key in the environment beats an optional token there, or the two are refused together.
# What happens: an Authorization line in OPENAI_CUSTOM_HEADERS replaces the api_key argument in every request, without
#   a warning, while other headers of that variable lose against default_headers. AzureOpenAI with both
#   AZURE_OPENAI_API_KEY and AZURE_OPENAI_AD_TOKEN set sends the token, which expires within the hour, and not the
#   key; a key passed as an argument wins there. And AzureOpenAI sends OPENAI_ORG_ID and OPENAI_PROJECT_ID to the
#   Azure endpoint.
# Why it matters: "wrong key" errors with the right key in the code, and calls booked on another account. base_url and
#   key in the constructor do not make a client independent of its environment.
# Versions: openai 3.57.0, CPython 3.11. Measured 2026-11-28.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv --without-pip "$work/venv"
python3 -m pip --python "$work/venv/bin/python" install -q --no-compile \
  "openai==3.57.0"

cat >"$work/probe.py" <<'PY'
import os
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import openai

seen = {}


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        seen.clear()
        seen.update({name.lower(): value for name, value in self.headers.items()})
        self.send_response(404)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *args):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
url = f"http://127.0.0.1:{server.server_port}"


def show(title, client):
    try:
        client.chat.completions.create(model="m", messages=[{"role": "user", "content": "Hello"}])
    except openai.NotFoundError:
        print(title)
    for name in ("authorization", "api-key", "x-team", "openai-organization", "openai-project"):
        if name in seen:
            print(f"  {name}: {seen[name]}")


os.environ["OPENAI_CUSTOM_HEADERS"] = "Authorization: Bearer from-the-variable\nX-Team: from-the-variable"
show("OpenAI", openai.OpenAI(api_key="argument", base_url=url, default_headers={"X-Team": "argument"}))
del os.environ["OPENAI_CUSTOM_HEADERS"]
os.environ.update(
    AZURE_OPENAI_API_KEY="key-from-the-variable",
    AZURE_OPENAI_AD_TOKEN="token-from-the-variable",
    OPENAI_ORG_ID="org-of-openai",
    OPENAI_PROJECT_ID="project-of-openai",
)
show("AzureOpenAI", openai.AzureOpenAI(azure_endpoint=url, api_version="v"))
show("AzureOpenAI with a key", openai.AzureOpenAI(azure_endpoint=url, api_version="v", api_key="argument"))
PY

cat >"$work/expected" <<'TEXT'
OpenAI
  authorization: Bearer from-the-variable
  x-team: argument
AzureOpenAI
  authorization: Bearer token-from-the-variable
  openai-organization: org-of-openai
  openai-project: project-of-openai
AzureOpenAI with a key
  api-key: argument
  openai-organization: org-of-openai
  openai-project: project-of-openai
TEXT

env -i PATH="$PATH" HOME="$work" timeout 240 \
  "$work/venv/bin/python" "$work/probe.py" >"$work/seen"
diff "$work/expected" "$work/seen"
echo "as described"
