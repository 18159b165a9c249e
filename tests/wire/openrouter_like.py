"""A router whose list of models is public, whose endpoint for keys is not, and whose website is at the bare host."""

from __future__ import annotations

from .servers import Answer, Asked, Reply, refuses, says, streams

GOOD = "or-good-key-0123456789"
HELLO = streams(
    [
        {"id": "c", "model": "m", "choices": [{"index": 0, "delta": {"content": "Hello"}, "finish_reason": None}]},
        {"id": "c", "model": "m", "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]},
    ]
)
LIST = says({"data": [{"id": "m", "name": "M", "architecture": {}}, {"note": "an entry that is none"}]})


def openrouter(asked: Asked, reply: Reply) -> None:
    """Answer everything below ``/api/v1``, and be a website elsewhere."""
    path = asked.path.partition("?")[0]
    if not path.startswith("/api/v1/"):
        reply.send(200, b"<!doctype html><html><title>A website</title></html>", "text/html")
        return
    known = asked.headers.get("authorization") == f"Bearer {GOOD}"
    answers: dict[str, Answer] = {"/api/v1/models": LIST}
    if known:
        answers["/api/v1/key"] = says({"data": {"label": "mine", "usage": 0, "limit": None}})
        answers["/api/v1/chat/completions"] = HELLO
    answers.get(path, refuses(404, "Not Found") if known else refuses(401, "User not found."))(asked, reply)
