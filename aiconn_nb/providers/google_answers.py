"""What comes from the Gemini API, or from what is in its place, where the SDK does not expect it.

The SDK reads JSON that is no answer as an empty one, or stumbles over it. So each response is looked at before the SDK reads it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from .base import Delta, Finish, Usage
from .failures import SaidError, Unreadable
from .token_counts import count, latest, sum_of
from .told import says_an_error

_VECTORS = re.compile(r'\s*\{\s*"embeddings"\s*:\s*\[\s*\{')
_VECTOR_AS_TEXT = re.compile(r'"values"\s*:\s*"')


class CameWhole(Exception):
    """An answer came as JSON in another form than the SDK reads; ``chunks`` are its parts."""

    def __init__(self, chunks: list[Any]) -> None:
        super().__init__("the answer came whole")
        self.chunks = chunks


def looked_at(response: Any) -> None:
    """A response hook of the HTTP client. Raises `SaidError`, `Unreadable` or `CameWhole` for what the SDK would not read."""
    if response.status_code != 200 or "event-stream" in response.headers.get("content-type", ""):
        return
    streamed = "alt=sse" in str(response.request.url)
    text = response.read().decode("utf-8", "replace")
    if text.lstrip().startswith(("data:", "event:", ":")):  # a stream under another name
        return
    in_text = _VECTOR_AS_TEXT.search(text) is not None
    if _VECTORS.match(text) and not in_text:  # to read the numbers twice would cost as much as the SDK does
        return
    try:
        body = json.loads(text)
    except (ValueError, RecursionError):
        raise Unreadable("the answer could not be read", text) from None
    if says_an_error(body):
        raise SaidError(body)
    if in_text and isinstance(body, Mapping):
        raise CameWhole([body])
    if streamed and isinstance(body, list):
        raise CameWhole(body)
    if not isinstance(body, Mapping):
        raise Unreadable("the answer could not be read")


def read_whole(chunks: list[Any], notes: tuple[str, ...]) -> Iterator[Delta | Finish]:
    """The pieces and the end of an answer that came as one array: how the API streams to a client that does not ask for events."""
    reason, model, usage, begun = None, None, Usage(), False
    for chunk in chunks:
        if says_an_error(chunk):
            raise SaidError(chunk)
        if not isinstance(chunk, Mapping):
            raise Unreadable("the answer is no stream of answers")
        told = chunk.get("usageMetadata") or {}
        outputs = sum_of(told.get("candidatesTokenCount"), told.get("thoughtsTokenCount"))
        usage = latest(usage, count(told.get("promptTokenCount")), outputs)
        model = chunk.get("modelVersion") or model
        reason = (chunk.get("promptFeedback") or {}).get("blockReason") or reason
        for candidate in (chunk.get("candidates") or ())[:1]:
            reason, begun = candidate.get("finishReason") or reason, True
            for part in (candidate.get("content") or {}).get("parts") or ():
                if part.get("text") and not part.get("thought"):
                    yield Delta(part["text"])
    if reason is None and not begun:
        raise Unreadable("the answer is no stream of answers")
    yield Finish(reason, usage, model, notes)
