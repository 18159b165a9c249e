#!/usr/bin/env bash
# openai, anthropic, boto3, azure-core: the same NO_PROXY lets one SDK through, not the next, and stops a third.
#
# One would expect: programs in one process agree on which hosts bypass the proxy.
# What happens: a network in CIDR form bypasses the proxy for openai, anthropic and azure-core, not for boto3.
#   "host:port" bypasses it for openai, anthropic and boto3, not for azure-core. A proxy named by ALL_PROXY alone is
#   used by all but boto3. With an IPv6 network in the list, as container tools write it, anthropic cannot be
#   constructed (InvalidURL) although the entry has nothing to do with its host; openai, which uses the same HTTP
#   library, takes it.
# Why it matters: a local model server or a private endpoint is reached by one provider's client and not by the next.
#   Only plain host names and addresses mean the same everywhere.
# Versions: openai 3.57.0, anthropic 2.14.0, httpx2 2.16.2, boto3 and botocore 1.44.8, azure-core 1.41.0, requests
#   2.34.2, CPython 3.11. Measured 2026-11-28.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv --without-pip "$work/venv"
python3 -m pip --python "$work/venv/bin/python" install -q --no-compile \
  "openai==3.57.0" "anthropic==2.14.0" "httpx2==2.16.2" "boto3==1.44.8" "botocore==1.44.8" "azure-core==1.41.0" \
  "requests==2.34.2"

cat >"$work/probe.py" <<'PY'
import os
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import anthropic
import boto3
import openai
from azure.core import PipelineClient
from azure.core.rest import HttpRequest
from botocore.config import Config

asked = []


class Handler(BaseHTTPRequestHandler):
    def answer(self):
        self.rfile.read(int(self.headers.get("content-length") or 0))
        asked.append(self.server.name)
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


port, proxy = serve("direct"), f"http://127.0.0.1:{serve('proxy')}"
url = f"http://127.0.0.1:{port}"
aws = {"region_name": "us-east-1", "aws_access_key_id": "made-up", "aws_secret_access_key": "made-up"}
once = Config(retries={"total_max_attempts": 1})
words = [{"role": "user", "content": [{"text": "Hello"}]}]
CLIENTS = {
    "openai": lambda: openai.OpenAI(api_key="made-up", base_url=url).models.list(),
    "anthropic": lambda: anthropic.Anthropic(api_key="made-up", base_url=url).models.list(),
    "boto3": lambda: boto3.client("bedrock-runtime", endpoint_url=url, config=once, **aws).converse(
        modelId="m", messages=words
    ),
    "azure-core": lambda: PipelineClient(url).send_request(HttpRequest("GET", url)),
}
for variables in (
    {"HTTP_PROXY": proxy, "NO_PROXY": "127.0.0.1"},
    {"HTTP_PROXY": proxy, "NO_PROXY": "127.0.0.0/8"},
    {"HTTP_PROXY": proxy, "NO_PROXY": f"127.0.0.1:{port}"},
    {"HTTP_PROXY": proxy, "NO_PROXY": "127.0.0.1,::1/128"},
    {"ALL_PROXY": proxy},
):
    for name in ("HTTP_PROXY", "NO_PROXY", "ALL_PROXY"):
        os.environ.pop(name, None)
    os.environ.update(variables)
    print(" ".join([*variables, *variables.get("NO_PROXY", "").replace(str(port), "PORT").split()]))
    for name, ask in CLIENTS.items():
        asked.clear()
        try:
            ask()
        except Exception as error:
            asked.append(type(error).__name__)
        print(f"  {name}: {asked[0]}")
PY

cat >"$work/expected" <<'TEXT'
HTTP_PROXY NO_PROXY 127.0.0.1
  openai: direct
  anthropic: direct
  boto3: direct
  azure-core: direct
HTTP_PROXY NO_PROXY 127.0.0.0/8
  openai: direct
  anthropic: direct
  boto3: proxy
  azure-core: direct
HTTP_PROXY NO_PROXY 127.0.0.1:PORT
  openai: direct
  anthropic: direct
  boto3: direct
  azure-core: proxy
HTTP_PROXY NO_PROXY 127.0.0.1,::1/128
  openai: direct
  anthropic: InvalidURL
  boto3: direct
  azure-core: direct
ALL_PROXY
  openai: proxy
  anthropic: proxy
  boto3: direct
  azure-core: proxy
TEXT

env -i PATH="$PATH" HOME="$work" AWS_EC2_METADATA_DISABLED=true timeout 240 \
  "$work/venv/bin/python" "$work/probe.py" >"$work/seen"
diff "$work/expected" "$work/seen"
echo "as described"
