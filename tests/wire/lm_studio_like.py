"""A server on this machine that needs no key, and answers a wrong path with status 200 and an error."""

from __future__ import annotations

from .openrouter_like import HELLO, LIST
from .servers import Answer, Asked, Reply, says


def lm_studio(asked: Asked, reply: Reply) -> None:
    """Answer in OpenAI's protocol below ``/v1``."""
    answers: dict[str, Answer] = {"/v1/models": LIST, "/v1/chat/completions": HELLO}
    wrong = says({"error": f"Unexpected endpoint or method. ({asked.method} {asked.path})"})
    answers.get(asked.path, wrong)(asked, reply)
