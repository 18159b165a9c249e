"""What a server refuses by name is left out or sent in its other form, once, and the footer says so. (All servers are ours.)"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from aiconn_nb import FailureKind, ProviderFailed, Session

from . import bedrock_server, gemini_server, messages_server
from .lenient import HELLO, WHOLE, dashscope, gemini_through_openai, mistral, refuses_by_name, vectors
from .servers import Answer, Asked, Reply, Server, refuses, says, streams
from .spoken import SPOKEN, Spoken

Serve = Callable[[Answer], Server]

by_name = {each.name: each for each in SPOKEN}
openai_family = pytest.mark.parametrize("spoken", [by_name["openai"], by_name["azure"], by_name["ollama"]], ids=str)
WITHOUT_TEMPERATURE = "without temperature, which the server refuses"


def whole_or_stream(asked: Asked, reply: Reply) -> None:
    """Stream if the request asks for a stream, and otherwise answer as a whole."""
    (HELLO if asked.json.get("stream") else says(WHOLE))(asked, reply)


SHAPES: dict[str, Callable[[str], tuple[int, object]]] = {
    "param": lambda name: (
        400,
        {"error": {"message": "Unsupported value", "param": name, "code": "unsupported_value"}},
    ),
    "words": lambda name: (400, {"error": {"message": f"Unsupported parameter: '{name}' is not supported."}}),
    "detail": lambda name: (
        422,
        {"detail": [{"type": "extra_forbidden", "loc": ["body", name], "msg": "Extra inputs"}]},
    ),
    "array": lambda name: (
        400,
        [{"error": {"code": 400, "message": f'Unknown name "{name}"', "status": "INVALID_ARGUMENT"}}],
    ),
    "text": lambda name: (400, f"unknown field {name}"),
    "LiteLLM": lambda name: (
        400,
        {
            "error": {
                "message": f"These models do not support {name}=0.5.",
                "type": "None",
                "param": "None",
                "code": "400",
            }
        },
    ),
    "in a body of 200": lambda name: (200, {"error": {"message": f"{name} is not supported", "code": 400}}),
}


@openai_family
@pytest.mark.parametrize("shape", SHAPES)
def test_every_parameter_may_be_refused(spoken: Spoken, session: Session, serve: Serve, shape: str) -> None:
    """They are refused one after the other, with any shape of the error. Each refusal happens once and is in the footer."""
    names = ["stream_options", "temperature", "stream"]
    server = serve(refuses_by_name(names, whole_or_stream, SHAPES[shape]))
    alias = spoken.connect(session, server.url)
    reply = session.ask("hi", profile=alias, model="m-1", temperature=0.5)
    assert (reply.text, reply.output_tokens) == ("Hello", 2)
    assert len(server.asked) == 4
    assert reply.notes == (
        "without stream_options, which the server refuses",
        WITHOUT_TEMPERATURE,
        "not streamed, as the server wants it",
    )
    assert WITHOUT_TEMPERATURE in reply.footer


def test_what_was_refused_is_not_sent_to_that_model_again(session: Session, serve: Serve) -> None:
    """The next question costs one request, and the footer still says so. Another model is asked with the parameter again."""
    server = serve(refuses_by_name(["temperature"], whole_or_stream, SHAPES["param"]))
    alias = by_name["openai"].connect(session, server.url)
    for model, requests in (("m-1", 2), ("m-1", 3), ("m-2", 5)):
        reply = session.ask("hi", profile=alias, model=model, temperature=0.5)
        assert reply.notes == (WITHOUT_TEMPERATURE,)
        assert len(server.asked) == requests


@openai_family
def test_a_limit_that_was_too_high_leaves_a_lower_one_in_force(spoken: Spoken, session: Session, serve: Serve) -> None:
    """vLLM refuses a limit that does not fit its context. The next answers once had no limit at all."""

    def answer(asked: Asked, reply: Reply) -> None:
        if asked.json.get("max_completion_tokens", asked.json.get("max_tokens", 0)) > 100:
            words = "'max_tokens' or 'max_completion_tokens' is too large: 5000. (5000 > 4096 - 200)"
            return refuses(400, words)(asked, reply)
        return HELLO(asked, reply)

    server = serve(answer)
    alias = spoken.connect(session, server.url)
    assert "without" in session.ask("hi", profile=alias, model="m-1", max_tokens=5000).notes[-1]
    reply = session.ask("hi", profile=alias, model="m-1", max_tokens=7)
    assert reply.notes == ()
    assert 7 in server.asked[-1].json.values()


@openai_family
def test_the_limit_of_an_answer_has_two_names(spoken: Spoken, session: Session, serve: Serve) -> None:
    """If one is refused, the other is sent, and if both are refused, none is."""
    first = "max_tokens" if spoken.name == "ollama" else "max_completion_tokens"
    second = {"max_tokens": "max_completion_tokens", "max_completion_tokens": "max_tokens"}[first]
    one = serve(refuses_by_name([first], whole_or_stream, SHAPES["words"]))
    reply = session.ask("hi", profile=spoken.connect(session, one.url, "one"), model="m-1", max_tokens=7)
    assert one.asked[-1].json[second] == 7
    assert reply.notes == (f"{second} in place of {first}, which the server refuses",)
    both = serve(refuses_by_name([first, second], whole_or_stream, SHAPES["words"]))
    reply = session.ask("hi", profile=spoken.connect(session, both.url, "both"), model="m-1", max_tokens=7)
    assert (reply.text, len(both.asked)) == ("Hello", 3)


def test_a_refusal_of_something_else_is_not_asked_twice(session: Session, serve: Serve) -> None:
    """A parameter that was not sent causes no second request either."""
    server = serve(refuses(400, "messages: the first must not be empty; temperature is fine"))
    alias = by_name["openai"].connect(session, server.url)
    with pytest.raises(ProviderFailed):
        session.ask("hi", profile=alias, model="m-1")
    assert len(server.asked) == 1


def test_mistral_and_gemini_are_asked_in_their_own_way(session: Session, serve: Serve) -> None:
    """This goes through their endpoints for OpenAI's protocol."""
    reply = session.ask(
        "hi", profile=by_name["openai"].connect(session, serve(mistral).url, "m"), model="m-1", max_tokens=7
    )
    assert reply.text == "Hello"
    assert "max_tokens in place of max_completion_tokens, which the server refuses" in reply.notes
    google = by_name["openai"].connect(session, serve(gemini_through_openai).url, "g")
    assert session.ask("hi", profile=google, model="m-1", temperature=0.5).notes == (WITHOUT_TEMPERATURE,)


@pytest.mark.parametrize("spoken", [by_name[name] for name in ("openai", "anthropic", "google", "amazon")], ids=str)
def test_a_model_without_a_system_prompt_is_told_it_in_the_first_message(
    spoken: Spoken, session: Session, serve: Serve
) -> None:
    """This holds in each protocol. The next question is sent in this way at once, and one without a system prompt has no note."""
    words = {
        "openai": "Unsupported value: 'messages[0].role' does not support 'system' with this model.",
        "anthropic": "System prompt is not supported",
        "google": "Developer instruction is not enabled for models/m-1",
        "amazon": "This model doesn't support system messages. Try again without system messages.",
    }[spoken.name]
    answer = {
        "openai": HELLO,
        "anthropic": messages_server.streams(
            messages_server.START,
            messages_server.text("Hello"),
            messages_server.ended("end_turn", 2),
            messages_server.STOP,
        ),
        "google": streams(gemini_server.ANSWER, done=None),
        "amazon": bedrock_server.streams(*bedrock_server.ANSWER),
    }[spoken.name]

    def strict(asked: Asked, reply: Reply) -> None:
        if b"Be kind" not in asked.body or b"Be kind.\\n\\nhi" in asked.body:
            return answer(asked, reply)
        refusal = refuses(400, words)
        if spoken.name == "amazon":
            refusal = bedrock_server.refuses(400, "ValidationException", words)
        return refusal(asked, reply)

    server = serve(strict)
    alias = spoken.connect(session, server.url)
    note = "the system prompt within the first message, as the server wants it"
    for system, requests, notes in (("Be kind.", 2, (note,)), ("Be kind.", 3, (note,)), (None, 4, ())):
        reply = session.ask("hi", profile=alias, model="m-1", system=system)
        assert (len(server.asked), reply.notes) == (requests, notes)


@pytest.mark.parametrize("status", [400, 500])
def test_a_template_that_refuses_is_the_same_as_a_server(session: Session, serve: Serve, status: int) -> None:
    """llama.cpp sends 500 for it, and the same request is not repeated."""
    words = "While executing CallExpression: raise_exception(): Jinja Exception: System role not supported"

    def strict(asked: Asked, reply: Reply) -> None:
        has_one = asked.json["messages"][0]["role"] == "system"
        (says({"error": {"code": status, "message": words}}, status) if has_one else whole_or_stream)(asked, reply)

    server = serve(strict)
    alias = by_name["openai"].connect(session, server.url)
    reply = session.ask("hi", profile=alias, model="m-1", system="Be kind.")
    assert (reply.text, len(server.asked)) == ("Hello", 2)
    assert server.asked[-1].json["messages"] == [{"role": "user", "content": "Be kind.\n\nhi"}]


@pytest.mark.parametrize(
    "words",
    [
        "This model only support stream mode, please enable the stream parameter to access the model.",
        "parameter.enable_thinking must be set to false for non-streaming calls",
        "enable thinking can not be support when `stream=False`.",
    ],
)
def test_a_model_that_only_streams_answers_rows_too(session: Session, serve: Serve, words: str) -> None:
    """Its pieces make up the answer of a row, with its tokens, and the next row is asked in this way at once."""

    def strict(asked: Asked, reply: Reply) -> None:
        (HELLO if asked.json.get("stream") else refuses(400, words))(asked, reply)

    server = serve(strict)
    alias = by_name["openai"].connect(session, server.url)
    rows = session.map(["a", "b"], "Hi {text}", profile=alias, model="m-1", at_once=1)
    assert [(row["answer"], row["output_tokens"], row["error"]) for row in rows] == [("Hello", 2, None)] * 2
    assert [asked.json.get("stream") for asked in server.asked] == [None, True, True]
    assert session.last_map is not None
    assert session.last_map.notes == ()


def test_a_server_that_knows_no_streams_answers_rows(session: Session, serve: Serve) -> None:
    """A whole answer is requested without the parameter, because the protocol gives a whole answer by default."""

    def strict(asked: Asked, reply: Reply) -> None:
        (refuses(400, "unknown field stream") if "stream" in asked.json else says(WHOLE))(asked, reply)

    server = serve(strict)
    alias = by_name["openai"].connect(session, server.url)
    rows = session.map(["a"], "Hi {text}", profile=alias, model="m-1")
    assert [row["error"] for row in rows] == [None]
    assert len(server.asked) == 1


def test_anthropic_without_a_temperature_and_with_fewer_tokens(session: Session, serve: Serve) -> None:
    """An older model says how many tokens it allows, and another accepts no temperature."""
    answer = messages_server.streams(
        messages_server.START, messages_server.text("Hello"), messages_server.ended("end_turn", 2), messages_server.STOP
    )

    def old(asked: Asked, reply: Reply) -> None:
        said = asked.json
        if "temperature" in said:
            return refuses(400, "temperature: Extra inputs are not permitted")(asked, reply)
        if said["max_tokens"] > 4096:
            words = "max_tokens: 8192 > 4096, which is the maximum allowed number of output tokens for claude-3-haiku"
            return refuses(400, words)(asked, reply)
        return answer(asked, reply)

    alias = by_name["anthropic"].connect(session, serve(old).url)
    reply = session.ask("hi", profile=alias, model="m-1", temperature=0.5)
    assert (reply.text, reply.notes) == (
        "Hello",
        (WITHOUT_TEMPERATURE, "max_tokens 4,096, as the server takes no more"),
    )


def test_vllm_refuses_a_limit_beyond_its_context_under_another_name(session: Session, serve: Serve) -> None:
    """Anthropic's protocol requires a limit, and the default is longer than the context of many models of one's own."""
    answer = messages_server.streams(
        messages_server.START, messages_server.text("Hello"), messages_server.ended("end_turn", 2), messages_server.STOP
    )
    words = (
        "max_completion_tokens=8192 cannot be greater than max_model_len=2048. Please request fewer output tokens. "
        "(parameter=max_completion_tokens, value=8192)"
    )

    def short(asked: Asked, reply: Reply) -> None:
        refusal = says({"type": "error", "error": {"type": "BadRequestError", "message": words}}, 400)
        (refusal if asked.json["max_tokens"] > 2048 else answer)(asked, reply)

    server = serve(short)
    reply = session.ask("hi", profile=by_name["anthropic"].connect(session, server.url), model="m-1")
    assert (reply.text, reply.notes) == ("Hello", ("max_tokens 2,048, as the server takes no more",))
    assert [asked.json["max_tokens"] for asked in server.asked] == [8192, 2048]


def test_google_without_a_temperature(session: Session, serve: Serve) -> None:
    """Its error names the field in the details."""

    def strict(asked: Asked, reply: Reply) -> None:
        if "temperature" not in asked.json.get("generationConfig", {}):
            return streams(gemini_server.ANSWER, done=None)(asked, reply)
        violation = {"field": "generation_config.temperature", "description": "not supported"}
        details = [{"@type": "type.googleapis.com/google.rpc.BadRequest", "fieldViolations": [violation]}]
        error = {"code": 400, "message": "Invalid value", "status": "INVALID_ARGUMENT", "details": details}
        return says({"error": error}, 400)(asked, reply)

    reply = session.ask(
        "hi", profile=by_name["google"].connect(session, serve(strict).url), model="m-1", temperature=0.5
    )
    assert (reply.text, reply.notes) == ("Hello from ours.", (WITHOUT_TEMPERATURE,))


def test_bedrock_without_a_temperature_and_with_fewer_tokens(session: Session, serve: Serve) -> None:
    """Each model has its own rules and gives them in words."""
    answer = bedrock_server.bedrock()

    def strict(asked: Asked, reply: Reply) -> None:
        given = asked.json.get("inferenceConfig", {})
        words = (
            "This model doesn't support the temperature field. Remove temperature and try again."
            if "temperature" in given
            else "The maximum tokens you requested exceeds the model limit of 100. Try again with fewer."
            if given.get("maxTokens", 0) > 100
            else ""
        )
        (bedrock_server.refuses(400, "ValidationException", words) if words else answer)(asked, reply)

    alias = by_name["amazon"].connect(session, serve(strict).url)
    reply = session.ask("hi", profile=alias, model="amazon.nova-lite-v1:0", temperature=0.5, max_tokens=1000)
    assert reply.notes == (WITHOUT_TEMPERATURE, "max_tokens 100, as the server takes no more")


@openai_family
def test_the_encoding_of_vectors_may_be_refused(spoken: Spoken, session: Session, serve: Serve) -> None:
    """The server then chooses the encoding, and the refusal comes once for all batches."""
    refuse = refuses_by_name(["encoding_format"], lambda asked, reply: vectors(asked)(asked, reply), SHAPES["words"])
    server = serve(refuse)
    embedded = session.embed(["text"] * 600, profile=spoken.connect(session, server.url), model="e-1")
    assert len(embedded) == 600
    assert embedded.notes == ("without encoding_format, which the server refuses",)
    assert sum("encoding_format" in asked.json for asked in server.asked) == 1


def test_the_encoding_of_vectors_may_be_refused_without_its_name(session: Session, serve: Serve) -> None:
    """vLLM names only its value."""
    body = {"object": "error", "message": "base64 encoding is not currently supported", "param": None, "code": 400}
    server = serve(
        refuses_by_name(["encoding_format"], lambda a, reply: vectors(a)(a, reply), lambda name: (400, body))
    )
    embedded = session.embed(["a"], profile=by_name["openai"].connect(session, server.url), model="e-1")
    assert embedded.vectors == [[1.0, 0.5]]
    assert embedded.notes == ("without encoding_format, which the server refuses",)


def test_an_embedding_model_is_told_what_its_texts_are_for(session: Session, serve: Serve) -> None:
    """A model of NVIDIA NIM has one form for queries and one for passages, and refuses a request that names none."""
    words = "'input_type' parameter is required for asymmetric models"

    def asymmetric(asked: Asked, reply: Reply) -> None:
        if asked.method == "POST" and "input_type" in asked.json:
            vectors(asked)(asked, reply)
        else:
            says({"error": words}, 400)(asked, reply)

    server = serve(asymmetric)
    session.create("nim", "openai-compatible", settings={"endpoint": f"{server.url}/v1"})
    for purpose in ("query", "passage"):
        session.create_profile(
            purpose, connections="nim", model="e-1", capability="embedding", options={"input_type": purpose}
        )
        assert len(session.embed(["a", "b"], profile=purpose)) == 2
        assert len(session.embed(["a"], "{text}!", profile=purpose)) == 1
    assert session.failover("query", live=True).ok
    assert [asked.json["input_type"] for asked in server.asked] == ["query"] * 2 + ["passage"] * 2 + ["query"]
    with pytest.raises(ProviderFailed, match="input_type"):
        session.embed(["a"], profile="nim", model="e-1")
    (tested,) = session.test("nim", model="e-1")
    assert {rung.name: rung.detail for rung in tested.rungs}["model"] == "e-1 answered with 2 dimensions"


def test_an_option_of_embedding_models_goes_only_to_a_provider_that_has_it(session: Session, serve: Serve) -> None:
    """A note names it, as for an option of chat models."""
    server = serve(lambda asked, reply: vectors(asked)(asked, reply))
    session.create("own", "openai-compatible", settings={"endpoint": f"{server.url}/v1"})
    other = by_name["openai"].connect(session, server.url)
    session.create_profile(
        "both", connections=["own", other], model="e-1", capability="embedding", options={"input_type": "query"}
    )
    session.disable("own")
    assert session.embed(["a"], profile="both").notes == ("input_type was not sent: OpenAI has no such option",)
    assert "input_type" not in server.asked[-1].json


@openai_family
def test_a_batch_that_is_too_large_is_halved(spoken: Spoken, session: Session, serve: Serve) -> None:
    """It is halved until the server accepts it. From then on, the batches have that size, and all vectors are there."""
    server = serve(dashscope())
    told: list[int] = []
    texts = ["x" * number for number in range(1, 26)]
    embedded = session.embed(
        texts,
        profile=spoken.connect(session, server.url),
        model="e-1",
        on_batch=lambda done, total: told.append(done),
    )
    assert [vector[0] for vector in embedded] == list(range(1, 26))
    assert sorted((len(asked.json["input"]) for asked in server.asked), reverse=True) == [25, 13, 7, 7, 7, 4]
    assert told[-1] == 25  # progress comes a few times a second and at the end
    assert embedded.notes == ("in batches of 7, as the server takes no more",)


@pytest.mark.parametrize(
    "answer",
    [
        refuses(413, "Payload Too Large"),
        refuses(400, "Requested 384000 tokens, max 300000 tokens per request"),
        refuses(422, "batch size 32 > maximum allowed batch size 8"),
        refuses(
            429, "Request too large for text-embedding-3-small on tokens per min (TPM): Limit 40000, Requested 55000"
        ),
        refuses(400, "This model's maximum context length is 8192 tokens"),
        refuses(500, "input (992 tokens) is too large to process. increase the physical batch size"),  # llama.cpp
    ],
)
def test_it_is_halved_however_the_server_says_so(session: Session, serve: Serve, answer: Answer) -> None:
    """The server says so by the status or in words."""

    def embed(asked: Asked, reply: Reply) -> None:
        (answer if len(asked.json["input"]) > 8 else vectors(asked))(asked, reply)

    embedded = session.embed(["t"] * 20, profile=by_name["openai"].connect(session, serve(embed).url), model="e-1")
    assert len(embedded) == 20


def test_one_text_that_is_too_long_fails_in_the_servers_words(session: Session, serve: Serve) -> None:
    """There is nothing to halve, and the earlier texts are counted."""
    answer = refuses(400, "This model's maximum context length is 8192 tokens")

    def embed(asked: Asked, reply: Reply) -> None:
        (answer if "long" in asked.json["input"] else vectors(asked))(asked, reply)

    server = serve(embed)
    alias = by_name["openai"].connect(session, server.url)
    with pytest.raises(ProviderFailed, match="maximum context length") as caught:
        session.embed(["a", "b", "c", "long"], profile=alias, model="e-1")
    assert caught.value.kind is FailureKind.BAD_REQUEST
    assert (caught.value.refused_text, caught.value.texts_done) == (3, (3, 4))


def test_batches_are_made_by_tokens_as_well(session: Session, serve: Serve) -> None:
    """OpenAI takes 300,000 tokens in one request, so long texts go in smaller batches without a refusal first. The batches are
    sent beside each other, so any may arrive first."""
    server = serve(lambda asked, reply: vectors(asked)(asked, reply))
    session.embed([" word" * 1500] * 300, profile=by_name["openai"].connect(session, server.url), model="e-1")
    assert sorted(len(asked.json["input"]) for asked in server.asked) == [60, 120, 120]
