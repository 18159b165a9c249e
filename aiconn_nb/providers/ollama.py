"""Ollama: models on this machine, or on one nearby."""

from __future__ import annotations

from typing import Any, ClassVar

from aiconn_nb.model.field import Field

from .base import Settings, text_of
from .openai_protocol import OpenAIProtocol, sdk_client

DEFAULT_ENDPOINT = "http://localhost:11434"


class Ollama(OpenAIProtocol):
    """A server of Ollama, through its OpenAI-compatible API under ``/v1``."""

    id = "ollama"
    name = "Ollama"
    fields = (
        Field(
            "endpoint",
            "Endpoint",
            help="Where Ollama listens, without /v1.",
            type="url",
            default=DEFAULT_ENDPOINT,
            placeholder=DEFAULT_ENDPOINT,
            suggested_reference="$Ollama:Endpoint",
        ),
    )
    embed_batch = 32
    variables: ClassVar = {"endpoint": ("OLLAMA_HOST",)}

    def build(self, settings: Settings, **options: Any) -> Any:
        return sdk_client(f"{self.endpoint(settings)}/v1", None, **options)

    def environment(self, settings: Settings) -> dict[str, str]:
        return {"OLLAMA_HOST": self.endpoint(settings)}

    def endpoint(self, settings: Settings) -> str:
        # Whoever comes from an OpenAI client brings the /v1 along.
        return text_of(settings.get("endpoint", DEFAULT_ENDPOINT)).rstrip("/").removesuffix("/v1")

    def official(self, host: str) -> bool:
        return host.lower() in ("localhost", "127.0.0.1", "::1")
