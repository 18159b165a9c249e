"""The two calls of OpenAI's protocol. This module builds the request's body and parses the answer itself.

It uses the SDK's `post` and not its resources, which add parameters that not every server takes, and parse an answer before it can
be checked.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from ..base import ChatRequest, Completion, Delta, Embeddings, Finish
from ..calls.adapting import NO_SYSTEM, Adapting, Asked, Change, left_out, said_by_sdk, told_schema, turns_of, without
from ..calls.events import async_events
from ..calls.streaming import Opened, answered, completed, opened, posted
from ..clients.own_client import response_class
from ..failures.classifying import SaidError
from ..failures.json_text import parsed_or_text
from ..failures.told import Told, says_an_error
from .openai_answers import ChatReading, read_embeddings
from .schema_dialects import may_be_strict
from .token_counts import with_cost, with_header

_ONLY_STREAMS = r"only supports? (the )?stream|non-?stream|stream ?= ?`?false|requires? stream|must be streamed"
"""Alibaba's thinking models."""
_LIMITS = {"max_tokens": "max_completion_tokens", "max_completion_tokens": "max_tokens"}


def chat(client: Any, request: ChatRequest, limit: str) -> AsyncGenerator[Delta | Finish, None]:
    """Yield the answer in pieces, or whole if the server does not stream. ``limit`` is the name of the parameter for the limit."""
    asking = _asking(client, "chat", request, _body(request, limit))
    return answered(asking, partial(_begun, client), _reading(request))


async def complete(client: Any, request: ChatRequest, limit: str) -> Completion:
    """Return the whole answer in one piece."""
    body = {**_body(request, limit), "stream": False}
    del body["stream_options"]
    asking = _asking(client, "complete", request, body)
    reading = _reading(request)
    return with_cost(await completed(asking, client, "/chat/completions", reading, "choices", partial(_sent, client)))


async def embed(
    client: Any, texts: Sequence[str], model: str, dimensions: int | None, options: Mapping[str, Any]
) -> Embeddings:
    """Return one vector per text."""
    # Like the SDK: base64 takes a twentieth of the work of parsing numbers.
    body: Asked = {"model": model, "input": list(texts), "encoding_format": "base64", **options}
    if dimensions is not None:
        body["dimensions"] = dimensions
    encoding = left_out("encoding_format", words=r"(?<![a-z_])encoding_format(?![a-z_])|base64")  # vLLM until 0.5
    asking = Adapting(body, [encoding, *map(left_out, options)], _said_by, client=client, about=("embed", model))
    asked = await asking.answer(partial(_embedded, client))
    answer, headers = asked.value
    read = read_embeddings(answer, len(texts), asked.notes)
    return replace(read, usage=with_header(read.usage, headers))


def _reading(request: ChatRequest) -> ChatReading:
    return ChatReading(request.model, in_schema=request.schema is not None)


_said_by = partial(said_by_sdk, "openai")


def _asking(client: Any, call: str, request: ChatRequest, body: Asked) -> Adapting:
    changes = partial(_chat_changes, request, streams=call == "chat")
    return Adapting(body, changes, _said_by, client=client, about=(call, request.model))


def _body(request: ChatRequest, limit: str) -> Asked:
    body: Asked = {"model": request.model, "messages": turns_of(request)}
    if request.system is not None:
        body["system"] = request.system
    if request.temperature is not None:
        body["temperature"] = request.temperature
    if request.max_tokens is not None:
        body[limit] = request.max_tokens
    for key, value in request.options.items():
        body[key] = [value] if key == "stop" else value  # some servers take only a list
    if request.schema is not None:
        body["response_format"] = {
            "type": "json_schema",
            "json_schema": {"name": "answer", "schema": request.schema, "strict": may_be_strict(request.schema)},
        }
    return {**body, "stream": True, "stream_options": {"include_usage": True}}


def _spoken(asked: Asked) -> Asked:
    """The request as it is sent: the system prompt is the first message, and only a stream is named, as not every server has it."""
    body = {key: value for key, value in asked.items() if key != "system" and (key != "stream" or value)}
    if "system" in asked:
        body["messages"] = [{"role": "system", "content": asked["system"]}, *asked["messages"]]
    return body


async def _embedded(client: Any, body: Asked) -> tuple[object, Mapping[str, str]]:
    """The answer to a request for vectors, and its headers. Raises an error that came in its place."""
    response = await posted(client, "/embeddings", **_sent(client, body))
    answer = parsed_or_text(response.content)
    if not (isinstance(answer, dict) and isinstance(answer.get("data"), list)) and says_an_error(answer):
        raise SaidError(answer)
    return answer, response.headers


def _chat_changes(request: ChatRequest, *, streams: bool = True) -> list[Change]:
    """The possible changes of each parameter of one call, in the order in which they are tried."""
    swapped: list[str] = []

    def swap(name: str) -> Change:
        other = _LIMITS[name]

        def make(asked: Asked, said: Told) -> str:
            value = asked.pop(name)
            if swapped:
                return without(name)
            swapped.append(name)
            asked[other] = value
            return f"{other} in place of {name}, which the server refuses"

        return Change(name, make)

    def whole(asked: Asked, said: Told) -> str:
        del asked["stream"]
        asked.pop("stream_options", None)
        return "not streamed, as the server wants it"

    def in_pieces(asked: Asked, said: Told) -> str:
        asked.update(stream=True, stream_options={"include_usage": True})
        return ""  # no note: the answer is the same

    return [
        told_schema("response_format", lambda format: format["json_schema"]["schema"], "response_format"),
        left_out("stream_options"),
        NO_SYSTEM,
        left_out("temperature"),
        *map(left_out, request.options),
        swap("max_tokens"),
        swap("max_completion_tokens"),
        Change("stream", whole, words=r"(?<![a-z_])stream(s|ing|ed)?(?![a-z_])")
        if streams
        else Change("stream", in_pieces, words=_ONLY_STREAMS),
    ]


async def _begun(client: Any, body: Asked) -> Opened:
    return await opened(
        client, "/chat/completions", lambda response: async_events(response.chunks()), "choices", body=_spoken(body)
    )


def _sent(client: Any, body: Asked) -> dict[str, Any]:
    """The arguments for a request whose response is read at once."""
    # The SDK copies the default of each option that it is not given, deeply, for every request.
    options = {"headers": {}, "params": {}, "timeout": client.timeout, "max_retries": client.max_retries}
    return {"body": _spoken(body), "options": options}


def fetched(client: Any, url: str, **options: Mapping[str, Any]) -> bytes:
    """The raw body of a GET, such as a model list. The options are those of the SDK: ``headers``, ``params``."""
    return bytes(client.get(url, options=options, cast_to=response_class(client)).content)
