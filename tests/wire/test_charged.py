"""What a server says it charged is the cost of a call, before any list of prices. (The servers are ours.)"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from aiconn_nb import Session

from .servers import Answer, Server, says, streams
from .spoken import KEY, PIECE, openai_piece

Serve = Callable[[Answer], Server]

TOKENS = {"prompt_tokens": 100, "completion_tokens": 50, "total_tokens": 150}
WHOLE = {
    "id": "c",
    "object": "chat.completion",
    "created": 1,
    "model": "m-1",
    "choices": [{"index": 0, "message": {"role": "assistant", "content": "Hello"}, "finish_reason": "stop"}],
    "usage": TOKENS,
}


def streamed(**usage: Any) -> Answer:
    """Answer with a stream whose last event has this usage."""
    end = {**PIECE, "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}
    return streams([openai_piece("Hello"), end, {**PIECE, "choices": [], "usage": {**TOKENS, **usage}}])


def connect(session: Session, url: str, provider: str = "litellm") -> str:
    """Create a connection to a server whose models are in no list of prices, and return its alias."""
    session.create("gateway", provider, settings={"endpoint": f"{url}/v1", "api_key": KEY})
    session.trust("gateway")
    return "gateway"


@pytest.mark.parametrize(
    ("provider", "usage", "dollars"),
    [
        ("litellm", {"cost": 0.25}, 0.25),
        ("openrouter", {"cost": 0.25, "is_byok": False, "cost_details": {"upstream_inference_cost": 0.25}}, 0.25),
        ("openrouter", {"cost": 0.25, "is_byok": True, "cost_details": {"upstream_inference_cost": 0.5}}, 0.75),
        ("perplexity", {"cost": {"request_cost": 0.125, "total_cost": 0.25}}, 0.25),
        ("xai", {"cost_in_usd_ticks": 2_500_000_000}, 0.25),
        ("openai-compatible", {"cost": 0}, 0.0),
        ("litellm", {}, None),
    ],
)
def test_a_stream_says_what_it_cost(
    session: Session, serve: Serve, provider: str, usage: dict[str, Any], dollars: float | None
) -> None:
    """An answer without a cost, from a model without a price, has an unknown one."""
    session.ask("Hi", profile=connect(session, serve(streamed(**usage)).url, provider), model="mine")
    (row,) = session.usage()
    assert (row.cost, row.unpriced) == (dollars, int(dollars is None))


def test_a_free_server_that_counts_no_tokens_costs_nothing(session: Session, serve: Serve) -> None:
    """Many local servers send no usage with a stream. The tokens are unknown then, and the cost is still known."""
    end = {**PIECE, "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}
    alias = connect(session, serve(streams([openai_piece("Hello"), end])).url, "llama-cpp")
    session.ask("Hi", profile=alias, model="mine")
    row = session.map(["one"], "{text}", profile=alias, model="mine")[0]
    assert (row["input_tokens"], row["cost"]) == (None, 0.0)
    (spent,) = session.usage()
    assert (spent.calls, spent.cost, spent.unpriced) == (2, 0.0, 0)


def test_a_header_says_what_it_cost(session: Session, serve: Serve) -> None:
    """A LiteLLM proxy sends it with an answer in one piece, as `map` asks for it. Each row and the whole run have it."""
    server = serve(says(WHOLE, **{"x-litellm-response-cost": "0.25"}))
    answered = session.map(["one", "two"], "{text}", profile=connect(session, server.url), model="mine")
    assert [row["cost"] for row in answered] == [0.25, 0.25]
    assert session.last_map is not None
    assert session.last_map.progress.cost == 0.5
    assert session.usage().total.cost == 0.5


def test_a_header_says_it_in_the_protocol_of_anthropic(session: Session, serve: Serve) -> None:
    """The proxy speaks that protocol, too. Its cost goes before the price of the model in the list."""
    answer = {
        "type": "message",
        "role": "assistant",
        "content": [{"type": "text", "text": "Hello"}],
        "stop_reason": "end_turn",
        "model": "claude-sonnet-4-5",
        "usage": {"input_tokens": 10, "output_tokens": 5},
    }
    server = serve(says(answer, **{"x-litellm-response-cost": "0.25"}))
    session.create("gateway", "anthropic", settings={"endpoint": server.url, "api_key": KEY})
    session.trust("gateway")
    session.map(["one"], "{text}", profile="gateway", model="claude-sonnet-4-5")
    assert session.usage().total.cost == 0.25


@pytest.mark.parametrize(
    ("usage", "headers"), [({"cost": 0.25}, {}), ({}, {"x-litellm-response-cost": "0.25"})], ids=["body", "header"]
)
def test_vectors_say_what_they_cost(
    session: Session, serve: Serve, usage: dict[str, Any], headers: dict[str, str]
) -> None:
    """In the body or in a header."""
    data = [{"object": "embedding", "index": 0, "embedding": [0.5, 0.25]}]
    answer = says({"object": "list", "model": "e", "data": data, "usage": {"prompt_tokens": 2, **usage}}, **headers)
    session.embed(["one"], profile=connect(session, serve(answer).url), model="mine")
    assert session.usage().total.cost == 0.25


@pytest.mark.parametrize("cost", [-1, float("nan"), 10**9, True, "a lot", [1], {"total": 1}])
def test_a_cost_that_cannot_be_is_unknown(session: Session, serve: Serve, cost: object) -> None:
    """It is not taken for 0."""
    session.ask("Hi", profile=connect(session, serve(streamed(cost=cost)).url), model="mine")
    assert session.usage().total.unpriced == 1
