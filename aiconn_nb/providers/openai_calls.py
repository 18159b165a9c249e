"""The two calls of OpenAI's protocol. This module builds the request's body and parses the answer itself.

It uses the SDK's `post` instead of its resources: those add parameters that not every server takes, and parse an answer
before it can be checked.
"""

from __future__ import annotations

import sys
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping, Sequence
from functools import partial
from itertools import chain
from typing import Any

from .adapting import STRUCTURED, Asked, Change, adapted, async_adapted, left_out, refused, said_in_answer, without
from .base import ChatRequest, Completion, Delta, Embeddings, Finish
from .events import DONE, Event, Whole, async_events, events
from .failures import SaidError
from .json_text import NOT_JSON, parsed
from .openai_answers import ChatReading, read_chat, read_embeddings
from .own_client import response_class
from .told import Told, said_with, says_an_error

_LIMITS = {"max_tokens": "max_completion_tokens", "max_completion_tokens": "max_tokens"}


def chat(client: Any, request: ChatRequest, limit: str) -> Iterator[Delta | Finish]:
    """Yield the answer in pieces, or whole if the server does not stream. ``limit`` is the name of the parameter for the limit."""
    asked = adapted(
        lambda body: _begun(client, body),
        _body(request, limit),
        partial(_chat_changes, request),
        said_by,
        client=client,
        about=("chat", request.model),
    )
    response, came = asked.value
    try:
        yield from read_chat(came, asked.notes)
    finally:
        response.close()


def embed(client: Any, texts: Sequence[str], model: str, dimensions: int | None) -> Embeddings:
    """One vector per text."""

    def send(body: Asked) -> object:
        return _vectors(_whole(_opened(client, "/embeddings", body)))

    asked = adapted(
        send, _embed_body(texts, model, dimensions), _embed_changes, said_by, client=client, about=("embed", model)
    )
    return read_embeddings(asked.value, len(texts), asked.notes)


async def async_chat(client: Any, request: ChatRequest, limit: str) -> AsyncGenerator[Delta | Finish, None]:
    """`chat` with the SDK's asynchronous client."""
    asked = await async_adapted(
        lambda body: _async_begun(client, body),
        _body(request, limit),
        partial(_chat_changes, request),
        said_by,
        client=client,
        about=("chat", request.model),
    )
    response, first, came = asked.value
    reading = ChatReading()
    try:
        for piece in () if first is None else reading.take(first):
            yield piece
        async for each in came:
            for piece in reading.take(each):
                yield piece
        yield reading.finish(asked.notes)
    finally:
        await response.aclose()


async def async_complete(client: Any, request: ChatRequest, limit: str) -> Completion:
    """Return the whole answer in one piece, without the SDK's models."""
    body = {key: value for key, value in _body(request, limit).items() if key not in ("stream", "stream_options")}
    asked = await async_adapted(
        lambda body: _completed(client, body),
        body,
        partial(_chat_changes, request),
        said_by,
        client=client,
        about=("complete", request.model),
    )
    reading, headers = asked.value
    return Completion("".join(piece.text for piece in reading.said), reading.finish(asked.notes), headers)


async def async_embed(client: Any, texts: Sequence[str], model: str, dimensions: int | None) -> Embeddings:
    """`embed` with the SDK's asynchronous client."""

    async def send(body: Asked) -> object:
        return _vectors(_read(await _content(client, "/embeddings", body)))

    asked = await async_adapted(
        send, _embed_body(texts, model, dimensions), _embed_changes, said_by, client=client, about=("embed", model)
    )
    return read_embeddings(asked.value, len(texts), asked.notes)


def said_by(error: Exception) -> Told | None:
    """The server's message about a request that it refused; None for every other error."""
    sdk = sys.modules["openai"]
    if isinstance(error, sdk.APIStatusError):
        said = said_with(error)
        return said if refused(error.status_code, said) else None
    return said_in_answer(error)


def _body(request: ChatRequest, limit: str) -> Asked:
    messages = [{"role": message.role, "content": message.content} for message in request.messages]
    if request.system is not None:
        messages.insert(0, {"role": "system", "content": request.system})
    body: Asked = {"model": request.model, "messages": messages}
    if request.temperature is not None:
        body["temperature"] = request.temperature
    if request.max_tokens is not None:
        body[limit] = request.max_tokens
    for key, value in request.options.items():
        body[key] = [value] if key == "stop" else value  # some servers take only a list
    if request.schema is not None:
        body["response_format"] = {
            "type": "json_schema",
            "json_schema": {"name": "answer", "schema": request.schema, "strict": True},
        }
    return {**body, "stream": True, "stream_options": {"include_usage": True}}


def _embed_body(texts: Sequence[str], model: str, dimensions: int | None) -> Asked:
    # Like the SDK: base64 takes a twentieth of the work of parsing numbers.
    body: Asked = {"model": model, "input": list(texts), "encoding_format": "base64"}
    return body if dimensions is None else {**body, "dimensions": dimensions}


def _vectors(answer: object) -> object:
    """The answer to a request for vectors. Raises an error that came in its place."""
    if not (isinstance(answer, dict) and isinstance(answer.get("data"), list)) and says_an_error(answer):
        raise SaidError(answer)
    return answer


def _chat_changes(request: ChatRequest) -> list[Change]:
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

    return [
        left_out("response_format", STRUCTURED),
        left_out("stream_options"),
        left_out("temperature"),
        *map(left_out, request.options),
        swap("max_tokens"),
        swap("max_completion_tokens"),
        Change("stream", whole, words=r"(?<![a-z_])stream(s|ing|ed)?(?![a-z_])"),
    ]


def _embed_changes() -> list[Change]:
    return [left_out("encoding_format")]


def _begun(client: Any, body: Asked) -> tuple[Any, Iterator[Event | Whole]]:
    """The open response and its content. An error in place of an answer is raised here."""
    response = _opened(client, "/chat/completions", body)
    try:
        came = events(response.iter_bytes())
        first = next(came, None)
        if first is not None and _is_error(first):
            raise SaidError(first.body if isinstance(first, Whole) else first.data)
    except BaseException:
        response.close()
        raise
    return response, came if first is None else chain([first], came)


async def _async_begun(client: Any, body: Asked) -> tuple[Any, Event | Whole | None, AsyncIterator[Event | Whole]]:
    """The open response, its first event, and the rest. An error in place of an answer is raised here."""
    import openai

    stream = await client.post(
        "/chat/completions", body=body, cast_to=object, stream=True, stream_cls=openai.AsyncStream[object]
    )
    response = stream.response
    try:
        came = async_events(response.aiter_bytes())
        first = await anext(came, None)
        if first is not None and _is_error(first):
            raise SaidError(first.body if isinstance(first, Whole) else first.data)
    except BaseException:
        await response.aclose()
        raise
    return response, first, came


async def _completed(client: Any, body: Asked) -> tuple[_Said, Mapping[str, str]]:
    response = await _posted(client, "/chat/completions", body)
    came = Whole(_read(response.content))
    if _is_error(came):
        raise SaidError(came.body)
    return _Said(came), response.headers


class _Said(ChatReading):
    """An answer in one piece, or an unrequested stream."""

    def __init__(self, whole: Whole) -> None:
        super().__init__()
        self.said = list(self._all(whole))

    def _all(self, whole: Whole) -> Iterator[Delta]:
        streamed = isinstance(whole.body, str) and whole.body.lstrip().startswith(("data:", "event:", ":"))
        for each in events([whole.body.encode()]) if streamed else [whole]:
            yield from self.take(each)


async def _content(client: Any, path: str, body: Asked) -> bytes:
    return bytes((await _posted(client, path, body)).content)


async def _posted(client: Any, path: str, body: Asked) -> Any:
    """The HTTP response, fully read."""
    # The SDK copies the default of each option that it is not given, deeply, for every request.
    options = {"headers": {}, "params": {}, "timeout": client.timeout, "max_retries": client.max_retries}
    return await client.post(path, body=body, options=options, cast_to=response_class(client))


def _is_error(came: Event | Whole) -> bool:
    data = came.body if isinstance(came, Whole) else came.data
    if data == DONE or (isinstance(data, dict) and data.get("choices")):
        return False
    return says_an_error(data)


def _opened(client: Any, path: str, body: Asked) -> Any:
    """The response to a request, not read yet."""
    import openai

    return client.post(path, body=body, cast_to=object, stream=True, stream_cls=openai.Stream[object]).response


def fetched(client: Any, url: str, headers: Mapping[str, Any] | None = None) -> bytes:
    """The raw body of a GET, such as a model list."""
    import openai

    options = {"headers": dict(headers)} if headers else {}
    opened = client.get(url, options=options, cast_to=object, stream=True, stream_cls=openai.Stream[object])
    try:
        return bytes(opened.response.read())
    finally:
        opened.response.close()


def _whole(response: Any) -> Any:
    try:
        content = response.read()
    finally:
        response.close()
    return _read(content)


def _read(content: bytes) -> Any:
    """A response as JSON, or as text if it is not JSON."""
    value = parsed(content)
    return content.decode("utf-8", "replace") if value is NOT_JSON else value
