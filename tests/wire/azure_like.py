"""A resource at Azure: models have the names of their deployments, and the list has base models only."""

from __future__ import annotations

from .openrouter_like import HELLO
from .servers import Asked, Reply, refuses, says

GOOD = "azure-good-key-0123456789"
DEPLOYMENT = "team-gpt4o"


def azure(dated: bool) -> object:
    """Return the answer of a resource that has only the dated API or only the v1 API."""

    def answer(asked: Asked, reply: Reply) -> None:
        path, _, query = asked.path.partition("?")
        root = "/openai" if dated else "/openai/v1"
        if dated and "api-version=" not in query:
            refuses(404, "Resource not found")(asked, reply)
        elif GOOD not in (asked.headers.get("api-key"), asked.headers.get("authorization", "").removeprefix("Bearer ")):
            refuses(401, "Access denied due to invalid subscription key.")(asked, reply)
        elif path == f"{root}/models":
            listed = {"id": "gpt-4o-2024-11-20", "capabilities": {"chat_completion": True}}
            says({"object": "list", "data": [listed]})(asked, reply)
        elif path in (f"/openai/deployments/{DEPLOYMENT}/chat/completions" if dated else f"{root}/chat/completions",):
            HELLO(asked, reply)
        else:
            refuses(404, "Resource not found")(asked, reply)

    return answer
