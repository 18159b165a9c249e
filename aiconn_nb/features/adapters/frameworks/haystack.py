"""Haystack: ``OpenAIChatGenerator``, ``GoogleGenAIChatGenerator``, ``FallbackChatGenerator``, and their text embedders.

Its components for Bedrock make their own client for each asynchronous call, with the machine's own sign-in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from aiconn_nb.features.adapters.adapter import NO_KEY, Adapter, Model
from aiconn_nb.providers.values.access import Api


class Haystack(Adapter):
    """Components of Haystack."""

    id = "haystack"
    name = "Haystack"
    packages: ClassVar = {
        Api.OPENAI: "haystack-ai",
        Api.GOOGLE: "google-genai-haystack",
        Api.VERTEX: "google-genai-haystack",
    }
    modules: ClassVar = {
        Api.OPENAI: "haystack",
        Api.GOOGLE: "haystack_integrations.components.generators.google_genai",
        Api.VERTEX: "haystack_integrations.components.generators.google_genai",
    }
    imports = "from haystack.dataclasses import ChatMessage"
    lines = 'print(model.run([ChatMessage.from_user("Say hello.")])["replies"][0].text)'
    embedding_lines = 'print(len(model.run("hello")["embedding"]))'

    def chat(self, model: Model) -> Any:
        if model.access.api is not Api.OPENAI:
            from haystack_integrations.components.generators.google_genai import GoogleGenAIChatGenerator

            options = model.given(temperature="temperature", max_tokens="max_output_tokens")
            return _with_our_google(GoogleGenAIChatGenerator(**_google(model), generation_kwargs=options), model)
        from haystack.components.generators.chat import OpenAIChatGenerator

        limit = "max_completion_tokens" if model.access.has_openai_models else "max_tokens"
        options = model.given(temperature="temperature", max_tokens=limit)
        return _with_our_clients(OpenAIChatGenerator(**_where(model), generation_kwargs=options), model)

    def embedding(self, model: Model) -> Any:
        if model.access.api is not Api.OPENAI:
            from haystack_integrations.components.embedders.google_genai import GoogleGenAITextEmbedder

            return _with_our_google(GoogleGenAITextEmbedder(**_google(model)), model)
        from haystack.components.embedders import OpenAITextEmbedder

        return _with_our_clients(OpenAITextEmbedder(**_where(model)), model)

    def with_fallbacks(self, first: Any, others: Sequence[Any]) -> Any:
        from haystack.components.generators.chat import FallbackChatGenerator

        return FallbackChatGenerator([first, *others])


def _with_our_clients(made: Any, model: Model) -> Any:
    """Return the component with our clients: its own would take headers from the environment and follow redirects."""
    made.client, made.async_client = model.client, model.async_client
    return made


def _google(model: Model) -> dict[str, Any]:
    from haystack.utils import Secret

    return {"model": model.id, "api_key": Secret.from_token(NO_KEY)}


def _with_our_google(made: Any, model: Model) -> Any:
    """Return the component with our client; it makes its own only if it has none."""
    made._client, made._async_client = model.client, model.client.aio
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
