#!/usr/bin/env bash
# llama-index, litellm: "three retries" are 12 requests in the one and 7 in the other, and a wrong key is tried 4 times.
#
# One would expect: a framework's retry setting is the number of retries, whether the framework or the SDK below makes
#   them; a refusal that no repetition can change (401, 400) is raised at once.
# What happens: llama-index gives max_retries to the openai SDK and makes as many rounds itself, so N means N(N+1)
#   requests: 12 with the default of an LLM. OpenAIEmbedding has 10 by default. No new round starts when a minute is
#   over, but that bounds the time and not the requests: a server that says "Retry-After: 1" gets 66 for one text.
#   litellm gives num_retries to the SDK and makes as many calls more when that has failed: 2N+1, and max_retries=0
#   beside it changes nothing. The calls that it adds repeat a 401 and a 400 as well; without num_retries, and in
#   llama-index, these are sent once.
# Why it matters: what timed out may be billed each time, and one call uses up the limit of requests per minute. A
#   setting that was meant as a little patience is a burst for a server that is busy.
# Versions: llama-index-llms-openai 0.8.3, llama-index-embeddings-openai 0.7.0, litellm 1.110.2, openai 2.54.0,
#   CPython 3.11. Measured 2026-11-30 with time.sleep and time.monotonic replaced.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv --without-pip "$work/venv"
python3 -m pip --python "$work/venv/bin/python" install -q --no-compile \
  "llama-index-llms-openai==0.8.3" "llama-index-embeddings-openai==0.7.0" "litellm==1.110.2" "openai==2.54.0"

cat >"$work/probe.py" <<'PY'
import logging
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import litellm
from llama_index.embeddings.openai import OpenAIEmbedding
from llama_index.llms.openai import OpenAI

status = 500
requests = []
slept = []


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        requests.append(self.path)
        self.send_response(status)
        if status == 429:
            self.send_header("retry-after", "1")
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *args):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
url = f"http://127.0.0.1:{server.server_port}/v1"
talk = [{"role": "user", "content": "Hello"}]
logging.disable()
litellm.suppress_debug_info = True
time.sleep = slept.append
time.monotonic = lambda: sum(slept)


def llm(**settings):
    OpenAI(model="gpt-4o", api_base=url, api_key="made-up", **settings).complete("Hello")


def embedding(**settings):
    OpenAIEmbedding(api_base=url, api_key="made-up", **settings).get_text_embedding("Hello")


def completion(**settings):
    litellm.completion(model="openai/gpt-4o", base_url=url, api_key="made-up", messages=talk, **settings)


for status, ask, settings in (
    (500, llm, {"max_retries": 0}),
    (500, llm, {"max_retries": 1}),
    (500, llm, {"max_retries": 2}),
    (500, llm, {"max_retries": 3}),
    (500, llm, {}),
    (429, embedding, {}),
    (401, llm, {}),
    (500, completion, {}),
    (500, completion, {"num_retries": 1}),
    (500, completion, {"num_retries": 3}),
    (500, completion, {"num_retries": 3, "max_retries": 0}),
    (500, completion, {"max_retries": 3}),
    (401, completion, {"num_retries": 3}),
    (400, completion, {"num_retries": 3}),
    (401, completion, {}),
):
    requests.clear()
    slept.clear()
    try:
        ask(**settings)
    except Exception as error:
        print(status, ask.__name__, settings, "->", len(requests), "requests", type(error).__name__)
PY

cat >"$work/expected" <<'TEXT'
500 llm {'max_retries': 0} -> 1 requests InternalServerError
500 llm {'max_retries': 1} -> 2 requests InternalServerError
500 llm {'max_retries': 2} -> 6 requests InternalServerError
500 llm {'max_retries': 3} -> 12 requests InternalServerError
500 llm {} -> 12 requests InternalServerError
429 embedding {} -> 66 requests RateLimitError
401 llm {} -> 1 requests AuthenticationError
500 completion {} -> 3 requests InternalServerError
500 completion {'num_retries': 1} -> 3 requests InternalServerError
500 completion {'num_retries': 3} -> 7 requests InternalServerError
500 completion {'num_retries': 3, 'max_retries': 0} -> 7 requests InternalServerError
500 completion {'max_retries': 3} -> 4 requests InternalServerError
401 completion {'num_retries': 3} -> 4 requests AuthenticationError
400 completion {'num_retries': 3} -> 4 requests BadRequestError
401 completion {} -> 1 requests AuthenticationError
TEXT

env -i PATH="$PATH" HOME="$work" LITELLM_LOCAL_MODEL_COST_MAP=True timeout 240 \
  "$work/venv/bin/python" "$work/probe.py" >"$work/seen"
diff "$work/expected" "$work/seen"
echo "as described"
