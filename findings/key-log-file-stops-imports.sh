#!/usr/bin/env bash
# ollama, httpx, google-genai, boto3, ssl: a debug variable of TLS stops an import, plain HTTP, and a right CA file.
#
# One would expect: SSLKEYLOGFILE, which browsers and Python follow to write TLS keys for a debugger, matters where TLS
#   is spoken. If the file cannot be written, a TLS connection fails, or the log is left out; plain HTTP to this machine
#   is not concerned. An error of a CA file says something about the CA file.
# What happens where it names a file that cannot be written (virus scanners and debuggers set it for all programs, and
#   leave it behind): "import ollama" raises FileNotFoundError with the name of a log. httpx, google-genai and boto3
#   import, and raise it where a client is made, also for an http:// address. openai, anthropic, mistralai and requests
#   make a client. ssl.create_default_context(cafile=...) raises the same error for a CA file that is there and right.
# Why it matters: "except ImportError: pip install ollama" does not catch it, and code that looks for a missing CA file
#   by FileNotFoundError blames the wrong file. ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT) does not read the variable.
# Versions: openai 3.57.0, anthropic 2.14.0, google-genai 3.6.1, ollama 0.6.3, boto3 1.44.8, mistralai 3.7.0, requests
#   2.34.2, CPython 3.11. Measured 2026-11-30.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv --without-pip "$work/venv"
python3 -m pip --python "$work/venv/bin/python" install -q --no-compile \
  "openai==3.57.0" "anthropic==2.14.0" "google-genai==3.6.1" "ollama==0.6.3" "boto3==1.44.8" "botocore==1.44.8" \
  "mistralai==3.7.0" "requests==2.34.2"

cat >"$work/probe.py" <<'PY'
import importlib
import os
import ssl
import sys

LOG = os.environ["SSLKEYLOGFILE"]


def of_boto3(boto3):
    where = {"region_name": "us-east-1", "endpoint_url": "http://127.0.0.1:9"}
    return boto3.client("bedrock-runtime", aws_access_key_id="made-up", aws_secret_access_key="made-up", **where)


CLIENTS = {
    "openai": lambda module: module.OpenAI(api_key="made-up", base_url="http://127.0.0.1:9"),
    "anthropic": lambda module: module.Anthropic(api_key="made-up", base_url="http://127.0.0.1:9"),
    "google.genai": lambda module: module.Client(api_key="made-up"),
    "ollama": lambda module: module.Client("http://127.0.0.1:9"),
    "httpx": lambda module: module.Client(),
    "boto3": of_boto3,
    "mistralai.client": lambda module: module.Mistral(api_key="made-up", server_url="http://127.0.0.1:9"),
    "requests": lambda module: module.Session(),
    "urllib3": lambda module: module.PoolManager(),
}
name = sys.argv[1]
if name == "ssl":
    import certifi

    ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(certifi.where())
    try:
        ssl.create_default_context(cafile=certifi.where())
    except FileNotFoundError as error:
        print("ssl a right CA file:", type(error).__name__, "of the log:", error.filename == LOG or LOG in str(error))
    sys.exit()
step = "import"
try:
    module = importlib.import_module(name)
    step = "client"
    CLIENTS[name](module)
    print(name, "works")
except FileNotFoundError as error:
    print(name, step, type(error).__name__, "of the log:", error.filename == LOG or LOG in str(error))
PY

cat >"$work/expected" <<'TEXT'
openai works
anthropic works
google.genai client FileNotFoundError of the log: True
ollama import FileNotFoundError of the log: True
httpx client FileNotFoundError of the log: True
boto3 client FileNotFoundError of the log: True
mistralai.client works
requests works
urllib3 works
ssl a right CA file: FileNotFoundError of the log: True
TEXT

for name in openai anthropic google.genai ollama httpx boto3 mistralai.client requests urllib3 ssl; do
  env -i PATH="$PATH" HOME="$work" SSLKEYLOGFILE="$work/gone/keys.log" timeout 120 \
    "$work/venv/bin/python" "$work/probe.py" "$name"
done >"$work/seen"
diff "$work/expected" "$work/seen"
echo "as described"
