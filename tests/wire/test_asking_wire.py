"""Asking over HTTP with each provider's own SDK sends the right request, and keeps what came if it is stopped or cut.

The tests use aimock. For what it lacks (Bedrock's stream, a server that hangs or breaks off), a server of ours takes its place.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from aiconn_nb import AnswerCut, Session
from aiconn_nb.errors import FailureKind

from .aimock import Aimock
from .bedrock_server import ANSWER as BEDROCK_ANSWER
from .bedrock_server import converses
from .servers import Answer, Reply, Server, streams
from .spoken import OPENAI, SPOKEN, Spoken, openai_end, openai_piece

Serve = Callable[[Answer], Server]

every = pytest.mark.parametrize("spoken", SPOKEN, ids=str)
mocked = pytest.mark.parametrize("spoken", [each for each in SPOKEN if each.name != "amazon"], ids=str)


def profile(session: Session, spoken: Spoken, url: str, **options: Any) -> str:
    """Create a profile ``writer`` with one connection to this server, and return the connection's alias."""
    alias = spoken.connect(session, url)
    session.create_profile("writer", connections=[alias], model="m-1", **options)
    return alias


@mocked
def test_an_answer_streams_with_what_it_cost(spoken: Spoken, session: Session, aimock: Aimock) -> None:
    """The pieces come one by one, and the reply has its origin, tokens and end reason."""
    alias = profile(session, spoken, aimock.url + spoken.mocked)
    stream = session.stream("hello", profile="writer")
    pieces = list(stream)
    reply = stream.reply
    assert len(pieces) > 1
    assert "".join(pieces) == reply.text == "Hello from aimock, in as many pieces as it takes."
    assert (reply.profile, reply.connection, reply.model) == ("writer", alias, "m-1")
    assert (reply.input_tokens, reply.output_tokens) == (3, 11)
    assert reply.finish_reason in ("stop", "end_turn", "STOP")
    assert not reply.partial
    (row,) = session.usage()
    assert (row.calls, row.input_tokens, row.output_tokens) == (1, 3, 11)


def test_bedrocks_answer_streams_with_what_it_cost(session: Session, serve: Serve) -> None:
    """The same holds in AWS's binary frames. (The server is ours: boto3 cannot read aimock's stream.)"""
    amazon = SPOKEN[-1]
    profile(session, amazon, serve(converses(*BEDROCK_ANSWER)).url)
    reply = session.ask("hello", profile="writer")
    assert (reply.text, reply.input_tokens, reply.output_tokens) == ("Hello from ours.", 3, 5)
    assert reply.finish_reason == "end_turn"


@mocked
def test_options_and_the_system_prompt_are_really_sent(spoken: Spoken, session: Session, aimock: Aimock) -> None:
    """The test reads aimock's journal, which writes every protocol in OpenAI's words."""
    profile(session, spoken, aimock.url + spoken.mocked, system="Be short.", temperature=0.5, max_tokens=7)
    session.ask("hello", profile="writer")
    (entry,) = aimock.journal()
    body = entry["body"]
    assert body["model"] == "m-1"
    assert body["messages"] == [
        {"role": "system", "content": "Be short."},
        {"role": "user", "content": "hello"},
    ]
    assert body["temperature"] == 0.5
    assert body.get("max_tokens", body.get("max_completion_tokens")) == 7


@mocked
def test_options_left_empty_are_not_sent(spoken: Spoken, session: Session, aimock: Aimock) -> None:
    """The provider's own default thus applies. Only Anthropic requires a limit with every request."""
    profile(session, spoken, aimock.url + spoken.mocked)
    session.ask("hello", profile="writer")
    (entry,) = aimock.journal()
    sent = {name for name in entry["body"] if not name.startswith("_")} - {"stream", "stream_options"}
    assert sent == {"model", "messages"} | ({"max_tokens"} if spoken.name == "anthropic" else set())
    assert entry["body"]["messages"] == [{"role": "user", "content": "hello"}]


def test_bedrock_is_sent_the_same(session: Session, serve: Serve) -> None:
    """This holds with options and without. (The server is ours.)"""
    server = serve(converses(*BEDROCK_ANSWER))
    profile(session, SPOKEN[-1], server.url, system="Be short.", temperature=0.5, max_tokens=7)
    session.ask("hello", profile="writer")
    session.ask("hello", profile="amazon", model="m-1")
    full, bare = (asked.json for asked in server.asked)
    turn = {"messages": [{"role": "user", "content": [{"text": "hello"}]}]}
    assert full == {
        **turn,
        "system": [{"text": "Be short."}],
        "inferenceConfig": {"temperature": 0.5, "maxTokens": 7},
    }
    assert bare == turn


def test_the_last_exchange_is_sent_along_where_it_is_carried_on(session: Session, aimock: Aimock) -> None:
    """No other exchange is sent, and neither is a forgotten one."""
    profile(session, OPENAI, aimock.url)
    session.ask("hello", profile="writer")
    session.ask("hello again", profile="writer", carry_on=True)
    session.reset()
    session.ask("hello", profile="writer", carry_on=True)
    roles = [[turn["role"] for turn in entry["body"]["messages"]] for entry in aimock.journal()]
    assert roles == [["user"], ["user", "assistant", "user"], ["user"]]


@every
def test_a_stream_that_is_closed_closes_the_connection(spoken: Spoken, session: Session, serve: Serve) -> None:
    """The server sees it at once, and the text so far is kept as partial. (The server is ours: it goes on for ever.)"""
    server = serve(spoken.half(Reply.wait_for_hang_up))
    profile(session, spoken, server.url)
    stream = session.stream("hello", profile="writer")
    assert next(stream) == "Half "
    assert not server.hung_up.is_set()
    stream.close()
    assert server.hung_up.wait(10)
    assert (stream.reply.text, stream.reply.partial) == ("Half ", True)
    assert len(server.asked) == 1


@every
def test_an_interrupt_closes_the_connection(spoken: Spoken, session: Session, serve: Serve) -> None:
    """This includes an interrupt while a piece is being shown. The text so far is in ``last_reply``. (The server is ours.)"""
    server = serve(spoken.half(Reply.wait_for_hang_up))
    profile(session, spoken, server.url)

    def interrupted(text: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        session.ask("hello", profile="writer", on_text=interrupted)
    assert server.hung_up.wait(10)
    assert session.last_reply is not None
    assert (session.last_reply.text, session.last_reply.partial) == ("Half ", True)


@every
def test_an_answer_that_is_cut_is_not_asked_for_again(spoken: Spoken, session: Session, serve: Serve) -> None:
    """Neither that connection nor the next is asked again: half of an answer was paid for, and is kept. (Both servers are ours.)"""
    cut, other = serve(spoken.half(Reply.cut)), serve(streams([openai_piece("Other"), *openai_end()]))
    profile(session, spoken, cut.url)
    OPENAI.connect(session, other.url, "other")
    session.edit_profile("writer", connections=[spoken.name, "other"])
    with pytest.raises(AnswerCut) as raised:
        session.ask("hello", profile="writer")
    assert raised.value.kind in (FailureKind.UNREACHABLE, FailureKind.PROVIDER_FAULT)
    assert session.last_reply is not None
    assert (session.last_reply.text, session.last_reply.partial) == ("Half ", True)
    assert len(cut.asked) == 1
    assert other.asked == []
    assert raised.value.then == "other"
    assert (
        session.ask("hello", profile="writer").connection == "other"
    )  # a server that breaks off is asked last for a minute
    assert len(cut.asked) == 1


def test_aimocks_own_cut_is_one(session: Session, aimock: Aimock) -> None:
    """aimock ends the answer after three pieces."""
    profile(session, OPENAI, aimock.url)
    with pytest.raises(AnswerCut):
        session.ask("break off", profile="writer")
    assert session.last_reply is not None
    assert "This answer stops".startswith(session.last_reply.text[:10])
    assert session.last_reply.partial


def test_tokens_that_are_not_told_stay_unknown(session: Session, serve: Serve) -> None:
    """The server does not count them. (It is ours.)"""
    profile(session, OPENAI, serve(streams([openai_piece("Yes."), *openai_end()])).url)
    reply = session.ask("hello", profile="writer")
    assert (reply.input_tokens, reply.output_tokens) == (None, None)
    assert [row["input_tokens"] for row in session.usage().data()] == [None]
