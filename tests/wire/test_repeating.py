"""A call that failed is sent again by one policy for all providers, or hands over where another waits. (The servers are ours.)"""

from __future__ import annotations

import logging
from collections.abc import Callable
from itertools import count

import pytest

from aiconn_nb import AllFailed, FailureKind, ProviderFailed, Session
from aiconn_nb.providers.calls.repeating import Tries

from . import bedrock_server, gemini_server, messages_server
from .lenient import HELLO, vectors
from .servers import Answer, Asked, Reply, Server, refuses, says, streams
from .spoken import SPOKEN, Spoken

Serve = Callable[[Answer], Server]

every = pytest.mark.parametrize("spoken", SPOKEN, ids=str)
by_name = {each.name: each for each in SPOKEN}
OPENAI = by_name["openai"]
ANSWERS: dict[str, Answer] = {
    "anthropic": messages_server.streams(
        messages_server.START, messages_server.text("Hello"), messages_server.ended("end_turn", 2), messages_server.STOP
    ),
    "google": streams(gemini_server.ANSWER, done=None),
    "amazon": bedrock_server.streams(*bedrock_server.ANSWER),
}


def in_turn(*answers: Answer) -> Answer:
    """Give each request the next answer, and the last one to all others."""
    requests = count()
    return lambda asked, reply: answers[min(next(requests), len(answers) - 1)](asked, reply)


def refused(spoken: Spoken, status: int, **headers: str) -> Answer:
    """Return an error in the provider's own format."""
    if spoken.name == "amazon":
        code = {429: "ThrottlingException", 503: "ServiceUnavailableException"}[status]
        return bedrock_server.refuses(status, code, "Not now.", **headers)
    return refuses(status, "Not now.", **headers)


def answer_of(spoken: Spoken) -> Answer:
    return ANSWERS.get(spoken.name, HELLO)


@every
def test_an_overloaded_server_is_asked_again(
    spoken: Spoken, session: Session, serve: Serve, waits: list[float]
) -> None:
    """There are at most two retries, after half a second and another second, and the footer reports them."""
    server = serve(in_turn(refused(spoken, 503), refused(spoken, 503), answer_of(spoken)))
    reply = session.ask("hi", profile=spoken.connect(session, server.url), model="m-1")
    assert reply.text.startswith("Hello")
    assert (len(server.asked), waits, reply.notes) == (3, [0.5, 1.0], ("asked 3 times",))


def test_a_model_that_wrote_no_json_is_asked_again(session: Session, serve: Serve, waits: list[float]) -> None:
    """Groq refuses the request for it; another time it writes some."""
    body = {"message": "Failed to generate JSON.", "type": "invalid_request_error", "code": "json_validate_failed"}
    server = serve(in_turn(says({"error": {**body, "failed_generation": '{"a": '}}, 400), HELLO))
    reply = session.ask("hi", profile=OPENAI.connect(session, server.url), model="m-1")
    assert (reply.text, len(server.asked), reply.notes) == ("Hello", 2, ("asked twice",))


@every
def test_three_times_is_enough(spoken: Spoken, session: Session, serve: Serve, waits: list[float]) -> None:
    """The SDK's own retries do not multiply this."""
    server = serve(refused(spoken, 503))
    with pytest.raises(ProviderFailed) as caught:
        session.ask("hi", profile=spoken.connect(session, server.url), model="m-1")
    assert "3" in caught.value.tries
    assert caught.value.kind is FailureKind.PROVIDER_FAULT
    assert (len(server.asked), waits) == (3, [0.5, 1.0])


@every
def test_a_time_to_wait_is_waited_for_once_and_announced(
    spoken: Spoken, session: Session, serve: Serve, waits: list[float], caplog: pytest.LogCaptureFixture
) -> None:
    """It may be up to a minute. The log, which Python shows, and the footer report the wait."""
    server = serve(in_turn(refused(spoken, 429, Retry_After="7"), answer_of(spoken)))
    alias = spoken.connect(session, server.url)
    with caplog.at_level(logging.WARNING, "aiconn_nb"):
        reply = session.ask("hi", profile=alias, model="m-1")
    assert (len(server.asked), waits) == (2, [7.0])
    assert reply.notes == ("asked twice, after 7 s as the server asked",)
    assert [alias in each.getMessage() for each in caplog.records if each.name == "aiconn_nb"] == [True]


def test_a_wait_of_less_than_a_second_is_not_told() -> None:
    """ "After 0 s" is of no use."""
    waits: list[float] = []
    tries = Tries("a", waits.append)
    assert tries.again(ProviderFailed(FailureKind.RATE_LIMITED, "busy", retry_after=0.2))
    assert (waits, tries.note) == ([0.2], "asked twice")


@every
def test_it_is_not_waited_for_twice(spoken: Spoken, session: Session, serve: Serve, waits: list[float]) -> None:
    """A server that then asks for more time is busy for longer."""
    server = serve(refused(spoken, 429, Retry_After="7"))
    with pytest.raises(ProviderFailed) as caught:
        session.ask("hi", profile=spoken.connect(session, server.url), model="m-1")
    assert (caught.value.kind, caught.value.retry_after) == (FailureKind.RATE_LIMITED, 7.0)
    assert (len(server.asked), waits) == (2, [7.0])


@every
def test_a_longer_time_is_not_waited_for(spoken: Spoken, session: Session, serve: Serve, waits: list[float]) -> None:
    """The call fails at once, and the error has the time."""
    server = serve(refused(spoken, 429, Retry_After="61"))
    with pytest.raises(ProviderFailed) as caught:
        session.ask("hi", profile=spoken.connect(session, server.url), model="m-1")
    assert (caught.value.retry_after, len(server.asked), waits) == (61.0, 1, [])


@every
def test_where_another_waits_it_hands_over_at_once(
    spoken: Spoken, session: Session, serve: Serve, waits: list[float]
) -> None:
    """There is neither a retry nor a wait."""
    busy, other = serve(refused(spoken, 503)), serve(HELLO)
    names = [spoken.connect(session, busy.url, "busy"), OPENAI.connect(session, other.url, "other")]
    session.create_profile("writer", connections=names, model="m-1")
    assert session.ask("hi", profile="writer").connection == "other"
    assert (len(busy.asked), waits) == (1, [])


def test_google_says_in_the_body_when_to_come_back(session: Session, serve: Serve) -> None:
    """This also works in the middle of an embedding: all texts get their vectors."""
    info = {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "0.2s"}
    error = {"code": 429, "message": "Quota exceeded", "status": "RESOURCE_EXHAUSTED", "details": [info]}

    def embed(asked: Asked, reply: Reply) -> None:
        says({"embeddings": [{"values": [0.25, 0.5]} for _ in asked.json["requests"]]})(asked, reply)

    server = serve(in_turn(embed, says({"error": error}, 429), embed))
    embedded = session.embed(["t"] * 250, profile=by_name["google"].connect(session, server.url), model="e-1")
    assert (len(embedded), len(server.asked)) == (250, 4)


def test_a_connection_that_breaks_is_made_again(session: Session, serve: Serve, waits: list[float]) -> None:
    """A proxy may have closed it meanwhile."""
    server = serve(in_turn(lambda asked, reply: reply.cut(), HELLO))
    assert session.ask("hi", profile=OPENAI.connect(session, server.url), model="m-1").text == "Hello"
    assert waits == [0.5]


@pytest.mark.parametrize("status", [400, 401, 402, 403, 404])
def test_what_will_not_pass_is_asked_once(session: Session, serve: Serve, waits: list[float], status: int) -> None:
    """A wrong key or an empty account does not recover within a second, even if the server names a time."""
    server = serve(refuses(status, "No.", Retry_After="1"))
    with pytest.raises(ProviderFailed):
        session.ask("hi", profile=OPENAI.connect(session, server.url), model="m-1")
    assert (len(server.asked), waits) == (1, [])


def test_the_client_of_the_user_keeps_the_sdks_own_tries(session: Session, serve: Serve) -> None:
    """It is the SDK's client as the SDK builds it."""
    alias = OPENAI.connect(session, serve(HELLO).url)
    assert session.client(alias).max_retries == 2


EMPTY = [
    ("openai", 402, {"error": {"message": "This request requires more credits", "code": 402}}),
    ("openai", 429, {"error": {"message": "You exceeded your current quota", "code": "insufficient_quota"}}),
    ("openai", 403, {"error": "Your team has used all available credits or reached its spending limit."}),
    ("openai", 200, {"error": {"message": "Insufficient credits", "code": 402}}),
    ("azure", 400, {"error": {"message": "Billing hard limit has been reached", "code": "billing_hard_limit_reached"}}),
    (
        "anthropic",
        400,
        {"type": "error", "error": {"message": "Your credit balance is too low", "type": "invalid_request_error"}},
    ),
    ("anthropic", 402, {"type": "error", "error": {"message": "No credits", "type": "billing_error"}}),
    ("google", 429, {"error": {"message": "Your prepayment credits are depleted.", "status": "RESOURCE_EXHAUSTED"}}),
    ("google", 403, {"error": {"message": "Billing is disabled", "details": [{"reason": "BILLING_DISABLED"}]}}),
    ("amazon", 403, {"message": "Model access is denied due to INVALID_PAYMENT_INSTRUMENT"}),
]
DEAD = [
    ("openai", 401, {"error": {"message": "Incorrect API key provided", "code": "invalid_api_key"}}),
    ("openai", 400, {"code": "invalid-argument", "error": "Incorrect API key provided: xa***. You can obtain one."}),
    ("google", 400, gemini_server.REFUSED),
    (
        "google",
        403,
        {"error": {"code": 403, "message": "Your API key was reported as leaked.", "status": "PERMISSION_DENIED"}},
    ),
]
NO_MODEL = [
    ("openai", 404, {"error": {"message": "The model `m-1` does not exist", "code": "model_not_found"}}),
    ("openai", 400, {"error": {"message": "m-1 is not a valid model ID", "code": 400}}),
    ("openai", 400, {"error": {"message": "Model Not Exist", "type": "invalid_request_error"}}),
    (
        "openai",
        403,
        {"error": {"message": "Project `p` does not have access to model `m-1`", "code": "model_not_found"}},
    ),
    ("azure", 404, {"error": {"code": "DeploymentNotFound", "message": "The API deployment does not exist."}}),
    ("anthropic", 404, {"type": "error", "error": {"type": "not_found_error", "message": "model: m-1"}}),
    (
        "google",
        404,
        {"error": {"code": 404, "message": "models/m-1 is not found for API version v1", "status": "NOT_FOUND"}},
    ),
    ("amazon", 400, {"__type": "ValidationException", "message": "The provided model identifier is invalid."}),
]


@pytest.mark.parametrize(
    ("name", "status", "body", "kind"),
    [
        *((*each, "out_of_credit") for each in EMPTY),
        *((*each, "authentication") for each in DEAD),
        *((*each, "not_found") for each in NO_MODEL),
    ],
)
def test_an_empty_account_a_dead_key_and_a_missing_model_hand_over(
    session: Session, serve: Serve, name: str, status: int, body: object, kind: str
) -> None:
    """For each provider's message, the next connection answers, and the first one was asked once."""
    bad = serve(says(body, status))
    names = [by_name[name].connect(session, bad.url, "bad"), OPENAI.connect(session, serve(HELLO).url, "good")]
    session.create_profile("writer", connections=names, model="m-1")
    reply = session.ask("hi", profile="writer")
    assert [(each.connection, each.kind) for each in reply.attempts] == [("bad", kind)]
    assert (reply.text, len(bad.asked)) == ("Hello", 1)


def test_embedding_hands_over_as_well(session: Session, serve: Serve) -> None:
    """It does so before the first batch."""
    bad = serve(refuses(402, "Insufficient Balance"))
    good = serve(lambda asked, reply: vectors(asked)(asked, reply))
    names = [OPENAI.connect(session, bad.url, "bad"), OPENAI.connect(session, good.url, "good")]
    session.create_profile("vectors", connections=names, model="e-1", capability="embedding")
    assert session.embed(["a"], profile="vectors").connection == "good"


def test_every_attempt_is_listed_where_the_last_one_fails_otherwise(session: Session, serve: Serve) -> None:
    """The last failure does not hide the earlier ones."""
    first, last = serve(refuses(402, "Empty.")), serve(refuses(400, "Nonsense."))
    names = [OPENAI.connect(session, first.url, "first"), OPENAI.connect(session, last.url, "last")]
    session.create_profile("writer", connections=names, model="m-1")
    with pytest.raises(AllFailed) as caught:
        session.ask("hi", profile="writer")
    assert [(each.connection, each.kind) for each in caught.value.attempts] == [  # type: ignore[attr-defined]
        ("first", "out_of_credit"),
        ("last", "bad_request"),
    ]


def test_a_fault_that_ends_the_search_tells_who_was_tried_before(session: Session, serve: Serve) -> None:
    """The later connections are not asked, and the earlier ones are named."""
    first, second, third = serve(refuses(402, "Empty.")), serve(refuses(400, "Nonsense.")), serve(HELLO)
    names = [OPENAI.connect(session, each.url, f"c{n}") for n, each in enumerate((first, second, third))]
    session.create_profile("writer", connections=names, model="m-1")
    with pytest.raises(ProviderFailed) as caught:
        session.ask("hi", profile="writer")
    assert [(each.connection, each.kind) for each in caught.value.tried] == [("c0", "out_of_credit")]
    assert caught.value.kind is FailureKind.BAD_REQUEST
    assert third.asked == []
