"""A provider without a network, a key or a bill: for a first try, a classroom, and tests."""

from __future__ import annotations

import json
import math
import re
import time
from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence
from typing import Any, ClassVar, Final

from aiconn_nb.errors import FailureKind
from aiconn_nb.model.capability import Capability
from aiconn_nb.model.field import Field

from .base import ChatRequest, Delta, Embeddings, Failure, Finish, Message, Model, Provider, Settings, Usage, text_of

CHAT = "demo-chat"
BRIEF = "demo-brief"
EMBEDDING = "demo-embedding"
DIMENSIONS = 64

MODELS = (
    Model(BRIEF, "Demo, few words", frozenset({Capability.CHAT})),
    Model(CHAT, "Demo", frozenset({Capability.CHAT})),
    Model(EMBEDDING, "Demo embedding", frozenset({Capability.EMBEDDING})),
)

_WORD = re.compile(r"\w+")


class DemoError(Exception):
    """Raised by the demo's client, as an SDK raises its own errors."""

    def __init__(self, kind: FailureKind, words: str = "") -> None:
        super().__init__(words or kind.meaning.example)
        self.kind = kind


class DemoClient:
    """The demo's "SDK": ``client.chat("hello")`` answers, ``client.stream("hello")`` answers word by word.

    The same question always gets the same answer. ``latency`` is the pause before each word, in seconds.
    """

    def __init__(self, *, latency: float = 0.0, fail_with: FailureKind | None = None) -> None:
        self.latency = max(0.0, latency)
        self.fail_with = fail_with

    def __repr__(self) -> str:
        failing = f", fail_with={self.fail_with.value!r}" if self.fail_with else ""
        return f"DemoClient(latency={self.latency:g}{failing})"

    def models(self) -> list[str]:
        """The ids of the models."""
        self._answerable()
        return [model.id for model in MODELS]

    def chat(self, prompt: str, *, model: str = CHAT, system: str | None = None) -> str:
        """The whole answer to a prompt."""
        return "".join(self.stream(prompt, model=model, system=system))

    def stream(self, prompt: str, *, model: str = CHAT, system: str | None = None) -> Iterator[str]:
        """The answer to a prompt, one word at a time."""
        self._answerable(model, Capability.CHAT)
        for word in re.findall(r"\s*\S+", _answer(prompt, model, system)):
            if self.latency:
                time.sleep(self.latency)
            yield word

    def embed(self, texts: Sequence[str], *, model: str = EMBEDDING, dimensions: int = DIMENSIONS) -> list[list[float]]:
        """One vector of length 1 per text. Texts with common words are close to each other."""
        self._answerable(model, Capability.EMBEDDING)
        if dimensions < 1:
            raise DemoError(FailureKind.BAD_REQUEST, "A vector has at least one dimension.")
        return [_vector(text, dimensions) for text in texts]

    def _answerable(self, model: str | None = None, capability: Capability | None = None) -> None:
        if self.fail_with is not None:
            raise DemoError(self.fail_with)
        if model is None:
            return
        known = next((each for each in MODELS if each.id == model), None)
        if known is None:
            raise DemoError(FailureKind.NOT_FOUND)
        if capability not in known.capabilities:
            raise DemoError(FailureKind.BAD_REQUEST, f"{model} is no model for {capability}.")


class Demo(Provider):
    """Canned answers, hashed vectors, and every kind of failure on request."""

    id = "demo"
    tested = "it has no service"
    name = "Demo"
    is_local = True
    fields = (
        Field(
            "api_key",
            "API key",
            help="Anything. It is never used; it is here to try references and encryption.",
            sensitive=True,
            suggested_reference="$Demo:ApiKey",
        ),
        Field(
            "latency",
            "Latency",
            help="Seconds before each word of an answer.",
            type="number",
            least=0,
            placeholder="0.05",
        ),
        Field(
            "fail_with",
            "Fail with",
            help="The error that every call raises.",
            choices=tuple(kind.value for kind in FailureKind),
        ),
    )
    capabilities = frozenset({Capability.CHAT, Capability.EMBEDDING})
    embed_batch = 256
    is_free = True
    keeps_schemas = True
    retry_after: ClassVar[float] = 1.0
    """The seconds to wait that a demonstrated rate limit reports."""

    def client(self, settings: Settings) -> DemoClient:
        fail_with = text_of(settings.get("fail_with", ""))
        latency = float(text_of(settings.get("latency", 0)))
        return DemoClient(latency=latency, fail_with=FailureKind(fail_with) if fail_with else None)

    def models(self, client: Any) -> list[Model]:
        listed = set(client.models())
        return [model for model in MODELS if model.id in listed]

    def chat(self, client: Any, request: ChatRequest) -> Iterator[Delta | Finish]:
        asked = _last(request.messages)
        counted, reason = 0, "stop"
        words = client.stream(asked, model=request.model, system=request.system)
        for word in words if request.schema is None else _fields(request.schema, words):
            if request.max_tokens is not None and counted >= request.max_tokens:
                reason = "length"
                break
            counted += 1
            yield Delta(word)
        read = sum(_tokens(message.content) for message in request.messages) + _tokens(request.system or "")
        yield Finish(reason, Usage(read, counted), request.model)

    def async_client(self, settings: Settings, seconds: float | None) -> DemoClient:
        return self.client(settings)

    async def async_chat(self, client: Any, request: ChatRequest) -> AsyncGenerator[Delta | Finish, None]:
        import asyncio  # a list needs the provider but not this

        unhurried = DemoClient(fail_with=client.fail_with)
        for piece in self.chat(unhurried, request):
            if client.latency and isinstance(piece, Delta):
                await asyncio.sleep(client.latency)
            yield piece

    def embed(self, client: Any, texts: Sequence[str], model: str, dimensions: int | None = None) -> Embeddings:
        vectors = client.embed(texts, model=model, dimensions=DIMENSIONS if dimensions is None else dimensions)
        return Embeddings(vectors, Usage(sum(map(_tokens, texts))))

    def endpoint(self, settings: Settings) -> None:
        return None

    def failure(self, error: Exception) -> Failure | None:
        if not isinstance(error, DemoError):
            return None
        return Failure(error.kind, str(error), self.retry_after if error.kind is FailureKind.RATE_LIMITED else None)


def _answer(prompt: str, model: str, system: str | None) -> str:
    """Return the demo's answer to a prompt. It repeats a system prompt to show that it arrived."""
    asked = " ".join(prompt.split())
    quoted = f"“{asked if len(asked) <= 80 else asked[:79] + '…'}”"
    if model == BRIEF:
        return f"You said {quoted}."
    kept = f" I keep to this: “{' '.join(system.split())}”." if system and system.strip() else ""
    return (
        f"This is the demo speaking, without a network and without a key. You said {quoted}.{kept} "
        "A real model would have more to say: make a connection to one, and only the alias in your notebook changes."
    )


def _fields(schema: Mapping[str, Any], words: Iterator[str]) -> Iterator[str]:
    """JSON that fits a schema: a choice depends on the question, a text is the question's beginning."""
    yield json.dumps(_made_up(schema, "".join(words), schema.get("$defs", {})))


def _made_up(schema: object, said: str, named: Mapping[str, object], depth: int = 0) -> Any:
    """A value that fits a schema, which may refer to the ``named`` ones, and so to itself: deep down, lists are empty."""
    if isinstance(schema, Mapping) and "$ref" in schema:
        schema = named.get(str(schema["$ref"]).rpartition("/")[2])
    if not isinstance(schema, Mapping) or depth > 2 * _DEEP:
        return said[:40]

    def inner(each: object) -> Any:
        return _made_up(each, said, named, depth + 1)

    chosen = sum(said.encode())
    if "const" in schema:
        return schema["const"]
    if schema.get("enum"):
        return schema["enum"][chosen % len(schema["enum"])]
    if ways := schema.get("anyOf") or schema.get("oneOf") or schema.get("allOf"):
        return inner(ways[-1 if depth > _DEEP else 0])
    kind = schema.get("type")
    if isinstance(kind, list):
        kind = next(iter(kind), None)
    if kind == "object" or "properties" in schema:
        return {name: inner(each) for name, each in schema.get("properties", {}).items()}
    if kind == "array":
        several = [inner(schema.get("items"))] * min(schema.get("minItems", depth <= _DEEP), _MOST_ITEMS)
        return [inner(each) for each in schema["prefixItems"]] if "prefixItems" in schema else several
    if kind in ("integer", "number"):
        step = 1 if kind == "integer" else 0.01
        least = schema.get("minimum", schema.get("exclusiveMinimum", -step) + step)
        most = schema.get("maximum", schema.get("exclusiveMaximum", math.inf) - step)
        return min(least + chosen % (10 if kind == "integer" else 100) * step, most)
    if kind in ("boolean", "null"):
        return chosen % 2 == 0 if kind == "boolean" else None
    text = _FORMATS.get(str(schema.get("format")), said[: min(40, schema.get("maxLength", 40))])
    return text.ljust(min(schema.get("minLength", 0), _MOST_ITEMS), ".")


_DEEP: Final = 4
_MOST_ITEMS: Final = 100
_FORMATS: Final = {
    "date": "2026-01-31",
    "date-time": "2026-01-31T09:00:00Z",
    "time": "09:00:00Z",
    "duration": "P1D",
    "email": "someone@example.com",
    "uri": "https://example.com",
    "uuid": "123e4567-e89b-42d3-a456-426614174000",
}


def _last(messages: Sequence[Message]) -> str:
    return next((message.content for message in reversed(messages) if message.role == "user"), "")


def _tokens(text: str) -> int:
    return len(text.split())


def _vector(text: str, dimensions: int) -> list[float]:
    """Each word adds to the dimension that its hash selects (the "hashing trick"); then the vector is normalized."""
    from hashlib import sha256  # a list needs the provider but not this

    vector = [0.0] * dimensions
    for word in _WORD.findall(text.lower()) or [""]:
        digest = sha256(word.encode()).digest()
        vector[int.from_bytes(digest[:8], "big") % dimensions] += 1.0 if digest[8] % 2 else -1.0
    length = math.sqrt(sum(part * part for part in vector))
    if length == 0.0:  # words that cancel each other out
        vector[0] = length = 1.0
    return [part / length for part in vector]
