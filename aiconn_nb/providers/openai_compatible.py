"""Any other server with OpenAI's protocol: vLLM, LM Studio, llama.cpp, LiteLLM, OpenRouter, Groq, Mistral and more."""

from __future__ import annotations

from typing import ClassVar

from .base import Settings
from .clients.remote import api_key, endpoint
from .protocols.openai_protocol import NO_TRACES, OpenAIProtocol
from .values.model_options import EMBEDDING_OPTIONS, REASONING_EFFORT, SAMPLING, SEED


class OpenAICompatible(OpenAIProtocol):
    """A server with OpenAI's protocol at any address."""

    id = "openai-compatible"
    name = "OpenAI-compatible"
    section = "OpenAICompatible"
    fields = (
        endpoint(
            "The base URL with its version: everything before /chat/completions.",
            required=True,
            placeholder="http://localhost:8000/v1",
        ),
        api_key("Only if the server expects one. If empty, none is sent.", required=False),
    )
    # If a server refuses one of them by name, the request is repeated without it.
    chat_options = (*SAMPLING, SEED, REASONING_EFFORT)
    embedding_options = EMBEDDING_OPTIONS
    tested = f"the servers below, {OpenAIProtocol.tested}"
    variables: ClassVar = {"api_key": ("OPENAI_API_KEY",), "endpoint": ("OPENAI_BASE_URL",)}

    def pinned(self, settings: Settings) -> dict[str, str]:
        return dict(NO_TRACES)
