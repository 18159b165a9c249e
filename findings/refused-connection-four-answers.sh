#!/usr/bin/env bash
# Four clients, one refused connection: a builtin error, an SDK error, a transport's error, or "status 500".
#
# One would expect: a port where nothing listens gives the client's own connection error, the same for plain and
#   streamed calls.
# What happens: openai raises its APIConnectionError. google-genai lets the transport's httpx2.ConnectError through.
#   ollama raises Python's ConnectionError for a plain call and httpx.ConnectError for the same call with stream=True;
#   the second is no OSError, so "except ConnectionError" misses it. litellm reports InternalServerError with
#   status_code 500, although no server answered, and it is no APIConnectionError; rules such as "5xx: the provider
#   has a fault, try another model there" act on a machine that is switched off.
# Why it matters: "is the server down?" needs one list of types per client, and a status code is no proof of a
#   response.
# Versions: openai 3.57.0, google-genai 3.6.1, ollama 0.6.3, litellm 1.110.2, CPython 3.11. Measured 2026-11-28.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv --without-pip "$work/venv"
python3 -m pip --python "$work/venv/bin/python" install -q --no-compile \
  "openai==3.57.0" "google-genai==3.6.1" "ollama==0.6.3" "litellm==1.110.2"

cat >"$work/probe.py" <<'PY'
import contextlib
import io
import socket

import litellm
import ollama
import openai
from google import genai

taken = socket.socket()
taken.bind(("127.0.0.1", 0))  # bound, but not listening: a connection is refused
url = f"http://127.0.0.1:{taken.getsockname()[1]}"
talk = [{"role": "user", "content": "Hello"}]
google = genai.Client(api_key="made-up", http_options={"base_url": url})

for name, ask in (
    ("openai", lambda: openai.OpenAI(api_key="made-up", base_url=url, max_retries=0).models.list()),
    ("google-genai", lambda: google.models.generate_content(model="m", contents="Hello")),
    ("ollama", lambda: ollama.Client(host=url).chat(model="m", messages=talk)),
    ("ollama, streamed", lambda: list(ollama.Client(host=url).chat(model="m", messages=talk, stream=True))),
    (
        "litellm",
        lambda: litellm.completion(model="openai/m", api_key="k", api_base=url, messages=talk, max_retries=0),
    ),
):
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            ask()
    except Exception as error:
        kind = type(error)
        print(
            f"{name}: {kind.__module__.split('.')[0]}.{kind.__name__}",
            "| OSError:",
            isinstance(error, OSError),
            end="",
        )
        print(" | status:", getattr(error, "status_code", None))
PY

cat >"$work/expected" <<'TEXT'
openai: openai.APIConnectionError | OSError: False | status: None
google-genai: httpx2.ConnectError | OSError: False | status: None
ollama: builtins.ConnectionError | OSError: True | status: None
ollama, streamed: httpx.ConnectError | OSError: False | status: None
litellm: litellm.InternalServerError | OSError: False | status: 500
TEXT

env -i PATH="$PATH" HOME="$work" LITELLM_LOCAL_MODEL_COST_MAP=True timeout 240 \
  "$work/venv/bin/python" "$work/probe.py" >"$work/seen"
diff "$work/expected" "$work/seen"
echo "as described"
