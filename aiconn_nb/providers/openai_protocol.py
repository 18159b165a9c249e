"""The protocol of OpenAI's API, which half of the world speaks: what its providers share."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import ModuleType
from typing import Any, ClassVar, Final

from aiconn_nb.model.errors import FailureKind
from aiconn_nb.model.profile import Capability

from .base import ChatRequest, Delta, Embeddings, Failure, Finish, Model, Provider, Sdk, Settings, Usage
from .endpoints import other_openai_bases
from .failures import kind_of_status, retry_after
from .key_endpoints import key_is_known
from .model_lists import NoModelList, listed_in
from .own_client import alone
from .transport import BROKE_OFF, transport_failure

_NO_KEY = "no-key"
"""The SDK refuses to be built without a key. This one is never sent."""
FROM_ENVIRONMENT: Final = ("organization", "project", "admin_api_key", "webhook_secret")
"""What the SDK takes from the environment where it is not given."""


class Unreadable(Exception):
    """An answer that is not what the protocol promises."""


class OpenAIProtocol(Provider):
    """A provider that is talked to with the SDK ``openai``."""

    capabilities = frozenset({Capability.CHAT, Capability.EMBEDDING})
    sdk = Sdk(("openai",), "openai")
    answer_limit: ClassVar[str] = "max_tokens"
    """What the limit of an answer is called. OpenAI itself has moved on to ``max_completion_tokens``."""

    def client(self, settings: Settings) -> Any:
        return self.build(settings)

    def impatient_client(self, settings: Settings, seconds: float) -> Any:
        return self.build(settings, timeout=seconds, max_retries=0)

    def build(self, settings: Settings, **options: Any) -> Any:
        """The SDK's client, with more options of its own."""
        raise NotImplementedError

    def models(self, client: Any) -> list[Model]:
        # Not parsed by the SDK: it takes any JSON for an empty page, and stumbles over a bare array.
        answer = client.models.with_raw_response.list()
        return sorted(map(self.model, listed_in(answer.http_response.content)), key=lambda model: model.id)

    def model(self, listed: Mapping[str, Any]) -> Model:
        """One entry of the list of models, which has an ``id``."""
        # Together's way of saying it; most servers do not say.
        said = {"embedding": Capability.EMBEDDING, "chat": Capability.CHAT}.get(str(listed.get("type")))
        return Model(listed["id"], capabilities=frozenset() if said is None else frozenset({said}))

    def models_without_key(self, client: Any) -> None:
        client.models.with_raw_response.list(extra_headers=no_credentials())

    def accepts_key(self, client: Any) -> bool:
        # Asked of any server whose list is public: a gateway of one's own may be one of these behind another name.
        return key_is_known(client)

    def alternatives(self, settings: Settings) -> Sequence[Mapping[str, str]]:
        return [{"endpoint": url} for url in other_openai_bases(self.endpoint(settings) or "")]

    def chat(self, client: Any, request: ChatRequest) -> Iterator[Delta | Finish]:
        reason, usage, model, begun = None, None, None, False
        with _opened(client, self._body(request)) as stream:
            for chunk in stream:
                usage, model = chunk.usage or usage, chunk.model or model
                for choice in chunk.choices or ():
                    begun = True
                    reason = choice.finish_reason or reason
                    text = choice.delta and (choice.delta.content or choice.delta.refusal)
                    if text:
                        yield Delta(text)
        if reason is None and usage is None:
            if not begun:  # a web page, or plain JSON: the SDK reads it as a stream without events
                raise Unreadable("the answer is no stream")
            raise ConnectionError(BROKE_OFF)
        counted = Usage(usage.prompt_tokens, usage.completion_tokens) if usage else Usage()
        yield Finish(reason, counted, model)

    def embed(self, client: Any, texts: Sequence[str], model: str, dimensions: int | None = None) -> Embeddings:
        # The SDK asks for base64 by default, which not every server of this protocol knows.
        asked: dict[str, Any] = {"model": model, "input": list(texts), "encoding_format": "float"}
        if dimensions is not None:
            asked["dimensions"] = dimensions
        answer = client.embeddings.create(**asked)
        data = sorted(answer.data, key=lambda each: each.index)
        if [each.index for each in data] != list(range(len(texts))):
            raise Unreadable("the answer does not have one vector per text")
        usage = getattr(answer, "usage", None)
        counted = Usage(usage.prompt_tokens) if usage else Usage()
        return Embeddings([list(each.embedding) for each in data], counted)

    def failure(self, error: Exception) -> Failure | None:
        if isinstance(error, Unreadable | NoModelList):
            return Failure(FailureKind.PROVIDER_FAULT, str(error))
        sdk = sys.modules.get("openai")
        known = None if sdk is None else _failure(sdk, error)
        return known or transport_failure(error)

    def _body(self, request: ChatRequest) -> dict[str, Any]:
        messages = [{"role": message.role, "content": message.content} for message in request.messages]
        if request.system is not None:
            messages.insert(0, {"role": "system", "content": request.system})
        body: dict[str, Any] = {"model": request.model, "messages": messages}
        if request.temperature is not None:
            body["temperature"] = request.temperature
        if request.max_tokens is not None:
            body[self.answer_limit] = request.max_tokens
        return body


def sdk_client(base_url: str, api_key: str | Callable[[], str] | None, **options: Any) -> Any:
    """A client of the SDK that is made of what it is given and of nothing else. Without a key it sends none."""
    import openai

    options |= {"base_url": base_url, "api_key": api_key or _NO_KEY}
    client = alone(openai.OpenAI(**options), options, FROM_ENVIRONMENT)
    if api_key is None:
        vars(client)["_client"].event_hooks["request"].append(_without_key)
    return client


def no_credentials() -> dict[str, Any]:
    """Headers of one request that keep its credentials from being sent; Azure's dated API has its own."""
    from openai import Omit

    return {"Authorization": Omit(), "api-key": Omit()}


def _without_key(request: Any) -> None:
    if request.headers.get("Authorization") == f"Bearer {_NO_KEY}":
        del request.headers["Authorization"]


def _opened(client: Any, body: Mapping[str, Any]) -> Any:
    """The stream of an answer. Usage is asked for, and where a server does not know how to, done without."""
    import openai

    try:
        return client.chat.completions.create(**body, stream=True, stream_options={"include_usage": True})
    except (openai.BadRequestError, openai.UnprocessableEntityError) as error:
        if "stream_options" not in str(error):
            raise
    return client.chat.completions.create(**body, stream=True)


def _failure(openai: ModuleType, error: Exception) -> Failure | None:
    if isinstance(error, openai.APITimeoutError):
        return Failure(FailureKind.TIMEOUT, "no answer in time")
    if isinstance(error, openai.APIConnectionError):
        # Its own message is only "Connection error."; why is in the cause.
        cause = error.__cause__
        return (cause and transport_failure(cause)) or Failure(FailureKind.UNREACHABLE, str(cause or error))
    if isinstance(error, openai.APIStatusError):
        return Failure(kind_of_status(error.status_code), _words(error), retry_after(error.response.headers))
    if isinstance(error, openai.APIResponseValidationError):
        return Failure(FailureKind.PROVIDER_FAULT, "the answer could not be read")
    if isinstance(error, openai.APIError):
        return Failure(_streamed_kind(error), _words(error))
    if isinstance(error, openai.OpenAIError):
        return Failure(FailureKind.BAD_REQUEST, str(error))
    return None


def _streamed_kind(error: Any) -> FailureKind:
    """The kind of an error that came within a stream, where there is no status; some servers put one into ``code``."""
    code, kind = str(error.code or ""), str(error.type or "")
    if code.isdecimal():
        return kind_of_status(int(code))
    if "rate_limit" in code + kind:
        return FailureKind.RATE_LIMITED
    return FailureKind.BAD_REQUEST if "invalid_request" in kind else FailureKind.PROVIDER_FAULT


def _words(error: Any) -> str:
    """What the server said, out of the shapes in which servers of this protocol say it."""
    body = error.body
    for key in ("message", "detail", "error"):
        if isinstance(body, dict) and isinstance(body.get(key), str):
            return str(body[key])
    return body if isinstance(body, str) and body.strip() else str(error.message)
