"""What a provider is, and the small values that go in and out of it.

A plug-in is one class that inherits `Provider` and is named in the entry-point group ``aiconn_nb.providers``. It says what it
asks for (`fields`), what it can do (`capabilities`) and which SDK it needs (`sdk`); it builds the SDK's own client and
translates three calls. It may let every SDK error through: `Account` turns them into `ProviderFailed` by asking `failure`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, final

from aiconn_nb.model.field import Field, FieldValue, convert
from aiconn_nb.model.hint import pip
from aiconn_nb.model.profile import Capability
from aiconn_nb.model.secret import Secret

from .access import Access
from .endpoints import Correction
from .model_options import CHAT, EMBEDDING

if TYPE_CHECKING:
    from .call_values import ChatRequest as ChatRequest
    from .call_values import Completion as Completion
    from .call_values import Delta as Delta
    from .call_values import Embeddings as Embeddings
    from .call_values import Failure as Failure
    from .call_values import Finish as Finish
    from .call_values import Message as Message
    from .call_values import Model as Model
    from .call_values import Price as Price
    from .call_values import Usage as Usage

Settings = Mapping[str, FieldValue | Secret]
"""Resolved settings: what is not set is absent; sensitive ones are `Secret`."""


@dataclass(frozen=True, slots=True)
class Sdk:
    """The Python package a provider needs, and the extra of aiconn_nb that brings it."""

    modules: tuple[str, ...]
    """Modules that must be importable, such as ``("openai",)``."""
    extra: str

    @property
    def install(self) -> str:
        """The line that installs it, where messages are shown."""
        return pip(self.package)

    @property
    def package(self) -> str:
        """What to install, as pip takes it."""
        return f"'aiconn-nb[{self.extra}]'"


def __getattr__(name: str) -> object:
    """What goes in and out of a call is a part of this module, and is imported with the first call: a list makes none."""
    if not name.startswith("_"):
        from . import call_values

        if name in call_values.__all__:
            return getattr(call_values, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def text_of(value: FieldValue | Secret) -> str:
    """A setting as an SDK or an environment variable wants it; a secret in the clear."""
    if isinstance(value, Secret):
        return value.reveal()
    return str(value).lower() if isinstance(value, bool) else str(value).strip()


def usable(fields: Sequence[Field], settings: Settings) -> Settings:
    """Settings as a provider takes them: a `Secret` in sensitive fields only.

    A secret that a connection of an earlier release has in another field is let out for the provider; whoever shows something
    of it masks it.
    """
    plain = {field.key: field for field in fields if not field.sensitive}
    if not any(isinstance(value, Secret) and key in plain for key, value in settings.items()):
        return settings
    return {
        key: convert(value.reveal(), plain[key]) if isinstance(value, Secret) and key in plain else value
        for key, value in settings.items()
    }


class Provider(ABC):
    """A kind of account. Stateless: every call gets the settings or the client it works with."""

    id: ClassVar[str]
    name: ClassVar[str]
    fields: ClassVar[tuple[Field, ...]]
    capabilities: ClassVar[frozenset[Capability]]
    chat_options: ClassVar[tuple[Field, ...]] = CHAT
    """The options of its chat models. Only these are sent; of another one the answer says that it was not."""
    embedding_options: ClassVar[tuple[Field, ...]] = EMBEDDING
    sdk: ClassVar[Sdk | None] = None
    key_shapes: ClassVar[tuple[str, ...]] = ()
    """Whose keys belong here, in the words of `aiconn_nb.model.secret.shape_of`."""
    embed_batch: ClassVar[int] = 1
    """How many texts the provider takes in one call of `embed`."""
    embed_tokens: ClassVar[int | None] = None
    """How many tokens all texts of one call may have together; None where no limit is known."""
    is_local: ClassVar[bool] = False
    """Whether it usually runs on this machine or on one of your own."""
    machine_credentials: ClassVar[bool] = False
    """Whether a connection without its own key uses the account that this machine is signed in to, as clouds do."""
    keeps_schemas: ClassVar[bool] = False
    """Whether the schema of a `ChatRequest` is passed on, by the provider's own mechanism for structured output."""
    is_free: ClassVar[bool] = False
    """Whether its answers cost nothing, as those of a model on this machine."""
    lists_what_it_calls: ClassVar[bool] = True
    """Whether a model goes by the name that is in the list. At Azure it goes by its deployment's, which no list has."""
    variables: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    """Field key -> the environment variables in which this provider's ecosystem looks for it."""
    foreign: ClassVar[tuple[str, ...]] = ()
    """More variables of the ecosystem: they hold another account's credential, endpoint or header, or choose another service."""

    @final
    def field(self, key: str) -> Field | None:
        """The field with this key, or None."""
        return next((f for f in self.fields if f.key == key), None)

    def problems(self, settings: Mapping[str, object]) -> dict[str, str]:
        """Rules between fields, checked on save: field key -> what is wrong. ``settings`` are unresolved; look only at
        which keys are there."""
        return {}

    @abstractmethod
    def client(self, settings: Settings) -> Any:
        """The official SDK's own client. Must not touch the network."""

    def impatient_client(self, settings: Settings, seconds: float) -> Any:
        """A client for a probe: it gives up after ``seconds`` and does not try again. Not every SDK can be told so; the
        ordinary client is good enough."""
        return self.client(settings)

    def asking_client(self, settings: Settings, seconds: float | None) -> Any:
        """The client for this package's own calls, which sends one request per call: `Account` decides what is sent again.

        ``seconds`` is the patience, None for the SDK's own. An SDK that repeats requests by itself is told not to.
        """
        return self.client(settings) if seconds is None else self.impatient_client(settings, seconds)

    def async_client(self, settings: Settings, seconds: float | None) -> Any:
        """The SDK's asynchronous client, made of the same settings and with the same rules as `asking_client`.

        It serves the one event loop in which it is first used. Raises `NotImplementedError` where the SDK has none: then
        the calls run in threads.
        """
        raise NotImplementedError

    @abstractmethod
    def models(self, client: Any) -> list[Model]:
        """The models this account can use, asked of the provider now. Raises rather than answering an empty list for an error;
        raises `NotImplementedError` where the provider has no model list."""

    def models_without_key(self, client: Any) -> None:
        """Ask for the models as `models` does, with the same client, but send no credentials.

        A list that comes all the same says nothing about the key; a refusal, which raises the SDK's error, proves that the key
        was looked at. Raises `NotImplementedError` where this cannot be asked.
        """
        raise NotImplementedError

    def accepts_key(self, client: Any) -> bool:
        """Ask the provider's own endpoint for the key in use; False where what answers is no such endpoint.

        Raises the SDK's error where the key is refused, and `NotImplementedError` where the provider has no such endpoint.
        """
        raise NotImplementedError

    def chat(self, client: Any, request: ChatRequest) -> Iterator[Delta | Finish]:
        """The answer in pieces as they come, then one `Finish`. Closing the iterator closes the HTTP connection."""
        raise NotImplementedError

    def async_chat(self, client: Any, request: ChatRequest) -> AsyncGenerator[Delta | Finish, None]:
        """The same as `chat`, with a client of `async_client`. Closing the generator closes the HTTP connection at once."""
        raise NotImplementedError

    async def async_complete(self, client: Any, request: ChatRequest) -> Completion:
        """The whole answer, with a client of `async_client`: in one piece where the provider's API has that."""
        from .call_values import Completion, Finish

        texts, finish = list[str](), Finish()
        async with aclosing(self.async_chat(client, request)) as pieces:
            async for piece in pieces:
                if isinstance(piece, Finish):
                    finish = piece
                else:
                    texts.append(piece.text)
        return Completion("".join(texts), finish)

    def embed(self, client: Any, texts: Sequence[str], model: str, dimensions: int | None = None) -> Embeddings:
        """One vector per text; at most `embed_batch` texts are passed at once."""
        raise NotImplementedError

    async def async_embed(
        self, client: Any, texts: Sequence[str], model: str, dimensions: int | None = None
    ) -> Embeddings:
        """The same as `embed`, with a client of `async_client`."""
        raise NotImplementedError

    def environment(self, settings: Settings) -> dict[str, str]:
        """The environment variables that this provider's ecosystem reads, with their values in the clear: what `variables`
        names of what is set."""
        return {
            name: text_of(settings[key]) for key, names in self.variables.items() if key in settings for name in names
        }

    def pinned(self, settings: Settings) -> dict[str, str]:
        """More variables that must have a certain value while this account's are set: else another account, or another host,
        would come into play."""
        return {}

    def removed(self, settings: Settings) -> frozenset[str]:
        """The environment variables that must not reach a program that uses this account, unless `environment` or
        `pinned` sets them."""
        return frozenset(self.foreign).union(*self.variables.values())

    @abstractmethod
    def endpoint(self, settings: Settings) -> str | None:
        """The URL whose host the client will talk to, or None where there is no network in it."""

    def access(self, settings: Settings) -> Access | None:
        """How other libraries call this account, or None where none can."""
        return None

    def corrections(self, settings: Mapping[str, str]) -> Sequence[Correction]:
        """What is certainly not meant among the literal texts of a connection, such as an operation's URL for the endpoint.

        Asked on save. What is only likely belongs into `alternatives`, which a test tries.
        """
        return ()

    def alternatives(self, settings: Settings) -> Sequence[Mapping[str, str]]:
        """Settings to try in place of these where the API is not found: same origin, likeliest first."""
        return ()

    def official(self, host: str) -> bool:
        """Whether a host is the provider's own, so that a key may go there without a question."""
        return False

    def failure(self, error: Exception) -> Failure | None:
        """What an error of the SDK means, or None where this provider does not know it."""
        return None
