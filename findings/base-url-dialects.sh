#!/usr/bin/env bash
# Five SDKs, one gateway URL: each of them builds another request line from the same base URL.
#
# One would expect: an SDK appends its path to the base URL, keeps a query string behind it, and a base URL that ends
#   in the provider's version segment is fine (it is how the OpenAI-compatible URLs are printed everywhere).
# What happens: openai and anthropic glue the path to the query ("?tenant=7chat/completions"), so the gateway gets the
#   bare prefix and a nonsense parameter; google-genai and boto3 put the query at the end. anthropic and google-genai
#   append their version once more, and groq appends "openai/v1" of its own, so that the OpenAI-compatible URL of the
#   same service is wrong for its own SDK. None of them warns; the user sees a 404 at best.
# Why it matters: a setting called "base URL" cannot be shared between SDKs; a tool that offers one must check it per
#   SDK.
# Versions: openai 3.57.0, anthropic 2.14.0, google-genai 3.6.1, groq 1.7.0, boto3 1.44.8, CPython 3.11. Measured
#   2026-11-28.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv --without-pip "$work/venv"
python3 -m pip --python "$work/venv/bin/python" install -q --no-compile \
  "openai==3.57.0" "anthropic==2.14.0" "google-genai==3.6.1" "groq==1.7.0" \
  "boto3==1.44.8" "botocore==1.44.8"

cat >"$work/probe.py" <<'PY'
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import anthropic
import boto3
import groq
import openai
from google import genai

paths = []


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        paths.append(self.path)
        self.send_response(404)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *args):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
url = f"http://127.0.0.1:{server.server_port}"
talk = [{"role": "user", "content": "Hello"}]


def ask_openai(base):
    openai.OpenAI(api_key="made-up", base_url=base).chat.completions.create(model="m", messages=talk)


def ask_anthropic(base):
    anthropic.Anthropic(api_key="made-up", base_url=base).messages.create(model="m", max_tokens=9, messages=talk)


def ask_google(base):
    client = genai.Client(api_key="made-up", http_options={"base_url": base})
    client.models.generate_content(model="m", contents="Hello")


def ask_groq(base):
    groq.Groq(api_key="made-up", base_url=base).chat.completions.create(model="m", messages=talk)


def ask_boto3(base):
    client = boto3.client(
        "bedrock-runtime",
        endpoint_url=base,
        region_name="us-east-1",
        aws_access_key_id="made-up",
        aws_secret_access_key="made-up",
    )
    client.converse(modelId="m", messages=[{"role": "user", "content": [{"text": "Hello"}]}])


for ask, base in (
    (ask_openai, "/team/v1"),
    (ask_openai, "/team/v1?tenant=7"),
    (ask_anthropic, "/team/v1"),
    (ask_anthropic, "/team?tenant=7"),
    (ask_google, "/team/v1beta"),
    (ask_google, "/team?tenant=7"),
    (ask_groq, "/openai/v1"),
    (ask_boto3, "/team?tenant=7"),
):
    try:
        ask(url + base)
    except Exception as error:
        print(ask.__name__, base, "->", paths[-1], type(error).__name__)
PY

cat >"$work/expected" <<'TEXT'
ask_openai /team/v1 -> /team/v1/chat/completions NotFoundError
ask_openai /team/v1?tenant=7 -> /team/v1/?tenant=7chat/completions NotFoundError
ask_anthropic /team/v1 -> /team/v1/v1/messages NotFoundError
ask_anthropic /team?tenant=7 -> /team?tenant=7/v1/messages NotFoundError
ask_google /team/v1beta -> /team/v1beta/v1/models/m:generateContent ClientError
ask_google /team?tenant=7 -> /team/v1/models/m:generateContent?tenant=7 ClientError
ask_groq /openai/v1 -> /openai/v1/openai/v1/chat/completions NotFoundError
ask_boto3 /team?tenant=7 -> /team/model/m/converse?tenant=7 ClientError
TEXT

env -i PATH="$PATH" HOME="$work" AWS_EC2_METADATA_DISABLED=true timeout 240 \
  "$work/venv/bin/python" "$work/probe.py" >"$work/seen"
diff "$work/expected" "$work/seen"
echo "as described"
