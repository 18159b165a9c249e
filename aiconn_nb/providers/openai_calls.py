"""The two calls of OpenAI's protocol, as they are sent: the request's body is ours, and so is the reading of the answer.

The SDK's `post` is used, not its resources: those put parameters into a request that not every server takes, and parse an answer
before it can be seen that it is none.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

from .adapting import Asked, Change, adapted, left_out, refused, said_in_answer
from .base import ChatRequest, Delta, Embeddings, Finish
from .events import DONE, Event, Whole, events
from .failures import SaidError
from .openai_answers import read_chat, read_embeddings
from .told import Told, said_with, says_an_error

_LIMITS = {"max_tokens": "max_completion_tokens", "max_completion_tokens": "max_tokens"}


def chat(client: Any, request: ChatRequest, limit: str) -> Iterator[Delta | Finish]:
    """The answer in pieces; whole, where the server does not stream. ``limit`` is what the limit of an answer is called."""
    asked = adapted(
        lambda body: _begun(client, body),
        _body(request, limit),
        _chat_changes(),
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
    # As the SDK does: base64 is a twentieth of the work of reading numbers.
    body: Asked = {"model": model, "input": list(texts), "encoding_format": "base64"}
    if dimensions is not None:
        body["dimensions"] = dimensions

    def send(body: Asked) -> object:
        answer = _whole(_opened(client, "/embeddings", body))
        if not (isinstance(answer, dict) and isinstance(answer.get("data"), list)) and says_an_error(answer):
            raise SaidError(answer)
        return answer

    changes = [left_out("encoding_format")]
    asked = adapted(send, body, changes, said_by, client=client, about=("embed", model))
    return read_embeddings(asked.value, len(texts), asked.notes)


def said_by(error: Exception) -> Told | None:
    """What the server said of a request that it refused; None for every other error."""
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
    return {**body, "stream": True, "stream_options": {"include_usage": True}}


def _chat_changes() -> list[Change]:
    """What may be done about each parameter of one call, in the order in which they are looked for."""
    swapped: list[str] = []

    def swap(name: str) -> Change:
        other = _LIMITS[name]

        def make(asked: Asked, said: Told) -> str:
            value = asked.pop(name)
            if swapped:
                return f"without {name}, which the server refuses"
            swapped.append(name)
            asked[other] = value
            return f"{other} in place of {name}, which the server refuses"

        return Change(name, make)

    def whole(asked: Asked, said: Told) -> str:
        del asked["stream"]
        asked.pop("stream_options", None)
        return "not streamed, as the server wants it"

    return [
        left_out("stream_options"),
        left_out("temperature"),
        swap("max_tokens"),
        swap("max_completion_tokens"),
        Change("stream", whole, words=r"(?<![a-z_])stream(s|ing|ed)?(?![a-z_])"),
    ]


def _begun(client: Any, body: Asked) -> tuple[Any, Iterator[Event | Whole]]:
    """The open response, and what it holds. An error that comes in place of an answer is raised here already."""
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
    """The body of a GET, such as a list of models, as it came."""
    import openai

    options = {"headers": dict(headers)} if headers else {}
    opened = client.get(url, options=options, cast_to=object, stream=True, stream_cls=openai.Stream[object])
    try:
        return bytes(opened.response.read())
    finally:
        opened.response.close()


def _whole(response: Any) -> Any:
    """All of a response as JSON, or as text where it is none."""
    import json

    try:
        content = response.read()
    finally:
        response.close()
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return content.decode("utf-8", "replace")
