"""Servers that only speak OpenAI's protocol differ in known ways over HTTP. They are ours, except for the list of models."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from aiconn_nb.errors import FailureKind, ProviderFailed
from aiconn_nb.model.secret import Secret
from aiconn_nb.providers.account import Account
from aiconn_nb.providers.base import ChatRequest, Delta, Finish, Message, Settings, Usage
from aiconn_nb.providers.openai_compatible import OpenAICompatible

from .aimock import GOOD_KEY, Aimock
from .servers import Answer, Asked, Reply, Server, refuses, routes, says, streams

Serve = Callable[[Answer], Server]

HELLO = ChatRequest("m", [Message("user", "hello")])
YES = {"model": "m", "choices": [{"index": 0, "delta": {"content": "Yes"}, "finish_reason": "stop"}]}


def account(url: str, key: str | None = None, *, patience: float | None = 20.0) -> Account:
    """Return an account with this server, with a key or without."""
    settings: Settings = {"endpoint": f"{url}/v1"}
    if key is not None:
        settings = {**settings, "api_key": Secret(key)}
    return Account(OpenAICompatible(), settings, label="mine", patience=patience)


def test_models_are_listed(aimock: Aimock) -> None:
    """The list comes from the server."""
    assert "gpt-4o" in [model.id for model in account(aimock.url).models()]


def test_without_a_key_none_is_sent(serve: Serve) -> None:
    """No made-up key is sent either: some servers answer strangers, but not those with a wrong key."""
    server = serve(routes({"/models": says({"object": "list", "data": []}), "/chat/completions": streams([YES])}))
    keyless = account(server.url, patience=None)
    keyless.models()
    list(keyless.chat(HELLO))
    keyless.client.with_options(timeout=5).models.list()
    assert ["authorization" in asked.headers for asked in server.asked] == [False, False, False]
    account(server.url, GOOD_KEY).models()
    assert server.asked[-1].headers["authorization"] == f"Bearer {GOOD_KEY}"


@pytest.mark.parametrize(("key", "said"), [(None, True), ("made-up-key-0123456789abcdef", False)])
def test_a_refusal_without_a_key_says_that_none_was_sent(serve: Serve, key: str | None, said: bool) -> None:
    """The list is public, but a question is not. The advice names the command that asks for the key."""
    server = serve(routes({"/models": says({"object": "list", "data": []}), "/chat/completions": refuses(401)}))
    asked = account(server.url, key)
    asked.models()
    with pytest.raises(ProviderFailed) as caught:
        list(asked.chat(HELLO))
    assert caught.value.kind is FailureKind.AUTHENTICATION
    assert ("edit mine --prompt api_key" in caught.value.hint) is said


def test_a_key_that_the_user_adds_later_is_sent(serve: Serve) -> None:
    """A copy of the client with its own key works like any other."""
    server = serve(says({"object": "list", "data": []}))
    account(server.url).client.with_options(api_key=GOOD_KEY).models.list()
    assert server.asked[0].headers["authorization"] == f"Bearer {GOOD_KEY}"


@pytest.mark.parametrize("status", [400, 422])
def test_a_server_that_cannot_count_is_asked_without(serve: Serve, status: int) -> None:
    """If ``stream_options`` is refused, the same question is sent without it, and the answer has no usage."""

    def strict(asked: Asked, reply: Reply) -> None:
        refused = refuses(status, "Extra inputs are not permitted: stream_options")
        (refused if "stream_options" in asked.json else streams([YES]))(asked, reply)

    server = serve(strict)
    assert list(account(server.url).chat(HELLO)) == [
        Delta("Yes"),
        Finish("stop", Usage(), "m", ("without stream_options, which the server refuses",)),
    ]
    assert [sorted(asked.json) for asked in server.asked] == [
        ["messages", "model", "stream", "stream_options"],
        ["messages", "model", "stream"],
    ]


def test_another_bad_request_is_not_asked_twice(serve: Serve) -> None:
    """Only that one refusal is worth a second try."""
    server = serve(refuses(400, "temperature is too high"))
    with pytest.raises(ProviderFailed, match="temperature is too high"):
        list(account(server.url).chat(HELLO))
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    ("answer", "kind", "words"),
    [
        (says({"detail": "Not Found"}, 404), FailureKind.NOT_FOUND, "Not Found"),
        (says({"error": "model 'm' not found"}, 404), FailureKind.NOT_FOUND, "model 'm' not found"),
        (says({"message": "no token"}, 401), FailureKind.AUTHENTICATION, "no token"),
        (says({"error": {"message": "out of credits"}}, 402), FailureKind.OUT_OF_CREDIT, "out of credits"),
        (says("plainly no", 403), FailureKind.PERMISSION, "plainly no"),
    ],
)
def test_an_error_in_whatever_shape_has_its_words(serve: Serve, answer: Answer, kind: FailureKind, words: str) -> None:
    """FastAPI, Ollama and gateways each put their words in another place."""
    with pytest.raises(ProviderFailed) as caught:
        list(account(serve(answer).url).chat(HELLO))
    assert (caught.value.kind, caught.value.words) == (kind, words)


def test_a_web_page_of_an_error_is_one_short_line(serve: Serve) -> None:
    """A proxy's HTML is shown as a short text."""

    def page(asked: Asked, reply: Reply) -> None:
        reply.send(502, b"<html>\n<h1>502 Bad Gateway</h1>" + b"<p>x</p>" * 1000, "text/html")

    with pytest.raises(ProviderFailed) as caught:
        list(account(serve(page).url).chat(HELLO))
    assert caught.value.kind is FailureKind.PROVIDER_FAULT
    assert "502 Bad Gateway" in caught.value.what
    assert "\n" not in caught.value.what
    assert len(caught.value.what) < 400


def test_a_web_page_in_place_of_the_models_names_the_proxy_variables(serve: Serve) -> None:
    """The status is 200, and the page comes from something in between."""
    page = b"<!DOCTYPE html><html><head><title>Blocked</title></head></html>"
    with pytest.raises(ProviderFailed) as caught:
        account(serve(lambda asked, reply: reply.send(200, page, "text/html")).url).models()
    assert caught.value.kind is FailureKind.PROVIDER_FAULT
    assert "Blocked" in caught.value.words
    assert "HTTPS_PROXY" in caught.value.hint


def test_what_is_not_found_names_the_test_and_a_model_only_where_one_was_asked(serve: Serve) -> None:
    """The test looks for the address. A list of models involves no model that could be wrong."""
    asked = account(serve(routes({})).url)
    hints = []
    for call in (asked.models, lambda: list(asked.chat(HELLO))):
        with pytest.raises(ProviderFailed) as caught:
            call()
        hints.append(caught.value.hint)
    assert ["test mine" in hint for hint in hints] == [True, True]
    assert ["model" in hint for hint in hints] == [False, True]


def test_an_endpoint_without_models_is_not_found(serve: Serve) -> None:
    """A server without that route says 404, and so does the error: this is not an empty list."""
    with pytest.raises(ProviderFailed) as caught:
        account(serve(routes({})).url).models()
    assert caught.value.kind is FailureKind.NOT_FOUND
