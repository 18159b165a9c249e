"""The protocol of OpenAI's API, which half of the world speaks: what its providers share.

What only a call needs is imported by the call: a list of connections needs the declarations alone.
"""

from __future__ import annotations

import sys
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from types import ModuleType
from typing import TYPE_CHECKING, Any, ClassVar, Final

from aiconn_nb.errors import FailureKind
from aiconn_nb.model.field import Field
from aiconn_nb.model.profile import Capability
from aiconn_nb.model.secret import Secret

from .access import Access, Api
from .base import Provider, Sdk, Settings, text_of
from .endpoints import other_openai_bases
from .key_endpoints import key_is_known
from .model_lists import NoModelList, listed_in
from .model_options import SAMPLING

if TYPE_CHECKING:
    from .call_values import ChatRequest, Completion, Delta, Embeddings, Failure, Finish, Model

_NO_KEY = "no-key"
"""The SDK refuses to be built without a key. This one is never sent."""
FROM_ENVIRONMENT: Final = ("organization", "project", "admin_api_key", "webhook_secret")
"""What the SDK takes from the environment where it is not given."""


FOREIGN: Final = (
    "OPENAI_API_KEY",
    "OPENAI_ADMIN_KEY",
    "OPENAI_ORG_ID",
    "OPENAI_ORGANIZATION",
    "OPENAI_PROJECT_ID",
    "OPENAI_BASE_URL",
    "OPENAI_API_BASE",
    "OPENAI_API_TYPE",
    "OPENAI_API_VERSION",
    "OPENAI_CUSTOM_HEADERS",
    "OPENAI_WEBHOOK_SECRET",
    "AZURE_OPENAI_API_KEY",
    "AZURE_OPENAI_AD_TOKEN",
    "AZURE_OPENAI_ENDPOINT",
)
"""Variables by which the SDK, and what is built on it, finds an account. Azure's beside a key make it refuse to choose."""
NO_TRACES: Final[dict[str, str]] = {"OPENAI_AGENTS_DISABLE_TRACING": "1"}
"""The agents' SDK sends its traces to OpenAI with OPENAI_API_KEY, even where that is another server's key."""


class OpenAIProtocol(Provider):
    """A provider that is talked to with the SDK ``openai``."""

    capabilities = frozenset({Capability.CHAT, Capability.EMBEDDING})
    sdk = Sdk(("openai",), "openai")
    keeps_schemas = True
    foreign: ClassVar[tuple[str, ...]] = FOREIGN
    chat_options: ClassVar[tuple[Field, ...]] = SAMPLING
    option_names: ClassVar[Mapping[str, str]] = {}
    """What an option is called in a request, where that is not the key under which it is declared."""
    answer_limit: ClassVar[str] = "max_tokens"
    """What the limit of an answer is called. OpenAI itself has moved on to ``max_completion_tokens``."""

    def client(self, settings: Settings) -> Any:
        return self.build(settings)

    def impatient_client(self, settings: Settings, seconds: float) -> Any:
        return self.build(settings, timeout=seconds, max_retries=0)

    def asking_client(self, settings: Settings, seconds: float | None) -> Any:
        return self.build(settings, max_retries=0) if seconds is None else self.impatient_client(settings, seconds)

    def async_client(self, settings: Settings, seconds: float | None) -> Any:
        timeout = {} if seconds is None else {"timeout": seconds}
        return self.build(settings, is_async=True, max_retries=0, **timeout)

    def build(self, settings: Settings, *, is_async: bool = False, **options: Any) -> Any:
        """The SDK's client, with more options of its own."""
        raise NotImplementedError

    def access(self, settings: Settings) -> Access | None:
        key = settings.get("api_key")
        return Access(
            Api.OPENAI,
            self.api_base(settings),
            key if isinstance(key, Secret) else None,
            {name: text_of(settings[name]) for name in ("organization", "project") if name in settings},
            has_openai_models=self.answer_limit == "max_completion_tokens",
        )

    def api_base(self, settings: Settings) -> str:
        """The URL to which the SDK adds ``/chat/completions``."""
        return self.endpoint(settings) or ""

    def models(self, client: Any) -> list[Model]:
        # Not parsed by the SDK: it takes any JSON for an empty page, and stumbles over a bare array.
        answer = client.models.with_raw_response.list()
        return sorted(map(self.model, listed_in(answer.http_response.content)), key=lambda model: model.id)

    def model(self, listed: Mapping[str, Any]) -> Model:
        """One entry of the list of models, which has an ``id``."""
        from .model_facts import model_in

        return model_in(listed)

    def models_without_key(self, client: Any) -> None:
        client.models.with_raw_response.list(extra_headers=no_credentials())

    def accepts_key(self, client: Any) -> bool:
        # Asked of any server whose list is public: a gateway of one's own may be one of these behind another name.
        return key_is_known(client)

    def alternatives(self, settings: Settings) -> Sequence[Mapping[str, str]]:
        return [{"endpoint": url} for url in other_openai_bases(self.endpoint(settings) or "")]

    def chat(self, client: Any, request: ChatRequest) -> Iterator[Delta | Finish]:
        from .openai_calls import chat

        return chat(client, self._named(request), self.answer_limit)

    def _named(self, request: ChatRequest) -> ChatRequest:
        names = self.option_names
        return replace(request, options={names.get(key, key): value for key, value in request.options.items()})

    def embed(self, client: Any, texts: Sequence[str], model: str, dimensions: int | None = None) -> Embeddings:
        from .openai_calls import embed

        return embed(client, texts, model, dimensions)

    def async_chat(self, client: Any, request: ChatRequest) -> AsyncGenerator[Delta | Finish, None]:
        from .openai_calls import async_chat

        return async_chat(client, self._named(request), self.answer_limit)

    async def async_complete(self, client: Any, request: ChatRequest) -> Completion:
        from .openai_calls import async_complete

        return await async_complete(client, self._named(request), self.answer_limit)

    async def async_embed(
        self, client: Any, texts: Sequence[str], model: str, dimensions: int | None = None
    ) -> Embeddings:
        from .openai_calls import async_embed

        return await async_embed(client, texts, model, dimensions)

    def failure(self, error: Exception) -> Failure | None:
        from .call_values import Failure
        from .transport import transport_failure

        if isinstance(error, NoModelList):
            return Failure(FailureKind.PROVIDER_FAULT, str(error))
        sdk = sys.modules.get("openai")
        known = None if sdk is None else _failure(sdk, error)
        return known or transport_failure(error)


def sdk_client(
    base_url: str, api_key: str | Callable[[], str] | None, *, is_async: bool = False, **options: Any
) -> Any:
    """A client of the SDK that is made of what it is given and of nothing else. Without a key it sends none."""
    import openai

    from .own_client import alone

    key = awaited(api_key) if is_async and callable(api_key) else api_key
    options |= {"base_url": base_url, "api_key": key or _NO_KEY}
    made: Any = openai.AsyncOpenAI(**options) if is_async else openai.OpenAI(**options)
    client = alone(made, options, FROM_ENVIRONMENT)
    if api_key is None:
        vars(client)["_client"].event_hooks["request"].append(_async_without_key if is_async else _without_key)
    return client


def awaited(token: Callable[[], str]) -> Callable[[], Awaitable[str]]:
    """A source of tokens for an asynchronous client. It may ask the network, so it runs in a thread."""

    async def answer() -> str:
        from .threaded import in_thread

        return await in_thread(token)

    return answer


def no_credentials() -> dict[str, Any]:
    """Headers of one request that keep its credentials from being sent; Azure's dated API has its own."""
    from openai import Omit

    return {"Authorization": Omit(), "api-key": Omit()}


def _without_key(request: Any) -> None:
    if request.headers.get("Authorization") == f"Bearer {_NO_KEY}":
        del request.headers["Authorization"]


async def _async_without_key(request: Any) -> None:
    _without_key(request)


def _failure(openai: ModuleType, error: Exception) -> Failure | None:
    from .call_values import Failure
    from .failures import http_failure
    from .told import said_with
    from .transport import transport_failure

    if isinstance(error, openai.APITimeoutError):
        return Failure(FailureKind.TIMEOUT, "no answer in time")
    if isinstance(error, openai.APIConnectionError):
        # Its own message is only "Connection error."; why is in the cause.
        cause = error.__cause__
        return (cause and transport_failure(cause)) or Failure(FailureKind.UNREACHABLE, str(cause or error))
    if isinstance(error, openai.APIStatusError):
        return http_failure(error.status_code, said_with(error), error.response.headers)
    if isinstance(error, openai.APIResponseValidationError):
        return Failure(FailureKind.PROVIDER_FAULT, "the answer could not be read")
    if isinstance(error, openai.APIError):
        return http_failure(None, said_with(error))
    if isinstance(error, openai.OpenAIError):
        return Failure(FailureKind.BAD_REQUEST, str(error))
    return None
