"""The server of llama-cpp-python 0.3.36 answers in ways of its own. (The server here is ours, with the answers of that one.)"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from aiconn_nb import FailureKind, ProviderFailed, Session

from .lenient import HELLO, WHOLE
from .servers import Answer, Asked, Reply, Server, routes, says

Serve = Callable[[Answer], Server]

CONTEXT = 256
"""The characters of a message that fit into the model."""
TOO_LONG = {
    "message": "This model's maximum context length is 256 tokens. However, you requested 1227 tokens.",
    "type": "invalid_request_error",
    "param": "messages",
    "code": "context_length_exceeded",
}
NO_SCHEMA = (
    "1 validation error:\n  {'type': 'literal_error', 'loc': ('body', 'response_format', 'type'), "
    "'msg': \"Input should be 'text' or 'json_object'\", 'input': 'json_schema'}\n\n"
    '  File "/usr/lib/llama_cpp/server/app.py", line 376, in create_chat_completion\n    POST /v1/chat/completions'
)
NO_EMBEDDING = "Llama model must be created with embedding=True to call this method"


def breaks(message: str) -> Answer:
    """Answer with an error of the server's own code, for which it has one status and one type."""
    return says({"error": {"message": message, "type": "internal_server_error", "param": None, "code": None}}, 500)


def chat(asked: Asked, reply: Reply) -> None:
    """Answer a chat. If the prompt of a stream is too long, the stream has begun, and ends at once."""
    streams = bool(asked.json.get("stream"))
    if asked.json.get("response_format", {}).get("type") == "json_schema":
        breaks(NO_SCHEMA)(asked, reply)
    elif len(asked.json["messages"][-1]["content"]) > CONTEXT and streams:
        reply.start()
        reply.chunk(b"")
    elif len(asked.json["messages"][-1]["content"]) > CONTEXT:
        says({"error": TOO_LONG}, 400)(asked, reply)
    else:
        (HELLO if streams else says(WHOLE))(asked, reply)


def per_token(asked: Asked, reply: Reply) -> None:
    """Answer with a vector for each token, as a model without pooling does."""
    data = [{"index": 0, "object": "embedding", "embedding": [[0.5, 1.0], [1.5, 2.0]]}]
    says({"object": "list", "data": data, "model": "m", "usage": {"prompt_tokens": 2, "total_tokens": 2}})(asked, reply)


def connect(session: Session, server: Server) -> str:
    """Create a connection to the server, and return its alias."""
    session.create("own", "llama-cpp", settings={"endpoint": f"{server.url}/v1"})
    return "own"


def failed(session: Session, verb: str, *words: Any, **asked: Any) -> ProviderFailed:
    """Return the error of a call."""
    with pytest.raises(ProviderFailed) as caught:
        getattr(session, verb)(*words, profile="own", model="m", **asked)
    return caught.value


def test_a_stream_without_an_event_is_asked_for_whole(session: Session, serve: Serve) -> None:
    """Its reason is then in the answer. Nothing is learned from it: the next question streams again."""
    server = serve(routes({"/chat/completions": chat}))
    connect(session, server)
    error = failed(session, "ask", "x" * 300)
    assert (error.kind, "maximum context length is 256" in error.words) == (FailureKind.BAD_REQUEST, True)
    reply = session.ask("hi", profile="own", model="m")
    assert (reply.text, reply.notes) == ("Hello", ())
    assert [bool(asked.json.get("stream")) for asked in server.asked] == [True, False, True]


def test_a_server_that_never_sends_an_event_is_asked_twice(session: Session, serve: Serve) -> None:
    """An empty answer is a failure, and the third request would be no better."""

    def nothing(asked: Asked, reply: Reply) -> None:
        reply.send(200, b"")

    server = serve(nothing)
    connect(session, server)
    assert failed(session, "ask", "hi").kind is FailureKind.PROVIDER_FAULT
    assert len(server.asked) == 2


def test_a_schema_that_is_refused_with_500_is_told_in_the_message(session: Session, serve: Serve) -> None:
    """The same request is not repeated, and the next one begins in this way."""
    schema = {"type": "object", "properties": {"name": {"type": "string"}}}
    whole = {**WHOLE, "choices": [{"index": 0, "message": {"content": '{"name": "Ann"}'}, "finish_reason": "stop"}]}

    def strict(asked: Asked, reply: Reply) -> None:
        (breaks(NO_SCHEMA) if "response_format" in asked.json else says(whole))(asked, reply)

    server = serve(strict)
    connect(session, server)
    for requests in (2, 3):
        reply = session.ask("A name", profile="own", model="m", schema=schema)
        assert (reply.value, len(server.asked)) == ({"name": "Ann"}, requests)
        assert reply.notes == ("without the provider's own structured output, which the server refuses",)


@pytest.mark.parametrize("verb", ["ask", "map"])
def test_a_connection_that_is_closed_behind_a_refusal_is_opened_again(
    session: Session, serve: Serve, verb: str
) -> None:
    """uvicorn closes it after an error of the application, without a word. The request that is lost is sent again at once."""
    schema = {"type": "object", "properties": {"name": {"type": "string"}}}
    whole = {**WHOLE, "choices": [{"index": 0, "message": {"content": '{"name": "Ann"}'}, "finish_reason": "stop"}]}
    answers: list[Answer] = [breaks(NO_SCHEMA), lambda asked, reply: reply.cut(), says(whole)]
    server = serve(lambda asked, reply: answers[len(server.asked) - 1](asked, reply))
    connect(session, server)
    if verb == "ask":
        reply = session.ask("A name", profile="own", model="m", schema=schema)
        assert (reply.value, "asked twice" in reply.notes) == ({"name": "Ann"}, False)
    else:
        (row,) = session.map(["A name"], "{text}", profile="own", model="m", schema=schema)
        assert row["name"] == "Ann"
    assert ["response_format" in asked.json for asked in server.asked] == [True, False, False]


def test_a_server_that_was_started_without_embeddings_is_asked_once(session: Session, serve: Serve) -> None:
    """It never does that, whatever its status says."""
    server = serve(breaks(NO_EMBEDDING))
    connect(session, server)
    assert failed(session, "embed", ["a", "b"]).kind is FailureKind.NOT_FOUND
    assert len(server.asked) == 1


def test_a_vector_per_token_is_named_as_such(session: Session, serve: Serve) -> None:
    """A model for chats has no vector of a text. To try again later does not help."""
    connect(session, serve(per_token))
    error = failed(session, "embed", ["two tokens"])
    assert (error.kind, "pooling" in error.hint) == (FailureKind.PROVIDER_FAULT, True)
