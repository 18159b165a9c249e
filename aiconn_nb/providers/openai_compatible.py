"""Any other server with OpenAI's protocol: vLLM, LM Studio, llama.cpp, LiteLLM, OpenRouter, Groq, Mistral and more."""

from __future__ import annotations

from typing import Any, ClassVar

from aiconn_nb.model.field import Field

from .base import Settings, text_of
from .endpoints import openai_base
from .model_options import REASONING_EFFORT, SAMPLING, SEED
from .openai_protocol import NO_TRACES, OpenAIProtocol, sdk_client


class OpenAICompatible(OpenAIProtocol):
    """A server with OpenAI's protocol at any address."""

    id = "openai-compatible"
    name = "OpenAI-compatible"
    fields = (
        Field(
            "endpoint",
            "Endpoint",
            help="The base URL with its version: everything before /chat/completions.",
            type="url",
            required=True,
            placeholder="http://localhost:8000/v1",
            suggested_reference="$OpenAICompatible:Endpoint",
        ),
        Field(
            "api_key",
            "API key",
            help="Only if the server expects one. If empty, none is sent.",
            sensitive=True,
            suggested_reference="$OpenAICompatible:ApiKey",
        ),
    )
    # The protocol has no such limit; this is the smallest one of any known server (text-embeddings-inference).
    embed_batch = 32
    # If a server refuses one of them by name, the request is repeated without it.
    chat_options = (*SAMPLING, SEED, REASONING_EFFORT)
    variables: ClassVar = {"api_key": ("OPENAI_API_KEY",), "endpoint": ("OPENAI_BASE_URL",)}

    def build(self, settings: Settings, *, is_async: bool = False, **options: Any) -> Any:
        key = settings.get("api_key")
        return sdk_client(self.endpoint(settings), None if key is None else text_of(key), is_async=is_async, **options)

    def pinned(self, settings: Settings) -> dict[str, str]:
        return dict(NO_TRACES)

    def endpoint(self, settings: Settings) -> str:
        return self.meant_endpoint(text_of(settings["endpoint"]))

    def meant_endpoint(self, given: str) -> str:
        return openai_base(given)
