"""The special features of Ollama work over HTTP."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from aiconn_nb import Session
from aiconn_nb.errors import FailureKind, InvalidConnection, ProviderFailed
from aiconn_nb.providers.account import Account
from aiconn_nb.providers.base import ChatRequest, Message
from aiconn_nb.providers.ollama import Ollama

from .aimock import Aimock
from .servers import Answer, Server, says

Serve = Callable[[Answer], Server]


def account(endpoint: str) -> Account:
    """Return an account with the Ollama at this endpoint."""
    return Account(Ollama(), {"endpoint": endpoint}, label="mine", patience=20.0)


@pytest.mark.parametrize("end", ["", "/", "/v1", "/v1/"])
def test_models_are_listed_wherever_the_endpoint_ends(aimock: Aimock, end: str) -> None:
    """The endpoint may have the /v1 that OpenAI's clients require."""
    assert "gpt-4o" in [model.id for model in account(f"{aimock.url}{end}").models()]


def test_no_key_is_sent(serve: Serve) -> None:
    """Ollama has no keys. (Our server, to see the headers as they came.)"""
    server = serve(says({"object": "list", "data": None}))
    assert account(server.url).models() == []
    assert server.asked[0].path == "/v1/models"
    assert "authorization" not in server.asked[0].headers


def test_a_refusal_is_not_one_of_a_key(serve: Serve) -> None:
    """No key was sent: a cloud model needs a signed-in server, and a gateway needs another kind of connection. (The server is
    ours.)"""
    server = serve(says({"error": "unauthorized", "signin_url": "https://ollama.invalid/connect"}, 401))
    with pytest.raises(ProviderFailed) as caught:
        list(account(server.url).chat(ChatRequest("gpt-oss:120b-cloud", [Message("user", "hi")])))
    assert (caught.value.kind, caught.value.words) == (FailureKind.AUTHENTICATION, "unauthorized")
    assert "No key was sent." in caught.value.hint
    assert "ollama signin" in caught.value.hint


def test_a_model_that_was_not_pulled(serve: Serve) -> None:
    """Ollama's own words reach the user. (Our server, which says them.)"""
    error = {"error": {"message": 'model "llama9" not found, try pulling it first', "type": "api_error"}}
    with pytest.raises(ProviderFailed) as caught:
        list(account(serve(says(error, 404)).url).chat(ChatRequest("llama9", [Message("user", "hello")])))
    assert caught.value.kind is FailureKind.NOT_FOUND
    assert "try pulling it first" in caught.value.what


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("127.0.0.1:5", "http://127.0.0.1:5"),
        ("localhost", "http://localhost:11434"),
        ("0.0.0.0", "http://127.0.0.1:11434"),
        ("http://0.0.0.0:5", "http://127.0.0.1:5"),
        (":5", "http://127.0.0.1:5"),
        ("[::]:5", "http://[::1]:5"),
        ("https://gpu.example", "https://gpu.example"),
        ("gpu.example:8080/ollama", "http://gpu.example:8080/ollama"),
    ],
)
def test_a_host_is_read_as_ollama_reads_it(
    session: Session, monkeypatch: pytest.MonkeyPatch, written: str, read: str
) -> None:
    """``OLLAMA_HOST`` may omit scheme, host and port, and a server's any-address means this machine."""
    monkeypatch.setenv("OLLAMA_HOST", written)
    session.create("a", "ollama", settings={"endpoint": "$OLLAMA_HOST"})
    assert session.account("a").endpoint == read
    session.create("b", "ollama", settings={"endpoint": written})
    assert session.account("b").endpoint == read


@pytest.mark.parametrize("written", ["a b", "ftp://host", "host:port:5"])
def test_what_is_no_host_is_no_endpoint(session: Session, written: str) -> None:
    """It is refused like in any other field that requires a URL."""
    with pytest.raises(InvalidConnection):
        session.create("a", "ollama", settings={"endpoint": written})
