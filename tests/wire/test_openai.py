"""The special features of OpenAI work over HTTP."""

from __future__ import annotations

from collections.abc import Callable

import openai
import pytest

from aiconn_nb.errors import FailureKind, ProviderFailed
from aiconn_nb.model.secret import Secret
from aiconn_nb.providers.account import Account
from aiconn_nb.providers.base import ChatRequest, Message, Settings
from aiconn_nb.providers.openai import OpenAI
from aiconn_nb.providers.testing import leaks

from .aimock import GOOD_KEY, Aimock
from .servers import Answer, Server, refuses, says

Serve = Callable[[Answer], Server]

HELLO = ChatRequest("gpt-4o", [Message("user", "hello")])


def account(url: str, *, patience: float | None = 20.0, **more: str) -> Account:
    """Return an account with OpenAI whose endpoint is this server."""
    settings: Settings = {"api_key": Secret(GOOD_KEY), "endpoint": f"{url}/v1", **more}
    return Account(OpenAI(), settings, label="mine", patience=patience)


def test_models_are_listed_by_name(aimock: Aimock) -> None:
    """This is the live list, sorted. The API does not say what a model can do, so neither do we."""
    models = account(aimock.url).models()
    assert [model.id for model in models] == [
        "claude-3-5-sonnet-20241022",
        "gemini-2.0-flash",
        "gpt-4",
        "gpt-4o",
        "text-embedding-3-small",
    ]
    assert {model.capabilities for model in models} == {frozenset()}


def test_organization_and_project_are_sent_where_they_are_set(aimock: Aimock) -> None:
    """They are sent in the documented headers, beside the key."""
    list(account(aimock.url, organization="org-1", project="proj_1").chat(HELLO))
    headers = aimock.journal("chat")[0]["headers"]
    assert (headers["openai-organization"], headers["openai-project"]) == ("org-1", "proj_1")
    # aimock does not write keys into its journal
    assert "authorization" in headers


def test_the_key_is_sent_as_the_api_wants_it(serve: Serve) -> None:
    """It is sent as a bearer token. (Our server: aimock hides it in its journal.)"""
    server = serve(says({"object": "list", "data": []}))
    account(server.url).models()
    assert server.asked[0].headers["authorization"] == f"Bearer {GOOD_KEY}"


def test_the_users_client_tries_again_and_a_probe_does_not(serve: Serve) -> None:
    """A client for the user keeps the SDK's two retries, and one with patience fails at once. (Our server asks for a wait of a
    millisecond.)"""
    server = serve(refuses(429, "Slow down.", Retry_After_Ms="1"))
    with pytest.raises(openai.RateLimitError):
        account(server.url, patience=None).client.models.list()
    assert len(server.asked) == 3
    with pytest.raises(ProviderFailed, match="Slow down") as caught:
        account(server.url).models()
    assert (len(server.asked), caught.value.retry_after) == (4, 0.001)


def test_a_key_that_the_server_repeats_is_not_shown(serve: Serve) -> None:
    """OpenAI's message about a wrong key contains parts of it, and another server's may contain it whole. (Our server, to say
    so.)"""
    server = serve(refuses(401, f"Incorrect API key provided: sk-aimo*******6789. You sent {GOOD_KEY}."))
    with pytest.raises(ProviderFailed) as caught:
        account(server.url).models()
    assert (caught.value.kind, caught.value.words) == (
        FailureKind.AUTHENTICATION,
        "Incorrect API key provided: ••••••••. You sent ••••••••.",
    )
    assert leaks(caught.value, [Secret(GOOD_KEY)]) == []


def test_a_quota_that_is_used_up_is_a_rate_limit_in_its_own_words(serve: Serve) -> None:
    """The answer is 429 without a time to wait, and the words and the hint are about the bill. (Our server, for its words.)"""
    words = "You exceeded your current quota, please check your plan and billing details."
    with pytest.raises(ProviderFailed) as caught:
        account(serve(refuses(429, words)).url).models()
    assert (caught.value.kind, caught.value.retry_after) == (FailureKind.RATE_LIMITED, None)
    assert caught.value.words == words
    assert caught.value.hint == FailureKind.RATE_LIMITED.meaning.advice
