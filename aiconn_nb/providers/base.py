"""The base class of providers, and the values that go in and out of it.

A plug-in is a class that inherits `Provider` and is named in the entry-point group ``aiconn_nb.providers``. It declares its
`fields`, its `capabilities` and the `sdk` that it needs. It builds the SDK's client and translates three calls. It may let every
SDK error through: `Account` turns them into `ProviderFailed` with the help of `failure`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence
from contextlib import aclosing
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, final

from aiconn_nb.model.capability import Capability
from aiconn_nb.model.field import Field, FieldValue, as_text, convert
from aiconn_nb.model.hint import pip
from aiconn_nb.model.secret import Secret

from .values.endpoints import Correction, corrected
from .values.model_options import CHAT, EMBEDDING
from .values.sign_in import SignIn, problems_in

if TYPE_CHECKING:
    from .values.access import Access
    from .values.call_values import ChatRequest as ChatRequest
    from .values.call_values import Completion as Completion
    from .values.call_values import Delta as Delta
    from .values.call_values import Embeddings as Embeddings
    from .values.call_values import Failure as Failure
    from .values.call_values import Finish as Finish
    from .values.call_values import Message as Message
    from .values.call_values import Model as Model
    from .values.call_values import Price as Price
    from .values.call_values import Usage as Usage

Settings = Mapping[str, FieldValue | Secret]
"""Resolved settings. Unset ones are absent; sensitive ones are `Secret`."""


class Sdk(NamedTuple):
    """The Python package a provider needs, and the extra of aiconn_nb that installs it."""

    modules: tuple[str, ...]
    """Modules that must be importable, such as ``("openai",)``."""
    extra: str

    @property
    def install(self) -> str:
        """The command that installs it, in the syntax of the interface that shows it."""
        return pip(self.package)

    @property
    def package(self) -> str:
        """The argument for pip."""
        return f"'aiconn-nb[{self.extra}]'"


def __getattr__(name: str) -> object:
    """The values of a call are a part of this module, but are imported with the first call: a list makes none."""
    if not name.startswith("_"):
        from .values import call_values

        if getattr(vars(call_values).get(name), "__module__", "") == call_values.__name__:
            return getattr(call_values, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def text_of(value: FieldValue | Secret) -> str:
    """A setting as text for an SDK or an environment variable; secrets in the clear."""
    if isinstance(value, Secret):
        return value.reveal()
    return as_text(value).strip()


def usable(fields: Sequence[Field], settings: Settings) -> Settings:
    """Convert settings for a provider: only sensitive fields hold a `Secret`.

    A connection of an earlier release may hold a secret in another field. The provider gets it in the clear; the code that
    displays it masks it.
    """
    made = settings
    for field in fields:
        value = settings.get(field.key)
        if isinstance(value, Secret) and not field.sensitive:
            made = {**made, field.key: convert(value.reveal(), field)}
    return made


class Provider(ABC):
    """A kind of account. Stateless: every call gets the settings or the client to work with."""

    id: ClassVar[str]
    name: ClassVar[str]
    fields: ClassVar[tuple[Field, ...]]
    network: ClassVar[tuple[Field, ...]] = ()
    """Network fields, which follow the `fields` of each subclass; see ``values/network_fields.py``."""
    capabilities: ClassVar[frozenset[Capability]]
    chat_options: ClassVar[tuple[Field, ...]] = CHAT
    """The options of its chat models. Only these are sent; the answer has a note for any other option."""
    embedding_options: ClassVar[tuple[Field, ...]] = EMBEDDING
    """The options of its embedding models. `embed` and `async_embed` get each one but ``dimensions`` by keyword, if it is set."""
    sdk: ClassVar[Sdk | None] = None
    key_shapes: ClassVar[tuple[str, ...]] = ()
    """The vendor of the keys, as named by `aiconn_nb.model.secret.shape_of`."""
    embed_batch: ClassVar[int] = 1
    """The maximum number of texts in one call of `embed`."""
    embed_tokens: ClassVar[int | None] = None
    """The maximum number of tokens of all texts in one call; None if no limit is known."""
    is_local: ClassVar[bool] = False
    """Whether it usually runs on this machine or on one of the user's."""
    machine_credentials: ClassVar[bool] = False
    """Whether a connection without its own key uses the account that this machine is signed in to, as for clouds."""
    keeps_schemas: ClassVar[bool] = False
    """Whether it passes on the schema of a `ChatRequest`, by the provider's own mechanism for structured output."""
    is_free: ClassVar[bool] = False
    """Whether its answers are free, like those of a model that runs there. A proxy on this machine passes on what others charge."""
    lists_what_it_calls: ClassVar[bool] = True
    """Whether a model is called by its listed id. Azure uses the name of the deployment, which is not in the list."""
    sign_ins: ClassVar[tuple[SignIn, ...]] = ()
    """The ways to sign in, if there are several. `problems` ensures that a connection chooses one of them."""
    tested: ClassVar[str] = ""
    """What it was tested against, if that was a stand-in for the real service."""
    variables: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    """Field key -> the environment variables that this provider's ecosystem reads."""
    foreign: ClassVar[tuple[str, ...]] = ()
    """More variables of the ecosystem: they hold another account's credential, endpoint or header, or select another service."""

    @final
    def field(self, key: str) -> Field | None:
        """The field with this key, or None."""
        return next((f for f in self.fields if f.key == key), None)

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if "fields" in vars(cls) and isinstance(cls.fields, tuple):
            own = {each.key for each in cls.fields if isinstance(each, Field)}
            cls.fields = (*cls.fields, *(each for each in cls.network if each.key not in own))

    def problems(self, settings: Mapping[str, object]) -> dict[str, str]:
        """Check rules between fields on save: field key -> what is wrong. ``settings`` are unresolved; only their keys count."""
        way: dict[str, str] = {}
        if self.network:
            from .values import network_fields

            way = network_fields.problems(settings)
        return {**way, **problems_in(self.sign_ins, settings)}

    @abstractmethod
    def client(self, settings: Settings) -> Any:
        """Build the official SDK's client. Must not use the network."""

    def impatient_client(self, settings: Settings, seconds: float) -> Any:
        """Build a client for a probe: it gives up after ``seconds`` and does not retry. If an SDK has no such options, the ordinary
        client is good enough."""
        return self.client(settings)

    def asking_client(self, settings: Settings, seconds: float | None) -> Any:
        """Build the client for this package's calls, which sends one request per call: `Account` handles retries.

        ``seconds`` is the patience, None for the SDK's default. The SDK's own retries are switched off.
        """
        return self.client(settings) if seconds is None else self.impatient_client(settings, seconds)

    def async_client(self, settings: Settings, seconds: float | None) -> Any:
        """Build the SDK's asynchronous client from the same settings and by the same rules as `asking_client`.

        It serves the one event loop in which it is first used. Raises `NotImplementedError` if the SDK has none; the calls then
        run in threads.
        """
        raise NotImplementedError

    @abstractmethod
    def models(self, client: Any) -> list[Model]:
        """Request the models that this account can use. Raises an error instead of returning an empty list; raises
        `NotImplementedError` if the provider has no model list."""

    def models_without_key(self, client: Any) -> None:
        """Request the models as `models` does, with the same client, but without credentials.

        If the list comes all the same, it proves nothing about the key. A refusal, which raises the SDK's error, proves that the
        key was checked. Raises `NotImplementedError` if such a request is impossible.
        """
        raise NotImplementedError

    def accepts_key(self, client: Any) -> bool:
        """Ask the provider's own endpoint about the key in use. Returns False if the response is not from such an endpoint.

        Raises the SDK's error if the key is refused, and `NotImplementedError` if the provider has no such endpoint.
        """
        raise NotImplementedError

    def chat(self, client: Any, request: ChatRequest) -> Iterator[Delta | Finish]:
        """Yield the answer in pieces, then one `Finish`. Closing the iterator closes the HTTP connection."""
        raise NotImplementedError

    def async_chat(self, client: Any, request: ChatRequest) -> AsyncGenerator[Delta | Finish, None]:
        """Do the same as `chat` with a client of `async_client`. Closing the generator closes the HTTP connection at once."""
        raise NotImplementedError

    async def async_complete(self, client: Any, request: ChatRequest) -> Completion:
        """Return the whole answer, with a client of `async_client`, without streaming if the provider's API supports that."""
        from .values.call_values import Completion

        async with aclosing(self.async_chat(client, request)) as pieces:
            return Completion.of([piece async for piece in pieces])

    def embed(self, client: Any, texts: Sequence[str], model: str, dimensions: int | None = None) -> Embeddings:
        """Return one vector per text, for at most `embed_batch` texts."""
        raise NotImplementedError

    async def async_embed(
        self, client: Any, texts: Sequence[str], model: str, dimensions: int | None = None
    ) -> Embeddings:
        """Do the same as `embed` with a client of `async_client`."""
        raise NotImplementedError

    def environment(self, settings: Settings) -> dict[str, str]:
        """The environment variables of this provider's ecosystem, with their values in the clear: those that `variables` names
        for the fields that are set."""
        return {
            name: text_of(settings[key]) for key, names in self.variables.items() if key in settings for name in names
        }

    def pinned(self, settings: Settings) -> dict[str, str]:
        """More variables that must have a certain value while this account's are set. Otherwise another account or another host
        would be used."""
        return {}

    def removed(self, settings: Settings) -> frozenset[str]:
        """The environment variables that a program with this account must not see, unless `environment` or
        `pinned` sets them."""
        return frozenset(self.foreign).union(*self.variables.values())

    @abstractmethod
    def endpoint(self, settings: Settings) -> str | None:
        """The URL that the client calls, or None if it uses no network."""

    def access(self, settings: Settings) -> Access | None:
        """How other libraries can call this account, or None if they cannot."""
        return None

    def corrections(self, settings: Mapping[str, str]) -> Sequence[Correction]:
        """Corrections of literal texts that are certainly wrong, such as an operation's URL in place of the endpoint.

        Applied on save. Corrections that are only likely belong in `alternatives`, which a test tries. By default, the endpoint
        becomes its `meant_endpoint`.
        """
        given = settings.get("endpoint")
        return corrected("endpoint", given, self.meant_endpoint(given)) if given else ()

    def meant_endpoint(self, given: str) -> str:
        """The endpoint that the user certainly meant by this text."""
        return given.strip()

    def alternatives(self, settings: Settings) -> Sequence[Mapping[str, str]]:
        """Settings to try if the API is not found with these: same origin, most likely first."""
        return ()

    def official(self, host: str) -> bool:
        """Whether a host is the provider's own, so that a key may go there without a question."""
        return False

    def failure(self, error: Exception) -> Failure | None:
        """Classify an error of the SDK, or return None if this provider does not know it."""
        return None
