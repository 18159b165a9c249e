"""This benchmark compares `to` with building a framework's object by hand. An environment of `.ci/frameworks` has the framework."""

from __future__ import annotations

import subprocess
import sys

import pytest

from aiconn_nb.plugins import is_installed

pytestmark = pytest.mark.benchmark

BY_HAND = {
    "langchain": (
        "langchain_openai",
        "from langchain_openai import ChatOpenAI\nfrom pydantic import SecretStr",
        "ChatOpenAI(model='m', api_key=SecretStr(KEY), base_url=url, stream_usage=True)",
    ),
    "pydantic-ai": (
        "pydantic_ai",
        "from openai import AsyncOpenAI\nfrom pydantic_ai.models.openai import OpenAIChatModel\n"
        "from pydantic_ai.providers.openai import OpenAIProvider",
        "OpenAIChatModel('m', provider=OpenAIProvider(openai_client=AsyncOpenAI(api_key=KEY, base_url=url)))",
    ),
    "chatlas": (
        "chatlas",
        "from chatlas import ChatOpenAICompletions",
        "ChatOpenAICompletions(model='m', api_key=KEY, base_url=url)",
    ),
}
"""The module of each framework, and the way in which its documentation builds the object."""
HERE = [name for name, (module, *_) in BY_HAND.items() if is_installed(module)]
_BUILT = """
import statistics, time
from aiconn_nb import Secret, Session
{imports}

KEY = "made-up-key-of-a-framework-0123456789"
session = Session()
pairs = []
for number in range(18):
    # An address of its own each time: LangChain keeps the HTTP clients of those that it knows.
    url = f"http://127.0.0.1:9/{{number}}/v1"
    session.create(f"there-{{number}}", "openai-compatible", settings={{"endpoint": url, "api_key": Secret(KEY)}})
    began = time.perf_counter()
    by_hand = {by_hand}
    between = time.perf_counter()
    ours = session.to({framework!r}, f"there-{{number}}", model="m")
    pairs.append((between - began, time.perf_counter() - between))
print(*(statistics.median(each) for each in zip(*pairs[3:], strict=True)))
"""


@pytest.mark.parametrize("framework", HERE)
def test_an_object_costs_a_tenth_more_than_by_hand_at_most(framework: str) -> None:
    """The connection is looked up, its key is resolved and its host is checked. The SDK's clients take most of the time."""
    _, imports, by_hand = BY_HAND[framework]
    code = _BUILT.format(imports=imports, by_hand=by_hand, framework=framework)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    hand, to = map(float, done.stdout.split())
    print(f"\n{framework}: by hand {hand * 1e3:.2f} ms   to {to * 1e3:.2f} ms   {to / hand:.2f}")
    assert to / hand <= 1.1
