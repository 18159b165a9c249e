#!/usr/bin/env bash
# openai, anthropic, google-genai, ollama, mistralai, boto3: a server on this machine is asked through the company's proxy, key included.
#
# One would expect: a request to 127.0.0.1 or localhost stays on this machine, as in a browser and in Go, whatever proxy
#   the company has set in HTTP_PROXY. A proxy has a loopback interface of its own, and never reaches the server.
# What happens: without an entry in NO_PROXY, every one of them sends the whole request to the proxy, unencrypted, with
#   the API key of the local server in its headers (boto3: the signature). An entry "localhost" does not cover
#   127.0.0.1, nor the reverse.
# Why it matters: a local model server answers "502 Bad Gateway" or "403 Forbidden" in the words of a proxy, although it
#   runs; and its key, and the prompt, leave the machine.
# Versions: openai 3.57.0, anthropic 2.14.0, google-genai 3.6.1, ollama 0.6.3, mistralai 3.7.0, boto3 1.44.8, httpx
#   0.28.1, httpx2 2.16.2, CPython 3.11. Measured 2026-12-01.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv --without-pip "$work/venv"
python3 -m pip --python "$work/venv/bin/python" install -q --no-compile \
  "openai==3.57.0" "anthropic==2.14.0" "google-genai==3.6.1" "ollama==0.6.3" "mistralai==3.7.0" "boto3==1.44.8" \
  "httpx==0.28.1" "httpx2==2.16.2"

cat >"$work/probe.py" <<'PY'
import os
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

KEY = "made-up-key-of-the-local-server"
asked = []


class Handler(BaseHTTPRequestHandler):
    def answer(self):
        self.rfile.read(int(self.headers.get("content-length") or 0))
        secret = KEY in str(self.headers) or "AWS4-HMAC" in str(self.headers)
        asked.append(f"{self.server.name}, {'with' if secret else 'without'} the key")
        self.send_response(404)
        self.send_header("content-length", "0")
        self.end_headers()

    do_GET = do_POST = answer

    def log_message(self, *args):
        pass


def serve(name):
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.name = name
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_port


port = serve("the server")
os.environ["HTTP_PROXY"] = f"http://127.0.0.1:{serve('the proxy')}"

import anthropic
import boto3
import ollama
import openai
from botocore.config import Config
from google import genai
from mistralai.client import Mistral


def ask_gemini(url):
    client = genai.Client(api_key=KEY, http_options={"base_url": url})  # it closes itself when it is collected
    client.models.generate_content(model="m", contents="Hi")


once = Config(retries={"total_max_attempts": 1})
aws = {"region_name": "us-east-1", "aws_access_key_id": "made-up", "aws_secret_access_key": "made-up"}
CLIENTS = {
    "openai": lambda url: openai.OpenAI(api_key=KEY, base_url=url).models.list(),
    "anthropic": lambda url: anthropic.Anthropic(api_key=KEY, base_url=url).models.list(),
    "google-genai": ask_gemini,
    "ollama": lambda url: ollama.Client(url, headers={"Authorization": f"Bearer {KEY}"}).list(),
    "mistralai": lambda url: Mistral(api_key=KEY, server_url=url).models.list(),
    "boto3": lambda url: boto3.client("bedrock", endpoint_url=url, config=once, **aws).list_foundation_models(),
}
for exempt in ("", "localhost", "127.0.0.1"):
    os.environ["NO_PROXY"] = exempt
    for host in ("127.0.0.1", "localhost"):
        print(f"NO_PROXY={exempt} http://{host}")
        for name, ask in CLIENTS.items():
            asked.clear()
            try:
                ask(f"http://{host}:{port}")
            except Exception:
                pass
            print(f"  {name}: {asked[0]}")
PY

{
  for case in ",127.0.0.1,proxy" ",localhost,proxy" "localhost,127.0.0.1,proxy" "localhost,localhost,server" \
    "127.0.0.1,127.0.0.1,server" "127.0.0.1,localhost,proxy"; do
    IFS=, read -r exempt host there <<<"$case"
    echo "NO_PROXY=$exempt http://$host"
    for name in openai anthropic google-genai ollama mistralai boto3; do
      echo "  $name: the $there, with the key"
    done
  done
} >"$work/expected"

env -i PATH="$PATH" HOME="$work" AWS_EC2_METADATA_DISABLED=true timeout 240 \
  "$work/venv/bin/python" "$work/probe.py" >"$work/seen"
diff "$work/expected" "$work/seen"
echo "as described"
