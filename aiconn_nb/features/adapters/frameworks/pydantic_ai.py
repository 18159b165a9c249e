"""Pydantic AI: ``OpenAIChatModel``, ``AnthropicModel``, and ``FallbackModel`` over them."""

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
    }
    modules: ClassVar = dict.fromkeys((Api.OPENAI, Api.AZURE, Api.ANTHROPIC), "pydantic_ai")
    imports = "from pydantic_ai import Agent"
    lines = 'result = await Agent(model).run("Say hello.")\nprint(result.output)'

    def chat(self, model: Model) -> Any:
        settings: Any = model.given(temperature="temperature", max_tokens="max_tokens")
        if model.access.api is Api.ANTHROPIC:
            from pydantic_ai.models.anthropic import AnthropicModel
            from pydantic_ai.providers.anthropic import AnthropicProvider

            return AnthropicModel(
                model.id, provider=AnthropicProvider(anthropic_client=model.async_client), settings=settings
            )
        from pydantic_ai.models.openai import OpenAIChatModel
        from pydantic_ai.providers.openai import OpenAIProvider

        return OpenAIChatModel(model.id, provider=OpenAIProvider(openai_client=model.async_client), settings=settings)

    def with_fallbacks(self, first: Any, others: Sequence[Any]) -> Any:
        from pydantic_ai.models.fallback import FallbackModel

        return FallbackModel(first, *others)
