"""How an account is called, in words that other libraries understand: which API it speaks, where, with what key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from aiconn_nb.model.secret import Secret


class Api(StrEnum):
    """An HTTP API that several libraries can call."""

    OPENAI = "openai"
    """Chat Completions and embeddings of OpenAI, which many servers speak."""
    AZURE = "azure"
    """The dated API of Azure OpenAI."""
    ANTHROPIC = "anthropic"
    GOOGLE = "google"
    BEDROCK = "bedrock"


@dataclass(frozen=True, slots=True)
class Access:
    """What a library needs to call an account.

    An example: ``Access(Api.OPENAI, "https://api.openai.com/v1", Secret("..."))``.
    """

    api: Api
    endpoint: str
    """The base URL, as the API's own SDK takes it."""
    key: Secret | None = None
    """None where the account needs no key, or where its key is made anew for each request."""
    more: Mapping[str, str | Secret] = field(default_factory=dict)
    """What else is set, by the key of its field: ``organization``, ``project``, ``api_version``, ``region``."""
    has_openai_models: bool = False
    """Whether OpenAI's own models answer: they take ``max_completion_tokens``."""

    def key_in_the_clear(self) -> str:
        """The key, for a library that takes nothing else; '' where there is none."""
        return self.key.reveal() if self.key else ""
