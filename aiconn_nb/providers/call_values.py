"""What goes into a call of a provider, and what comes out of it. `aiconn_nb.providers.base` has all of it as well."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from aiconn_nb.errors import FailureKind
from aiconn_nb.model.field import FieldValue
from aiconn_nb.model.profile import Capability

__all__ = [
    "ChatRequest",
    "Completion",
    "Delta",
    "Embeddings",
    "Failure",
    "Finish",
    "Message",
    "Model",
    "Price",
    "Usage",
]


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars for a million tokens."""

    input: float
    output: float


@dataclass(frozen=True, slots=True)
class Model:
    """A model as the provider lists it. No capabilities: the provider does not say what it can do."""

    id: str
    name: str = ""
    capabilities: frozenset[Capability] = frozenset()
    context: int | None = None
    """How many tokens it takes; None where the list does not say."""
    price: Price | None = None
    """None where the list does not say."""
    shutdown: str = ""
    """The day on which it ends, in ISO 8601; '' where none is announced."""


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of a conversation."""

    role: Literal["user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """What to ask. What is None is not sent, so that the provider's own default holds."""

    model: str
    messages: Sequence[Message]
    system: str | None = None
    temperature: float | None = None
    max_tokens: int | None = None
    options: Mapping[str, FieldValue] = field(default_factory=dict)
    """The other options, by the keys under which the provider declares them."""
    schema: Mapping[str, Any] | None = None
    """The JSON Schema that the answer is to keep, by the provider's own mechanism where it has one. None: any text."""


@dataclass(frozen=True, slots=True)
class Delta:
    """The next piece of an answer."""

    text: str


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens as the provider counted them; None where it does not say."""

    input_tokens: int | None = None
    output_tokens: int | None = None


@dataclass(frozen=True, slots=True)
class Finish:
    """The end of an answer: why it ended, what it cost, and which model really answered."""

    reason: str | None = None
    usage: Usage = field(default_factory=Usage)
    model: str | None = None
    notes: tuple[str, ...] = ()
    """What the reader of the answer should know, such as a parameter that the server refused and that was left out."""


@dataclass(frozen=True, slots=True)
class Completion:
    """An answer that came whole."""

    text: str
    finish: Finish
    headers: Mapping[str, str] = field(default_factory=dict)
    """The response's headers, for the limits that they tell of; empty where the SDK does not show them."""


@dataclass(frozen=True, slots=True)
class Embeddings:
    """One vector per text, in the order of the texts."""

    vectors: list[list[float]]
    usage: Usage = field(default_factory=Usage)
    notes: tuple[str, ...] = ()
    """As in `Finish`."""


@dataclass(frozen=True, slots=True)
class Failure:
    """How a provider reads an error of its SDK."""

    kind: FailureKind
    words: str
    """The provider's own words, still unredacted."""
    retry_after: float | None = None
    """Seconds to wait, where the provider said so."""
    advice: str = ""
    """What to do, where more is known than the kind says."""
    again: bool = False
    """Whether the same request may succeed a moment later."""
    too_large: bool = False
    """Whether a batch of texts may be taken in smaller parts."""
