"""Chat on Bedrock: the Converse API, which is the same for every model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from .base import ChatRequest, Delta, Finish, Usage
from .transport import BROKE_OFF


def converse(client: Any, request: ChatRequest) -> Iterator[Delta | Finish]:
    """The answer in pieces; whole, from a model that does not stream. Reasoning is not part of it."""
    from botocore.exceptions import ClientError

    asked = _asked(request)
    stream = None
    try:
        stream = client.converse_stream(**asked)["stream"]
    except ClientError as error:
        if not _does_not_stream(error):
            raise
    yield from _whole(client.converse(**asked)) if stream is None else _streamed(stream)


def _asked(request: ChatRequest) -> dict[str, Any]:
    """The request as arguments of ``converse`` and ``converse_stream``."""
    asked: dict[str, Any] = {
        "modelId": request.model,
        "messages": [{"role": message.role, "content": [{"text": message.content}]} for message in request.messages],
    }
    if request.system is not None:
        asked["system"] = [{"text": request.system}]
    options = {"temperature": request.temperature, "maxTokens": request.max_tokens}
    inference = {name: value for name, value in options.items() if value is not None}
    return {**asked, "inferenceConfig": inference} if inference else asked


def _does_not_stream(error: Any) -> bool:
    told = error.response.get("Error", {})
    return told.get("Code") == "ValidationException" and "streaming" in str(told.get("Message"))


def _streamed(stream: Any) -> Iterator[Delta | Finish]:
    reason: str | None = None
    usage = Usage()
    try:
        for event in stream:
            text = event.get("contentBlockDelta", {}).get("delta", {}).get("text")
            if text:
                yield Delta(text)
            reason = event.get("messageStop", {}).get("stopReason", reason)
            if "metadata" in event:
                usage = _counted(event["metadata"])
    finally:
        stream.close()
    if reason is None:
        raise ConnectionError(BROKE_OFF)
    yield Finish(reason, usage)


def _whole(answer: Mapping[str, Any]) -> Iterator[Delta | Finish]:
    for block in answer["output"]["message"]["content"]:
        if block.get("text"):
            yield Delta(block["text"])
    yield Finish(answer.get("stopReason"), _counted(answer))


def _counted(told: Mapping[str, Any]) -> Usage:
    usage = told.get("usage", {})
    return Usage(usage.get("inputTokens"), usage.get("outputTokens"))
