#!/usr/bin/env bash
# openai, anthropic, google-genai, boto3: "Retry-After: 121" is obeyed twice, refused at once, or not read at all.
#
# One would expect: SDKs that retry a 429 follow its Retry-After header up to some limit; the two SDKs that come from
#   the same generator (openai, anthropic) have the same limit.
# What happens: openai sleeps up to 120 s exactly and raises at once from 121 s on. anthropic has no upper limit: 600
#   s are slept twice before the error, and a notebook cell hangs for 20 minutes. boto3 ignores Retry-After and waits
#   less than two seconds; it follows x-amz-retry-after (in milliseconds, cut to 5 s above its own delay).
#   google-genai does not retry unless asked, and then ignores the header, too.
# Why it matters: one "retries" setting on top of these SDKs means anything between no wait and an unbounded one.
# Versions: openai 3.57.0, anthropic 2.14.0, google-genai 3.6.1, boto3 and botocore 1.44.8, CPython 3.11. Measured
#   2026-11-28 with time.sleep replaced by a recorder.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv --without-pip "$work/venv"
python3 -m pip --python "$work/venv/bin/python" install -q --no-compile \
  "openai==3.57.0" "anthropic==2.14.0" "google-genai==3.6.1" "boto3==1.44.8" "botocore==1.44.8"

cat >"$work/probe.py" <<'PY'
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import anthropic
import boto3
import openai
from google import genai

header = ("retry-after", "1")
requests = []


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        requests.append(self.path)
        self.send_response(429)
        self.send_header(*header)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *args):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
url = f"http://127.0.0.1:{server.server_port}"
talk = [{"role": "user", "content": "Hello"}]
slept = []
time.sleep = slept.append


def ask_openai():
    openai.OpenAI(api_key="made-up", base_url=url).chat.completions.create(model="m", messages=talk)


def ask_anthropic():
    anthropic.Anthropic(api_key="made-up", base_url=url).messages.create(model="m", max_tokens=9, messages=talk)


def ask_google():
    options = genai.types.HttpOptions(base_url=url, retry_options=genai.types.HttpRetryOptions())
    client = genai.Client(api_key="made-up", http_options=options)
    client.models.generate_content(model="m", contents="Hello")


def ask_boto3():
    client = boto3.client(
        "bedrock-runtime",
        endpoint_url=url,
        region_name="us-east-1",
        aws_access_key_id="made-up",
        aws_secret_access_key="made-up",
    )
    client.converse(modelId="m", messages=[{"role": "user", "content": [{"text": "Hello"}]}])


for ask, name, value in (
    (ask_openai, "retry-after", "120"),
    (ask_openai, "retry-after", "121"),
    (ask_anthropic, "retry-after", "121"),
    (ask_anthropic, "retry-after", "600"),
    (ask_google, "retry-after", "121"),
    (ask_boto3, "retry-after", "121"),
    (ask_boto3, "x-amz-retry-after", "3000"),
    (ask_boto3, "x-amz-retry-after", "121000"),
):
    header = (name, value)
    requests.clear()
    slept.clear()
    try:
        ask()
    except Exception as error:
        print(ask.__name__, name, value, "->", len(requests), "requests", type(error).__name__)
        waits = [f"{wait:g}" if wait == round(wait) else "under 20" if wait < 20 else "long" for wait in slept]
        print("  seconds slept:", waits)
PY

cat >"$work/expected" <<'TEXT'
ask_openai retry-after 120 -> 3 requests RateLimitError
  seconds slept: ['120', '120']
ask_openai retry-after 121 -> 1 requests RateLimitError
  seconds slept: []
ask_anthropic retry-after 121 -> 3 requests RateLimitError
  seconds slept: ['121', '121']
ask_anthropic retry-after 600 -> 3 requests RateLimitError
  seconds slept: ['600', '600']
ask_google retry-after 121 -> 5 requests ClientError
  seconds slept: ['under 20', 'under 20', 'under 20', 'under 20']
ask_boto3 retry-after 121 -> 3 requests ClientError
  seconds slept: ['under 20', 'under 20']
ask_boto3 x-amz-retry-after 3000 -> 3 requests ClientError
  seconds slept: ['3', '3']
ask_boto3 x-amz-retry-after 121000 -> 3 requests ClientError
  seconds slept: ['under 20', 'under 20']
TEXT

env -i PATH="$PATH" HOME="$work" AWS_EC2_METADATA_DISABLED=true timeout 240 \
  "$work/venv/bin/python" "$work/probe.py" >"$work/seen"
diff "$work/expected" "$work/seen"
echo "as described"
