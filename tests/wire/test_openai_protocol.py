"""OpenAI's protocol works over HTTP with its SDK, in the forms of OpenAI, compatible servers, Ollama and both APIs of Foundry.

The tests use aimock. For what it lacks, a server of ours takes its place, and the test says so.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import parse_qs, urlsplit

import openai
import pytest

from aiconn_nb.errors import FailureKind, ProviderFailed
from aiconn_nb.model.secret import Secret
from aiconn_nb.providers.account import Account
from aiconn_nb.providers.anthropic import Anthropic
from aiconn_nb.providers.base import ChatRequest, Delta, Embeddings, Finish, Message, Provider, Usage
from aiconn_nb.providers.google import Google
from aiconn_nb.providers.openai import OpenAI
from aiconn_nb.providers.openai_compatible import OpenAICompatible
from aiconn_nb.providers.testing import leaks

from .aimock import GOOD_KEY, WRONG_KEY, Aimock
from .flavours import FLAVOURS, Flavour
from .servers import Answer, Asked, Reply, Server, begun, cuts_off, hangs, is_garbage, refuses, says, streams

Serve = Callable[[Answer], Server]

every = pytest.mark.parametrize("flavour", FLAVOURS, ids=str)
keyed = pytest.mark.parametrize("flavour", [each for each in FLAVOURS if each.name != "ollama"], ids=str)

ANSWER = "Hello from aimock, in as many pieces as it takes."


def asks(text: str) -> ChatRequest:
    """Return a request of one turn."""
    return ChatRequest("gpt-4o", [Message("user", text)])


def failed(account: Account, request: ChatRequest) -> ProviderFailed:
    """Return the error of a chat, which never has a key in it or in a frame of its traceback."""
    with pytest.raises(ProviderFailed) as caught:
        list(account.chat(request))
    assert leaks(caught.value, [Secret(GOOD_KEY), Secret(WRONG_KEY)]) == []
    return caught.value


def event(delta: dict[str, Any] | None = None, *, reason: str | None = None, **more: Any) -> dict[str, Any]:
    """Return one event of a stream, as the API documents it."""
    choices = [] if delta is None else [{"index": 0, "delta": delta, "finish_reason": reason}]
    return {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m-1", "choices": choices, **more}


WHOLE: Sequence[dict[str, Any]] = (
    event({"role": "assistant", "content": ""}),
    event({"content": "Yes"}),
    event({"content": "."}),
    event({}, reason="length"),
    event(usage={"prompt_tokens": 4, "completion_tokens": 2, "total_tokens": 6}),
)


@every
def test_the_client_is_the_sdks_own(flavour: Flavour, aimock: Aimock) -> None:
    """A user gets a client of the SDK `openai` that can be used as its documentation says."""
    client = flavour.account(aimock.url, patience=None).client
    assert isinstance(client, openai.OpenAI)
    assert client.max_retries == openai.DEFAULT_MAX_RETRIES
    answer = client.chat.completions.create(model="gpt-4o", messages=[{"role": "user", "content": "hello"}])
    assert answer.choices[0].message.content == ANSWER


@every
def test_an_answer_comes_in_pieces_with_its_usage(flavour: Flavour, aimock: Aimock) -> None:
    """The pieces make up the answer, and the end gives its reason, its cost and the model that answered."""
    *pieces, end = flavour.account(aimock.url, patience=None).chat(asks("hello"))
    assert len(pieces) > 1
    assert "".join(piece.text for piece in pieces if isinstance(piece, Delta)) == ANSWER
    assert end == Finish("stop", Usage(3, 11), "gpt-4o")


@every
def test_a_conversation_and_its_options_are_sent(flavour: Flavour, aimock: Aimock) -> None:
    """Turns, system prompt, temperature and limit arrive, and unset options are not sent. The test reads aimock's journal."""
    turns = [Message("user", "hello"), Message("assistant", "Hi."), Message("user", "hello again")]
    account = flavour.account(aimock.url)
    list(account.chat(ChatRequest("gpt-4o", turns, system="Be short.", temperature=0.0, max_tokens=7)))
    list(account.chat(asks("hello")))
    full, bare = (
        {name: value for name, value in entry["body"].items() if not name.startswith("_")} for entry in aimock.journal()
    )
    limit = "max_tokens" if flavour.name in ("compatible", "ollama") else "max_completion_tokens"
    assert full == {
        "model": "gpt-4o",
        "messages": [
            {"role": "system", "content": "Be short."},
            {"role": "user", "content": "hello"},
            {"role": "assistant", "content": "Hi."},
            {"role": "user", "content": "hello again"},
        ],
        "temperature": 0,
        limit: 7,
        "stream": True,
        "stream_options": {"include_usage": True},
    }
    assert sorted(bare) == ["messages", "model", "stream", "stream_options"]


@every
def test_texts_become_vectors(flavour: Flavour, aimock: Aimock) -> None:
    """There is one vector per text."""
    answer = flavour.account(aimock.url).embed(["hello", "hello again"], "text-embedding-3-small")
    assert answer.vectors == [[0.25, -0.5, 0.75], [0.25, -0.5, 0.75]]


@every
def test_vectors_come_in_the_order_of_the_texts(flavour: Flavour, serve: Serve) -> None:
    """Their index counts and not their place. The request asks for base64 and the dimensions. (Our server, to mix them up and to
    see the body as it came.)"""
    vectors = [
        {"object": "embedding", "index": 1, "embedding": [0.5, 1.0]},
        {"object": "embedding", "index": 0, "embedding": [0.0, 2.0]},
    ]
    server = serve(says({"object": "list", "data": vectors, "model": "m", "usage": {"prompt_tokens": 3}}))
    account = flavour.account(server.url)
    assert account.embed(["a", "b"], "m", 2) == Embeddings([[0.0, 2.0], [0.5, 1.0]], Usage(3))
    assert server.asked[0].json == {"model": "m", "input": ["a", "b"], "encoding_format": "base64", "dimensions": 2}
    account.embed(["a", "b"], "m")
    assert "dimensions" not in server.asked[1].json


@every
@pytest.mark.parametrize("count", [1, 3])
def test_a_vector_too_few_or_too_many_is_a_fault(flavour: Flavour, serve: Serve, count: int) -> None:
    """Vectors that do not fit the texts are never returned. (Our server: aimock does not miscount.)"""
    vectors = [{"object": "embedding", "index": index, "embedding": [1.0]} for index in range(count)]
    server = serve(says({"object": "list", "data": vectors, "model": "m", "usage": {"prompt_tokens": 3}}))
    with pytest.raises(ProviderFailed) as caught:
        flavour.account(server.url).embed(["a", "b"], "m")
    assert caught.value.kind is FailureKind.PROVIDER_FAULT


@every
def test_a_stream_is_read_as_it_is_written(flavour: Flavour, serve: Serve) -> None:
    """Empty pieces do not count, and reason, usage and model are those of the stream. (Our server, for its words.)"""
    assert list(flavour.account(serve(streams(WHOLE)).url).chat(asks("x"))) == [
        Delta("Yes"),
        Delta("."),
        Finish("length", Usage(4, 2), "m-1"),
    ]


@every
def test_a_refusal_is_an_answer(flavour: Flavour, serve: Serve) -> None:
    """The user should read what a model says when it declines. (Our server: aimock never declines.)"""
    server = serve(streams([event({"refusal": "I will not."}), event({}, reason="stop")]))
    assert list(flavour.account(server.url).chat(asks("x"))) == [
        Delta("I will not."),
        Finish("refusal", Usage(), "m-1"),
    ]


@keyed
def test_a_refused_key(flavour: Flavour, guarded_aimock: Aimock) -> None:
    """A wrong key is an authentication failure in the provider's own words, in chat and in the list of models."""
    error = failed(flavour.account(guarded_aimock.url, WRONG_KEY), asks("hello"))
    assert (error.kind, error.alias, error.words) == (FailureKind.AUTHENTICATION, flavour.name, "Invalid API key")
    with pytest.raises(ProviderFailed) as caught:
        flavour.account(guarded_aimock.url, WRONG_KEY).models()
    assert caught.value.kind is FailureKind.AUTHENTICATION
    assert len(list(flavour.account(guarded_aimock.url, GOOD_KEY).chat(asks("hello")))) > 1


@every
@pytest.mark.parametrize(
    ("says_what", "kind", "words"),
    [
        ("may I", FailureKind.PERMISSION, "This account may not use that model."),
        ("no such model", FailureKind.NOT_FOUND, "The model does not exist."),
        ("nonsense", FailureKind.BAD_REQUEST, "That is not a valid request."),
        ("fall over", FailureKind.PROVIDER_FAULT, "The server had an error."),
    ],
)
def test_an_error_has_its_kind_and_its_words(
    flavour: Flavour, aimock: Aimock, says_what: str, kind: FailureKind, words: str
) -> None:
    """The statuses 403, 404, 400 and 500 give four kinds, each in the server's own words."""
    error = failed(flavour.account(aimock.url), asks(says_what))
    assert (error.kind, error.alias, error.words) == (kind, flavour.name, words)


@every
def test_a_rate_limit_says_how_long_to_wait(flavour: Flavour, aimock: Aimock) -> None:
    """The answer is 429 with ``Retry-After``, by a fixture and by aimock's chaos switch."""
    account = flavour.account(aimock.url)
    error = failed(account, asks("too much"))
    assert (error.kind, error.retry_after) == (FailureKind.RATE_LIMITED, 7.0)
    aimock.fault(rate_limit=1)
    error = failed(account, asks("hello"))
    assert (error.kind, error.retry_after) == (FailureKind.RATE_LIMITED, 1.0)


@every
def test_a_server_that_drops_every_request(flavour: Flavour, aimock: Aimock) -> None:
    """A 500 by aimock's chaos switch is the provider's fault."""
    aimock.fault(drop=1)
    assert failed(flavour.account(aimock.url), asks("hello")).kind is FailureKind.PROVIDER_FAULT


@every
def test_a_server_that_hangs_up(flavour: Flavour, aimock: Aimock) -> None:
    """A connection that is destroyed before an answer means an unreachable server."""
    aimock.fault(disconnect=1)
    assert failed(flavour.account(aimock.url), asks("hello")).kind is FailureKind.UNREACHABLE


@every
def test_a_malformed_answer(flavour: Flavour, aimock: Aimock) -> None:
    """A text that is no JSON, by aimock's chaos switch, is the provider's fault and not an empty answer."""
    aimock.fault(malformed=1)
    assert failed(flavour.account(aimock.url), asks("hello")).kind is FailureKind.PROVIDER_FAULT


@every
@pytest.mark.parametrize(
    "answer",
    [
        is_garbage(),
        is_garbage("text/html"),
        says({}),
        says([]),
        says(None),
        says({"object": "list", "data": [{"object": "model"}]}),
        says({"object": "list", "data": ["gpt-4o"]}),
        says({"error": {"message": "odd"}}),
    ],
    ids=["cut", "html", "empty", "array", "null", "nameless", "strings", "error"],
)
def test_a_list_of_models_that_is_none(flavour: Flavour, serve: Serve, answer: Answer) -> None:
    """A 200 with anything but models is a fault, never an empty list. (Our server: aimock has one malformed body only.)"""
    with pytest.raises(ProviderFailed) as caught:
        flavour.account(serve(answer).url).models()
    assert caught.value.kind is FailureKind.PROVIDER_FAULT


PAGES: dict[str, tuple[str, Callable[[str], dict[str, object]]]] = {
    "Cohere": ("page_token", lambda last: {"models": [], "next_page_token": last}),
    "Anthropic": ("after_id", lambda last: {"data": [], "has_more": bool(last), "last_id": last or "m-5"}),
    "OpenAI": ("after", lambda last: {"object": "list", "data": [], "has_more": bool(last), "last_id": last}),
}


@every
@pytest.mark.parametrize("way", PAGES)
def test_models_are_listed_over_all_pages(flavour: Flavour, serve: Serve, way: str) -> None:
    """This holds however a server says that there are more, and whatever it calls the last one."""
    parameter, page = PAGES[way]

    def answer(asked: Asked, reply: Reply) -> None:
        query = parse_qs(urlsplit(asked.path).query)
        first = int(query.get(parameter, ["m-1"])[0][2:])
        last = f"m-{first + 2}" if first < 5 else ""
        said = page(last)
        said["models" if "models" in said else "data"] = [{"id": f"m-{first}"}, {"id": f"m-{first + 1}"}]
        says(said)(asked, reply)

    server = serve(answer)
    assert [model.id for model in flavour.account(server.url).models()] == [f"m-{number}" for number in range(1, 7)]
    assert len(server.asked) == 3


@every
def test_a_server_that_sends_the_same_page_again_is_not_asked_without_end(flavour: Flavour, serve: Serve) -> None:
    """Such a server does not know the query for the next page."""
    server = serve(says({"object": "list", "data": [{"id": "m"}], "has_more": True, "last_id": "m"}))
    assert [model.id for model in flavour.account(server.url).models()] == ["m"]
    assert len(server.asked) == 2


@every
@pytest.mark.parametrize("data", [[], None], ids=["empty", "null"])
def test_no_models_is_an_answer(flavour: Flavour, serve: Serve, data: list[object] | None) -> None:
    """A server without models says so, and Ollama says null. (Our server: aimock always has some.)"""
    assert flavour.account(serve(says({"object": "list", "data": data})).url).models() == []


@every
@pytest.mark.parametrize(
    "answer",
    [is_garbage(), says({}), says(None), says({"object": "list", "data": [{"index": 0}]})],
    ids=["cut", "empty", "null", "no vector"],
)
def test_vectors_that_are_none(flavour: Flavour, serve: Serve, answer: Answer) -> None:
    """A 200 with anything but vectors is a fault. (Our server, for its words.)"""
    with pytest.raises(ProviderFailed) as caught:
        flavour.account(serve(answer).url).embed(["a"], "m")
    assert caught.value.kind is FailureKind.PROVIDER_FAULT


@every
@pytest.mark.parametrize(
    "answer",
    [
        is_garbage(),
        is_garbage("text/event-stream"),
        says({}),
        streams([{"choices": "no"}]),
        streams([{}]),
        streams([[1]]),
        streams([]),
    ],
    ids=["json", "cut", "no stream", "shape", "empty", "list", "nothing"],
)
def test_a_stream_that_is_none(flavour: Flavour, serve: Serve, answer: Answer) -> None:
    """A 200 with anything but a stream of the protocol is a failure, never an empty answer. (Our server, for its words.)"""
    error = failed(flavour.account(serve(answer).url), asks("x"))
    assert error.kind is FailureKind.PROVIDER_FAULT


@every
def test_an_answer_that_is_cut_off(flavour: Flavour, aimock: Aimock) -> None:
    """The text so far is delivered before the failure, and half an answer is not taken for a whole one."""
    pieces = flavour.account(aimock.url).chat(asks("break off"))
    assert next(pieces) == Delta("This answer stops in")
    with pytest.raises(ProviderFailed) as caught:
        list(pieces)
    assert caught.value.kind is FailureKind.UNREACHABLE
    assert leaks(caught.value, [Secret(GOOD_KEY)]) == []


@every
@pytest.mark.parametrize("answer", [cuts_off(WHOLE[:2]), streams(WHOLE[:2], done=None)])
def test_an_answer_that_ends_too_early(flavour: Flavour, serve: Serve, answer: Answer) -> None:
    """An answer without its end is a failure, whether the connection breaks or the stream just ends. (Our server: aimock breaks off
    in one way only.)"""
    pieces = flavour.account(serve(answer).url).chat(asks("x"))
    assert next(pieces) == Delta("Yes")
    with pytest.raises(ProviderFailed) as caught:
        list(pieces)
    assert caught.value.kind is FailureKind.UNREACHABLE


@every
@pytest.mark.parametrize(
    ("error", "kind"),
    [
        ({"message": "m", "type": "server_error"}, FailureKind.PROVIDER_FAULT),
        ({"message": "m", "type": "tokens", "code": "rate_limit_exceeded"}, FailureKind.RATE_LIMITED),
        ({"message": "m", "type": "invalid_request_error"}, FailureKind.BAD_REQUEST),
        ({"message": "m", "code": 402}, FailureKind.OUT_OF_CREDIT),
    ],
)
def test_an_error_within_an_answer(flavour: Flavour, serve: Serve, error: dict[str, object], kind: FailureKind) -> None:
    """A stream may fail after its status was 200, and its error still has a kind. (Our server: aimock does not.)"""
    pieces = flavour.account(serve(streams([WHOLE[1], {"error": error}])).url).chat(asks("x"))
    assert next(pieces) == Delta("Yes")
    with pytest.raises(ProviderFailed) as caught:
        list(pieces)
    assert (caught.value.kind, caught.value.words) == (kind, "m")


@every
def test_nobody_listens(flavour: Flavour, unreachable: str) -> None:
    """The error says that the connection was refused."""
    error = failed(flavour.account(unreachable), asks("hello"))
    assert error.kind is FailureKind.UNREACHABLE
    assert "refused" in error.words


@every
def test_a_host_that_does_not_exist(flavour: Flavour) -> None:
    """A name that no host has is unreachable, too."""
    error = failed(flavour.account("http://aiconn-nb-no-such-host.invalid"), asks("hello"))
    assert error.kind is FailureKind.UNREACHABLE


@every
def test_no_answer_in_time(flavour: Flavour, serve: Serve) -> None:
    """Patience ends a call that gets no answer, in any verb, and the call is not repeated. (Our server, which hangs.)"""
    server = serve(hangs())
    account = flavour.account(server.url, patience=1)
    with ThreadPoolExecutor(2) as pool:
        others = [pool.submit(account.models), pool.submit(account.embed, ["x"], "m")]
        assert failed(account, asks("hello")).kind is FailureKind.TIMEOUT
    for other in others:
        with pytest.raises(ProviderFailed) as caught:
            other.result()
        assert caught.value.kind is FailureKind.TIMEOUT
    assert len(server.asked) == 3


@every
def test_an_answer_that_stops_coming(flavour: Flavour, serve: Serve) -> None:
    """Patience counts between the pieces as well. (Our server, which hangs after two events.)"""
    server = serve(hangs(WHOLE[:2]))
    first, pieces = begun(lambda patience: flavour.account(server.url, patience=patience).chat(asks("x")))
    assert first == Delta("Yes")
    with pytest.raises(ProviderFailed) as caught:
        next(pieces)
    assert caught.value.kind is FailureKind.TIMEOUT


@every
def test_to_close_an_answer_closes_the_connection(flavour: Flavour, serve: Serve) -> None:
    """The server sees the client hang up while it is still writing. (Our server, which waits for it.)"""
    server = serve(hangs(WHOLE[:2]))
    pieces = flavour.account(server.url).chat(asks("x"))
    assert next(pieces) == Delta("Yes")
    assert not server.hung_up.is_set()
    pieces.close()
    assert server.hung_up.wait(10)


@every
def test_an_answer_is_not_asked_for_before_it_is_wanted(flavour: Flavour, serve: Serve) -> None:
    """Making the iterator sends nothing. (Our server, to see that.)"""
    server = serve(streams(WHOLE))
    pieces = flavour.account(server.url).chat(asks("x"))
    assert server.asked == []
    pieces.close()
    assert server.asked == []


@keyed
@pytest.mark.parametrize("key", ["made-up-key-with\nline-break", "made-up-key-größer", "made-up-key\r\nX-Evil: 1"])
def test_a_key_that_cannot_be_sent(flavour: Flavour, serve: Serve, key: str) -> None:
    """The error names a line break or a letter beyond ASCII in a key. Nothing is sent, and the error does not contain the key. (Our
    server, to see that nothing comes.)"""
    server = serve(refuses(500))
    account = flavour.account(server.url, key)
    with pytest.raises(ProviderFailed) as caught:
        account.models()
    assert caught.value.kind is FailureKind.AUTHENTICATION
    assert leaks(caught.value, [Secret(key)]) == []
    assert server.asked == []


@pytest.mark.parametrize(
    ("kind", "variable"),
    [
        (OpenAI, "OPENAI_BASE_URL"),
        (OpenAICompatible, "OPENAI_BASE_URL"),
        (Anthropic, "ANTHROPIC_BASE_URL"),
        (Google, "GOOGLE_GEMINI_BASE_URL"),
    ],
)
def test_a_plug_in_without_an_endpoint_takes_none_from_the_environment(
    kind: type[Provider], variable: str, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise a key would go to the host in a variable, about which the user was not asked. (Our server.)"""
    server = serve(says({"object": "list", "data": []}))
    monkeypatch.setenv(variable, server.url)
    monkeypatch.setattr(kind, "endpoint", lambda self, settings: None)
    with pytest.raises(ProviderFailed):
        Account(kind(), {"api_key": Secret(GOOD_KEY)}, label="plug-in").models()
    assert server.asked == []


@every
def test_nothing_is_borrowed_from_the_environment(
    flavour: Flavour, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No organisation, key or endpoint of another account is sent, although the SDK reads its variables. This holds for a copy of
    the client, too. (Our server, to see the headers as they came.)"""
    for name in ("OPENAI_ORG_ID", "OPENAI_PROJECT_ID", "OPENAI_API_KEY", "OPENAI_ADMIN_KEY", "AZURE_OPENAI_API_KEY"):
        monkeypatch.setenv(name, "somebody-elses")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://somebody-elses.invalid")
    monkeypatch.setenv("AZURE_OPENAI_ENDPOINT", "http://somebody-elses.invalid")
    monkeypatch.setenv("OPENAI_API_VERSION", "somebody-elses")
    server = serve(says({"object": "list", "data": []}))
    account = flavour.account(server.url, patience=None)
    account.models()
    account.client.with_options(timeout=5).models.list()
    for asked in server.asked:
        assert "somebody-elses" not in f"{asked.path} {asked.headers}"
    assert len(server.asked) == 2
