"""Anthropic: Claude, by its own API.

What only a call needs is imported by the call: a list of connections needs the declarations alone.
"""

from __future__ import annotations

import json
import re
from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from aiconn_nb.errors import FailureKind
from aiconn_nb.model.field import Field
from aiconn_nb.model.profile import Capability
from aiconn_nb.model.secret import Secret

from .access import Access, Api
from .base import Provider, Sdk, Settings, text_of
from .endpoints import Correction, at, corrected, path_of
from .key_endpoints import key_is_known
from .model_lists import NoModelList, listed_in
from .model_options import (
    MAX_TOKENS,
    REASONING_EFFORT,
    SERVICE_TIER,
    STOP,
    TEMPERATURE,
    THINKING_BUDGET,
    up_to,
    with_choices,
)

if TYPE_CHECKING:
    import anthropic

    from .call_values import ChatRequest, Completion, Delta, Failure, Finish, Model

ENDPOINT = "https://api.anthropic.com"
KEY_HEADERS = ("authorization", "x-api-key")
"""Ways to send a key. Since anthropic 2 the SDK sends the first; before that, and to what most gateways read, the second."""

_ADDED = re.compile(r"(?:/v1)+(?:/messages|/complete|/models)?/*$")
_CHAT = frozenset({Capability.CHAT})


class Anthropic(Provider):
    """An account at Anthropic, or at a gateway that speaks its protocol."""

    id = "anthropic"
    name = "Anthropic"
    capabilities = frozenset({Capability.CHAT})
    sdk = Sdk(("anthropic",), "anthropic")
    chat_options = (
        up_to(TEMPERATURE, 1),
        MAX_TOKENS,
        STOP,
        with_choices(REASONING_EFFORT, "low", "medium", "high", "xhigh", "max"),
        replace(THINKING_BUDGET, least=1024),
        with_choices(SERVICE_TIER, "auto", "standard_only"),
    )
    """As anthropic 2.14 declares them; ``temperature`` goes to the API version before."""
    keeps_schemas = True
    key_shapes = ("anthropic",)
    variables = {"api_key": ("ANTHROPIC_API_KEY",), "endpoint": ("ANTHROPIC_BASE_URL",)}  # noqa: RUF012
    foreign = (
        "ANTHROPIC_AUTH_TOKEN",
        "ANTHROPIC_API_URL",
        "ANTHROPIC_CUSTOM_HEADERS",
        "ANTHROPIC_PROFILE",
        "ANTHROPIC_CONFIG_DIR",
        "ANTHROPIC_FEDERATION_RULE_ID",
        "ANTHROPIC_IDENTITY_TOKEN",
        "ANTHROPIC_IDENTITY_TOKEN_FILE",
        "ANTHROPIC_ORGANIZATION_ID",
        "ANTHROPIC_SCOPE",
        "ANTHROPIC_SERVICE_ACCOUNT_ID",
        "ANTHROPIC_WORKSPACE_ID",
        "ANTHROPIC_WEBHOOK_SIGNING_KEY",
        "CLAUDE_CODE_OAUTH_TOKEN",
        "CLAUDE_CODE_USE_BEDROCK",
        "CLAUDE_CODE_USE_VERTEX",
    )
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
        Field(
            "key_header",
            "Key header",
            help="Only where a gateway wants the key in this header; else the SDK decides, whose versions differ.",
            choices=KEY_HEADERS,
            group="Network",
        ),
    )

    def client(self, settings: Settings) -> anthropic.Anthropic:
        """An `anthropic.Anthropic`."""
        made: anthropic.Anthropic = self._built(settings)
        return made

    def impatient_client(self, settings: Settings, seconds: float) -> anthropic.Anthropic:
        """One that gives up after ``seconds`` without a byte, and at the first failure."""
        made: anthropic.Anthropic = self._built(settings, timeout=seconds, max_retries=0)
        return made

    def asking_client(self, settings: Settings, seconds: float | None) -> anthropic.Anthropic:
        """One that sends each request once."""
        if seconds is not None:
            return self.impatient_client(settings, seconds)
        made: anthropic.Anthropic = self._built(settings, max_retries=0)
        return made

    def async_client(self, settings: Settings, seconds: float | None) -> anthropic.AsyncAnthropic:
        """The same for asynchronous calls."""
        from anthropic import AsyncAnthropic

        timeout = {} if seconds is None else {"timeout": seconds}
        made: anthropic.AsyncAnthropic = self._built(settings, AsyncAnthropic, max_retries=0, **timeout)
        return made

    def _built(self, settings: Settings, kind: Any = None, **options: Any) -> Any:
        from anthropic import Anthropic as Client

        from .own_client import alone
        from .this_machine import require_usable_variables

        # A client that could not be made prints an error of its destructor, whatever is done with its own.
        require_usable_variables()
        # The endpoint is always given: else ANTHROPIC_BASE_URL would send this connection's key to some other host.
        options |= {"api_key": text_of(settings["api_key"]), "base_url": self.endpoint(settings)}
        # Before 0.94 the SDK sends ANTHROPIC_AUTH_TOKEN beside a key that it was given.
        made = alone((kind or Client)(**options), options, ("api_key", "auth_token", "webhook_key"))
        if "key_header" in settings:
            sends_as = _sending_key_as(text_of(settings["key_header"]), is_async=kind is not None)
            vars(made)["_client"].event_hooks["request"].append(sends_as)
        return made

    def models(self, client: anthropic.Anthropic) -> list[Model]:
        """All models, newest first as the API gives them. All of Anthropic's models chat."""

        # Not parsed by the SDK at first: a gateway may answer a bare array, or have an entry that is none.
        answer = client.models.with_raw_response.list(limit=1000)
        content = answer.http_response.content
        listed = listed_in(content)
        if _has_more(content):
            listed = [
                {key: getattr(each, key, None) for key in ("id", "display_name", "max_input_tokens")}
                for each in answer.parse()
            ]
        from .model_facts import model_in

        return [replace(model_in(each), capabilities=_CHAT) for each in listed]

    def models_without_key(self, client: anthropic.Anthropic) -> None:
        """The same without the credentials."""
        from anthropic._types import Omit  # older releases do not export it

        client.models.with_raw_response.list(limit=1, extra_headers={"Authorization": Omit(), "X-Api-Key": Omit()})

    def accepts_key(self, client: anthropic.Anthropic) -> bool:
        """OpenRouter speaks this protocol, too."""
        return key_is_known(client, "/v1")

    def access(self, settings: Settings) -> Access | None:
        key = settings.get("api_key")
        return Access(Api.ANTHROPIC, self.endpoint(settings), key if isinstance(key, Secret) else None)

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
        from .anthropic_messages import chat

        return chat(client, request)

    def async_chat(
        self, client: anthropic.AsyncAnthropic, request: ChatRequest
    ) -> AsyncGenerator[Delta | Finish, None]:
        """The same, awaited."""
        from .anthropic_messages import async_chat

        return async_chat(client, request)

    async def async_complete(self, client: anthropic.AsyncAnthropic, request: ChatRequest) -> Completion:
        """The whole answer in one piece."""
        from .anthropic_messages import async_complete

        return await async_complete(client, request)

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

        from .call_values import Failure
        from .failures import http_failure
        from .told import said_with
        from .transport import transport_failure

        if isinstance(error, APIStatusError):
            return http_failure(error.status_code, said_with(error), error.response.headers)
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


def _sending_key_as(header: str, *, is_async: bool) -> Any:
    """A hook that moves a request's key to this header. A request without a key stays without."""

    def move(request: Any) -> None:
        held = request.headers.get("authorization", "").removeprefix("Bearer ") or request.headers.get("x-api-key", "")
        for name in KEY_HEADERS:
            request.headers.pop(name, None)
        if held:
            request.headers[header] = f"Bearer {held}" if header == "authorization" else held

    async def moved(request: Any) -> None:
        move(request)

    return moved if is_async else move


def _base(url: str) -> str:
    """The base URL without what the SDK adds to it: else it would ask at ``/v1/v1/messages``, without a warning."""
    path = _ADDED.sub("", path_of(url))
    return url if path == path_of(url) else at(url, path)


def _has_more(content: bytes) -> bool:
    body = json.loads(content)
    return isinstance(body, dict) and body.get("has_more") is True
