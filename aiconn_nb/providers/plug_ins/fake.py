"""A fake provider for tests of code that uses a provider. Exported by `aiconn_nb.providers.testing`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from aiconn_nb.errors import FailureKind
from aiconn_nb.model.capability import Capability
from aiconn_nb.model.field import Field

from ..base import ChatRequest, Delta, Embeddings, Failure, Finish, Model, Provider, Settings, Usage
from .registry import PlugIn, Registry


class FakeFailure(Exception):
    """Raised by a fake's client, as an SDK raises its own errors."""

    def __init__(self, kind: FailureKind, words: str, retry_after: float | None = None) -> None:
        super().__init__(words)
        self.kind = kind
        self.retry_after = retry_after


@dataclass(repr=False)
class FakeClient:
    """A fake's replacement for an SDK's client. It records the settings that it was built with."""

    settings: Settings


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a fake: ``verb`` is ``client``, ``models``, ``chat`` or ``embed``."""

    verb: str
    asked: object = None
    """The `ChatRequest`, or ``(texts, model, dimensions)``."""


@dataclass(eq=False)
class FakeProvider(Provider):
    """A provider that gives prepared answers and records its calls.

    ``failures`` says which verbs fail, and how: ``{"models": FailureKind.AUTHENTICATION}``. For another id, fields or SDK,
    inherit it and override them.
    """

    id = "fake"
    name = "Fake"
    fields = (
        Field("api_key", "API key", required=True, sensitive=True, suggested_reference="$Fake:ApiKey"),
        Field("region", "Region"),
        Field("endpoint", "Endpoint", type="url", default="https://fake.example"),
        Field("retries", "Retries", type="integer"),
    )
    capabilities = frozenset({Capability.CHAT, Capability.EMBEDDING})
    variables: ClassVar = {"api_key": ("FAKE_API_KEY",), "region": ("FAKE_REGION",)}
    embed_batch = 8

    listed: Sequence[Model] = (
        Model("fake-chat", capabilities=frozenset({Capability.CHAT})),
        Model("fake-embedding", capabilities=frozenset({Capability.EMBEDDING})),
    )
    answer: Sequence[str] = ("Hello ", "from ", "the fake.")
    vector: Sequence[float] = (0.6, 0.8)
    failures: dict[str, FailureKind] = field(default_factory=dict)
    words: str = "the fake fails on purpose"
    """The message of a failure."""
    retry_after: float | None = None
    has_models: bool = True
    """Whether there is a model list at all."""
    public: bool = False
    """Whether the list is available without a key."""
    knows_key: bool | None = None
    """The result of the key endpoint; None if there is none."""
    calls: list[Call] = field(default_factory=list)
    clients: list[FakeClient] = field(default_factory=list)

    def client(self, settings: Settings) -> FakeClient:
        self._called("client")
        self.clients.append(FakeClient(dict(settings)))
        return self.clients[-1]

    def models(self, client: Any) -> list[Model]:
        self._called("models")
        if not self.has_models:
            raise NotImplementedError
        return list(self.listed)

    def models_without_key(self, client: Any) -> None:
        if not self.public:
            raise FakeFailure(FailureKind.AUTHENTICATION, "no key was sent")

    def accepts_key(self, client: Any) -> bool:
        if self.knows_key is None:
            raise NotImplementedError
        if not self.knows_key:
            raise FakeFailure(FailureKind.AUTHENTICATION, "this key is not known")
        return True

    def chat(self, client: Any, request: ChatRequest) -> Iterator[Delta | Finish]:
        self._called("chat", request)
        yield from map(Delta, self.answer)
        yield Finish("stop", Usage(len(request.messages), len(self.answer)), request.model)

    def embed(self, client: Any, texts: Sequence[str], model: str, dimensions: int | None = None) -> Embeddings:
        self._called("embed", (tuple(texts), model, dimensions))
        return Embeddings([list(self.vector) for _ in texts], Usage(len(texts)))

    def endpoint(self, settings: Settings) -> str:
        return str(settings.get("endpoint", "https://fake.example"))

    def official(self, host: str) -> bool:
        return host == "fake.example"

    def failure(self, error: Exception) -> Failure | None:
        return Failure(error.kind, str(error), error.retry_after) if isinstance(error, FakeFailure) else None

    def _called(self, verb: str, asked: object = None) -> None:
        self.calls.append(Call(verb, asked))
        if verb in self.failures:
            raise FakeFailure(self.failures[verb], self.words, self.retry_after)


@dataclass(frozen=True)
class FakePlugIn:
    """An entry point that is not installed: it returns the object that it holds, or raises it."""

    name: str
    holds: object
    value: str = "somewhere.else:Provider"

    def load(self) -> object:
        """Return the object; raise it if it is an error."""
        if isinstance(self.holds, BaseException):
            raise self.holds
        return self.holds


def registry_of(*providers: Provider | type[Provider], others: Mapping[str, object] | None = None) -> Registry:
    """A registry of only these providers. ``others`` are plug-ins by id that hold any object, or an error to raise."""
    plug_ins: list[PlugIn] = [FakePlugIn(provider.id, provider) for provider in providers]
    plug_ins += [FakePlugIn(id, holds) for id, holds in (others or {}).items()]
    return Registry(plug_ins)
