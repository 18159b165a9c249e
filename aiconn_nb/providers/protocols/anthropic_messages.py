"""The Messages API: the request, and the answer, read from the bytes of the response.

The SDK reads a body that is not a stream as a stream without events, so the message of a gateway would be lost.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping
from functools import partial
from typing import Any

from ..base import ChatRequest, Completion, Delta, Finish, Usage
from ..calls.adapting import (
    NO_SYSTEM,
    OF_SCHEMAS,
    STRUCTURED,
    Adapting,
    Asked,
    Change,
    left_out,
    limit_in,
    said_by_sdk,
    tell,
    turns_of,
    without,
)
from ..calls.events import DONE, Event, Whole, async_events
from ..calls.streaming import Opened, Response, answered, completed, opened
from ..failures.classifying import SaidError, Unreadable
from ..failures.told import Told, says_an_error
from ..failures.transport import BROKE_OFF
from ..values.server_numbers import count
from .openai_answers import text_in
from .schema_dialects import without_bounds
from .token_counts import with_cache, with_cost

MAX_TOKENS = 8192
"""The API requires a limit with every request. This default is enough for long answers, and
every model that is still served (since Claude 3.5) accepts it."""
SAMPLING_VERSION = "2023-06-01"
"""The last API version with a ``temperature``. From 2026-10-21 on, every model refuses it with status 400."""
_CLOUD_VERSIONS = {"Bedrock": "bedrock-2023-05-31", "Vertex": "vertex-2023-10-16"}
"""The version that Bedrock and Vertex AI use: https://platform.claude.com/docs/en/build-with-claude/claude-on-amazon-bedrock"""


def chat(client: Any, request: ChatRequest) -> AsyncGenerator[Delta | Finish, None]:
    """Yield the answer in pieces. Thinking is not part of it."""
    return answered(_asking(client, "chat", request, _body(request)), partial(_begun, client), _Reading())


async def complete(client: Any, request: ChatRequest) -> Completion:
    """Return the whole answer in one piece."""
    asking = _asking(client, "complete", request, {**_body(request), "stream": False})
    return with_cost(await completed(asking, client, "/v1/messages", _Reading(), "content", partial(_sent, client)))


def _asking(client: Any, call: str, request: ChatRequest, body: Asked) -> Adapting:
    return Adapting(body, _CHANGES, partial(said_by_sdk, "anthropic"), client=client, about=(call, request.model))


def _body(request: ChatRequest) -> Asked:
    body: Asked = {
        "model": request.model,
        "messages": turns_of(request),
        "max_tokens": MAX_TOKENS if request.max_tokens is None else request.max_tokens,
        "stream": True,
    }
    if request.system is not None:
        body["system"] = request.system
    if request.temperature is not None:
        body["temperature"] = request.temperature
    output: dict[str, Any] = {}
    for key, value in request.options.items():
        if key == "stop":
            body["stop_sequences"] = [value]
        elif key == "thinking_budget":
            body["thinking"] = {"type": "enabled", "budget_tokens": value}
            if request.max_tokens is None:
                body["max_tokens"] += value  # which thinking counts towards
        elif key == "reasoning_effort":
            output["effort"] = value
        else:
            body[key] = value
    if request.schema is not None:
        # https://platform.claude.com/docs/en/build-with-claude/structured-outputs
        output["format"] = {"type": "json_schema", "schema": without_bounds(request.schema)}
    return {**body, "output_config": output} if output else body


async def _begun(client: Any, body: Asked) -> Opened:
    return await opened(client, "/v1/messages", partial(_events_of, client), "content", **_sent(client, body))


def _sent(client: Any, body: Asked) -> dict[str, Any]:
    """The request body. The API version of today's SDK refuses a temperature, so requests with one use the older version, for the
    models that still take it. On the clouds the version is a part of the body."""
    if "temperature" not in body:
        return {"body": body}
    on_cloud = next((version for name, version in _CLOUD_VERSIONS.items() if name in type(client).__name__), None)
    if on_cloud:
        return {"body": {**body, "anthropic_version": on_cloud}}
    return {"body": body, "options": {"headers": {"anthropic-version": SAMPLING_VERSION}}}


def _events_of(client: Any, response: Response) -> AsyncIterator[Event | Whole]:
    """The events of a response. Bedrock uses AWS's framing, which the SDK's Bedrock client can read."""
    if "amazon.eventstream" not in response.http.headers.get("content-type", ""):
        return async_events(response.chunks())
    framed = client._make_sse_decoder().aiter_bytes(response.chunks())
    return (Event(each.event or "", each.json()) async for each in framed)


def _fewer_tokens(asked: Asked, said: Told) -> str:
    """``max_tokens: 8192 > 4096, which is the maximum allowed number of output tokens for ...``: the limit of an older model."""
    asked["max_tokens"] = limit_in(said, asked["max_tokens"]) or min(4096, asked["max_tokens"])
    return f"max_tokens {asked['max_tokens']:,}, as the server takes no more"


def _without_output(asked: Asked, said: Told) -> str:
    """Remove the schema, which the message then tells, or the effort; both are in one parameter."""
    output = asked.pop("output_config")
    if "format" in output:
        tell(asked, output["format"]["schema"])
    lost = [words for key, words in _OUTPUT.items() if key in output]
    return without(" and ".join(lost))


_OUTPUT = {"format": STRUCTURED, "effort": "reasoning_effort"}


def _whole(asked: Asked, said: Told) -> str:
    asked["stream"] = False
    return "not streamed, as the server wants it"


_CHANGES = (
    Change("output_config", _without_output, rf"output_config|output_format|structured output|effort|{OF_SCHEMAS}"),
    NO_SYSTEM,
    left_out("temperature"),
    left_out("stop_sequences", "stop"),
    left_out("thinking", "thinking_budget"),
    left_out("service_tier"),
    # vLLM has this protocol, too, and names the parameter of OpenAI's.
    Change("max_tokens", _fewer_tokens, r"(?<![a-z_])max_(completion_|output_)?tokens(?![a-z_])", is_remembered=False),
    Change("stream", _whole),
)


class _Reading:
    """The state of an answer while it is read. Raises `SaidError`, `Unreadable`, `ConnectionError`."""

    def __init__(self) -> None:
        self._reason: str | None = None
        self._model: str | None = None
        self._counts: dict[str, Any] = {}
        """The last count of each kind of token."""
        self._begun = False
        self._complete = False

    def take(self, came: Event | Whole) -> Iterator[Delta]:
        """Yield the pieces of one event, or of the whole answer."""
        yield from self._message(came.body) if isinstance(came, Whole) else self._event(came)

    def finish(self, notes: tuple[str, ...]) -> Finish:
        """Return the end of the answer."""
        if not self._begun:
            raise Unreadable("the answer is not a stream of events")
        if not self._complete and self._reason is None:
            raise ConnectionError(BROKE_OFF)
        # The input is the sum of three: https://docs.anthropic.com/en/api/messages, "usage"
        inputs = with_cache(self._counts, "input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens")
        outputs, cached = map(count, map(self._counts.get, ("output_tokens", "cache_read_input_tokens")))
        return Finish(self._reason, Usage(inputs, outputs, cached), self._model, notes)

    def _message(self, body: object) -> Iterator[Delta]:
        """Read an answer that came whole, whether or not a stream was requested."""
        if says_an_error(body) and not (isinstance(body, Mapping) and body.get("content")):
            raise SaidError(body)
        if not isinstance(body, Mapping) or not isinstance(body.get("content"), list | str):
            raise Unreadable("the answer is not a stream of events", body if isinstance(body, str) else None)
        self._begin(body)
        self._complete = True
        if text := text_in(body["content"]):
            yield Delta(text)

    def _event(self, event: Event) -> Iterator[Delta]:
        data = event.data
        if data == DONE:
            return
        if not isinstance(data, Mapping):
            raise Unreadable("the answer is not a stream of events")
        kind = data.get("type", event.name)
        if "error" in (kind, event.name) or (kind is None and says_an_error(data)):
            raise SaidError(data)
        if kind == "message_start" and isinstance(data.get("message"), Mapping):
            self._begin(data["message"])
        elif kind == "content_block_start":
            yield from self._said(data.get("content_block"))
        elif kind == "content_block_delta":
            yield from self._said(data.get("delta"))
        elif kind == "message_delta":
            delta = data.get("delta")
            self._ends(delta.get("stop_reason") if isinstance(delta, Mapping) else None)
            self._count(data.get("usage"))
        elif kind == "message_stop":
            self._complete = True

    def _begin(self, message: Mapping[str, Any]) -> None:
        self._begun = True
        self._model = message["model"] if isinstance(message.get("model"), str) else self._model
        self._ends(message.get("stop_reason"))
        self._count(message.get("usage"))

    def _ends(self, reason: object) -> None:
        self._reason = reason if isinstance(reason, str) and reason else self._reason

    def _said(self, part: object) -> Iterator[Delta]:
        """The text of a block or of a part of it."""
        if isinstance(part, Mapping) and part.get("type") in ("text", "text_delta") and (text := text_in(part)):
            self._begun = True
            yield Delta(text)

    def _count(self, usage: object) -> None:
        """Update the counts. They are cumulative and may be absent; gateways send 0 for what they counted before."""
        if isinstance(usage, Mapping):
            self._counts |= {name: said for name, said in usage.items() if count(said) or name not in self._counts}
