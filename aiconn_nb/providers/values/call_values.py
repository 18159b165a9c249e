"""The arguments and results of a provider's calls. `aiconn_nb.providers.base` exports them as well."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from aiconn_nb.errors import FailureKind
from aiconn_nb.model.capability import Capability
from aiconn_nb.model.field import FieldValue

from .server_numbers import count, dollars, told_apart


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars per million tokens."""

    input: float
    output: float


@dataclass(frozen=True, slots=True)
class Model:
    """A model as the provider lists it. Empty capabilities mean that the provider does not list them."""

    id: str
    name: str = ""
    capabilities: frozenset[Capability] = frozenset()
    context: int | None = None
    """The context size in tokens; None if not listed."""
    price: Price | None = None
    """None if not listed."""
    shutdown: str = ""
    """The shutdown date in ISO 8601; '' if none is announced."""


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of a conversation."""

    role: Literal["user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """A chat request. None values are not sent, so that the provider's own default applies."""

    model: str
    messages: Sequence[Message]
    system: str | None = None
    temperature: float | None = None
    max_tokens: int | None = None
    options: Mapping[str, FieldValue] = field(default_factory=dict)
    """The other options, by the keys that the provider declares."""
    schema: Mapping[str, Any] | None = None
    """The JSON Schema of the answer, passed by the provider's own mechanism if it has one. None: any text."""

    @property
    def texts(self) -> list[str]:
        """All texts that are sent."""
        return [self.system or "", str(self.schema or ""), *(each.content for each in self.messages)]


@dataclass(frozen=True, slots=True)
class Delta:
    """The next piece of an answer."""

    text: str


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens as counted by the provider, and what it charged; None if not reported."""

    input_tokens: int | None = None
    output_tokens: int | None = None
    cached_tokens: int | None = None
    """The part of the input tokens that the provider read from its cache, which costs less."""
    cost: float | None = None
    """US dollars, as charged by the provider. They precede every list of prices."""

    def __post_init__(self) -> None:
        # A plug-in may pass on what its server sent, and these numbers go into the sums of all calls.
        inputs, outputs = told_apart(count(self.input_tokens), count(self.output_tokens))
        object.__setattr__(self, "input_tokens", inputs)
        object.__setattr__(self, "output_tokens", outputs)
        object.__setattr__(self, "cached_tokens", count(self.cached_tokens))
        object.__setattr__(self, "cost", dollars(self.cost))


@dataclass(frozen=True, slots=True)
class Finish:
    """The end of an answer: why it ended, its usage, and the model that answered."""

    reason: str | None = None
    usage: Usage = field(default_factory=Usage)
    model: str | None = None
    notes: tuple[str, ...] = ()
    """Notes for the reader of the answer, such as a parameter that the server refused and that was omitted."""


@dataclass(frozen=True, slots=True)
class Completion:
    """An answer in one piece."""

    text: str
    finish: Finish
    headers: Mapping[str, str] = field(default_factory=dict)
    """The response's headers, for their rate limits; empty if the SDK hides them."""

    @classmethod
    def of(cls, pieces: Iterable[Delta | Finish]) -> Completion:
        """The answer that came in these pieces."""
        texts, finish = list[str](), Finish()
        for piece in pieces:
            if isinstance(piece, Finish):
                finish = piece
            else:
                texts.append(piece.text)
        return cls("".join(texts), finish)


@dataclass(frozen=True, slots=True)
class Embeddings:
    """One vector per text, in the order of the texts."""

    vectors: list[list[float]]
    usage: Usage = field(default_factory=Usage)
    notes: tuple[str, ...] = ()
    """As in `Finish`."""


@dataclass(frozen=True, slots=True)
class Failure:
    """How a provider classifies an error of its SDK."""

    kind: FailureKind
    words: str
    """The provider's own message, not redacted yet."""
    retry_after: float | None = None
    """Seconds to wait, if the provider said so."""
    advice: str = ""
    """Advice, if it is more specific than the kind's."""
    again: bool = False
    """Whether the same request may succeed a moment later."""
    too_large: bool = False
    """Whether the batch of texts may succeed in smaller parts."""
