"""A provider whose models have a known price, and that answers offline."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from aiconn_nb import Session
from aiconn_nb.model.field import Field
from aiconn_nb.providers.base import ChatRequest, Delta, Embeddings, Finish, Settings, Usage
from aiconn_nb.providers.plug_ins.fake import FakeProvider, registry_of

COST = 0.00045
"""The dollars of one answer of ``gpt-4o-mini``: 1,000 tokens at $0.15 a million, and 500 at $0.60."""


class Priced(FakeProvider):
    """A provider that looks like OpenAI to the price list. Each answer takes 1,000 tokens, of which 200 come from a cache if so
    set, and gives 500."""

    id = "priced"
    name = "Priced"
    fields = (Field("endpoint", "Endpoint", type="url", default="https://api.openai.com/v1"),)
    variables = {}  # noqa: RUF012
    cached: int | None = None

    def endpoint(self, settings: Settings) -> str:
        return str(settings.get("endpoint", "https://api.openai.com/v1"))

    def official(self, host: str) -> bool:
        return True

    def chat(self, client: Any, request: ChatRequest) -> Iterator[Delta | Finish]:
        self._called("chat", request)
        yield Delta("Hello")
        yield Finish("stop", Usage(1000, 500, self.cached), request.model)

    def embed(self, client: Any, texts: Sequence[str], model: str, dimensions: int | None = None) -> Embeddings:
        self._called("embed", (tuple(texts), model, dimensions))
        return Embeddings([[0.5, 0.5] for _ in texts], Usage(100 * len(texts)))


def priced_session(provider: Priced | None = None) -> Session:
    """Return a kernel's session with the connection ``paid`` and the profile ``writer``. Several such sessions share the store."""
    session = Session(registry=registry_of(provider or Priced()))
    if "paid" not in session.aliases():
        session.create("paid", "priced")
        session.create_profile("writer", connections=["paid"], model="gpt-4o-mini")
    return session
