"""Chat on Bedrock by the Converse API, which is the same for every model."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

from ..base import ChatRequest, Delta, Finish, Usage
from ..calls.adapting import (
    NO_SYSTEM,
    Adapting,
    Asked,
    Change,
    left_out,
    limit_in,
    refused,
    said_in_answer,
    told_schema,
    turns_of,
    without,
)
from ..calls.either_client import result
from ..failures.classifying import SaidError, Unreadable, read_json
from ..failures.told import Told, says_an_error, told
from ..failures.transport import BROKE_OFF
from ..values.server_numbers import count
from .openai_answers import text_in
from .schema_dialects import without_bounds
from .token_counts import with_cache

_INFERENCE = ("temperature", "maxTokens", "topP", "stopSequences")
_SENT: Mapping[str, Callable[[Any], tuple[str, Any]]] = {
    "top_p": lambda value: ("topP", value),
    "stop": lambda value: ("stopSequences", [value]),
    "service_tier": lambda value: ("serviceTier", {"type": value}),
}
"""Option -> its name in a request, and the conversion of its value."""
_FRAMED = "vnd.amazon.eventstream"


def converse(client: Any, request: ChatRequest) -> Iterator[Delta | Finish]:
    """Yield the answer in pieces, or whole from a model that does not stream. Reasoning is not part of it."""
    options: Asked = {"stream": True, "messages": turns_of(request)}
    for name, value in (
        ("system", request.system),
        ("temperature", request.temperature),
        ("maxTokens", request.max_tokens),
    ):
        if value is not None:
            options[name] = value
    options |= dict(_SENT[key](given) for key, given in request.options.items())
    if request.schema is not None:
        # https://docs.aws.amazon.com/bedrock/latest/userguide/structured-output.html
        schema = {"name": "answer", "schema": json.dumps(without_bounds(request.schema))}
        options["outputConfig"] = {"textFormat": {"type": "json_schema", "structure": {"jsonSchema": schema}}}
    asking = Adapting(options, _CHANGES, _said_by, client=client, about=("chat", request.model))
    answer = result(asking.answer(partial(_begun, client, request)))
    if isinstance(answer.value, Mapping):
        yield from _whole(answer.value, answer.notes)
    else:
        yield from _streamed(answer.value, answer.notes)


async def _begun(client: Any, request: ChatRequest, options: Asked) -> Any:
    """Open the stream of an answer, or return the whole answer as a mapping."""
    asked: dict[str, Any] = {
        "modelId": request.model,
        "messages": [{**message, "content": [{"text": message["content"]}]} for message in options["messages"]],
    }
    if "system" in options:
        asked["system"] = [{"text": options["system"]}]
    asked |= {name: options[name] for name in ("outputConfig", "serviceTier") if name in options}
    if inference := {name: value for name, value in options.items() if name in _INFERENCE}:
        asked["inferenceConfig"] = inference
    if "stream" not in options:
        return client.converse(**asked)
    answer = client.converse_stream(**asked)
    kind = str(answer["ResponseMetadata"]["HTTPHeaders"].get("content-type", _FRAMED))
    return answer["stream"] if _FRAMED in kind else _unframed(answer["stream"])


def _unframed(stream: Any) -> Mapping[str, Any]:
    """Read what a gateway sent instead of a stream: a whole answer, an error, or a web page."""
    raw = getattr(stream, "_raw_stream", None)
    try:
        text = "" if raw is None else raw.read().decode("utf-8", "replace")
    finally:
        stream.close()
    body = read_json(text)
    if isinstance(body, Mapping) and isinstance(body.get("output"), Mapping):
        return body
    if says_an_error(body):
        raise SaidError(body)
    raise Unreadable("the answer could not be read")


def _said_by(error: Exception) -> Told | None:
    from botocore.exceptions import ClientError

    if not isinstance(error, ClientError):
        return said_in_answer(error)
    said = told(error.response.get("Error", {}))
    return said if refused(error.response["ResponseMetadata"].get("HTTPStatusCode"), said) else None


def _fewer_tokens(asked: Asked, said: Told) -> str:
    """``The maximum tokens you requested exceeds the model limit of 4096.``"""
    limit = limit_in(said, asked.pop("maxTokens"))
    if limit is None:
        return without("max_tokens")
    asked["maxTokens"] = limit
    return f"max_tokens {limit:,}, as the server takes no more"


def _not_streamed(asked: Asked, said: Told) -> str:
    del asked["stream"]
    return ""  # no note: many models do not stream, and the reader sees that


_CHANGES = (
    told_schema(
        "outputConfig",
        lambda config: json.loads(config["textFormat"]["structure"]["jsonSchema"]["schema"]),
        r"outputconfig|output_config|textformat|structured output|response_format",
    ),
    NO_SYSTEM,
    left_out("temperature"),
    left_out("topP", "top_p", words=r"top_?p(?![a-z])"),
    left_out("stopSequences", "stop", words=r"stop_?sequences"),
    left_out("serviceTier", "service_tier", words=r"service_?tier"),
    Change("maxTokens", _fewer_tokens, words=r"max(imum)?[ _]?tokens", is_remembered=False),
    Change("stream", _not_streamed, words=r"stream"),
)


def _streamed(stream: Any, notes: tuple[str, ...]) -> Iterator[Delta | Finish]:
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
    yield Finish(reason, usage, notes=notes)


def _whole(answer: Mapping[str, Any], notes: tuple[str, ...]) -> Iterator[Delta | Finish]:
    message = answer["output"].get("message")
    if not isinstance(message, Mapping):
        raise Unreadable("the answer could not be read")
    for block in message.get("content") or ():
        if text := text_in(block):
            yield Delta(text)
    yield Finish(answer.get("stopReason"), _counted(answer), notes=notes)


def _counted(said: Mapping[str, Any]) -> Usage:
    usage = said.get("usage") or {}
    # The cached tokens are not included in the input tokens: https://docs.aws.amazon.com/bedrock, "TokenUsage"
    whole = with_cache(usage, "inputTokens", "cacheReadInputTokens", "cacheWriteInputTokens")
    return Usage(whole, count(usage.get("outputTokens")), count(usage.get("cacheReadInputTokens")))
