"""The five forms of OpenAI's protocol, each with what its account needs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from aiconn_nb.model.secret import Secret
from aiconn_nb.providers.account import Account
from aiconn_nb.providers.base import Provider, Settings
from aiconn_nb.providers.microsoft_foundry import MicrosoftFoundry
from aiconn_nb.providers.ollama import Ollama
from aiconn_nb.providers.openai import OpenAI
from aiconn_nb.providers.openai_compatible import OpenAICompatible

from .aimock import GOOD_KEY

DATED = "2024-10-21"


@dataclass(frozen=True)
class Flavour:
    """A provider, and the settings that lead it to a server."""

    name: str
    provider: Provider
    settings: Callable[[str, Secret], Settings]

    def __str__(self) -> str:
        return self.name

    def account(self, url: str, key: str = GOOD_KEY, *, patience: float | None = 20.0) -> Account:
        """Return an account at this server. With patience, the SDK does not try again."""
        return Account(self.provider, self.settings(url, Secret(key)), label=self.name, patience=patience)


FLAVOURS = (
    Flavour("openai", OpenAI(), lambda url, key: {"api_key": key, "endpoint": f"{url}/v1"}),
    Flavour("compatible", OpenAICompatible(), lambda url, key: {"api_key": key, "endpoint": f"{url}/v1"}),
    Flavour("ollama", Ollama(), lambda url, key: {"endpoint": url}),
    Flavour("foundry", MicrosoftFoundry(), lambda url, key: {"api_key": key, "endpoint": url}),
    Flavour(
        "foundry-dated",
        MicrosoftFoundry(),
        lambda url, key: {"api_key": key, "endpoint": url, "api_version": DATED},
    ),
)
