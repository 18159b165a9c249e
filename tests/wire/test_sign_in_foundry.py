"""Claude on Microsoft Foundry: a key, and Entra ID, at a server of the tests' own. azure-identity's credential is ours, too."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from aiconn_nb.errors import FailureKind, ProviderFailed
from aiconn_nb.model.secret import Secret
from aiconn_nb.providers.account import Account
from aiconn_nb.providers.base import ChatRequest, Delta, Message
from aiconn_nb.providers.claude_on_clouds import ClaudeOnFoundry

from . import messages_server
from .servers import Answer, Server, refuses
from .test_microsoft_foundry import ENTRA, FakeCredential

Serve = Callable[[Answer], Server]

HELLO = ChatRequest("claude-sonnet-5", [Message("user", "hello")])
CLAUDE = messages_server.streams(
    messages_server.START,
    messages_server.text("Hello."),
    messages_server.ended("end_turn", 5),
    messages_server.STOP,
)


@pytest.fixture
def credential(monkeypatch: pytest.MonkeyPatch) -> type[FakeCredential]:
    """Replace azure-identity's credential class."""

    class Credential(FakeCredential):
        made: list[tuple[str, ...]] = []  # noqa: RUF012
        scopes: list[str] = []  # noqa: RUF012

    monkeypatch.setattr("azure.identity.ClientSecretCredential", Credential)
    return Credential


def account(url: str, **settings: Any) -> Account:
    """Return an account at this resource."""
    return Account(ClaudeOnFoundry(), {"endpoint": url, **settings}, label="mine", patience=20.0)


def test_a_key_goes_as_the_resource_wants_it(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is sent in Foundry's headers to the path of Claude, without anything from the environment."""
    for name in ("ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_FOUNDRY_API_KEY"):
        monkeypatch.setenv(name, "another-account")
    monkeypatch.setenv("ANTHROPIC_FOUNDRY_BASE_URL", "http://127.0.0.1:9")
    server = serve(CLAUDE)
    assert list(account(server.url, api_key=Secret("made-up-key-0123")).chat(HELLO))[:1] == [Delta("Hello.")]
    (asked,) = server.asked
    assert (asked.path, asked.headers["x-api-key"]) == ("/anthropic/v1/messages", "made-up-key-0123")
    assert "another-account" not in str(asked.headers)


def test_entra_id_makes_a_token_for_each_call(serve: Serve, credential: type[FakeCredential]) -> None:
    """The token has Foundry's scope in both clients, and no key is sent with it."""
    server = serve(CLAUDE)
    mine = account(server.url, **ENTRA)

    async def pieces() -> list[Any]:
        return [each async for each in mine.async_chat(HELLO)]

    assert list(mine.chat(HELLO))[:1] == asyncio.run(pieces())[:1] == [Delta("Hello.")]
    assert set(credential.scopes) == {"https://ai.azure.com/.default"}
    for asked in server.asked:
        assert asked.headers["authorization"] == "Bearer made-up-token-0123456789"
        assert "x-api-key" not in asked.headers


def test_a_refused_key_is_told(serve: Serve) -> None:
    """The failure is the same as for Anthropic's own API."""
    with pytest.raises(ProviderFailed) as caught:
        list(account(serve(refuses(401, "no")).url, api_key=Secret("made-up-key-0123")).chat(HELLO))
    assert caught.value.kind is FailureKind.AUTHENTICATION


def test_what_other_programs_get() -> None:
    """These are the variables of Anthropic's SDK for Foundry."""
    exported = account("https://r.services.ai.azure.com", api_key=Secret("made-up-key-0123")).environment()
    assert exported == {
        "ANTHROPIC_FOUNDRY_API_KEY": "made-up-key-0123",
        "ANTHROPIC_FOUNDRY_BASE_URL": "https://r.services.ai.azure.com/anthropic",
    }
