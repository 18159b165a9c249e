"""OpenAI itself."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar, Final
from urllib.parse import urlsplit

from aiconn_nb.model.field import Field

from .base import Settings, text_of
from .clients.remote import api_key, endpoint
from .credentials.openai_workload import KUBERNETES, SOURCES, token_source
from .protocols.openai_protocol import NO_TRACES, OpenAIProtocol, sdk_client
from .values.model_options import REASONING_EFFORT, SAMPLING, SEED, SERVICE_TIER, VERBOSITY, with_choices
from .values.sign_in import SignIn

DEFAULT_ENDPOINT = "https://api.openai.com/v1"
WORKLOAD: Final = "Workload identity"


class OpenAI(OpenAIProtocol):
    """An account with OpenAI."""

    id = "openai"
    name = "OpenAI"
    section = "OpenAI"
    base = DEFAULT_ENDPOINT
    fields = (
        replace(
            api_key(
                "Create one at platform.openai.com, under API keys. Leave it empty to sign in with a workload identity.",
                placeholder="sk-…",
            ),
            required_unless=("identity_provider_id",),
        ),
        Field(
            "organization",
            "Organization",
            help="Only if the key belongs to several organizations.",
            placeholder="org-…",
        ),
        Field(
            "project",
            "Project",
            help="The project whose usage and limits apply. If empty, the key's own project.",
            placeholder="proj_…",
        ),
        endpoint("Only for a regional host, or a gateway to OpenAI.", placeholder=DEFAULT_ENDPOINT),
        Field(
            "identity_provider_id",
            "Identity provider ID",
            help="Instead of an API key: the ID of the identity provider in OpenAI's settings.",
            group=WORKLOAD,
        ),
        Field(
            "service_account_id",
            "Service account ID",
            help="The project's service account that the workload acts as.",
            group=WORKLOAD,
        ),
        Field(
            "token_source",
            "Token source",
            help="Where this workload's own token comes from: a file, or the metadata service of Azure or Google Cloud.",
            choices=SOURCES,
            group=WORKLOAD,
        ),
        Field(
            "token_file",
            "Token file",
            help="The file with the token. It is read for each sign-in. If empty, Kubernetes' default.",
            placeholder=KUBERNETES,
            group=WORKLOAD,
        ),
    )
    sign_ins = (
        SignIn("API key", ("api_key",)),
        SignIn(
            "workload identity",
            ("identity_provider_id", "service_account_id"),
            ("token_source", "token_file"),
            "our own token exchange server",
        ),
    )
    machine_credentials = True
    chat_options = (
        *SAMPLING,
        SEED,
        with_choices(REASONING_EFFORT, "none", "minimal", "low", "medium", "high", "xhigh", "max"),
        VERBOSITY,
        with_choices(SERVICE_TIER, "auto", "default", "flex", "scale", "priority", "fast"),
    )
    """The options that openai 3.57 declares."""
    # It takes 2,048 texts; smaller batches keep the progress bar moving.
    embed_batch = 256
    embed_tokens = 300_000
    answer_limit = "max_completion_tokens"
    variables: ClassVar = {
        "api_key": ("OPENAI_API_KEY",),
        "organization": ("OPENAI_ORG_ID",),
        "project": ("OPENAI_PROJECT_ID",),
    }

    def build(self, settings: Settings, *, is_async: bool = False, **options: Any) -> Any:
        for name in ("organization", "project"):
            if name in settings:
                options[name] = text_of(settings[name])
        key: Any = text_of(settings["api_key"]) if "api_key" in settings else token_source(settings)
        return sdk_client(self.endpoint(settings), key, is_async=is_async, **options)

    def environment(self, settings: Settings) -> dict[str, str]:
        own = super().environment(settings)
        endpoint = self.endpoint(settings)
        if endpoint.rstrip("/") == DEFAULT_ENDPOINT:
            # The variable is removed, not set: if it is set, langchain-openai does not count the tokens of a stream.
            return own
        return {**own, "OPENAI_BASE_URL": endpoint}

    def pinned(self, settings: Settings) -> dict[str, str]:
        host = urlsplit(self.endpoint(settings)).hostname or ""
        return {} if self.official(host) else dict(NO_TRACES)

    def official(self, host: str) -> bool:
        return f".{host.lower()}".endswith(".api.openai.com")
