"""Anthropic's SDK works over HTTP, against aimock and against a server of ours for what aimock does not do."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping

import anthropic
import pytest

from aiconn_nb import Session
from aiconn_nb.errors import FailureKind, InvalidConnection, ProviderFailed
from aiconn_nb.model.profile import Capability
from aiconn_nb.model.secret import Secret
from aiconn_nb.providers.account import Account
from aiconn_nb.providers.anthropic import Anthropic
from aiconn_nb.providers.base import ChatRequest, Delta, Finish, Message, Model, Settings, Usage
from aiconn_nb.providers.protocols.anthropic_messages import MAX_TOKENS
from aiconn_nb.providers.testing import leaks

from .aimock import GOOD_KEY, WRONG_KEY, Aimock
from .messages_server import FAILED, START, STOP, ended, streams, text, thinking
from .servers import Answer, Asked, Reply, Server, begun, hangs, is_garbage, refuses, says

Serve = Callable[[Answer], Server]

KEY = "sk-ant-api03-made-up-for-tests-0123456789"
HELLO = ChatRequest("claude-sonnet-5", [Message("user", "hello")])


def account(url: str, key: str = KEY, patience: float | None = 20) -> Account:
    """Return an account at this server. With patience, the SDK does not try again."""
    return Account(Anthropic(), {"api_key": Secret(key), "endpoint": url}, label="claude", patience=patience)


def failed(account: Account, request: ChatRequest = HELLO) -> ProviderFailed:
    """Return the error of a chat, which never has a key in it or in a frame of its traceback."""
    with pytest.raises(ProviderFailed) as caught:
        list(account.chat(request))
    assert leaks(caught.value, [each for each in account._settings.values() if isinstance(each, Secret)]) == []
    return caught.value


def test_the_client_is_the_sdks_own(aimock: Aimock) -> None:
    """A user gets an `anthropic.Anthropic` that can be used as Anthropic's documentation says."""
    client = account(aimock.url, patience=None).client
    assert type(client) is anthropic.Anthropic
    answer = client.messages.create(model="x", max_tokens=99, messages=[{"role": "user", "content": "hello"}])
    assert answer.content[0].text == "Hello from aimock, in as many pieces as it takes."


def test_an_answer_comes_in_pieces_with_its_usage(aimock: Aimock) -> None:
    """The pieces make up the answer, and the end gives its reason, its cost and the model that answered."""
    *pieces, end = account(aimock.url, patience=None).chat(HELLO)
    assert len(pieces) > 1
    assert "".join(piece.text for piece in pieces if isinstance(piece, Delta)) == (
        "Hello from aimock, in as many pieces as it takes."
    )
    assert end == Finish("end_turn", Usage(3, 11), "claude-sonnet-5")


def test_a_conversation_and_its_options_are_sent(serve: Serve) -> None:
    """Turns, system prompt and limit arrive where the API expects them. Unset options are not sent, except the limit, which the API
    demands. (The server is ours, to see the body as it came.)"""
    server = serve(streams(START, ended("end_turn", 1), STOP))
    turns = [Message("user", "hello"), Message("assistant", "Hi."), Message("user", "go on")]
    list(account(server.url).chat(ChatRequest("m", turns, system="Be short.", max_tokens=7)))
    list(account(server.url).chat(HELLO))
    assert server.asked[0].path == "/v1/messages"
    sent = server.asked[0].headers
    assert (sent.get("authorization") or sent["x-api-key"]) in (
        f"Bearer {KEY}",
        KEY,
    )  # before 1.0 the SDK has the latter
    assert server.asked[0].json == {
        "model": "m",
        "messages": [
            {"role": "user", "content": "hello"},
            {"role": "assistant", "content": "Hi."},
            {"role": "user", "content": "go on"},
        ],
        "system": "Be short.",
        "max_tokens": 7,
        "stream": True,
    }
    assert server.asked[1].json == {
        "model": "claude-sonnet-5",
        "messages": [{"role": "user", "content": "hello"}],
        "max_tokens": MAX_TOKENS,
        "stream": True,
    }


def test_thinking_comes_on_top_of_the_usual_limit(serve: Serve) -> None:
    """The API counts it towards the limit, which must be larger than the budget. A limit set by the user stays. (Our server.)"""
    server = serve(streams(START, ended("end_turn", 1), STOP))
    for most in (None, 12_000):
        asked = ChatRequest("m", [Message("user", "hello")], max_tokens=most, options={"thinking_budget": 10_000})
        list(account(server.url).chat(asked))
    assert [each.json["max_tokens"] for each in server.asked] == [18_192, 12_000]
    assert server.asked[0].json["thinking"] == {"type": "enabled", "budget_tokens": 10_000}


def test_a_temperature_is_asked_of_the_api_version_that_has_one(serve: Serve) -> None:
    """The version 2026-10-21, which the SDK speaks, refuses every temperature, so such a request speaks 2023-06-01. (Our
    server.)"""
    server = serve(streams(START, ended("end_turn", 1), STOP))
    list(account(server.url).chat(ChatRequest("m", [Message("user", "hello")], temperature=0.0)))
    list(account(server.url).chat(HELLO))
    assert server.asked[0].json["temperature"] == 0.0
    assert server.asked[0].headers["anthropic-version"] == "2023-06-01"
    assert "temperature" not in server.asked[1].json
    if not anthropic.__version__.startswith(("0.", "1.")):  # they speak the older version anyway
        assert server.asked[1].headers["anthropic-version"] != "2023-06-01"


def test_thinking_is_not_part_of_the_answer(serve: Serve) -> None:
    """Only the text is, and cached input counts as input, as Anthropic adds it up. (Our server: aimock has no thinking.)"""
    server = serve(streams(START, thinking("Hm."), text("Yes"), text("."), ended("max_tokens", 9), STOP))
    assert list(account(server.url).chat(HELLO)) == [
        Delta("Yes"),
        Delta("."),
        Finish("max_tokens", Usage(7, 9, 4), "claude-sonnet-5-20260901"),
    ]


def test_models_are_listed_over_all_pages(serve: Serve) -> None:
    """The list has ids and display names, page after page. (The server is ours: aimock lists models in OpenAI's shape.)"""

    def page(asked: Asked, reply: Reply) -> None:
        first = "after_id" not in server.asked[-1].path
        name = (
            {"id": "claude-a", "display_name": "Claude A"} if first else {"id": "claude-b", "display_name": "Claude B"}
        )
        entry = {"type": "model", "created_at": "2026-09-01T00:00:00Z", "lifecycle": "active", **name}
        says({"data": [entry], "has_more": first, "first_id": name["id"], "last_id": name["id"]})(asked, reply)

    server = serve(page)
    chat = frozenset({Capability.CHAT})
    assert account(server.url).models() == [Model("claude-a", "Claude A", chat), Model("claude-b", "Claude B", chat)]
    assert [asked.path for asked in server.asked] == [
        "/v1/models?limit=1000",
        "/v1/models?limit=1000&after_id=claude-a",
    ]


def test_models_of_a_gateway_may_lack_names(aimock: Aimock) -> None:
    """aimock answers in OpenAI's shape, as gateways do, and ids without display names are sufficient."""
    assert "claude-3-5-sonnet-20241022" in [model.id for model in account(aimock.url).models()]


def test_embedding_is_not_what_anthropic_does(aimock: Aimock) -> None:
    """There is no such capability, and a request for it says so without a call."""
    with pytest.raises(NotImplementedError):
        account(aimock.url).embed(["hello"], "claude-sonnet-5")
    assert aimock.journal() == []


def test_a_good_key_is_accepted_and_another_refused(guarded_aimock: Aimock) -> None:
    """A refused key is an authentication failure for chat and for the list of models, and the error does not contain the key."""
    assert list(account(guarded_aimock.url, GOOD_KEY).chat(HELLO))
    error = failed(account(guarded_aimock.url, WRONG_KEY))
    assert error.kind is FailureKind.AUTHENTICATION
    assert WRONG_KEY not in str(error)
    with pytest.raises(ProviderFailed) as caught:
        account(guarded_aimock.url, WRONG_KEY).models()
    assert (caught.value.kind, caught.value.alias) == (FailureKind.AUTHENTICATION, "claude")


@pytest.mark.parametrize(
    ("question", "kind", "words"),
    [
        ("may I", FailureKind.PERMISSION, "This account may not use that model."),
        ("no such model", FailureKind.NOT_FOUND, "The model does not exist."),
        ("nonsense", FailureKind.BAD_REQUEST, "That is not a valid request."),
        ("fall over", FailureKind.PROVIDER_FAULT, "The server had an error."),
    ],
)
def test_errors_are_told_apart(aimock: Aimock, question: str, kind: FailureKind, words: str) -> None:
    """Each status has its kind, and Anthropic's own words are passed on."""
    error = failed(account(aimock.url), ChatRequest("m", [Message("user", question)]))
    assert (error.kind, error.words) == (kind, words)


def test_a_rate_limit_says_how_long_to_wait(aimock: Aimock) -> None:
    """The answer is 429 with ``Retry-After: 7``."""
    error = failed(account(aimock.url), ChatRequest("m", [Message("user", "too much")]))
    assert (error.kind, error.retry_after) == (FailureKind.RATE_LIMITED, 7.0)


def test_the_sdk_tries_again_where_nobody_is_impatient(serve: Serve) -> None:
    """The ordinary client keeps the SDK's own retries. (Our server fails once and asks for a wait of a millisecond.)"""

    def once(asked: Asked, reply: Reply) -> None:
        good = len(server.asked) > 1
        chosen = streams(START, ended("end_turn", 1), STOP) if good else refuses(529, retry_after_ms="1")
        chosen(asked, reply)

    server = serve(once)
    assert list(account(server.url, patience=None).chat(HELLO))
    assert len(server.asked) == 2


def test_a_host_that_nobody_serves_is_unreachable(unreachable: str) -> None:
    """The error gives the reason of a refused connection."""
    error = failed(account(unreachable))
    assert error.kind is FailureKind.UNREACHABLE
    assert "refused" in error.words


def test_a_host_that_does_not_resolve_is_unreachable() -> None:
    """The error gives the reason for a name that DNS does not know (RFC 6761 reserves ``.invalid`` for this)."""
    assert failed(account("http://nobody.invalid")).kind is FailureKind.UNREACHABLE


def test_a_server_that_does_not_answer_is_a_timeout(serve: Serve) -> None:
    """An impatient account gives up. (The server is ours: it hangs.)"""
    assert failed(account(serve(hangs()).url, patience=0.2)).kind is FailureKind.TIMEOUT


def test_a_stream_that_stalls_is_a_timeout(serve: Serve) -> None:
    """The text so far is delivered before the error. (Our server.)"""
    server = serve(streams(START, text("Half"), then=Reply.wait_for_hang_up))
    first, pieces = begun(lambda patience: account(server.url, patience=patience).chat(HELLO))
    assert first == Delta("Half")
    with pytest.raises(ProviderFailed) as caught:
        next(pieces)
    assert caught.value.kind is FailureKind.TIMEOUT


@pytest.mark.parametrize("content_type", ["application/json", "text/html"])
def test_a_malformed_list_of_models_is_no_empty_list(serve: Serve, content_type: str) -> None:
    """Half a body, or the page of a proxy, is a fault. (The server is ours: aimock always lists.)"""
    with pytest.raises(ProviderFailed) as caught:
        account(serve(is_garbage(content_type)).url).models()
    assert caught.value.kind is FailureKind.PROVIDER_FAULT
    with pytest.raises(ProviderFailed) as caught:
        account(serve(says({"hello": "I am another server"})).url).models()
    assert caught.value.kind is FailureKind.PROVIDER_FAULT


def test_a_malformed_answer_is_a_fault(aimock: Aimock) -> None:
    """An unreadable answer is the provider's fault."""
    aimock.fault(malformed=1)
    assert failed(account(aimock.url)).kind is FailureKind.PROVIDER_FAULT


def test_a_connection_that_is_dropped_is_unreachable(aimock: Aimock) -> None:
    """A missing answer is not an empty one."""
    aimock.fault(disconnect=1)
    assert failed(account(aimock.url)).kind is FailureKind.UNREACHABLE


@pytest.mark.parametrize("then", [Reply.cut, lambda reply: reply.chunk(b"")], ids=["cut off", "ended early"])
def test_a_stream_that_breaks_off_is_not_taken_for_an_answer(serve: Serve, then: Callable[[Reply], None]) -> None:
    """The pieces come, then an error and no `Finish`, even if HTTP itself ended properly. (Our server.)"""
    server = serve(streams(START, text("Half"), then=then))
    pieces = account(server.url).chat(HELLO)
    assert next(pieces) == Delta("Half")
    with pytest.raises(ProviderFailed) as caught:
        next(pieces)
    assert caught.value.kind is FailureKind.UNREACHABLE


def test_an_error_within_a_stream_has_its_kind(serve: Serve) -> None:
    """Its status was 200, so the error's own type counts. (The server is ours.)"""
    error = failed(account(serve(streams(START, text("Half"), FAILED)).url))
    assert (error.kind, error.words) == (FailureKind.PROVIDER_FAULT, "Overloaded")
    limited = {"type": "error", "error": {"type": "rate_limit_error", "message": "Slow down"}}
    assert failed(account(serve(streams(START, limited)).url)).kind is FailureKind.RATE_LIMITED


def test_closing_the_iterator_closes_the_connection(serve: Serve) -> None:
    """The provider learns at once that the client is gone. (Our server waits for it.)"""
    server = serve(streams(START, text("Half"), then=Reply.wait_for_hang_up))
    pieces = account(server.url, patience=None).chat(HELLO)
    assert next(pieces) == Delta("Half")
    pieces.close()
    assert server.hung_up.wait(10)


def test_a_key_with_a_line_break_is_an_authentication_failure(aimock: Aimock) -> None:
    """HTTP cannot carry the line break, and the error does not repeat the key."""
    error = failed(account(aimock.url, f"{KEY}\nX-Evil: 1"))
    assert error.kind is FailureKind.AUTHENTICATION
    assert (KEY in str(error), "Evil" in str(error)) == (False, False)


def test_the_environment_has_no_say(serve: Serve, unreachable: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """No endpoint and no credential in the SDK's environment is used. (The server is ours.)"""
    monkeypatch.setenv("ANTHROPIC_AUTH_TOKEN", "somebody-elses-token")
    monkeypatch.setenv("ANTHROPIC_API_KEY", "somebody-elses-key")
    monkeypatch.setenv("ANTHROPIC_BASE_URL", unreachable)
    server = serve(streams(START, ended("end_turn", 1), STOP))
    list(account(server.url).chat(HELLO))
    assert "somebody-elses" not in str(server.asked[0].headers)
    client = Anthropic().client({"api_key": Secret(KEY)})
    assert str(client.base_url).rstrip("/") == "https://api.anthropic.com"


# ---- the header of the key --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "sent"), [("authorization", {"authorization": f"Bearer {KEY}"}), ("x-api-key", {"x-api-key": KEY})]
)
@pytest.mark.parametrize("is_async", [False, True])
def test_a_gateway_gets_the_key_in_the_header_that_it_reads(
    serve: Serve, header: str, sent: Mapping[str, str], is_async: bool
) -> None:
    """Only that header has it, whatever the version of the SDK sends. (The server is ours.)"""
    server = serve(streams(START, text("Yes"), ended("end_turn", 1)))
    settings: Settings = {"api_key": Secret(KEY), "endpoint": server.url, "key_header": header}
    mine = Account(Anthropic(), settings, label="claude", patience=20)

    async def asked() -> list[object]:
        return [piece async for piece in mine.async_chat(HELLO)]

    assert asyncio.run(asked()) if is_async else list(mine.chat(HELLO))
    found = server.asked[0].headers
    assert {name: found[name] for name in ("authorization", "x-api-key") if name in found} == sent


def test_a_list_without_the_key_has_none_in_either_header(serve: Serve) -> None:
    """A refusal thus proves the key, also with a separate header. A copy of the client keeps the header."""
    server = serve(says({"data": []}))
    settings: Settings = {"api_key": Secret(KEY), "endpoint": server.url, "key_header": "x-api-key"}
    mine = Account(Anthropic(), settings, label="claude", patience=20)
    mine.models_without_key()
    mine.client.with_options(timeout=5).models.list()
    headers = [each.headers for each in server.asked]
    assert not {"authorization", "x-api-key"} & set(headers[0])
    assert (headers[1].get("x-api-key"), "authorization" in headers[1]) == (KEY, False)


def test_a_header_that_is_none_is_refused_when_it_is_saved(session: Session) -> None:
    """The error names the valid headers."""
    with pytest.raises(InvalidConnection) as caught:
        session.create("a", "anthropic", settings={"api_key": "made-up-key-0123456789", "key_header": "cookie"})
    assert caught.value.problems["key_header"] == "must be one of authorization, x-api-key"
