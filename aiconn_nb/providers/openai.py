"""OpenAI itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Final
from urllib.parse import urlsplit

from aiconn_nb.model.field import Field

from .base import Settings, text_of
from .endpoints import Correction, corrected, openai_base
from .model_options import REASONING_EFFORT, SAMPLING, SEED, SERVICE_TIER, VERBOSITY, with_choices
from .openai_protocol import NO_TRACES, OpenAIProtocol, sdk_client

DEFAULT_ENDPOINT = "https://api.openai.com/v1"


OPTIONS: Final = (
    *SAMPLING,
    SEED,
    with_choices(REASONING_EFFORT, "none", "minimal", "low", "medium", "high", "xhigh", "max"),
    VERBOSITY,
    with_choices(SERVICE_TIER, "auto", "default", "flex", "scale", "priority", "fast"),
)
"""As openai 3.57 declares them."""


class OpenAI(OpenAIProtocol):
    """An account with OpenAI."""

    id = "openai"
    name = "OpenAI"
    fields = (
        Field(
            "api_key",
            "API key",
            help="Made at platform.openai.com under API keys.",
            required=True,
            sensitive=True,
            placeholder="sk-…",
            suggested_reference="$OpenAI:ApiKey",
        ),
        Field(
            "organization",
            "Organization",
            help="Only where the key belongs to more than one.",
            placeholder="org-…",
            suggested_reference="$OpenAI:Organization",
        ),
        Field(
            "project",
            "Project",
            help="Whose usage and limits count; the key's own project where it is empty.",
            placeholder="proj_…",
            suggested_reference="$OpenAI:Project",
        ),
        Field(
            "endpoint",
            "Endpoint",
            help="Only for a regional host or a gateway that speaks for OpenAI.",
            type="url",
            placeholder=DEFAULT_ENDPOINT,
            suggested_reference="$OpenAI:Endpoint",
        ),
    )
    chat_options = OPTIONS
    key_shapes = ("openai",)
    # It takes 2,048 texts; fewer keep the bar moving.
    embed_batch = 256
    embed_tokens = 300_000
    answer_limit = "max_completion_tokens"
    variables: ClassVar = {
        "api_key": ("OPENAI_API_KEY",),
        "organization": ("OPENAI_ORG_ID",),
        "project": ("OPENAI_PROJECT_ID",),
    }

    def build(self, settings: Settings, *, is_async: bool = False, **options: Any) -> Any:
        for key in ("organization", "project"):
            if key in settings:
                options[key] = text_of(settings[key])
        return sdk_client(self.endpoint(settings), text_of(settings["api_key"]), is_async=is_async, **options)

    def environment(self, settings: Settings) -> dict[str, str]:
        own = super().environment(settings)
        endpoint = self.endpoint(settings)
        if endpoint.rstrip("/") == DEFAULT_ENDPOINT:
            # The variable is removed, not set: langchain-openai counts no tokens of a stream where there is one.
            return own
        return {**own, "OPENAI_BASE_URL": endpoint}

    def pinned(self, settings: Settings) -> dict[str, str]:
        host = urlsplit(self.endpoint(settings)).hostname or ""
        return {} if self.official(host) else dict(NO_TRACES)

    def endpoint(self, settings: Settings) -> str:
        return openai_base(text_of(settings.get("endpoint", DEFAULT_ENDPOINT)))

    def corrections(self, settings: Mapping[str, str]) -> Sequence[Correction]:
        return corrected("endpoint", given, openai_base(given)) if (given := settings.get("endpoint")) else ()

    def official(self, host: str) -> bool:
        host = host.lower()
        return host == "api.openai.com" or host.endswith(".api.openai.com")
