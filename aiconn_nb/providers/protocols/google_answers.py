"""Unexpected responses of the Gemini API, or of a server in its place.

The SDK parses other JSON as an empty answer or fails on it. Each response is therefore checked before the SDK parses it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from ..base import Delta, Finish, Usage
from ..failures.classifying import SaidError, Unreadable, read_json
from ..failures.told import says_an_error
from ..values.server_numbers import count
from .google_stream import keep_data
from .token_counts import latest, sum_of

_VECTORS = re.compile(r'\s*\{\s*"embeddings"\s*:\s*\[\s*\{')
_VECTOR_AS_TEXT = re.compile(r'"values"\s*:\s*"')


class CameWhole(Exception):
    """A complete answer came as JSON in a form that the SDK does not parse; ``chunks`` are its parts."""

    def __init__(self, chunks: list[Any]) -> None:
        super().__init__("the answer came whole")
        self.chunks = chunks


def looked_at(response: Any) -> None:
    """A response hook of the HTTP client. Raises `SaidError`, `Unreadable` or `CameWhole` if the SDK cannot parse the response."""
    if response.status_code != 200:
        return
    if "event-stream" in response.headers.get("content-type", ""):
        keep_data(response)
        return
    streamed = "alt=sse" in str(response.request.url)
    text = response.read().decode("utf-8", "replace")
    if text.lstrip().startswith(("data:", "event:", ":")):  # a stream with the wrong content type
        return
    in_text = _VECTOR_AS_TEXT.search(text) is not None
    if _VECTORS.match(text) and not in_text:  # parsing the numbers twice would double the cost
        return
    body = read_json(text)
    if says_an_error(body):
        raise SaidError(body)
    if in_text and isinstance(body, Mapping):
        raise CameWhole([body])
    if streamed and isinstance(body, list):
        raise CameWhole(body)
    if not isinstance(body, Mapping):
        raise Unreadable("the answer could not be read")


def read_whole(chunks: list[Any]) -> Iterator[Delta | Finish]:
    """The pieces and the end of an answer that came as one array: the API streams so to a client that does not ask for events."""
    reason, model, usage, begun = None, None, Usage(), False
    for chunk in chunks:
        if says_an_error(chunk):
            raise SaidError(chunk)
        if not isinstance(chunk, Mapping):
            raise Unreadable("the answer is not a stream of answers")
        told = chunk.get("usageMetadata") or {}
        outputs = sum_of(told.get("candidatesTokenCount"), told.get("thoughtsTokenCount"))
        usage = latest(usage, count(told.get("promptTokenCount")), outputs, count(told.get("cachedContentTokenCount")))
        model = chunk.get("modelVersion") or model
        reason = (chunk.get("promptFeedback") or {}).get("blockReason") or reason
        for candidate in (chunk.get("candidates") or ())[:1]:
            reason, begun = candidate.get("finishReason") or reason, True
            for part in (candidate.get("content") or {}).get("parts") or ():
                if part.get("text") and not part.get("thought"):
                    yield Delta(part["text"])
    if reason is None and not begun:
        raise Unreadable("the answer is not a stream of answers")
    yield Finish(reason, usage, model)
