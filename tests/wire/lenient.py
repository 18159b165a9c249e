"""Servers of the tests that speak the providers' protocols in their own ways, as users' reports describe them.

Each answers a chat with ``Hello`` and an embedding with a vector per text, once the request has the form that it requires.
"""

from __future__ import annotations

import base64
import struct
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from .servers import Answer, Asked, Reply, routes, says, streams

CHUNK = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m-1"}
USAGE = {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5}


def chunk(content: object, reason: str | None = None, **more: object) -> dict[str, Any]:
    """Return one event of a stream in OpenAI's protocol. ``content`` may be anything."""
    return {**CHUNK, "choices": [{"index": 0, "delta": {"content": content}, "finish_reason": reason}], **more}


END = (
    {**CHUNK, "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]},
    {**CHUNK, "choices": [], "usage": USAGE},
)
HELLO = streams([chunk("Hel"), chunk("lo"), *END])
WHOLE = {
    "id": "c",
    "object": "chat.completion",
    "model": "m-1",
    "choices": [{"index": 0, "message": {"role": "assistant", "content": "Hello"}, "finish_reason": "stop"}],
    "usage": USAGE,
}


def in_base64(*numbers: float) -> str:
    """Return a vector as 32-bit numbers in base64."""
    return base64.b64encode(struct.pack(f"<{len(numbers)}f", *numbers)).decode()


def vectors(
    asked: Asked, entry: Callable[[int, str], Mapping[str, Any]] = lambda index, text: {}, usage: object = None
) -> Answer:
    """Return an answer with a vector per text that gives the text's length. ``entry`` overrides the keys of an entry."""
    data = [
        {"object": "embedding", "index": index, "embedding": [float(len(text)), 0.5], **entry(index, text)}
        for index, text in enumerate(asked.json["input"])
    ]
    return says({"object": "list", "model": "e-1", "data": data, "usage": usage or {"prompt_tokens": 2}})


def dashscope(most: int = 10) -> Answer:
    """Answer as DashScope, which takes ten texts at once. OpenAI words its own limit differently."""

    def embed(asked: Asked, reply: Reply) -> None:
        if len(asked.json["input"]) > most:
            words = f"Value error, batch size is invalid, it should not be larger than {most}.: input.contents"
            return says({"error": {"message": words, "type": "InvalidParameter", "code": "InvalidParameter"}}, 400)(
                asked, reply
            )
        return vectors(asked)(asked, reply)

    return routes({"/embeddings": embed, "/chat/completions": HELLO})


def mistral(asked: Asked, reply: Reply) -> None:
    """Answer as Mistral, which refuses unknown parameters in pydantic's words, and streams its reasoning as parts of the
    content."""
    unknown = [name for name in ("stream_options", "max_completion_tokens") if name in asked.json]
    if unknown:
        detail = [
            {"type": "extra_forbidden", "loc": ["body", name], "msg": "Extra inputs are not permitted"}
            for name in unknown
        ]
        return says(
            {"object": "error", "message": {"detail": detail}, "type": "invalid_request_error", "code": None}, 422
        )(asked, reply)
    thinking = [{"type": "thinking", "thinking": [{"type": "text", "text": "hm"}]}]
    pieces = [chunk(thinking), chunk([{"type": "text", "text": "Hel"}]), chunk("lo"), *END]
    return streams(pieces)(asked, reply)


def gemini_through_openai(asked: Asked, reply: Reply) -> None:
    """Answer as Gemini, which leaves the index 0 out of its embeddings and sends errors as an array."""
    if asked.path.endswith("/embeddings"):
        data = [
            {"object": "embedding", "embedding": [float(len(text)), 0.5], **({"index": index} if index else {})}
            for index, text in enumerate(asked.json["input"])
        ]
        return says({"object": "list", "data": data, "model": "e-1"})(asked, reply)
    if "temperature" in asked.json:
        error = {"code": 400, "message": 'Unknown name "temperature": Cannot find field.', "status": "INVALID_ARGUMENT"}
        return says([{"error": error}], 400)(asked, reply)
    return HELLO(asked, reply)


def openrouter(error: Mapping[str, Any]) -> Answer:
    """Answer as OpenRouter, with the status 200 and an error in the body."""
    return says({"error": error, "user_id": "u"})


def refuses_by_name(names: Sequence[str], then: Answer, body: Callable[[str], tuple[int, object]]) -> Answer:
    """Refuse each of these parameters, one at a time, with the status and the body that ``body`` makes from its name."""

    def answer(asked: Asked, reply: Reply) -> None:
        found = next((name for name in names if asked.json.get(name) not in (None, False)), None)
        if found is None:
            return then(asked, reply)
        status, value = body(found)
        if isinstance(value, str):
            return reply.send(status, value.encode(), "text/plain")
        return says(value, status)(asked, reply)

    return answer
