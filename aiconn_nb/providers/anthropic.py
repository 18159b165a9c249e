"""Anthropic: Claude, by Anthropic's own API.

Modules that only a call needs are imported by the call: a list of connections needs only the declarations.
"""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

from aiconn_nb.model.capability import Capability
from aiconn_nb.model.field import Field
from aiconn_nb.model.pattern import late

from .base import Sdk, Settings, text_of
from .clients.remote import api_key, endpoint
from .protocols.stainless import Stainless
from .values.endpoints import at, path_of
from .values.model_options import (
    MAX_TOKENS,
    REASONING_EFFORT,
    SERVICE_TIER,
    STOP,
    TEMPERATURE,
    THINKING_BUDGET,
    up_to,
    with_choices,
)
from .values.network_fields import NETWORK, key_header

if TYPE_CHECKING:
    import anthropic

    from .values.access import Access
    from .values.call_values import ChatRequest, Completion, Delta, Failure, Finish, Model

ENDPOINT = "https://api.anthropic.com"
KEY_HEADERS = ("authorization", "x-api-key")
"""Headers for the key. The SDK sends the first since anthropic 2, and sent the second before; most gateways read the second."""


class Anthropic(Stainless):
    """An account at Anthropic, or at a gateway that implements its protocol."""

    id = "anthropic"
    name = "Anthropic"
    section = "Anthropic"
    base = ENDPOINT
    # Otherwise the SDK would silently call ``/v1/v1/messages``.
    appended = late(r"(?:/v1)+(?:/messages|/complete|/models)?/*$")
    always_names_endpoint = True
    capabilities = frozenset({Capability.CHAT})
    sdk = Sdk(("anthropic",), "anthropic")
    tested: ClassVar[str] = "aimock, our test server"
    chat_options = (
        up_to(TEMPERATURE, 1),
        MAX_TOKENS,
        STOP,
        with_choices(REASONING_EFFORT, "low", "medium", "high", "xhigh", "max"),
        replace(THINKING_BUDGET, least=1024),
        with_choices(SERVICE_TIER, "auto", "standard_only"),
    )
    """The options that anthropic 2.14 declares; ``temperature`` goes to the previous API version."""
    keeps_schemas = True
    variables: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "api_key": ("ANTHROPIC_API_KEY",),
        "endpoint": ("ANTHROPIC_BASE_URL",),
    }
    foreign: ClassVar[tuple[str, ...]] = (
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
    fields: ClassVar[tuple[Field, ...]] = (
        api_key("From the Claude Console, under API keys.", placeholder="sk-ant-..."),
        endpoint(
            "Only for a gateway or proxy that speaks Anthropic's protocol. Leave out /v1 at the end.",
            placeholder=ENDPOINT,
        ),
    )
    network: ClassVar[tuple[Field, ...]] = (
        key_header(
            *KEY_HEADERS,
            help="Only if a gateway expects the key in this header. Otherwise the SDK decides, and its versions differ.",
        ),
        *NETWORK,
    )

    def build(self, settings: Settings, *, is_async: bool = False, **options: Any) -> Any:
        from .clients.own_client import alone

        # The endpoint is always passed. Otherwise ANTHROPIC_BASE_URL could send this connection's key to another host.
        options |= {"base_url": self.endpoint(settings) or "", **self._account(settings, is_async=is_async)}
        # Before 0.94 the SDK sends ANTHROPIC_AUTH_TOKEN in addition to a given key.
        return alone(self._class(is_async=is_async)(**options), options, ("api_key", "auth_token", "webhook_key"))

    def _class(self, *, is_async: bool) -> Any:
        """The SDK's class."""
        import anthropic

        return anthropic.AsyncAnthropic if is_async else anthropic.Anthropic

    def _account(self, settings: Settings, *, is_async: bool) -> dict[str, Any]:
        """The arguments of that class for signing in."""
        return {"api_key": text_of(settings["api_key"])}

    def models(self, client: anthropic.Anthropic) -> list[Model]:
        """All models, newest first as in the API. All of Anthropic's models chat."""

        # Not parsed by the SDK: a gateway may return a bare array, or an invalid entry.
        answer = client.models.with_raw_response.list(limit=1000)
        content = answer.http_response.content
        from .protocols.model_lists import listed_in

        listed = listed_in(content)
        if _has_more(content):
            listed = [
                {key: getattr(each, key, None) for key in ("id", "display_name", "max_input_tokens")}
                for each in answer.parse()
            ]
        from .protocols.model_facts import model_in

        return [replace(model_in(each), capabilities=self.capabilities) for each in listed]

    def models_without_key(self, client: anthropic.Anthropic) -> None:
        """Do the same without the credentials."""
        from anthropic._types import Omit  # older releases do not export it

        client.models.with_raw_response.list(limit=1, extra_headers={"Authorization": Omit(), "X-Api-Key": Omit()})

    def accepts_key(self, client: anthropic.Anthropic) -> bool:
        """OpenRouter implements this protocol, too."""
        from .protocols.key_endpoints import key_is_known

        return key_is_known(client, "/v1")

    def access(self, settings: Settings) -> Access | None:
        from .values.access import Access, Api

        return Access(Api.ANTHROPIC, self.endpoint(settings), self.key(settings))

    def alternatives(self, settings: Settings) -> Sequence[Mapping[str, str]]:
        """The paths at which gateways and other model vendors serve this protocol."""
        here = self.endpoint(settings)
        paths = ("", "/anthropic", "/api/anthropic", "/api")
        return [{"endpoint": at(here, path)} for path in paths if path != path_of(here)]

    def async_chat(self, client: Any, request: ChatRequest) -> AsyncGenerator[Delta | Finish, None]:
        """Yield the answer in pieces. Thinking is not part of it."""
        from .protocols.anthropic_messages import chat

        return chat(client, request)

    async def async_complete(self, client: Any, request: ChatRequest) -> Completion:
        """Return the whole answer in one piece."""
        from .protocols.anthropic_messages import complete

        return await complete(client, request)

    def failure(self, error: Exception) -> Failure | None:
        """Classify an error of the SDK."""
        import anthropic

        from .failures.classifying import sdk_failure
        from .failures.transport import transport_failure

        return sdk_failure(anthropic, error) or transport_failure(error)


def _has_more(content: bytes) -> bool:
    body = json.loads(content)
    return isinstance(body, dict) and body.get("has_more") is True
