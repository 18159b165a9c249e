"""The common base of providers with OpenAI's protocol.

Modules that only a call needs are imported by the call: a list of connections needs only the declarations.
"""

from __future__ import annotations

import sys
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from types import ModuleType
from typing import TYPE_CHECKING, Any, ClassVar, Final

from aiconn_nb.errors import FailureKind
from aiconn_nb.model.capability import Capability
from aiconn_nb.model.field import Field

from ..base import Sdk, Settings, text_of
from ..values.endpoints import at, openai_base, other_openai_bases
from ..values.model_options import SAMPLING
from ..values.network_fields import NETWORK, OPENAI_KEY_HEADER
from .stainless import Stainless

if TYPE_CHECKING:
    from ..values.access import Access
    from ..values.call_values import ChatRequest, Completion, Delta, Embeddings, Failure, Finish, Model

_NO_KEY = "no-key"
"""The SDK requires a key. This one is never sent."""
FROM_ENVIRONMENT: Final = ("organization", "project", "admin_api_key", "webhook_secret")
"""Options that the SDK reads from the environment if they are not passed."""


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
"""Variables by which the SDK, and libraries built on it, find an account. Azure's, set in addition to a key, make it fail."""
NO_TRACES: Final[dict[str, str]] = {"OPENAI_AGENTS_DISABLE_TRACING": "1"}
"""The agents' SDK sends its traces to OpenAI with OPENAI_API_KEY, even if that is another server's key."""


class OpenAIProtocol(Stainless):
    """A provider that is called with the SDK ``openai``."""

    network: ClassVar[tuple[Field, ...]] = (OPENAI_KEY_HEADER, *NETWORK)
    capabilities = frozenset({Capability.CHAT, Capability.EMBEDDING})
    sdk = Sdk(("openai",), "openai")
    tested: ClassVar[str] = "aimock, our test server"
    keeps_schemas = True
    # The protocol has no such limit; this is the smallest one of any known server (text-embeddings-inference).
    embed_batch = 32
    foreign: ClassVar[tuple[str, ...]] = FOREIGN
    chat_options: ClassVar[tuple[Field, ...]] = SAMPLING
    option_names: ClassVar[Mapping[str, str]] = {}
    """The name of an option in a request, if it differs from its declared key."""
    model_list: ClassVar[str | None] = "models"
    """The path of the model list: below the base URL, or from the origin if it begins with a slash. None: not documented."""
    answer_limit: ClassVar[str] = "max_tokens"
    """The name of the parameter for the answer's limit. OpenAI itself has moved on to ``max_completion_tokens``."""

    def build(self, settings: Settings, *, is_async: bool = False, **options: Any) -> Any:
        key = settings.get("api_key")
        return sdk_client(self.api_base(settings), None if key is None else text_of(key), is_async=is_async, **options)

    def access(self, settings: Settings) -> Access | None:
        from ..values.access import Access, Api

        return Access(
            Api.OPENAI,
            self.api_base(settings),
            self.key(settings),
            {name: text_of(settings[name]) for name in ("organization", "project") if name in settings},
            has_openai_models=self.answer_limit == "max_completion_tokens",
        )

    def api_base(self, settings: Settings) -> str:
        """The URL to which the SDK appends ``/chat/completions``."""
        return self.endpoint(settings)

    def meant_endpoint(self, given: str) -> str:
        return openai_base(given)

    def models(self, client: Any) -> list[Model]:
        from .model_lists import listed_in, next_page

        content = self._list(client)
        listed = {each["id"]: each for each in listed_in(content)}
        while query := next_page(content):
            content = self._list(client, params=query)
            found = {each["id"]: each for each in listed_in(content)}
            if found.keys() <= listed.keys():
                break  # a server that does not know the query sends the first page again
            listed |= found
        return sorted(map(self.model, listed.values()), key=lambda model: model.id)

    def _list(self, client: Any, **options: Any) -> bytes:
        """The model list, not parsed by the SDK: it reads any JSON as an empty page, and fails on a bare array."""
        if self.model_list is None:
            raise NotImplementedError
        from .openai_calls import fetched

        base = str(client.base_url).rstrip("/")
        path = self.model_list
        return fetched(client, at(base, path) if path.startswith("/") else f"{base}/{path}", **options)

    def model(self, listed: Mapping[str, Any]) -> Model:
        """One entry of the list of models, which has an ``id``."""
        from .model_facts import model_in

        return model_in(listed)

    def models_without_key(self, client: Any) -> None:
        self._list(client, headers=_no_credentials())

    def accepts_key(self, client: Any) -> bool:
        # Any server with a public list is asked: a gateway may be one of these under another name.
        from .key_endpoints import key_is_known

        return key_is_known(client)

    def alternatives(self, settings: Settings) -> Sequence[Mapping[str, str]]:
        return [{"endpoint": url} for url in other_openai_bases(self.endpoint(settings))]

    def _named(self, request: ChatRequest) -> ChatRequest:
        names = self.option_names
        if not request.options:
            return request
        return replace(request, options={names.get(key, key): value for key, value in request.options.items()})

    def async_chat(self, client: Any, request: ChatRequest) -> AsyncGenerator[Delta | Finish, None]:
        from .openai_calls import chat

        return chat(client, self._named(request), self.answer_limit)

    async def async_complete(self, client: Any, request: ChatRequest) -> Completion:
        from .openai_calls import complete

        return await complete(client, self._named(request), self.answer_limit)

    async def async_embed(
        self, client: Any, texts: Sequence[str], model: str, dimensions: int | None = None, **options: Any
    ) -> Embeddings:
        from .openai_calls import embed

        return await embed(client, texts, model, dimensions, options)

    def failure(self, error: Exception) -> Failure | None:
        from ..failures.transport import transport_failure

        sdk = sys.modules.get("openai")
        known = None if sdk is None else _failure(sdk, error)
        return known or transport_failure(error)


def sdk_client(
    base_url: str, api_key: str | Callable[[], str] | None, *, is_async: bool = False, **options: Any
) -> Any:
    """A client of the SDK that is built only from the arguments. Without a key it sends none."""
    import openai

    from ..clients.own_client import alone

    key = awaited(api_key) if is_async and callable(api_key) else api_key
    # A plug-in's address may be None, for which the SDK takes the one in a variable.
    options |= {"base_url": base_url or "", "api_key": key or _NO_KEY}
    made: Any = openai.AsyncOpenAI(**options) if is_async else openai.OpenAI(**options)
    client = alone(made, options, FROM_ENVIRONMENT)
    if api_key is None:
        vars(client)["_client"].event_hooks["request"].append(_async_without_key if is_async else _without_key)
    return client


def awaited(token: Callable[[], str]) -> Callable[[], Awaitable[str]]:
    """Adapt a token source to an asynchronous client. It may use the network, so it runs in a thread."""

    async def answer() -> str:
        from ..calls.threaded import in_thread

        return await in_thread(token)

    return answer


def _no_credentials() -> dict[str, Any]:
    """Headers that suppress the credentials of one request; Azure's dated API has different ones."""
    from openai import Omit

    return {"Authorization": Omit(), "api-key": Omit()}


def _without_key(request: Any) -> None:
    if request.headers.get("Authorization") == f"Bearer {_NO_KEY}":
        del request.headers["Authorization"]


async def _async_without_key(request: Any) -> None:
    _without_key(request)


def _failure(openai: ModuleType, error: Exception) -> Failure | None:
    from ..failures.classifying import http_failure, sdk_failure
    from ..failures.told import said_with
    from ..values.call_values import Failure

    if failure := sdk_failure(openai, error):
        return failure
    if isinstance(error, openai.APIError):
        return http_failure(None, said_with(error))
    if isinstance(error, openai.OpenAIError):
        return Failure(FailureKind.BAD_REQUEST, str(error))
    return None
