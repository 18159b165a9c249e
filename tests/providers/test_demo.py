"""The demo: answers, vectors and failures without a network."""

from __future__ import annotations

import math
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

import pytest
from pydantic import BaseModel, Field

from aiconn_nb import InvalidConnection, Session
from aiconn_nb.errors import FailureKind, ProviderFailed
from aiconn_nb.model.profile import Capability
from aiconn_nb.model.secret import Secret
from aiconn_nb.providers.account import Account
from aiconn_nb.providers.base import ChatRequest, Delta, Finish, Message, Settings, Usage
from aiconn_nb.providers.demo import CHAT, Demo, DemoClient, DemoError

HELLO = ChatRequest("demo-brief", [Message("user", "hello there")])


def test_the_demo_asks_for_nothing() -> None:
    """All its fields are optional, and it has no variables."""
    assert [(f.key, f.type, f.required, f.sensitive) for f in Demo.fields] == [
        ("api_key", "text", False, True),
        ("latency", "number", False, False),
        ("fail_with", "text", False, False),
    ]
    assert Demo.fields[2].choices == tuple(kind.value for kind in FailureKind)
    assert Account(Demo(), {"api_key": Secret("x")}).environment() == {}
    assert Account(Demo(), {}).endpoint is None


def test_the_demo_has_models_for_both() -> None:
    """At least one model chats and one embeds."""
    models = Account(Demo(), {}).models()
    assert [model.id for model in models] == ["demo-brief", "demo-chat", "demo-embedding"]
    assert [sorted(model.capabilities) for model in models] == [
        [Capability.CHAT],
        [Capability.CHAT],
        [Capability.EMBEDDING],
    ]


def test_the_demo_answers_word_by_word() -> None:
    """The pieces come first, then the reason for the end and the usage."""
    assert list(Account(Demo(), {}).chat(HELLO)) == [
        Delta("You"),
        Delta(" said"),
        Delta(" “hello"),
        Delta(" there”."),
        Finish("stop", Usage(2, 4), "demo-brief"),
    ]


def test_the_demo_keeps_to_a_limit() -> None:
    """``max_tokens`` cuts the answer, and the reason for the end says so."""
    request = ChatRequest("demo-brief", HELLO.messages, max_tokens=1)
    assert list(Account(Demo(), {}).chat(request)) == [
        Delta("You"),
        Finish("length", Usage(2, 1), "demo-brief"),
    ]


def test_the_demo_shows_that_a_system_prompt_arrives() -> None:
    """The answer repeats the system prompt."""
    assert "I keep to this: “Be kind.”." in DemoClient().chat("hello", system="Be kind.")


def test_the_demos_client_is_pleasant_in_a_notebook() -> None:
    """A question always gets the same text as its answer, and the repr describes the client."""
    client = Account(Demo(), {"latency": 0.0}).client
    assert client.chat("hello") == client.chat("hello")
    assert client.chat("hello").startswith("This is the demo speaking")
    assert "".join(client.stream("hello")) == client.chat("hello")
    assert client.models() == ["demo-brief", "demo-chat", "demo-embedding"]
    assert repr(client) == "DemoClient(latency=0)"
    assert (
        repr(DemoClient(latency=0.5, fail_with=FailureKind.TIMEOUT)) == "DemoClient(latency=0.5, fail_with='timeout')"
    )


def test_latency_is_seconds_before_each_word(monkeypatch: pytest.MonkeyPatch) -> None:
    """Four words cause four pauses. A negative latency causes none."""
    slept: list[float] = []
    monkeypatch.setattr("aiconn_nb.providers.demo.time.sleep", slept.append)
    list(Account(Demo(), {"latency": 0.25}).chat(HELLO))
    assert slept == [0.25, 0.25, 0.25, 0.25]
    list(Account(Demo(), {"latency": -1}).chat(HELLO))
    assert len(slept) == 4


def test_the_demos_vectors_are_deterministic_and_mean_something() -> None:
    """The same words give the same vector, of length 1. Texts with common words are closer than others."""
    account = Account(Demo(), {})
    cat, kitten, stock = account.embed(
        ["the cat sleeps", "the cat plays", "shares fell sharply"], "demo-embedding"
    ).vectors
    assert [len(vector) for vector in (cat, kitten, stock)] == [64, 64, 64]
    assert all(math.isclose(math.dist(vector, [0.0] * 64), 1.0) for vector in (cat, kitten, stock))
    assert math.dist(cat, kitten) < math.dist(cat, stock)
    assert account.embed(["The CAT sleeps"], "demo-embedding").vectors == [cat]
    assert account.embed(["a b c"], "demo-embedding").usage == Usage(3)


@pytest.mark.parametrize("text", ["", " \n", "!?"])
def test_a_text_without_words_has_a_vector_too(text: str) -> None:
    """Its length is 1, as for every text."""
    (vector,) = Account(Demo(), {}).embed([text], "demo-embedding", 3).vectors
    assert math.isclose(math.dist(vector, [0.0] * 3), 1.0)


@pytest.mark.parametrize("kind", FailureKind)
def test_the_demo_fails_with_every_kind(kind: FailureKind) -> None:
    """Model list, chat and embedding fail as requested. Only a rate limit has a time to wait."""
    account = Account(Demo(), {"fail_with": kind.value})
    for call in (
        account.models,
        lambda: list(account.chat(HELLO)),
        lambda: account.embed(["x"], "demo-embedding"),
    ):
        with pytest.raises(ProviderFailed) as caught:
            call()
        assert caught.value.kind is kind
        assert caught.value.retry_after == (1.0 if kind is FailureKind.RATE_LIMITED else None)


@pytest.mark.parametrize(
    ("call", "kind"),
    [
        (lambda account: list(account.chat(ChatRequest("gpt-9", HELLO.messages))), FailureKind.NOT_FOUND),
        (lambda account: list(account.chat(ChatRequest("demo-embedding", HELLO.messages))), FailureKind.BAD_REQUEST),
        (lambda account: account.embed(["x"], "demo-chat"), FailureKind.BAD_REQUEST),
        (lambda account: account.embed(["x"], "demo-embedding", 0), FailureKind.BAD_REQUEST),
    ],
)
def test_the_demo_knows_its_models(call: object, kind: FailureKind) -> None:
    """An unknown model, or one for another purpose, fails as at other providers."""
    with pytest.raises(ProviderFailed) as caught:
        call(Account(Demo(), {}))  # type: ignore[operator]
    assert caught.value.kind is kind


def test_the_demos_client_raises_an_error_of_its_own() -> None:
    """Used directly, it behaves like an SDK and raises its own error, with a kind."""
    settings: Settings = {"fail_with": "permission"}
    with pytest.raises(DemoError) as caught:
        Demo().client(settings).chat("hello")
    assert caught.value.kind is FailureKind.PERMISSION


@pytest.mark.parametrize("latency", ["-1", "-0.1"])
def test_time_does_not_run_backwards(session: Session, latency: str) -> None:
    """A negative latency is refused."""
    with pytest.raises(InvalidConnection) as raised:
        session.create("a", "demo", settings={"latency": latency})
    assert list(raised.value.problems) == ["latency"]


class _Address(BaseModel):
    city: str = Field(max_length=5)
    zip: int = Field(ge=10_000, le=10_002)


class _Node(BaseModel):
    children: list[_Node]
    parent: _Node | None


class _Order(BaseModel):
    to: _Address
    others: list[_Address] = Field(min_length=2)
    discount: float | None
    share: float = Field(gt=0, lt=0.5)
    kind: Literal["gift"]
    pair: tuple[int, str]
    by_name: dict[str, int]
    anything: Any
    nothing: None
    due: date
    seen: datetime
    id: UUID
    code: str = Field(min_length=60)
    tree: _Node


def test_an_answer_in_a_schema_fits_it() -> None:
    """A class first tries models within models, choices, limits, dates, and a model that contains itself."""
    request = ChatRequest(CHAT, [Message("user", "hello")], schema=_Order.model_json_schema())
    said = "".join(piece.text for piece in Demo().chat(DemoClient(), request) if isinstance(piece, Delta))
    made = _Order.model_validate_json(said)
    assert len(made.others) == 2
    assert made.kind == "gift"
    assert made.nothing is None
