"""A provider whose list needs the key, and is a bare array with more content than OpenAI's."""

from __future__ import annotations

from .openrouter_like import HELLO
from .servers import Asked, Reply, refuses, says

GOOD = "mistral-good-key-0123456789"


def mistral(asked: Asked, reply: Reply) -> None:
    """Answer nothing without the key."""
    if asked.headers.get("authorization") != f"Bearer {GOOD}":
        says({"message": "Unauthorized", "request_id": "r"}, 401)(asked, reply)
    elif asked.path == "/v1/models":
        says([{"id": "m", "capabilities": {"completion_chat": True}}, {"id": "e", "type": "embedding"}])(asked, reply)
    elif asked.path == "/v1/chat/completions" and asked.json["model"] == "m":
        HELLO(asked, reply)
    elif asked.path == "/v1/embeddings" and asked.json["model"] == "e":
        says({"data": [{"index": 0, "embedding": [0.1, 0.2, 0.3]}], "model": "e"})(asked, reply)
    else:
        refuses(400, "Invalid model")(asked, reply)
