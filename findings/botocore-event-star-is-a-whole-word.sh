#!/usr/bin/env bash
# botocore: an event pattern such as "before-send.bedrock*" is accepted, and its handler is never called.
#
# One would expect: a star stands for any letters, as in a file name, so that one pattern covers bedrock, bedrock-runtime
#   and the other services of that family; or that a pattern which can match nothing is an error.
# What happens: a star stands for one whole part between two dots. "bedrock*" is the name of a service that does not exist.
#   "before-send.*.Converse" and the shorter "before-send" match; "before-send.bedrock*" and "before-send.*-runtime" do not,
#   without a word.
# Why it matters: hooks that count, log, sign or refuse requests to Bedrock look as if they were in place, and see none.
# Versions: boto3 1.44.8, botocore 1.44.8, CPython 3.11. Measured 2026-11-30.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv --without-pip "$work/venv"
python3 -m pip --python "$work/venv/bin/python" install -q --no-compile "boto3==1.44.8" "botocore==1.44.8"

cat >"$work/probe.py" <<'PY'
import json
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import boto3

BODY = json.dumps(
    {
        "output": {"message": {"role": "assistant", "content": [{"text": "hi"}]}},
        "stopReason": "end_turn",
        "usage": {"inputTokens": 1, "outputTokens": 1, "totalTokens": 2},
        "metrics": {"latencyMs": 1},
    }
).encode()


class Bedrock(BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(BODY)))
        self.end_headers()
        self.wfile.write(BODY)

    def log_message(self, *args):
        pass


server = HTTPServer(("127.0.0.1", 0), Bedrock)
Thread(target=server.serve_forever, daemon=True).start()
client = boto3.client(
    "bedrock-runtime",
    endpoint_url=f"http://127.0.0.1:{server.server_port}",
    region_name="us-east-1",
    aws_access_key_id="AKIAMADEUPMADEUPMADE",
    aws_secret_access_key="made-up",
)
calls = {}
for pattern in (
    "before-send",
    "before-send.bedrock-runtime",
    "before-send.*.Converse",
    "before-send.bedrock*",
    "before-send.*-runtime",
):
    calls[pattern] = 0

    def count(pattern=pattern, **rest):
        calls[pattern] += 1

    client.meta.events.register(pattern, count)
client.converse(modelId="m", messages=[{"role": "user", "content": [{"text": "hi"}]}])
for pattern, number in calls.items():
    print(f"{pattern:<28} {number}")
PY

"$work/venv/bin/python" -c 'import boto3, botocore; print("boto3", boto3.__version__, "botocore", botocore.__version__)'
found=$(env -u AWS_PROFILE AWS_EC2_METADATA_DISABLED=true "$work/venv/bin/python" "$work/probe.py")
echo "$found"
expected="before-send                  1
before-send.bedrock-runtime  1
before-send.*.Converse       1
before-send.bedrock*         0
before-send.*-runtime        0"
if [ "$found" != "$expected" ]; then
  echo "CHANGED: this is no longer what happens"
  exit 1
fi
