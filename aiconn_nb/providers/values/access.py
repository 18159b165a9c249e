"""How other libraries can call an account: its API, base URL and key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from aiconn_nb.model.secret import Secret


class Api(StrEnum):
    """An HTTP API that several libraries can call."""

    OPENAI = "openai"
    """OpenAI's Chat Completions and embeddings, which many servers implement."""
    AZURE = "azure"
    """Azure OpenAI's API with dated versions."""
    ANTHROPIC = "anthropic"
    GOOGLE = "google"
    """The Gemini API."""
    VERTEX = "vertex"
    """Gemini in a Google Cloud project."""
    BEDROCK = "bedrock"
    """The Converse API of Amazon Bedrock."""


@dataclass(frozen=True, slots=True)
class Access:
    """What a library needs to call an account.

    For example: ``Access(Api.OPENAI, "https://api.openai.com/v1", Secret("..."))``.
    """

    api: Api
    endpoint: str
    """The base URL as the API's own SDK takes it."""
    key: Secret | None = None
    """None if the account needs no key or if each request needs a new one."""
    more: Mapping[str, str | Secret] = field(default_factory=dict)
    """Other settings by field key: ``organization``, ``project``, ``api_version``, ``region``."""
    has_openai_models: bool = False
    """Whether the models take ``max_completion_tokens``, as OpenAI's own do."""

    def key_in_the_clear(self) -> str:
        """The key in the clear, for a library that takes nothing else; '' if there is none."""
        return self.key.reveal() if self.key else ""
