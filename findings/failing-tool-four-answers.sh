#!/usr/bin/env bash
# google-genai, anthropic, openai-agents, pydantic-ai: your function raises, and only one of the four tells the caller.
#
# One would expect: an exception in a Python function that is a tool for the model reaches the caller, or is logged at
#   least; and the four agree on how much of it the model is told.
# What happens: pydantic-ai raises it, and tells the model nothing. The others report it to the model and return what
#   the model says then. google-genai sends the text of the exception with the arguments, and logs nothing. anthropic's
#   tool_runner sends its repr, and logs the traceback as an error. openai-agents sends "An error occurred while running
#   the tool. Please try again." and logs nothing, so that the text is lost; OPENAI_AGENTS_DONT_LOG_TOOL_DATA=0, set
#   before the import, makes it log an error.
# Why it matters: a typo in the function looks like a model that cannot answer, and each new attempt of the model is
#   billed. With two of the four, the names of hosts, tables and files in an exception go to the provider.
# Versions: google-genai 3.6.1, anthropic 2.14.0, openai-agents 0.24.0, pydantic-ai-slim 2.66.0, openai 3.57.0,
#   CPython 3.11. Measured 2026-11-30.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv --without-pip "$work/venv"
python3 -m pip --python "$work/venv/bin/python" install -q --no-compile \
  "google-genai==3.6.1" "anthropic==2.14.0" "openai-agents==0.24.0" "pydantic-ai-slim[openai]==2.66.0" "openai==3.57.0"

cat >"$work/probe.py" <<'PY'
import json
import logging
import textwrap
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import agents
import anthropic
import openai
import pydantic_ai
from google import genai
from pydantic_ai.models.openai import OpenAIChatModel
from pydantic_ai.providers.openai import OpenAIProvider

sent = []
answers = []


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        sent.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
        data = json.dumps(answers.pop(0)).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *args):
        pass


class Log(logging.Handler):
    """What Python prints of a log that nobody has set up: warnings and errors."""

    def emit(self, record):
        logged.append(record.levelname)


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
url = f"http://127.0.0.1:{server.server_port}"
logged = []
logging.getLogger().addHandler(Log(logging.WARNING))
agents.set_tracing_disabled(True)


def balance(customer: str) -> float:
    """The balance of a customer.

    Args:
        customer: The name.
    """
    raise RuntimeError("no table 'accounts' on db7.example")


def google(*parts):
    return {"candidates": [{"content": {"role": "model", "parts": parts}, "finishReason": "STOP"}]}


def claude(reason, **block):
    usage = {"input_tokens": 1, "output_tokens": 1}
    rest = {"stop_reason": reason, "stop_sequence": None, "usage": usage}
    return {"id": "m", "type": "message", "role": "assistant", "model": "m", "content": [block], **rest}


def gpt(**message):
    choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", **message}}
    return {"id": "c", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice]}


ANN = {"customer": "Ann"}
GOOGLE = [google({"functionCall": {"name": "balance", "args": ANN}}), google({"text": "Sorry."})]
CLAUDE = [
    claude("tool_use", type="tool_use", id="t", name="balance", input=ANN),
    claude("end_turn", type="text", text="Sorry."),
]
CALL = {"id": "t", "type": "function", "function": {"name": "balance", "arguments": json.dumps(ANN)}}
GPT = [gpt(content=None, tool_calls=[CALL]), gpt(content="Sorry.")]


def ask_genai():
    client = genai.Client(api_key="made-up", http_options={"base_url": url})
    return client.chats.create(model="m", config={"tools": [balance]}).send_message("Hello").text


def ask_anthropic():
    client = anthropic.Anthropic(api_key="made-up", base_url=url)
    talk = [{"role": "user", "content": "Hello"}]
    tools = [anthropic.beta_tool(balance)]
    runner = client.beta.messages.tool_runner(model="m", max_tokens=9, tools=tools, messages=talk)
    return runner.until_done().content[0].text


def ask_agents():
    model = agents.OpenAIChatCompletionsModel("m", openai.AsyncOpenAI(api_key="made-up", base_url=url))
    agent = agents.Agent("helper", model=model, tools=[agents.function_tool(balance)])
    return agents.Runner.run_sync(agent, "Hello").final_output


def ask_pydantic():
    model = OpenAIChatModel("m", provider=OpenAIProvider(api_key="made-up", base_url=url))
    return pydantic_ai.Agent(model, tools=[balance]).run_sync("Hello").output


for ask, prepared, told in (
    (ask_genai, GOOGLE, lambda: sent[1]["contents"][-1]["parts"][0]["functionResponse"]["response"]),
    (ask_anthropic, CLAUDE, lambda: sent[1]["messages"][-1]["content"][0]["content"]),
    (ask_agents, GPT, lambda: sent[1]["messages"][-1]["content"]),
    (ask_pydantic, GPT, lambda: sent[1]["messages"][-1]["content"]),
):
    sent.clear()
    logged.clear()
    answers[:] = prepared
    try:
        seen = f"returns {ask()!r}"
    except Exception as error:
        seen = f"raises {error!r}"
    print(ask.__name__, seen)
    print("  logged:", logged)
    print("  the model was told:")
    text = str(told() if len(sent) > 1 else "nothing")
    print(textwrap.fill(text, 100, initial_indent="    ", subsequent_indent="    "))
PY

cat >"$work/expected" <<'TEXT'
ask_genai returns 'Sorry.'
  logged: []
  the model was told:
    {'error': "Failed to invoke function balance with converted arguments {'customer': 'Ann'} from
    model returned function call argument {'customer': 'Ann'} because of error no table 'accounts'
    on db7.example"}
ask_anthropic returns 'Sorry.'
  logged: ['ERROR']
  the model was told:
    RuntimeError("no table 'accounts' on db7.example")
ask_agents returns 'Sorry.'
  logged: []
  the model was told:
    An error occurred while running the tool. Please try again.
ask_pydantic raises RuntimeError("no table 'accounts' on db7.example")
  logged: []
  the model was told:
    nothing
TEXT

env -i PATH="$PATH" HOME="$work" timeout 240 \
  "$work/venv/bin/python" "$work/probe.py" >"$work/seen"
diff "$work/expected" "$work/seen"
echo "as described"
