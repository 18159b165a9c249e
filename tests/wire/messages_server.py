"""Anthropic's Messages stream, as a server of the tests: https://docs.anthropic.com/en/docs/build-with-claude/streaming.

Each event has a name line, which the SDK requires and `servers.streams` does not write.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from .servers import Answer, Asked, Reply

USAGE = {"input_tokens": 3, "cache_read_input_tokens": 4, "output_tokens": 1}
MESSAGE = {"id": "msg_1", "type": "message", "role": "assistant", "model": "claude-sonnet-5-20260901", "content": []}
START = {"type": "message_start", "message": {**MESSAGE, "stop_reason": None, "usage": USAGE}}
STOP = {"type": "message_stop"}
FAILED = {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}


def text(piece: str) -> dict[str, Any]:
    """Return a piece of the answer."""
    return {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": piece}}


def thinking(piece: str) -> dict[str, Any]:
    """Return a piece of the thinking before the answer."""
    return {"type": "content_block_delta", "index": 0, "delta": {"type": "thinking_delta", "thinking": piece}}


def ended(reason: str, output_tokens: int) -> dict[str, Any]:
    """Return the event that says why the answer ended and what it cost."""
    delta = {"stop_reason": reason, "stop_sequence": None}
    return {"type": "message_delta", "delta": delta, "usage": {"output_tokens": output_tokens}}


def streams(*events: Mapping[str, Any], then: Callable[[Reply], None] = lambda reply: reply.chunk(b"")) -> Answer:
    """Send these events and then the end, or do something else with ``then=Reply.cut`` or ``then=Reply.wait_for_hang_up``."""

    def answer(asked: Asked, reply: Reply) -> None:
        reply.start()
        for event in events:
            reply.chunk(f"event: {event['type']}\ndata: {json.dumps(event)}\n\n".encode())
        then(reply)

    return answer
