"""Google's SDK works over HTTP, against aimock and against a server of ours for what aimock does not do."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from google import genai

from aiconn_nb.errors import FailureKind, ProviderFailed
from aiconn_nb.model.profile import Capability
from aiconn_nb.model.secret import Secret
from aiconn_nb.providers.account import Account
from aiconn_nb.providers.base import ChatRequest, Delta, Finish, Message, Model, Usage
from aiconn_nb.providers.google import Google
from aiconn_nb.providers.testing import leaks

from . import aimock as mock
from .aimock import Aimock
from .gemini_server import ANSWER, EXHAUSTED, GOOD_KEY, chunk, gemini
from .servers import Answer, Server, begun, cuts_off, hangs, is_garbage, says, streams

Serve = Callable[[Answer], Server]

WRONG_KEY = "AIzaSyAnotherKeyThatIsNotAccepted012345"
HELLO = ChatRequest("gemini-3.8-flash", [Message("user", "hello")])


def account(url: str, key: str = GOOD_KEY, patience: float | None = 20) -> Account:
    """Return an account at this server."""
    return Account(Google(), {"api_key": Secret(key), "endpoint": url}, label="gemini", patience=patience)


def mocked(server: Aimock, key: str = GOOD_KEY) -> Account:
    """Return an account at aimock, which knows only the version v1beta of the API. The endpoint may name the version."""
    return account(f"{server.url}/v1beta", key)


def failed(account: Account, request: ChatRequest = HELLO) -> ProviderFailed:
    """Return the error of a chat, which never has a key in it or in a frame of its traceback."""
    with pytest.raises(ProviderFailed) as caught:
        list(account.chat(request))
    assert leaks(caught.value, [each for each in account._settings.values() if isinstance(each, Secret)]) == []
    return caught.value


def test_the_client_is_the_sdks_own(serve: Serve) -> None:
    """A user gets a `google.genai.Client` for the Gemini API. (The server is ours: aimock lacks the version.)"""
    server = serve(gemini())
    client = account(server.url, patience=None).client
    assert type(client) is genai.Client
    assert client.vertexai is False
    whole = "".join(
        part.text for part in client.models.generate_content_stream(model="gemini-3.8-flash", contents="hi")
    )
    assert whole == "Hello from ours."


def test_an_answer_comes_in_pieces_with_its_usage(aimock: Aimock) -> None:
    """The pieces make up the answer, and the end gives its reason and cost."""
    *pieces, end = mocked(aimock).chat(HELLO)
    assert len(pieces) > 1
    assert "".join(piece.text for piece in pieces if isinstance(piece, Delta)) == (
        "Hello from aimock, in as many pieces as it takes."
    )
    assert end == Finish("STOP", Usage(3, 11), None)


def test_the_present_version_of_the_api_is_spoken(serve: Serve) -> None:
    """It is v1, the SDK's default, and the reply names the model that answered. (The server is ours: aimock has no v1.)"""
    server = serve(gemini())
    assert list(account(server.url, patience=None).chat(HELLO)) == [
        Delta("Hello "),
        Delta("from ours."),
        Finish("STOP", Usage(3, 5), "gemini-3.8-flash-001"),
    ]
    assert server.asked[0].path == "/v1/models/gemini-3.8-flash:streamGenerateContent?alt=sse"


def test_an_endpoint_may_have_a_path_and_a_version(serve: Serve) -> None:
    """Both are kept, with or without a slash at the end. (The server is ours.)"""
    server = serve(streams(ANSWER, done=None))
    for endpoint in ("/proxy", "/proxy/", "/proxy/v1alpha", "/proxy/v1beta/"):
        list(account(server.url + endpoint).chat(HELLO))
    assert [asked.path.partition("/models")[0] for asked in server.asked] == [
        "/proxy/v1",
        "/proxy/v1",
        "/proxy/v1alpha",
        "/proxy/v1beta",
    ]


def test_a_conversation_and_its_options_are_sent(serve: Serve) -> None:
    """Turns, system prompt and options arrive where the API expects them, and unset options are not sent. (Our server.)"""
    server = serve(gemini())
    turns = [Message("user", "hello"), Message("assistant", "Hi."), Message("user", "go on")]
    list(account(server.url).chat(ChatRequest("m", turns, system="Be short.", temperature=0.0, max_tokens=7)))
    list(account(server.url).chat(HELLO))
    assert server.asked[0].headers["x-goog-api-key"] == GOOD_KEY
    assert server.asked[0].json == {
        "contents": [
            {"role": "user", "parts": [{"text": "hello"}]},
            {"role": "model", "parts": [{"text": "Hi."}]},
            {"role": "user", "parts": [{"text": "go on"}]},
        ],
        "systemInstruction": {"role": "user", "parts": [{"text": "Be short."}]},
        "generationConfig": {"temperature": 0.0, "maxOutputTokens": 7},
    }
    bare = server.asked[1].json
    assert bare.pop("contents") == [{"role": "user", "parts": [{"text": "hello"}]}]
    assert not any(bare.values())


def test_thoughts_are_counted_and_not_shown(serve: Serve) -> None:
    """They are billed as output. (The server is ours: aimock has no thoughts.)"""
    server = serve(streams([chunk("Hm.", thought=True), chunk("Yes.", reason="MAX_TOKENS", usage=(3, 5, 7))], None))
    assert list(account(server.url).chat(HELLO)) == [
        Delta("Yes."),
        Finish("MAX_TOKENS", Usage(3, 12), "gemini-3.8-flash-001"),
    ]


def test_a_blocked_question_ends_with_its_reason(serve: Serve) -> None:
    """There is no answer, and this is no fault. (The server is ours: aimock blocks nothing.)"""
    blocked = {"promptFeedback": {"blockReason": "PROHIBITED_CONTENT"}, "usageMetadata": {"promptTokenCount": 3}}
    assert list(account(serve(streams([blocked], None)).url).chat(HELLO)) == [
        Finish("PROHIBITED_CONTENT", Usage(3, None), None)
    ]


def test_models_are_listed_over_all_pages_with_what_they_can_do(serve: Serve) -> None:
    """Ids come without ``models/``, and what a model supports gives its capabilities. (The server is ours: aimock lists none.)"""
    assert account(serve(gemini()).url).models() == [
        Model("gemini-3.8-flash", "Gemini 3.8 Flash", frozenset({Capability.CHAT})),
        Model("gemini-embedding-2", "Gemini Embedding 2", frozenset({Capability.EMBEDDING})),
        Model("aqa", "Attributed answers", frozenset()),
    ]


@pytest.mark.parametrize("model", ["gemini-embedding-001", "gemini-embedding-2", "text-embedding-004"])
def test_each_text_gets_its_own_vector(serve: Serve, model: str) -> None:
    """The SDK would join plain strings into one for its multimodal models. (The server is ours: aimock has no embeddings.)"""
    server = serve(gemini())
    answer = account(server.url).embed(["one", "three", "seventeen"], model, dimensions=2)
    assert answer.vectors == [[0.75, 0.5], [1.25, 0.5], [2.25, 0.5]]
    assert [request["outputDimensionality"] for request in server.asked[0].json["requests"]] == [2, 2, 2]
    account(server.url).embed(["one"], model)
    assert "outputDimensionality" not in server.asked[1].json["requests"][0]


def test_a_vector_too_few_is_a_fault(serve: Serve) -> None:
    """Vectors are never assigned to the wrong texts. (The server is ours.)"""
    server = serve(says({"embeddings": [{"values": [0.5]}]}))
    with pytest.raises(ProviderFailed) as caught:
        account(server.url).embed(["one", "two"], "gemini-embedding-001")
    assert caught.value.kind is FailureKind.PROVIDER_FAULT


def test_a_refused_key_is_an_authentication_failure(serve: Serve, guarded_aimock: Aimock) -> None:
    """Google answers 400 with a reason, and a gateway 401. Both errors are alike and without the key. (The first server is
    ours.)"""
    server = serve(gemini())
    error = failed(account(server.url, WRONG_KEY))
    assert (error.kind, error.alias, error.words) == (
        FailureKind.AUTHENTICATION,
        "gemini",
        "API key not valid. Please pass a valid API key.",
    )
    for call in (
        lambda: account(server.url, WRONG_KEY).models(),
        lambda: account(server.url, WRONG_KEY).embed(["one"], "gemini-embedding-001"),
        lambda: list(mocked(guarded_aimock, mock.WRONG_KEY).chat(HELLO)),
    ):
        with pytest.raises(ProviderFailed) as caught:
            call()
        assert (caught.value.kind, caught.value.alias) == (FailureKind.AUTHENTICATION, "gemini")
    assert list(mocked(guarded_aimock, mock.GOOD_KEY).chat(HELLO))


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
    """Each status has its kind, and the provider's own words are passed on."""
    error = failed(mocked(aimock), ChatRequest("m", [Message("user", question)]))
    assert (error.kind, error.words) == (kind, words)


def test_a_country_that_is_not_served_is_a_matter_of_rights(serve: Serve) -> None:
    """A 400 FAILED_PRECONDITION is not about the request. (The server is ours.)"""
    words = "User location is not supported for the API use."
    server = serve(says({"error": {"code": 400, "message": words, "status": "FAILED_PRECONDITION"}}, 400))
    assert failed(account(server.url)).kind is FailureKind.PERMISSION


def test_a_rate_limit_says_how_long_to_wait(aimock: Aimock, serve: Serve) -> None:
    """The wait is in a header, as with aimock, or in the error's details, as with Google. (The second server is ours.)"""
    error = failed(mocked(aimock), ChatRequest("m", [Message("user", "too much")]))
    assert (error.kind, error.retry_after) == (FailureKind.RATE_LIMITED, 7.0)
    error = failed(account(serve(says(EXHAUSTED, 429)).url))
    assert (error.kind, error.retry_after) == (FailureKind.RATE_LIMITED, 34.5)
    assert error.words == "You exceeded your current quota."


def test_a_host_that_nobody_serves_is_unreachable(unreachable: str) -> None:
    """The error gives the reason of a refused connection."""
    error = failed(account(unreachable))
    assert error.kind is FailureKind.UNREACHABLE
    assert "refused" in error.words


def test_a_server_that_does_not_answer_is_a_timeout(serve: Serve) -> None:
    """An impatient account gives up, and the server gets a time that Google accepts. (The server is ours: it hangs.)"""
    server = serve(hangs())
    assert failed(account(server.url, patience=2.0)).kind is FailureKind.TIMEOUT
    assert server.asked[0].headers["x-server-timeout"] == "10"


def test_nobody_waits_for_ever(serve: Serve) -> None:
    """The SDK would, but the ordinary client gives up after ten minutes. (The server is ours, to see the header.)"""
    server = serve(gemini())
    list(account(server.url, patience=None).chat(HELLO))
    assert server.asked[0].headers["x-server-timeout"] == "600"


def test_a_stream_that_stalls_is_a_timeout(serve: Serve) -> None:
    """The text so far is delivered before the error. (Our server.)"""
    server = serve(hangs(ANSWER[:1]))
    first, pieces = begun(lambda patience: account(server.url, patience=patience).chat(HELLO))
    assert first == Delta("Hello ")
    with pytest.raises(ProviderFailed) as caught:
        next(pieces)
    assert caught.value.kind is FailureKind.TIMEOUT


@pytest.mark.parametrize("content_type", ["application/json", "text/html"])
def test_a_malformed_list_of_models_is_no_empty_list(serve: Serve, content_type: str) -> None:
    """Half a body, or the answer of some other server, is a fault. (The server is ours.)"""
    for answer in (is_garbage(content_type), says({"object": "list", "data": []}), says({"models": "none"})):
        with pytest.raises(ProviderFailed) as caught:
            account(serve(answer).url).models()
        assert caught.value.kind is FailureKind.PROVIDER_FAULT


def test_a_malformed_answer_is_a_fault(aimock: Aimock, serve: Serve) -> None:
    """An unreadable answer is the provider's fault, and it is not repeated. (The second server is ours.)"""
    aimock.fault(malformed=1)
    assert failed(mocked(aimock)).kind is FailureKind.PROVIDER_FAULT
    for events in ([{"candidates": "none"}], [{"hello": "I am another server"}], []):
        error = failed(account(serve(streams(events, None)).url))
        assert error.kind is FailureKind.PROVIDER_FAULT
        assert "another server" not in error.what


def test_a_page_of_a_proxy_is_not_an_answer(serve: Serve) -> None:
    """The status decides about an HTML error. (The server is ours.)"""
    server = serve(lambda asked, reply: reply.send(502, b"<html><h1>Bad gateway</h1></html>", "text/html"))
    assert failed(account(server.url)).kind is FailureKind.PROVIDER_FAULT


def test_a_connection_that_is_dropped_is_unreachable(aimock: Aimock) -> None:
    """A missing answer is not an empty one."""
    aimock.fault(disconnect=1)
    assert failed(mocked(aimock)).kind is FailureKind.UNREACHABLE


@pytest.mark.parametrize("broken", [cuts_off(ANSWER[:1]), streams(ANSWER[:1], None)], ids=["cut off", "ended early"])
def test_a_stream_that_breaks_off_is_not_taken_for_an_answer(serve: Serve, broken: Answer) -> None:
    """The pieces come, then an error and no `Finish`, even if HTTP itself ended properly. (Our server.)"""
    pieces = account(serve(broken).url).chat(HELLO)
    assert next(pieces) == Delta("Hello ")
    with pytest.raises(ProviderFailed) as caught:
        next(pieces)
    assert caught.value.kind is FailureKind.UNREACHABLE


def test_an_error_within_a_stream_has_its_kind(serve: Serve) -> None:
    """The status was 200, so the error's own code counts. (The server is ours.)"""
    events = [ANSWER[0], {"error": {"code": 503, "message": "The model is overloaded.", "status": "UNAVAILABLE"}}]
    error = failed(account(serve(streams(events, None)).url))
    assert (error.kind, error.words) == (FailureKind.PROVIDER_FAULT, "The model is overloaded.")


def test_closing_the_iterator_closes_the_connection(serve: Serve) -> None:
    """The provider learns at once that the client is gone. (Our server waits for it.)"""
    server = serve(hangs(ANSWER[:1]))
    pieces = account(server.url, patience=None).chat(HELLO)
    assert next(pieces) == Delta("Hello ")
    pieces.close()
    assert server.hung_up.wait(10)


def test_a_key_that_http_cannot_carry_is_an_authentication_failure(serve: Serve) -> None:
    """Examples are a line break and a letter beyond ASCII. The error does not repeat the key. (The server is ours.)"""
    url = serve(gemini()).url
    for key in (f"{GOOD_KEY}\nX-Evil: 1", f"{GOOD_KEY}…"):
        error = failed(account(url, key))
        assert error.kind is FailureKind.AUTHENTICATION
        assert (GOOD_KEY in str(error), "Evil" in str(error)) == (False, False)


def test_the_environment_has_no_say(serve: Serve, unreachable: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """No other service, endpoint or key in the SDK's environment is used. (The server is ours.)"""
    monkeypatch.setenv("GOOGLE_GENAI_USE_VERTEXAI", "true")
    monkeypatch.setenv("GOOGLE_CLOUD_PROJECT", "somebody-elses-project")
    monkeypatch.setenv("GOOGLE_API_KEY", "somebody-elses-key")
    monkeypatch.setenv("GOOGLE_GEMINI_BASE_URL", unreachable)
    server = serve(gemini())
    assert list(account(server.url).chat(HELLO))
    assert "somebody-elses" not in f"{server.asked[0].headers} {server.asked[0].path}"
    client = Google().client({"api_key": Secret(GOOD_KEY)})
    assert client._api_client._http_options.base_url == "https://generativelanguage.googleapis.com"
