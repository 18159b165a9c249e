"""Pydantic AI: ``OpenAIChatModel``, ``AnthropicModel``, ``GoogleModel``, ``BedrockConverseModel``, and ``FallbackModel`` over them;
``Embedder`` for vectors."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import Any, ClassVar, Final

from aiconn_nb.features.adapters.adapter import Adapter, Model
from aiconn_nb.providers.values.access import Api

_OPENAI = ("openai", "OpenAIChatModel", "OpenAIEmbeddingModel", "openai", "OpenAIProvider")
_KINDS: Final = {
    Api.OPENAI: _OPENAI,
    Api.AZURE: _OPENAI,
    Api.ANTHROPIC: ("anthropic", "AnthropicModel", "", "anthropic", "AnthropicProvider"),
    Api.GOOGLE: ("google", "GoogleModel", "GoogleEmbeddingModel", "google", "GoogleProvider"),
    Api.VERTEX: ("google", "GoogleModel", "GoogleEmbeddingModel", "google_cloud", "GoogleCloudProvider"),
    Api.BEDROCK: ("bedrock", "BedrockConverseModel", "BedrockEmbeddingModel", "bedrock", "BedrockProvider"),
}
"""API -> its module, its classes for chat and for embedding ('' if there is none), and the module and class of its provider."""


class PydanticAI(Adapter):
    """Models of Pydantic AI."""

    id = "pydantic-ai"
    name = "Pydantic AI"
    packages: ClassVar = {api: f"pydantic-ai-slim[{module}]" for api, (module, *_) in _KINDS.items()}
    modules: ClassVar = dict.fromkeys(packages, "pydantic_ai")
    imports = "from pydantic_ai import Agent"
    lines = 'result = await Agent(model).run("Say hello.")\nprint(result.output)'

    embedding_lines = 'print(len((await model.embed_query("hello")).embeddings[0]))'

    def chat(self, model: Model) -> Any:
        module, kind, *_ = _KINDS[model.access.api]
        settings = model.given(temperature="temperature", max_tokens="max_tokens")
        return _class(f"models.{module}", kind)(model.id, provider=_provider(model), settings=settings)

    def embedding(self, model: Model) -> Any:
        module, _, kind, *_ = _KINDS[model.access.api]
        if not kind:
            raise NotImplementedError
        from pydantic_ai import Embedder

        return Embedder(_class(f"embeddings.{module}", kind)(model.id, provider=_provider(model)))

    def with_fallbacks(self, first: Any, others: Sequence[Any]) -> Any:
        from pydantic_ai.models.fallback import FallbackModel

        return FallbackModel(first, *others)


def _class(module: str, name: str) -> Any:
    return getattr(import_module(f"pydantic_ai.{module}"), name)


def _provider(model: Model) -> Any:
    """Return Pydantic AI's provider around our client."""
    *_, module, kind = _KINDS[model.access.api]
    make = _class(f"providers.{module}", kind)
    match model.access.api:
        case Api.ANTHROPIC:
            return make(anthropic_client=model.async_client)
        case Api.BEDROCK:
            return make(bedrock_client=model.client)
        case Api.GOOGLE | Api.VERTEX:
            return make(client=model.client)
    return make(openai_client=model.async_client)
