"""Pydantic AI: ``OpenAIChatModel``, ``AnthropicModel``, ``GoogleModel``, ``BedrockConverseModel``, and ``FallbackModel`` over them;
``Embedder`` for vectors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from aiconn_nb.features.adapters.adapter import Adapter, Model
from aiconn_nb.providers.access import Api


class PydanticAI(Adapter):
    """Models of Pydantic AI."""

    id = "pydantic-ai"
    name = "Pydantic AI"
    packages: ClassVar = {
        Api.OPENAI: "pydantic-ai-slim[openai]",
        Api.AZURE: "pydantic-ai-slim[openai]",
        Api.ANTHROPIC: "pydantic-ai-slim[anthropic]",
        Api.GOOGLE: "pydantic-ai-slim[google]",
        Api.VERTEX: "pydantic-ai-slim[google]",
        Api.BEDROCK: "pydantic-ai-slim[bedrock]",
    }
    modules: ClassVar = dict.fromkeys(packages, "pydantic_ai")
    imports = "from pydantic_ai import Agent"
    lines = 'result = await Agent(model).run("Say hello.")\nprint(result.output)'

    embedding_lines = 'print(len((await model.embed_query("hello")).embeddings[0]))'

    def chat(self, model: Model) -> Any:
        settings: Any = model.given(temperature="temperature", max_tokens="max_tokens")
        if model.access.api is Api.ANTHROPIC:
            from pydantic_ai.models.anthropic import AnthropicModel
            from pydantic_ai.providers.anthropic import AnthropicProvider

            return AnthropicModel(
                model.id, provider=AnthropicProvider(anthropic_client=model.async_client), settings=settings
            )
        if model.access.api is Api.BEDROCK:
            from pydantic_ai.models.bedrock import BedrockConverseModel

            return BedrockConverseModel(model.id, provider=_provider(model), settings=settings)
        if model.access.api in (Api.GOOGLE, Api.VERTEX):
            from pydantic_ai.models.google import GoogleModel

            return GoogleModel(model.id, provider=_provider(model), settings=settings)
        from pydantic_ai.models.openai import OpenAIChatModel

        return OpenAIChatModel(model.id, provider=_provider(model), settings=settings)

    def embedding(self, model: Model) -> Any:
        from pydantic_ai import Embedder

        if model.access.api is Api.ANTHROPIC:
            raise NotImplementedError
        kind: Any
        if model.access.api is Api.BEDROCK:
            from pydantic_ai.embeddings.bedrock import BedrockEmbeddingModel

            kind = BedrockEmbeddingModel
        elif model.access.api in (Api.GOOGLE, Api.VERTEX):
            from pydantic_ai.embeddings.google import GoogleEmbeddingModel

            kind = GoogleEmbeddingModel
        else:
            from pydantic_ai.embeddings.openai import OpenAIEmbeddingModel

            kind = OpenAIEmbeddingModel
        return Embedder(kind(model.id, provider=_provider(model)))

    def with_fallbacks(self, first: Any, others: Sequence[Any]) -> Any:
        from pydantic_ai.models.fallback import FallbackModel

        return FallbackModel(first, *others)


def _provider(model: Model) -> Any:
    """Pydantic AI's provider around our client."""
    if model.access.api is Api.BEDROCK:
        from pydantic_ai.providers.bedrock import BedrockProvider

        return BedrockProvider(bedrock_client=model.client)
    if model.access.api is Api.GOOGLE:
        from pydantic_ai.providers.google import GoogleProvider

        return GoogleProvider(client=model.client)
    if model.access.api is Api.VERTEX:
        from pydantic_ai.providers.google_cloud import GoogleCloudProvider

        return GoogleCloudProvider(client=model.client)
    from pydantic_ai.providers.openai import OpenAIProvider

    return OpenAIProvider(openai_client=model.async_client)
