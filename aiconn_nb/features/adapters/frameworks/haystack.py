"""Haystack: ``OpenAIChatGenerator``, ``AzureOpenAIChatGenerator``, ``FallbackChatGenerator``, and OpenAI's text embedder."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from aiconn_nb.features.adapters.adapter import Adapter, Model
from aiconn_nb.providers.access import Api


class Haystack(Adapter):
    """Components of Haystack."""

    id = "haystack"
    name = "Haystack"
    packages: ClassVar = {Api.OPENAI: "haystack-ai"}
    modules: ClassVar = {Api.OPENAI: "haystack"}
    imports = "from haystack.dataclasses import ChatMessage"
    lines = 'print(model.run([ChatMessage.from_user("Say hello.")])["replies"][0].text)'
    embedding_lines = 'print(len(model.run("hello")["embedding"]))'

    def chat(self, model: Model) -> Any:
        from haystack.components.generators.chat import OpenAIChatGenerator

        limit = "max_completion_tokens" if model.access.has_openai_models else "max_tokens"
        options = model.given(temperature="temperature", max_tokens=limit)
        return _with_our_clients(OpenAIChatGenerator(**_where(model), generation_kwargs=options), model)

    def embedding(self, model: Model) -> Any:
        from haystack.components.embedders import OpenAITextEmbedder

        return _with_our_clients(OpenAITextEmbedder(**_where(model)), model)

    def with_fallbacks(self, first: Any, others: Sequence[Any]) -> Any:
        from haystack.components.generators.chat import FallbackChatGenerator

        return FallbackChatGenerator([first, *others])


def _with_our_clients(made: Any, model: Model) -> Any:
    """The component, whose own clients would take headers from the environment and follow redirects."""
    made.client, made.async_client = model.client, model.async_client
    return made


def _where(model: Model) -> dict[str, Any]:
    from haystack.utils import Secret

    organization = model.access.more.get("organization")
    return {
        "model": model.id,
        # Haystack's own secret type, which Haystack refuses to write into a pipeline's file.
        "api_key": Secret.from_token(model.key),
        "api_base_url": model.access.endpoint,
        "organization": str(organization) if organization else None,
    }
