"""An answer is read in any form in which a server sends it, and an unreadable one is reported in the server's words."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable

import pytest

from aiconn_nb import AnswerCut, FailureKind, NotInSchema, ProviderFailed, Session

from . import gemini_server, messages_server
from .lenient import (
    CHUNK,
    END,
    HELLO,
    USAGE,
    WHOLE,
    chunk,
    gemini_through_openai,
    in_base64,
    mistral,
    openrouter,
    vectors,
)
from .messages_server import MESSAGE
from .servers import Answer, Asked, Reply, Server, says, streams
from .spoken import SPOKEN, Spoken

Serve = Callable[[Answer], Server]

by_name = {each.name: each for each in SPOKEN}
openai_family = pytest.mark.parametrize("spoken", [by_name["openai"], by_name["azure"], by_name["ollama"]], ids=str)
LIST = [{"type": "text", "text": "Hel"}, {"type": "text", "text": "lo"}]


def text(answer: bytes, content_type: str = "text/html") -> Answer:
    """Answer with a body that is no JSON."""
    return lambda asked, reply: reply.send(200, answer, content_type)


def bare(asked: Asked, reply: Reply) -> None:
    """Answer with JSON to a request for a stream, under the type of a stream."""
    import json

    reply.send(200, json.dumps(WHOLE).encode(), "text/event-stream")


@openai_family
@pytest.mark.parametrize(
    "answer",
    [
        streams([chunk([{"type": "thinking", "thinking": "hm"}]), chunk(LIST[:1]), chunk("lo"), *END]),
        streams([{**chunk("Hello"), "id": None, "model": None, "created": None}, *END]),
        streams([chunk("Hello", "stop", usage={"prompt_tokens": "3", "completion_tokens": "2"})]),
        says(WHOLE),
        bare,
        says({**WHOLE, "choices": [{"message": {"content": LIST}, "finish_reason": "stop"}]}),
        streams([{**CHUNK, "choices": [{"message": {"content": "Hello"}, "finish_reason": "stop"}], "usage": USAGE}]),
        lambda asked, reply: reply.send(
            200,
            b"\xef\xbb\xbf: comment\r\ndata: " + __import__("json").dumps(chunk("Hello", "stop", usage=USAGE)).encode(),
            "text/plain",
        ),
    ],
    ids=["parts", "null ids", "usage as text", "whole", "whole as stream", "whole parts", "message", "odd stream"],
)
def test_an_answer_is_read_in_whatever_form_it_comes(
    spoken: Spoken, session: Session, serve: Serve, answer: Answer
) -> None:
    """Content as a list, JSON in the place of a stream, and numbers as text give the same text and the same usage."""
    reply = session.ask("hi", profile=spoken.connect(session, serve(answer).url), model="m-1")
    assert (reply.text, reply.input_tokens, reply.output_tokens) == ("Hello", 3, 2)
    assert reply.finish_reason == "stop"


@openai_family
@pytest.mark.parametrize(
    "events",
    [
        [chunk("Hel"), chunk("lo"), {**WHOLE, "usage": USAGE}],
        [
            {**CHUNK, "choices": [{"delta": {"content": "Hel"}, "message": {"content": "Hel"}}]},
            {**CHUNK, "choices": [{"delta": {"content": "lo"}, "message": {"content": "Hello"}}]},
            {
                **CHUNK,
                "choices": [{"delta": {}, "message": {"content": "Hello"}, "finish_reason": "stop"}],
                "usage": USAGE,
            },
        ],
        [
            {**CHUNK, "choices": [{"delta": {"content": "", "reasoning_content": "hm"}}]},
            {**WHOLE, "usage": USAGE},
        ],
        [
            {**CHUNK, "choices": [{"message": {"content": "Hel"}}]},
            {**CHUNK, "choices": [{"message": {"content": "lo"}, "finish_reason": "stop"}], "usage": USAGE},
        ],
    ],
    ids=["MiniMax", "Perplexity", "only thinking before", "messages as pieces"],
)
def test_the_whole_message_behind_its_pieces_is_no_piece(
    spoken: Spoken, session: Session, serve: Serve, events: list[object]
) -> None:
    """The last event of a stream may repeat the whole text, which once appeared twice. The event's reason and usage count."""
    reply = session.ask("hi", profile=spoken.connect(session, serve(streams(events)).url), model="m-1")
    assert (reply.text, reply.input_tokens, reply.output_tokens, reply.finish_reason) == ("Hello", 3, 2, "stop")


@openai_family
def test_an_answer_may_end_without_a_reason(spoken: Spoken, session: Session, serve: Serve) -> None:
    """The server must say that nothing more comes. Without that, the answer broke off."""
    alias = spoken.connect(session, serve(streams([chunk("Hello")])).url, "ends")
    assert session.ask("hi", profile=alias, model="m-1").text == "Hello"
    alias = spoken.connect(session, serve(streams([chunk("Hello")], done=None)).url, "breaks-off")
    with pytest.raises(AnswerCut):
        session.ask("hi", profile=alias, model="m-1")


def test_the_other_verbs_read_it_as_well(session: Session, serve: Serve) -> None:
    """The verbs ``stream``, ``aask`` and ``compare`` go the same way."""
    alias = by_name["openai"].connect(session, serve(mistral).url)
    assert "".join(session.stream("hi", profile=alias, model="m-1")) == "Hello"
    assert asyncio.run(session.aask("hi", profile=alias, model="m-1")).text == "Hello"
    assert [each.reply.text for each in session.compare("hi", alias, model="m-1") if each.reply] == ["Hello"]


def test_an_answer_of_anthropics_protocol_may_come_whole(session: Session, serve: Serve) -> None:
    """A gateway that does not stream sends the message itself. Text at the start of a block belongs to it."""
    whole = {**MESSAGE, "content": [{"type": "thinking", "thinking": "hm"}, {"type": "text", "text": "Hello"}]}
    whole |= {"stop_reason": "end_turn", "usage": {"input_tokens": "3", "output_tokens": 2}}
    reply = session.ask("hi", profile=by_name["anthropic"].connect(session, serve(says(whole)).url), model="m-1")
    assert (reply.text, reply.input_tokens, reply.output_tokens) == ("Hello", 3, 2)


@pytest.mark.parametrize(
    ("last", "tokens"),
    [
        ({"input_tokens": 0, "cache_read_input_tokens": 0, "output_tokens": 2}, (7, 2)),
        ({"input_tokens": 3, "output_tokens": 2}, (7, 2)),
        ({"input_tokens": 5, "cache_read_input_tokens": None, "output_tokens": "2"}, (9, 2)),
    ],
)
def test_a_gateway_to_anthropics_protocol_takes_no_count_back(
    session: Session, serve: Serve, last: dict[str, object], tokens: tuple[int, int]
) -> None:
    """At the end it sends 0 or nothing for what it counted at the beginning: 3 tokens, and 4 from the cache."""
    end = {**messages_server.ended("end_turn", 2), "usage": last}
    answer = messages_server.streams(messages_server.START, messages_server.text("Hello"), end, messages_server.STOP)
    reply = session.ask("hi", profile=by_name["anthropic"].connect(session, serve(answer).url), model="m-1")
    assert (reply.input_tokens, reply.output_tokens) == tokens


def test_an_answer_of_gemini_may_come_as_an_array(session: Session, serve: Serve) -> None:
    """The API streams an array to a client that does not ask for events."""
    parts = [{"text": "hm", "thought": True}, {"text": "Hello"}]
    whole = [
        {
            "candidates": [{"content": {"parts": parts}, "finishReason": "STOP"}],
            "usageMetadata": {"promptTokenCount": 3},
        }
    ]
    reply = session.ask("hi", profile=by_name["google"].connect(session, serve(says(whole)).url), model="m-1")
    assert (reply.text, reply.input_tokens, reply.finish_reason) == ("Hello", 3, "STOP")


def test_an_answer_of_bedrock_may_come_whole(session: Session, serve: Serve) -> None:
    """It comes from a gateway that does not stream."""
    whole = {"output": {"message": {"role": "assistant", "content": [{"text": "Hello"}]}}, "stopReason": "end_turn"}
    whole |= {"usage": {"inputTokens": 3, "outputTokens": 2, "totalTokens": 5}}
    reply = session.ask("hi", profile=by_name["amazon"].connect(session, serve(says(whole)).url), model="m-1")
    assert (reply.text, reply.input_tokens, reply.output_tokens) == ("Hello", 3, 2)


@pytest.mark.parametrize("spoken", SPOKEN, ids=str)
@pytest.mark.parametrize(
    ("answer", "kind", "words"),
    [
        (
            openrouter({"message": "free-models-per-day", "code": 401}),
            FailureKind.AUTHENTICATION,
            "free-models-per-day",
        ),
        (says({"error": "Unexpected endpoint"}), FailureKind.PROVIDER_FAULT, "Unexpected endpoint"),
        (says({"error": {"message": "no more", "type": "invalid_request_error"}}), FailureKind.BAD_REQUEST, "no more"),
        (says({"detail": "No such thing"}), FailureKind.PROVIDER_FAULT, "No such thing"),
        (
            says({"choices": None, "base_resp": {"status_code": 1008, "status_msg": "insufficient balance"}}),
            FailureKind.OUT_OF_CREDIT,
            "insufficient balance",
        ),
        (text(b"<html><head><title>Sign in</title></head></html>"), FailureKind.PROVIDER_FAULT, "Sign in"),
        (text(b"upstream is gone", "text/plain"), FailureKind.PROVIDER_FAULT, "upstream is gone"),
    ],
    ids=["error", "text", "typed", "detail", "base_resp", "page", "plain"],
)
def test_what_came_in_place_of_an_answer_is_told(
    spoken: Spoken, session: Session, serve: Serve, answer: Answer, kind: FailureKind, words: str
) -> None:
    """The status is 200 in each protocol. The error has the kind that its code gives, and the server's own words."""
    alias = spoken.connect(session, serve(answer).url)
    with pytest.raises(ProviderFailed) as caught:
        session.ask("hi", profile=alias, model="m-1")
    assert caught.value.kind is kind
    assert ("HTTPS_PROXY" in caught.value.hint) is (words == "Sign in")
    assert words in caught.value.words


@openai_family
@pytest.mark.parametrize(
    ("usage", "output"),
    [
        ({"prompt_tokens": 12, "completion_tokens": 1, "total_tokens": 399}, 387),
        ({"prompt_tokens": 21, "completion_tokens": 0, "total_tokens": 81}, 60),
        ({"prompt_tokens": 21, "total_tokens": 81}, 60),
        ({"prompt_tokens": 500, "completion_tokens": 500, "total_tokens": 1000}, 500),
        ({"prompt_tokens": 500, "completion_tokens": 500, "total_tokens": 0}, 500),
        ({"completion_tokens": 5, "total_tokens": 1000}, 5),
    ],
)
def test_thinking_that_is_only_in_the_total_is_counted(
    spoken: Spoken, session: Session, serve: Serve, usage: dict[str, int], output: int
) -> None:
    """It is billed as output. xAI and Gemini's endpoint for OpenAI's protocol leave it out of the answer's tokens."""
    usage |= {"completion_tokens_details": {"reasoning_tokens": 386}}  # type: ignore[dict-item]
    server = serve(streams([chunk("Hello", "stop"), {**CHUNK, "choices": [], "usage": usage}]))
    reply = session.ask("hi", profile=spoken.connect(session, server.url), model="m-1")
    assert (reply.input_tokens, reply.output_tokens) == (usage.get("prompt_tokens"), output)


def test_zeros_of_geminis_protocol_are_none_either(session: Session, serve: Serve) -> None:
    """A gateway may speak it as well."""
    said = streams([gemini_server.chunk("Hello", reason="STOP", usage=(0, 0, 0))], done=None)
    alias = by_name["google"].connect(session, serve(said).url)
    reply = session.ask("hi", profile=alias, model="gemini-2.5-flash")
    assert (reply.text, reply.input_tokens, reply.output_tokens) == ("Hello", None, None)


def test_zeros_are_no_count(session: Session, serve: Serve) -> None:
    """LitServe sends them with every answer. As a count, they would make a paid model free."""
    none = {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0}
    alias = by_name["openai"].connect(session, serve(streams([chunk("Hello", "stop", usage=none)])).url)
    reply = session.ask("hi", profile=alias, model="gpt-4o-mini")
    assert (reply.input_tokens, reply.output_tokens) == (None, None)
    assert [row.unpriced for row in session.usage()] == [1]


@pytest.mark.parametrize(
    ("body", "kind", "words"),
    [
        ({"detail": "Not authenticated"}, FailureKind.PROVIDER_FAULT, "Not authenticated"),
        ({"error": {"message": "No such key", "code": 401}}, FailureKind.AUTHENTICATION, "No such key"),
        ({"base_resp": {"status_code": 1004, "status_msg": "login fail"}}, FailureKind.AUTHENTICATION, "login fail"),
        ({"success": False, "errors": [{"message": "Overslept"}]}, FailureKind.PROVIDER_FAULT, "Overslept"),
        ({"models": "none"}, FailureKind.PROVIDER_FAULT, "the answer is not a list of models"),
    ],
)
def test_an_error_in_place_of_a_list_is_told(
    session: Session, serve: Serve, body: object, kind: FailureKind, words: str
) -> None:
    """The status is 200, as for an error in the place of an answer."""
    alias = by_name["openai"].connect(session, serve(says(body)).url)
    with pytest.raises(ProviderFailed) as caught:
        session.models(alias)
    assert (caught.value.kind, caught.value.words) == (kind, words)


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
@pytest.mark.parametrize(
    "alive", [b": ping\n\n", b":\n\n", b"retry: 3000\n\n", b"id: 7\n\n", b"event: ping\n\n", b"data:\n\n", b"\n"]
)
@pytest.mark.parametrize("spoken", [by_name[name] for name in ("openai", "anthropic", "google")], ids=str)
def test_what_keeps_a_connection_open_is_passed_over(
    spoken: Spoken, session: Session, serve: Serve, alive: bytes, end: bytes
) -> None:
    """Gateways send it first and between the pieces of an answer, awaited or not. Two of the SDKs fail on it."""
    pieces = {
        "openai": [chunk("Hel"), chunk("lo"), *END],
        "anthropic": [
            messages_server.START,
            messages_server.text("Hel"),
            messages_server.text("lo"),
            messages_server.ended("end_turn", 2),
            messages_server.STOP,
        ],
        "google": [gemini_server.chunk("Hel"), gemini_server.chunk("lo", reason="STOP", usage=(3, 2, 0))],
    }[spoken.name]
    body = b"".join(alive + b"data: " + json.dumps(each).encode() + b"\n\n" for each in pieces) + alive

    def answer(asked: Asked, reply: Reply) -> None:
        reply.start()
        for at in range(0, len(body), 7):
            reply.chunk(body[at : at + 7].replace(b"\n", end))
        reply.chunk(b"")

    alias = spoken.connect(session, serve(answer).url)
    reply = session.ask("hi", profile=alias, model="m-1")
    assert (reply.text, reply.output_tokens) == ("Hello", 2)
    assert asyncio.run(session.aask("hi", profile=alias, model="m-1")).text == "Hello"


BROKE = {"code": 502, "message": "Upstream broke"}


@pytest.mark.parametrize(
    "broken",
    [
        {**chunk("", "error"), "error": BROKE},
        {**CHUNK, "choices": [{"index": 0, "delta": {}, "finish_reason": "error", "error": BROKE}]},
    ],
    ids=["beside the choice", "within it"],
)
def test_an_error_behind_the_first_words_keeps_them(session: Session, serve: Serve, broken: dict[str, object]) -> None:
    """OpenRouter sends it in a separate chunk with an empty choice."""
    alias = by_name["openai"].connect(session, serve(streams([chunk("Hel"), broken])).url)
    with pytest.raises(AnswerCut, match="Upstream broke") as caught:
        session.ask("hi", profile=alias, model="m-1")
    assert caught.value.partial.text == "Hel"


def test_an_error_within_a_whole_answer_is_one_of_its_row(session: Session, serve: Serve) -> None:
    """OpenRouter documents it as a part of the choice. It was once stored and counted as an empty answer."""
    choice = {"message": {"role": "assistant", "content": ""}, "finish_reason": "error", "error": BROKE}
    server = serve(says({**WHOLE, "choices": [choice]}))
    rows = session.map(["a"], "{text}", profile=by_name["openai"].connect(session, server.url), model="m-1")
    assert rows[0]["answer"] is None
    assert "Upstream broke" in rows[0]["error"]


@openai_family
@pytest.mark.parametrize(
    "entry",
    [
        lambda index, words: {"embedding": in_base64(len(words), 0.5)},
        lambda index, words: {"embedding": [[len(words), 0.5]]},
        lambda index, words: {"index": None},
        lambda index, words: {"index": str(index)},
        lambda index, words: {"index": index + 1},
    ],
    ids=["base64", "nested", "no index", "index as text", "from one"],
)
def test_vectors_are_read_in_whatever_form_they_come(
    spoken: Spoken, session: Session, serve: Serve, entry: Callable[[int, str], dict[str, object]]
) -> None:
    """Base64 or numbers, with an index or without, give the same vectors in the order of the texts."""
    server = serve(lambda asked, reply: vectors(asked, entry, {"prompt_tokens": "7"})(asked, reply))
    embedded = session.embed(["a", "bb", "ccc"], profile=spoken.connect(session, server.url), model="e-1")
    assert embedded.vectors == [[1.0, 0.5], [2.0, 0.5], [3.0, 0.5]]
    assert embedded.input_tokens == 7


def test_the_index_that_google_leaves_out_is_the_first(session: Session, serve: Serve) -> None:
    """Its server sends no zeros, and the other indices give their places."""
    embedded = session.embed(
        ["a", "bb", "ccc"], profile=by_name["openai"].connect(session, serve(gemini_through_openai).url), model="e-1"
    )
    assert [vector[0] for vector in embedded] == [1.0, 2.0, 3.0]


@openai_family
@pytest.mark.parametrize(
    "entry",
    [
        lambda index, words: {"index": 0},
        lambda index, words: {"embedding": "not base64"},
        lambda index, words: {"embedding": ["a", "b"]},
        lambda index, words: {"embedding": [float("nan"), 1.0]},
        lambda index, words: {"embedding": []},
        lambda index, words: {"embedding": None},
    ],
    ids=["same index", "text", "letters", "nan", "empty", "null"],
)
def test_a_vector_that_is_not_surely_right_is_none(
    spoken: Spoken, session: Session, serve: Serve, entry: Callable[[int, str], dict[str, object]]
) -> None:
    """A wrong vector is worse than an error."""
    server = serve(lambda asked, reply: vectors(asked, entry)(asked, reply))
    with pytest.raises(ProviderFailed) as caught:
        session.embed(["a", "bb"], profile=spoken.connect(session, server.url), model="e-1")
    assert caught.value.kind is FailureKind.PROVIDER_FAULT


def test_vectors_of_two_models_are_told_as_that(session: Session, serve: Serve) -> None:
    """They may be within one answer, because a gateway may send each request to another model."""
    server = serve(lambda asked, reply: vectors(asked, lambda n, text: {"embedding": [0.5] * (n + 2)})(asked, reply))
    with pytest.raises(ProviderFailed, match="of different lengths, 2 and 3 numbers") as caught:
        session.embed(["a", "bb"], profile=by_name["openai"].connect(session, server.url), model="e-1")
    assert caught.value.kind is FailureKind.PROVIDER_FAULT


@pytest.mark.parametrize("name", ["reasoning_content", "reasoning"])
@pytest.mark.parametrize("thought", ['{"n": 1}', "Let me think."])
def test_an_answer_in_a_schema_that_comes_as_thinking_is_the_answer(
    session: Session, serve: Serve, name: str, thought: str
) -> None:
    """vLLM takes all of it for thinking if the model did not think: there is no text beside it. Other thinking is no answer."""
    pieces = [thought[:4], thought[4:]]
    streamed = [{**CHUNK, "choices": [{"index": 0, "delta": {"content": None, name: each}}]} for each in pieces]
    end = {**CHUNK, "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}
    message = {"role": "assistant", "content": None, name: thought}
    whole = {**CHUNK, "choices": [{"index": 0, "message": message, "finish_reason": "stop"}]}

    def answer(asked: Asked, reply: Reply) -> None:
        (streams([*streamed, end]) if asked.json.get("stream") else says(whole))(asked, reply)

    alias = by_name["openai"].connect(session, serve(answer).url)
    rows = session.map(["one"], "{text}", profile=alias, model="m-1", schema={"n": int})
    if thought.startswith("{"):
        assert session.ask("Hi", profile=alias, model="m-1", schema={"n": int}).value == {"n": 1}
        assert rows[0]["n"] == 1
    else:
        with pytest.raises(NotInSchema):
            session.ask("Hi", profile=alias, model="m-1", schema={"n": int})
        assert rows[0]["n"] is None
    assert session.ask("Hi", profile=alias, model="m-1").text == ""


def test_one_vector_for_several_texts_is_asked_for_one_at_a_time(session: Session, serve: Serve) -> None:
    """Models for text and images treat several texts as parts of one, so each text is then asked for separately."""

    def joins(asked: Asked, reply: Reply) -> None:
        length = float(sum(map(len, asked.json["input"])))
        says({"data": [{"index": 0, "embedding": [length, 0.5]}], "model": "e-1"})(asked, reply)

    embedded = session.embed(
        ["a", "bb", "ccc"], profile=by_name["openai"].connect(session, serve(joins).url), model="e-1"
    )
    assert [vector[0] for vector in embedded] == [1.0, 2.0, 3.0]
    assert "in batches of 1, as the server takes no more" in embedded.footer


def test_an_error_in_place_of_vectors_is_told(session: Session, serve: Serve) -> None:
    """The status is 200."""
    alias = by_name["openai"].connect(session, serve(says({"error": {"message": "Overslept", "code": 403}})).url)
    with pytest.raises(ProviderFailed, match="Overslept") as caught:
        session.embed(["a"], profile=alias, model="e-1")
    assert caught.value.kind is FailureKind.PERMISSION


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("length", "cut at max tokens"),
        ("content_filter", "filtered by the provider (content_filter)"),
        ("model_length", "cut at max tokens"),
        ("tool_calls", "ended with tool_calls"),
        ("stop", ""),
    ],
)
def test_an_answer_that_is_not_whole_says_so(session: Session, serve: Serve, reason: str, said: str) -> None:
    """The footer says whether it was cut, filtered, or ended in another way."""
    alias = by_name["openai"].connect(session, serve(streams([chunk("Hel", reason)])).url)
    footer = session.ask("hi", profile=alias, model="m-1").footer
    assert footer.endswith(said or " s")


@openai_family
@pytest.mark.parametrize(
    ("pieces", "text"),
    [
        (["<think>hm</think>\n\nHello"], "Hello"),
        (["\n", "<", "thi", "nk>\nhm", "</th", "ink>", "\n", "\nHel", "lo", " </think>"], "Hello </think>"),
        (["<think></think>", "Hello"], "Hello"),
        (["<think>hm, <think> again", "</think>Hello"], "Hello"),
        (["<think>hm", "hm"], ""),
        (["<th", "is"], "<this"),
        ([" ", "\n", "Hello"], " \nHello"),
        (["<"], "<"),
        (["Hello <think>hm</think>"], "Hello <think>hm</think>"),
        (["[THI", "NK]hm</think>[/TH", "INK]\n\nHello"], "Hello"),
        (["[", "1, 2]"], "[1, 2]"),
        (["<reasoning>hm</reasoning>Hello"], "<reasoning>hm</reasoning>Hello"),
    ],
)
def test_thinking_at_the_beginning_of_the_text_is_left_out(
    spoken: Spoken, session: Session, serve: Serve, pieces: list[str], text: str
) -> None:
    """It is treated like separate thinking, in pieces and as a whole. Such marks later in the text belong to the model's answer."""
    came: list[str] = []
    alias = spoken.connect(session, serve(streams([*map(chunk, pieces), *END])).url)
    assert session.ask("hi", profile=alias, model="m-1", on_text=came.append).text == text
    assert "".join(came) == text
    whole = {**WHOLE, "choices": [{"message": {"content": "".join(pieces)}, "finish_reason": "length"}]}
    alias = spoken.connect(session, serve(says(whole)).url, "whole")
    assert session.ask("hi", profile=alias, model="m-1").text == text


@openai_family
def test_bedrocks_marks_of_thinking_are_those_of_one_model(spoken: Spoken, session: Session, serve: Serve) -> None:
    """Another model writes them if the prompt asks for them."""
    alias = spoken.connect(session, serve(streams([*map(chunk, ["<reas", "oning>hm</reasoning>", "Hello"]), *END])).url)
    assert session.ask("hi", profile=alias, model="openai.gpt-oss-20b-1:0").text == "Hello"
    assert session.ask("hi", profile=alias, model="m-1").text == "<reasoning>hm</reasoning>Hello"


@pytest.mark.parametrize("spoken", [by_name[name] for name in ("openai", "anthropic", "google")], ids=str)
def test_an_answer_without_text_says_so(spoken: Spoken, session: Session, serve: Serve) -> None:
    """The footer says so: some models only think, and some end at once. An answer of blanks has no text either."""
    thought = {**CHUNK, "choices": [{"index": 0, "delta": {"reasoning_content": "hm"}, "finish_reason": None}]}
    answer = {
        "openai": streams([thought, chunk(" \n"), *END]),
        "anthropic": messages_server.streams(
            messages_server.START, messages_server.ended("end_turn", 2), messages_server.STOP
        ),
        "google": streams([{"candidates": [{"finishReason": "STOP"}]}], done=None),
    }[spoken.name]
    reply = session.ask("hi", profile=spoken.connect(session, serve(answer).url), model="m-1")
    assert (reply.text.strip(), reply.footer.rpartition(" · ")[2]) == ("", "without text")


def test_a_refusal_says_so(session: Session, serve: Serve) -> None:
    """The words of the refusal are the answer."""
    refusal = {**CHUNK, "choices": [{"index": 0, "delta": {"refusal": "I will not."}, "finish_reason": "stop"}]}
    reply = session.ask("hi", profile=by_name["openai"].connect(session, serve(streams([refusal])).url), model="m-1")
    assert (reply.text, reply.finish_reason) == ("I will not.", "refusal")
    assert "refused by the model" in reply.footer


def test_a_refusal_that_is_repeated_as_a_message_is_read_once(session: Session, serve: Serve) -> None:
    """An answer is read once, too."""
    pieces = [{**CHUNK, "choices": [{"delta": {"refusal": text}}]} for text in ("I will ", "not.")]
    whole = {**CHUNK, "choices": [{"message": {"refusal": "I will not."}, "finish_reason": "stop"}]}
    alias = by_name["openai"].connect(session, serve(streams([*pieces, whole])).url)
    assert session.ask("hi", profile=alias, model="m-1").text == "I will not."


def test_what_is_right_already_stays_as_it_is(session: Session, serve: Serve) -> None:
    """There is no note if nothing had to be done."""
    reply = session.ask("hi", profile=by_name["openai"].connect(session, serve(HELLO).url), model="m-1")
    assert (reply.text, reply.notes) == ("Hello", ())
