"""Vertex AI, and Claude there: tokens are exchanged, renewed and refused by servers of the tests' own."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from aiconn_nb.errors import FailureKind, ProviderFailed
from aiconn_nb.model.profile import Capability
from aiconn_nb.model.secret import Secret
from aiconn_nb.providers.account import Account
from aiconn_nb.providers.base import ChatRequest, Delta, Finish, Message, Model, Settings
from aiconn_nb.providers.claude_on_clouds import ClaudeOnVertex
from aiconn_nb.providers.google_vertex import VertexAI
from aiconn_nb.providers.testing import leaks
from tests.google_key_file import key_file, private_key

from . import messages_server
from .gemini_server import ANSWER
from .servers import Answer, Server, refuses, routes, says, streams
from .token_servers import Tokens, claims, form

Serve = Callable[[Answer], Server]

HELLO = ChatRequest("gemini-3.8-flash", [Message("user", "hello")])
CLAUDE = ChatRequest("claude-sonnet-5@20260901", [Message("user", "hello")])
MODELS = ("gemini-3.8-flash", "text-embedding-005", "imagen-5")
VERTEX = routes(
    {
        ":streamGenerateContent": streams(ANSWER, done=None),
        ":predict": says({"predictions": [{"embeddings": {"values": [0.25, 0.5], "statistics": {"token_count": 2}}}]}),
        "/publishers/google/models": says(
            {"publisherModels": [{"name": f"publishers/google/models/{x}"} for x in MODELS]}
        ),
        ":streamRawPredict": messages_server.streams(
            messages_server.START,
            messages_server.text("Hello "),
            messages_server.text("from ours."),
            messages_server.ended("end_turn", 5),
            messages_server.STOP,
        ),
    }
)


@pytest.fixture(autouse=True)
def _signed_in_as_nobody(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Remove gcloud's files and the metadata service from the machine."""
    monkeypatch.setenv("CLOUDSDK_CONFIG", str(tmp_path / "gcloud"))
    monkeypatch.setenv("NO_GCE_CHECK", "true")


def settings(url: str, **more: Any) -> Settings:
    """Return a project whose endpoint is this server."""
    return {"project": "my-project-123", "location": "europe-west4", "endpoint": url, **more}


def account(tokens: Tokens, serve: Serve, provider: Any = None, works: Answer = VERTEX) -> tuple[Account, Server]:
    """Return an account with its own service account, and its server."""
    server = serve(tokens.guard(works))
    key = Secret(key_file(f"{serve(tokens).url}/token"))
    return Account(provider or VertexAI(), settings(server.url, service_account=key), patience=20.0), server


def test_a_service_account_signs_for_a_token(serve: Serve) -> None:
    """The assertion is signed with the key and requests Google Cloud's scope. The call has the token."""
    tokens = Tokens()
    mine, server = account(tokens, serve)
    assert list(mine.chat(HELLO))[:2] == [Delta("Hello "), Delta("from ours.")]
    assert [each.path for each in server.asked] == [
        "/v1beta1/projects/my-project-123/locations/europe-west4/publishers/google/models/gemini-3.8-flash"
        ":streamGenerateContent?alt=sse"
    ]
    (exchange,) = tokens.exchanged
    said = claims(form(exchange)["assertion"], private_key())
    assert said["iss"] == "notebook@my-project-123.iam.gserviceaccount.com"
    assert said["scope"] == "https://www.googleapis.com/auth/cloud-platform"


def test_a_token_is_used_until_it_ends(serve: Serve) -> None:
    """Two calls within its lifetime need one exchange. An expired token is replaced before the next call."""
    lasting, ending = Tokens(), Tokens(lifetime=1)
    for tokens in (lasting, ending):
        mine, _ = account(tokens, serve)
        list(mine.chat(HELLO))
        list(mine.chat(HELLO))
    assert [len(lasting.exchanged), len(ending.exchanged)] == [1, 2]


def test_models_and_vectors(serve: Serve) -> None:
    """The list has Google's own models, and the name of a model shows whether it embeds."""
    mine, _ = account(Tokens(), serve)
    assert mine.models() == [
        Model("gemini-3.8-flash", "", frozenset({Capability.CHAT})),
        Model("text-embedding-005", "", frozenset({Capability.EMBEDDING})),
        Model("imagen-5", "", frozenset()),
    ]
    assert [list(each) for each in mine.embed(["hello"], "text-embedding-005").vectors] == [[0.25, 0.5]]


async def _asked(mine: Account, request: ChatRequest) -> list[Delta | Finish]:
    return [piece async for piece in mine.async_chat(request)]


@pytest.mark.parametrize(("provider", "request_"), [(VertexAI(), HELLO), (ClaudeOnVertex(), CLAUDE)])
def test_asynchronous_calls_sign_in_as_well(provider: Any, request_: ChatRequest, serve: Serve) -> None:
    """They use the asynchronous half of the SDK."""
    import asyncio

    mine, _ = account(Tokens(), serve, provider)
    assert asyncio.run(_asked(mine, request_))[:2] == [Delta("Hello "), Delta("from ours.")]


def test_claude_has_vertexs_paths_and_tokens(serve: Serve) -> None:
    """The model is in the path. With a temperature, the API version is the one that accepts it."""
    tokens = Tokens()
    mine, server = account(tokens, serve, ClaudeOnVertex())
    *pieces, finish = mine.chat(CLAUDE)
    assert (pieces, finish) == ([Delta("Hello "), Delta("from ours.")], finish)
    list(mine.chat(ChatRequest(CLAUDE.model, CLAUDE.messages, temperature=0.5)))
    first, second = server.asked
    assert first.path == (
        "/v1/projects/my-project-123/locations/europe-west4/publishers/anthropic/models/"
        "claude-sonnet-5@20260901:streamRawPredict"
    )
    assert "model" not in first.json
    assert (second.json["temperature"], second.json["anthropic_version"]) == (0.5, "vertex-2023-10-16")


@pytest.mark.parametrize("provider", [VertexAI(), ClaudeOnVertex()])
def test_a_machine_that_is_not_signed_in(provider: Any, serve: Serve) -> None:
    """The error has the command to sign in, and no request is sent."""
    server = serve(VERTEX)
    with pytest.raises(ProviderFailed) as caught:
        list(Account(provider, settings(server.url), patience=20.0).chat(HELLO))
    assert (caught.value.kind, server.asked) == (FailureKind.AUTHENTICATION, [])
    assert "gcloud auth application-default login" in caught.value.hint


def test_the_users_own_sign_in(serve: Serve, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The files of ``gcloud auth application-default login`` are used, and the quota project is sent."""
    tokens = Tokens()
    monkeypatch.setattr("google.oauth2.credentials._GOOGLE_OAUTH2_TOKEN_ENDPOINT", f"{serve(tokens).url}/token")
    saved = {
        "type": "authorized_user",
        "client_id": "made-up.apps.googleusercontent.com",
        "client_secret": "made-up-client-secret",
        "refresh_token": "1//made-up-refresh-token",
        "quota_project_id": "who-pays",
    }
    (tmp_path / "gcloud").mkdir()
    (tmp_path / "gcloud" / "application_default_credentials.json").write_text(json.dumps(saved))
    server = serve(tokens.guard(VERTEX))
    assert len(list(Account(VertexAI(), settings(server.url), patience=20.0).chat(HELLO))) == 3
    assert form(tokens.exchanged[0])["refresh_token"] == "1//made-up-refresh-token"
    assert server.asked[0].headers["x-goog-user-project"] == "who-pays"


@pytest.mark.parametrize("provider", [VertexAI(), ClaudeOnVertex()])
def test_a_refused_sign_in_shows_no_key(provider: Any, serve: Serve) -> None:
    """The error has Google's message and advice, but neither the private key nor the assertion."""
    key = Secret(key_file(f"{serve(says({'error': 'invalid_grant', 'error_description': 'gone'}, 400)).url}/token"))
    mine = Account(provider, settings(serve(VERTEX).url, service_account=key), patience=20.0)
    with pytest.raises(ProviderFailed) as caught:
        list(mine.chat(HELLO))
    assert caught.value.kind is FailureKind.AUTHENTICATION
    assert leaks(caught.value, [key, Secret(private_key())]) == []


def test_text_that_is_no_key_file(serve: Serve) -> None:
    """The error says so and does not show the text."""
    mine = Account(VertexAI(), settings(serve(VERTEX).url, service_account=Secret("made-up-no-json")), patience=20.0)
    with pytest.raises(ProviderFailed) as caught:
        list(mine.chat(HELLO))
    assert caught.value.kind is FailureKind.AUTHENTICATION
    assert "made-up-no-json" not in str(caught.value)


def test_a_token_endpoint_that_is_not_reached(serve: Serve, unreachable: str) -> None:
    """It is not reported as a refusal."""
    key = Secret(key_file(f"{unreachable}/token"))
    mine = Account(VertexAI(), settings(serve(refuses(500)).url, service_account=key), patience=20.0)
    with pytest.raises(ProviderFailed) as caught:
        list(mine.chat(HELLO))
    assert caught.value.kind is FailureKind.UNREACHABLE


def test_the_environment_chooses_no_other_account(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    """No project, location, key or address of the environment is used."""
    for name, value in {
        "GOOGLE_CLOUD_PROJECT": "another",
        "GOOGLE_CLOUD_LOCATION": "us",
        "GOOGLE_API_KEY": "another-key",
        "GOOGLE_VERTEX_BASE_URL": "http://127.0.0.1:9",
        "GOOGLE_GENAI_API_VERSION": "v9",
        "ANTHROPIC_VERTEX_PROJECT_ID": "another",
        "CLOUD_ML_REGION": "us",
        "ANTHROPIC_CUSTOM_HEADERS": "Authorization: Bearer another",
    }.items():
        monkeypatch.setenv(name, value)
    for provider, request in ((VertexAI(), HELLO), (ClaudeOnVertex(), CLAUDE)):
        mine, server = account(Tokens(), serve, provider)
        assert len(list(mine.chat(request))) == 3
        assert "my-project-123" in server.asked[0].path
