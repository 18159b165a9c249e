"""Anthropic: Claude, by its own API."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from aiconn_nb.model.errors import FailureKind
from aiconn_nb.model.field import Field
from aiconn_nb.model.profile import Capability

from .base import ChatRequest, Delta, Failure, Finish, Model, Provider, Sdk, Settings, Usage, text_of
from .endpoints import Correction, at, corrected, path_of
from .failures import kind_of_status, retry_after
from .key_endpoints import key_is_known
from .model_lists import NoModelList, listed_in
from .own_client import alone
from .this_machine import require_usable_variables
from .transport import BROKE_OFF, transport_failure

if TYPE_CHECKING:
    import anthropic

ENDPOINT = "https://api.anthropic.com"
MAX_TOKENS = 8192
"""The API wants a limit with every request. This is the one where nobody said another: it is enough for long answers, and
every model that is still served (since Claude 3.5) takes it."""
SAMPLING_VERSION = "2023-06-01"
"""The last API version with a ``temperature``. The next one, 2026-10-21, refuses it from every model with status 400."""

_ADDED = re.compile(r"(?:/v1)+(?:/messages|/complete|/models)?/*$")
_CHAT = frozenset({Capability.CHAT})
_KINDS = {
    # "error.type" of https://docs.anthropic.com/en/api/errors: needed for an error in a stream, whose status is 200
    "invalid_request_error": FailureKind.BAD_REQUEST,
    "authentication_error": FailureKind.AUTHENTICATION,
    "billing_error": FailureKind.OUT_OF_CREDIT,
    "permission_error": FailureKind.PERMISSION,
    "not_found_error": FailureKind.NOT_FOUND,
    "request_too_large": FailureKind.BAD_REQUEST,
    "rate_limit_error": FailureKind.RATE_LIMITED,
    "timeout_error": FailureKind.TIMEOUT,
}


class Anthropic(Provider):
    """An account at Anthropic, or at a gateway that speaks its protocol."""

    id = "anthropic"
    name = "Anthropic"
    capabilities = frozenset({Capability.CHAT})
    sdk = Sdk(("anthropic",), "anthropic")
    key_shapes = ("anthropic",)
    variables = {"api_key": ("ANTHROPIC_API_KEY",), "endpoint": ("ANTHROPIC_BASE_URL",)}  # noqa: RUF012
    fields = (
        Field(
            "api_key",
            "API key",
            help="From the Claude Console, under API keys.",
            required=True,
            sensitive=True,
            placeholder="sk-ant-...",
            suggested_reference="$Anthropic:ApiKey",
        ),
        Field(
            "endpoint",
            "Endpoint",
            help="Only for a gateway or proxy that speaks Anthropic's protocol; without /v1 at the end.",
            type="url",
            placeholder=ENDPOINT,
            suggested_reference="$Anthropic:Endpoint",
        ),
    )

    def client(self, settings: Settings) -> anthropic.Anthropic:
        """An `anthropic.Anthropic`."""
        return self._built(settings)

    def impatient_client(self, settings: Settings, seconds: float) -> anthropic.Anthropic:
        """One that gives up after ``seconds`` without a byte, and at the first failure."""
        return self._built(settings, timeout=seconds, max_retries=0)

    def _built(self, settings: Settings, **options: Any) -> anthropic.Anthropic:
        from anthropic import Anthropic as Client

        # A client that could not be made prints an error of its destructor, whatever is done with its own.
        require_usable_variables()
        # The endpoint is always given: else ANTHROPIC_BASE_URL would send this connection's key to some other host.
        options |= {"api_key": text_of(settings["api_key"]), "base_url": self.endpoint(settings)}
        # Before 0.94 the SDK sends ANTHROPIC_AUTH_TOKEN beside a key that it was given.
        return alone(Client(**options), options, ("api_key", "auth_token", "webhook_key"))

    def models(self, client: anthropic.Anthropic) -> list[Model]:
        """All models, newest first as the API gives them. All of Anthropic's models chat."""
        # Not parsed by the SDK at first: a gateway may answer a bare array, or have an entry that is none.
        answer = client.models.with_raw_response.list(limit=1000)
        content = answer.http_response.content
        listed = listed_in(content)
        if _has_more(content):
            listed = [{"id": each.id, "display_name": getattr(each, "display_name", "")} for each in answer.parse()]
        return [Model(each["id"], str(each.get("display_name") or ""), _CHAT) for each in listed]

    def models_without_key(self, client: anthropic.Anthropic) -> None:
        """The same without the credentials."""
        from anthropic._types import Omit  # older releases do not export it

        client.models.with_raw_response.list(limit=1, extra_headers={"Authorization": Omit(), "X-Api-Key": Omit()})

    def accepts_key(self, client: anthropic.Anthropic) -> bool:
        """OpenRouter speaks this protocol, too."""
        return key_is_known(client, "/v1")

    def corrections(self, settings: Mapping[str, str]) -> Sequence[Correction]:
        """The SDK adds the version and the operation itself."""
        return corrected("endpoint", given, _base(given)) if (given := settings.get("endpoint")) else ()

    def alternatives(self, settings: Settings) -> Sequence[Mapping[str, str]]:
        """Where gateways and other makers of models serve this protocol."""
        here = self.endpoint(settings)
        paths = ("", "/anthropic", "/api/anthropic", "/api")
        return [{"endpoint": at(here, path)} for path in paths if path != path_of(here)]

    def chat(self, client: anthropic.Anthropic, request: ChatRequest) -> Iterator[Delta | Finish]:
        """The answer in pieces. Thinking is not part of it."""
        reason: str | None = None
        model: str | None = None
        usage = Usage()
        complete = False
        with client.messages.create(**_asked(request), stream=True) as events:
            for event in events:
                if event.type == "message_start":
                    model = event.message.model
                    usage = _counted(event.message.usage, usage)
                elif event.type == "content_block_delta":
                    if event.delta.type == "text_delta" and event.delta.text:
                        yield Delta(event.delta.text)
                elif event.type == "message_delta":
                    reason = event.delta.stop_reason or reason
                    usage = _counted(event.usage, usage)
                elif event.type == "message_stop":
                    complete = True
        if model is None:
            raise TypeError("no stream of events")
        if not complete:
            raise ConnectionError(BROKE_OFF)
        yield Finish(reason, usage, model)

    def environment(self, settings: Settings) -> dict[str, str]:
        """Key and endpoint. The endpoint is always named: one that is left over from elsewhere would get this key."""
        return {**super().environment(settings), "ANTHROPIC_BASE_URL": self.endpoint(settings)}

    def endpoint(self, settings: Settings) -> str:
        """The endpoint as set, or Anthropic's own."""
        return _base(text_of(settings.get("endpoint", ENDPOINT)))

    def official(self, host: str) -> bool:
        """Only api.anthropic.com."""
        return host.lower().rstrip(".") == "api.anthropic.com"

    def failure(self, error: Exception) -> Failure | None:
        """What an error of the SDK means."""
        from anthropic import APIConnectionError, APIResponseValidationError, APIStatusError, APITimeoutError

        if isinstance(error, APIStatusError):
            return _status_failure(error)
        if isinstance(error, APITimeoutError):
            return Failure(FailureKind.TIMEOUT, "no answer in time")
        if isinstance(error, APIConnectionError):
            # Its own message is only "Connection error."; why is in the cause.
            cause = error.__cause__
            return (cause and transport_failure(cause)) or Failure(FailureKind.UNREACHABLE, str(cause or error))
        if isinstance(error, APIResponseValidationError):
            return Failure(FailureKind.PROVIDER_FAULT, "the answer could not be read")
        if isinstance(error, NoModelList):
            return Failure(FailureKind.PROVIDER_FAULT, str(error))
        return transport_failure(error)


def _base(url: str) -> str:
    """The base URL without what the SDK adds to it: else it would ask at ``/v1/v1/messages``, without a warning."""
    path = _ADDED.sub("", path_of(url))
    return url if path == path_of(url) else at(url, path)


def _has_more(content: bytes) -> bool:
    body = json.loads(content)
    return isinstance(body, dict) and body.get("has_more") is True


def _asked(request: ChatRequest) -> dict[str, Any]:
    """The request as arguments of ``messages.create``."""
    asked: dict[str, Any] = {
        "model": request.model,
        "messages": [{"role": message.role, "content": message.content} for message in request.messages],
        "max_tokens": MAX_TOKENS if request.max_tokens is None else request.max_tokens,
    }
    if request.system is not None:
        asked["system"] = request.system
    if request.temperature is not None:
        # The SDK of 2026 has no such argument, and its API version refuses it. The older version still takes it, for
        # the models that do; one that does not says so in its own words.
        asked["extra_body"] = {"temperature": request.temperature}
        asked["extra_headers"] = {"anthropic-version": SAMPLING_VERSION}
    return asked


def _counted(counts: Any, before: Usage) -> Usage:
    """What is known of the usage after one more event: its numbers are cumulative, and may be absent."""
    inputs = [
        getattr(counts, name, None)
        # The input is the sum of three: https://docs.anthropic.com/en/api/messages, "usage"
        for name in ("input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens")
    ]
    known = [count for count in inputs if count is not None]
    outputs = getattr(counts, "output_tokens", None)
    return Usage(
        sum(known) if inputs[0] is not None else before.input_tokens,
        before.output_tokens if outputs is None else outputs,
    )


def _status_failure(error: anthropic.APIStatusError) -> Failure:
    body = error.body
    detail = body.get("error") if isinstance(body, dict) else None
    told = detail if isinstance(detail, dict) else {}
    in_stream = _KINDS.get(str(told.get("type")), FailureKind.PROVIDER_FAULT)
    kind = kind_of_status(error.status_code) if error.status_code >= 400 else in_stream
    return Failure(kind, str(told.get("message") or error.message), retry_after(error.response.headers))
