#!/usr/bin/env bash
# litellm, langchain-openai, pydantic-ai, chatlas, genai-prices: 387 billed tokens of xAI are counted as 1 by four of them.
#
# One would expect: in OpenAI's protocol, completion_tokens has all tokens that are billed as output; reasoning_tokens
#   says how many of them were thinking.
# What happens: xAI (and Google's endpoint for the same protocol) leave thinking out of completion_tokens. It is only in
#   the details and in the total: 12 + 386 + 1 = 399, as xAI's documentation says. litellm counts 387 with its prefix
#   "xai/", and 1 for the same answer with "openai/". langchain-openai reports 12 in, 1 out, 399 in total. pydantic-ai
#   reports 1 token of output, of which 386 are thinking. chatlas counts 1, and so does genai-prices for its provider
#   x-ai, by which others compute costs.
# Why it matters: the cost of a reasoning model comes out a hundred times too low, and a budget never ends. Output is the
#   total without the prompt, where that is more.
# Versions: litellm 1.110.2, langchain-openai 1.7.4, pydantic-ai-slim 2.68.0, chatlas 0.23.0, genai-prices 0.2.3, CPython
#   3.11. Measured 2026-11-30.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for each in litellm==1.110.2 langchain-openai==1.7.4 "pydantic-ai-slim[openai]==2.68.0" chatlas==0.23.0; do
  python3 -m venv --without-pip "$work/${each%%[=[]*}"
  python3 -m pip --python "$work/${each%%[=[]*}/bin/python" install -q --no-compile "$each" "genai-prices==0.2.3"
done

cat >"$work/server.py" <<'PY'
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

USAGE = {
    "prompt_tokens": 12,
    "completion_tokens": 1,
    "total_tokens": 399,
    "completion_tokens_details": {"reasoning_tokens": 386},
}
CHOICE = {"index": 0, "message": {"role": "assistant", "content": "Hi"}, "finish_reason": "stop"}
ANSWER = {"id": "c", "object": "chat.completion", "created": 1, "model": "grok-4.3", "choices": [CHOICE], "usage": USAGE}


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        data = json.dumps(ANSWER).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *args):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
url = f"http://127.0.0.1:{server.server_port}/v1"
PY

cat >"$work/litellm.probe" <<'PY'
import litellm

litellm.suppress_debug_info = True
for prefix in ("xai", "openai"):
    answer = litellm.completion(
        model=f"{prefix}/grok-4.3", api_base=url, api_key="made-up", messages=[{"role": "user", "content": "Hi"}]
    )
    print("litellm", prefix, answer.usage.completion_tokens, "of", answer.usage.total_tokens)
PY
cat >"$work/langchain-openai.probe" <<'PY'
from langchain_openai import ChatOpenAI

usage = ChatOpenAI(model="grok-4.3", api_key="made-up", base_url=url).invoke("Hi").usage_metadata
print("langchain-openai", usage["input_tokens"], usage["output_tokens"], usage["total_tokens"])
PY
cat >"$work/pydantic-ai-slim.probe" <<'PY'
from genai_prices import extract_usage
from pydantic_ai import Agent
from pydantic_ai.models.openai import OpenAIChatModel
from pydantic_ai.providers.openai import OpenAIProvider

model = OpenAIChatModel("grok-4.3", provider=OpenAIProvider(base_url=url, api_key="made-up"))
usage = Agent(model).run_sync("Hi").usage
usage = usage() if callable(usage) else usage
print("pydantic-ai", usage.input_tokens, usage.output_tokens, "of which", usage.details["reasoning_tokens"])
found = extract_usage(ANSWER, provider_id="x-ai").usage
print("genai-prices", found.input_tokens, found.output_tokens)
PY
cat >"$work/chatlas.probe" <<'PY'
from chatlas import ChatOpenAICompletions

chat = ChatOpenAICompletions(model="grok-4.3", api_key="made-up", base_url=url)
chat.chat("Hi", echo="none", stream=False)
print("chatlas", *(turn["tokens"] for turn in chat.get_tokens()))
PY

cat >"$work/expected" <<'TEXT'
litellm xai 387 of 399
litellm openai 1 of 399
langchain-openai 12 1 399
pydantic-ai 12 1 of which 386
genai-prices 12 1
chatlas 12 1
TEXT

for each in litellm langchain-openai pydantic-ai-slim chatlas; do
  cat "$work/server.py" "$work/$each.probe" >"$work/probe.py"
  env -i PATH="$PATH" HOME="$work" LITELLM_LOCAL_MODEL_COST_MAP=True timeout 120 \
    "$work/$each/bin/python" -W ignore "$work/probe.py" 2>"$work/errors" || { cat "$work/errors" >&2; exit 1; }
done >"$work/seen"
diff "$work/expected" "$work/seen"
echo "as described"
