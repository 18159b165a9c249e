"""Microsoft Foundry's two APIs and two ways to sign in work over HTTP.

aimock has no list of models for the dated API, and there is no Entra ID to test with. For these, servers and credentials are
ours.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import pytest
from azure.core.exceptions import ClientAuthenticationError

from aiconn_nb.errors import FailureKind, ProviderFailed
from aiconn_nb.model.profile import Capability
from aiconn_nb.model.secret import Secret
from aiconn_nb.providers.account import Account
from aiconn_nb.providers.base import ChatRequest, Message, Model, Settings
from aiconn_nb.providers.microsoft_foundry import MicrosoftFoundry
from aiconn_nb.providers.testing import leaks

from .aimock import GOOD_KEY, Aimock
from .flavours import DATED
from .servers import Answer, Server, refuses, says

Serve = Callable[[Answer], Server]

HELLO = ChatRequest("my-deployment", [Message("user", "hello")])
SECRET = "made-up-client-secret-0123456789"
ENTRA: Settings = {"tenant_id": "made-up-tenant", "client_id": "made-up-client", "client_secret": Secret(SECRET)}


def account(url: str, settings: Settings, **more: str) -> Account:
    """Return an account with the resource at this URL."""
    return Account(MicrosoftFoundry(), {"endpoint": url, **settings, **more}, label="mine", patience=20.0)


class Token(NamedTuple):
    """The token of a credential of azure-identity."""

    token: str
    expires_on: int


class FakeCredential:
    """A substitute for azure-identity's `ClientSecretCredential` that records its arguments and the requested scopes."""

    made: list[tuple[str, ...]]
    scopes: list[str]
    more: dict[str, str]
    fails_with: Exception | None = None

    def __init__(self, *given: str, **more: str) -> None:
        type(self).made.append(given)
        type(self).more = more

    def get_token(self, *scopes: str, **options: Any) -> Token:
        """Return a token, or raise the failure that the test set."""
        type(self).scopes.extend(scopes)
        if self.fails_with is not None:
            raise self.fails_with
        return Token("made-up-token-0123456789", 4102444800)


@pytest.fixture
def credential(monkeypatch: pytest.MonkeyPatch) -> type[FakeCredential]:
    """Return a credential class that replaces azure-identity's own."""

    class Credential(FakeCredential):
        made: list[tuple[str, ...]] = []  # noqa: RUF012
        scopes: list[str] = []  # noqa: RUF012

    monkeypatch.setattr("azure.identity.ClientSecretCredential", Credential)
    return Credential


def test_the_v1_api_is_asked_at_its_path(aimock: Aimock) -> None:
    """Chat, vectors and models are below /openai/v1, and the body names the deployment."""
    mine = account(aimock.url, {"api_key": Secret(GOOD_KEY)})
    list(mine.chat(HELLO))
    mine.embed(["hello"], "my-embedding")
    assert [(entry["path"], entry["body"]["model"]) for entry in aimock.journal()] == [
        ("/openai/v1/chat/completions", "my-deployment"),
        ("/openai/v1/embeddings", "my-embedding"),
    ]
    assert "gpt-4o" in [model.id for model in mine.models()]


def test_the_dated_api_is_asked_at_its_path(aimock: Aimock) -> None:
    """Chat and vectors are below the deployment, with the version in the query."""
    mine = account(aimock.url, {"api_key": Secret(GOOD_KEY)}, api_version=DATED)
    list(mine.chat(HELLO))
    mine.embed(["hello"], "my-embedding")
    assert [entry["path"] for entry in aimock.journal()] == [
        f"/openai/deployments/my-deployment/chat/completions?api-version={DATED}",
        f"/openai/deployments/my-embedding/embeddings?api-version={DATED}",
    ]


@pytest.mark.parametrize(
    ("more", "path", "header", "value"),
    [
        ({}, "/openai/v1/models", "authorization", f"Bearer {GOOD_KEY}"),
        ({"api_version": "preview"}, "/openai/v1/models?api-version=preview", "authorization", f"Bearer {GOOD_KEY}"),
        ({"api_version": DATED}, f"/openai/models?api-version={DATED}", "api-key", GOOD_KEY),
    ],
)
def test_models_say_what_they_can_do(serve: Serve, more: dict[str, str], path: str, header: str, value: str) -> None:
    """Azure lists capabilities with each model. (Our server: aimock has no list for the dated API, and none of these.)"""
    listed = [
        {"id": "text-embedding-3-small", "capabilities": {"chat_completion": False, "embeddings": True}},
        {"id": "gpt-4o", "capabilities": {"chat_completion": True, "embeddings": False, "fine_tune": True}},
        {"id": "other"},
    ]
    server = serve(says({"object": "list", "data": listed}))
    assert account(server.url, {"api_key": Secret(GOOD_KEY)}, **more).models() == [
        Model("gpt-4o", capabilities=frozenset({Capability.CHAT})),
        Model("other"),
        Model("text-embedding-3-small", capabilities=frozenset({Capability.EMBEDDING})),
    ]
    assert server.asked[0].path == path
    assert server.asked[0].headers[header] == value


@pytest.mark.parametrize("more", [{}, {"api_version": DATED}], ids=["v1", "dated"])
def test_entra_id_signs_in_with_a_token(serve: Serve, credential: type[FakeCredential], more: dict[str, str]) -> None:
    """The three fields make the credential. Its token for the right scope is sent, and no secret. (The credential and the server
    are ours.)"""
    server = serve(says({"object": "list", "data": []}))
    mine = account(server.url, ENTRA, **more)
    assert mine.client is not None
    assert (credential.made, credential.scopes) == ([("made-up-tenant", "made-up-client", SECRET)], [])
    mine.models()
    assert credential.scopes == ["https://cognitiveservices.azure.com/.default"]
    assert server.asked[0].headers["authorization"] == "Bearer made-up-token-0123456789"
    assert "api-key" not in server.asked[0].headers
    assert SECRET not in str(server.asked[0])


@pytest.mark.parametrize("more", [{}, {"api_version": DATED}], ids=["v1", "dated"])
def test_a_token_that_the_server_repeats_is_not_shown(
    serve: Serve, credential: type[FakeCredential], more: dict[str, str]
) -> None:
    """A token of Entra ID is in no setting, and is redacted like a key. (The credential and the server are ours.)"""
    server = serve(refuses(401, "You sent made-up-token-0123456789, and no more."))
    with pytest.raises(ProviderFailed) as caught:
        account(server.url, ENTRA, **more).models()
    assert (caught.value.kind, caught.value.words) == (
        FailureKind.AUTHENTICATION,
        "You sent ••••••••, and no more.",
    )


def test_the_environment_does_not_say_where_the_secret_goes(
    credential: type[FakeCredential], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another account's AZURE_AUTHORITY_HOST would get the client secret. (The credential is ours.)"""
    monkeypatch.setenv("AZURE_AUTHORITY_HOST", "https://stranger.example")
    assert account("https://made-up.openai.azure.com", ENTRA).client is not None
    assert credential.more == {"authority": "login.microsoftonline.com"}


def test_a_project_has_a_scope_of_its_own(serve: Serve, credential: type[FakeCredential]) -> None:
    """A project's endpoint uses Foundry's scope. (The credential and the server are ours.)"""
    server = serve(says({"object": "list", "data": []}))
    account(f"{server.url}/api/projects/p", ENTRA).models()
    assert credential.scopes == ["https://ai.azure.com/.default"]
    assert server.asked[0].path == "/api/projects/p/openai/v1/models"


@pytest.mark.parametrize("more", [{}, {"api_version": DATED}], ids=["v1", "dated"])
def test_entra_id_refuses(serve: Serve, credential: type[FakeCredential], more: dict[str, str]) -> None:
    """The error has Entra ID's words and no secret, and nothing goes to the resource. (The credential and the server are ours.)"""
    credential.fails_with = ClientAuthenticationError(f"AADSTS7000215: Invalid client secret provided: {SECRET}")
    server = serve(says({"object": "list", "data": []}))
    mine = account(server.url, ENTRA, **more)
    for call in (mine.models, lambda: list(mine.chat(HELLO)), lambda: mine.embed(["x"], "m")):
        with pytest.raises(ProviderFailed) as caught:
            call()
        assert caught.value.kind is FailureKind.AUTHENTICATION
        assert caught.value.words == "AADSTS7000215: Invalid client secret provided: ••••••••"
        assert leaks(caught.value, [Secret(SECRET)]) == []
    assert server.asked == []
