"""A question with a schema gets an answer in the format of that schema."""

from __future__ import annotations

import asyncio
import json
import pickle
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from aiconn_nb import Session
from aiconn_nb.errors import FailureKind, KnownKeyGiven, NotInSchema, ProviderFailed, UnfitSchema
from aiconn_nb.features.asking import Reply
from aiconn_nb.model.secret import Secret
from aiconn_nb.providers.base import ChatRequest, Delta, Finish, Usage
from aiconn_nb.providers.plug_ins.fake import FakeFailure
from aiconn_nb.providers.testing import FakeProvider, registry_of

LABEL = {"label": ["good", "bad"], "stars": int}


class Says(FakeProvider):
    """A provider whose answers follow each other as a test says. An error among them is raised."""

    said: Iterator[str | Exception] = iter(())
    reason = "stop"

    def chat(self, client: Any, request: ChatRequest) -> Iterator[Delta | Finish]:
        self._called("chat", request)
        text = next(self.said)
        if isinstance(text, Exception):
            raise text
        yield Delta(text)
        yield Finish(self.reason, Usage(10, 5), request.model)


class Keeps(Says):
    """A provider with an option for schemas."""

    keeps_schemas = True


class Review(BaseModel):
    """A pydantic model with two fields."""

    label: str
    stars: int


def session_with(provider: Says, *said: str | Exception) -> Session:
    """Return a session with one profile on a provider that gives these answers."""
    provider.said = iter(said)
    made = Session(registry=registry_of(provider))
    made.create("fake-dev", "fake", settings={"api_key": Secret("made-up-key-of-a-test")})
    made.create_profile("writer", connections=["fake-dev"], model="fake-chat", system="Be kind.", default=True)
    return made


def asked(provider: Says) -> list[ChatRequest]:
    """Return the requests that the provider received."""
    return [call.asked for call in provider.calls if isinstance(call.asked, ChatRequest)]


def aasked(session: Session, prompt: str, **options: Any) -> Reply:
    """Call `aask` as a cell awaits it, and return the reply."""
    return asyncio.run(session.aask(prompt, **options))


Ask = Callable[..., Reply]
BOTH = pytest.mark.parametrize("ask", [Session.ask, aasked], ids=["ask", "aask"])


@BOTH
def test_the_value_has_the_fields_of_the_schema(isolated: Path, ask: Ask) -> None:
    """The value is a checked dictionary, and the text stays as the model wrote it."""
    session = session_with(Keeps(), '{"label": "good", "stars": 4}')
    reply = ask(session, "Well done", schema=LABEL)
    assert (reply.value, reply.text) == ({"label": "good", "stars": 4}, '{"label": "good", "stars": 4}')
    assert session.last_reply == reply
    assert reply.data()["value"] == {"label": "good", "stars": 4}


@BOTH
def test_a_pydantic_model_gives_an_instance(isolated: Path, ask: Ask) -> None:
    """``--json`` gives the JSON of the instance, and the reply can be pickled."""
    reply = ask(session_with(Keeps(), '```json\n{"label": "good", "stars": 4}\n```'), "Well done", schema=Review)
    assert reply.value == Review(label="good", stars=4)
    assert json.loads(json.dumps(reply.data()))["value"] == {"label": "good", "stars": 4}
    assert pickle.loads(pickle.dumps(reply)).value == reply.value


def test_a_provider_with_an_option_gets_the_schema_there_and_another_in_the_prompt(isolated: Path) -> None:
    """In the prompt, it follows the system prompt of the profile."""
    keeps, says = Keeps(), Says()
    for provider in (keeps, says):
        with_schema = session_with(provider, '{"label": "good", "stars": 4}').ask("Well done", schema=LABEL)
        assert with_schema.value == {"label": "good", "stars": 4}
    (by_option,), (by_prompt,) = asked(keeps), asked(says)
    assert by_option.schema is not None
    assert by_option.schema["properties"] == {
        "label": {"type": "string", "enum": ["good", "bad"]},
        "stars": {"type": "integer"},
    }
    assert (by_option.system, by_prompt.schema) == ("Be kind.", None)
    assert by_prompt.system is not None
    assert by_prompt.system.startswith("Be kind.\n\n")
    assert '"enum": ["good", "bad"]' in by_prompt.system


@BOTH
def test_a_second_attempt_corrects_the_first_and_its_tokens_count(isolated: Path, ask: Ask) -> None:
    """The model sees its answer and the fault. Both attempts are in the reply and in the usage."""
    provider = Keeps()
    session = session_with(provider, '{"label": "great", "stars": 4}', '{"label": "good", "stars": 4}')
    reply = ask(session, "Well done", schema=LABEL)
    assert (reply.value, reply.input_tokens, reply.output_tokens) == ({"label": "good", "stars": 4}, 20, 10)
    assert len(reply.notes) == 1
    assert [message.role for message in asked(provider)[1].messages] == ["user", "assistant", "user"]
    assert asked(provider)[1].messages[1].content == '{"label": "great", "stars": 4}'
    assert [(each.calls, each.input_tokens) for each in session._meter.here()] == [(2, 20)]


@BOTH
def test_two_replies_that_do_not_match_are_an_error_with_the_paid_reply(isolated: Path, ask: Ask) -> None:
    """No paid reply is lost, and the error says where the reply does not match."""
    session = session_with(Keeps(), "none", '{"label": "good"}')
    with pytest.raises(NotInSchema) as caught:
        ask(session, "Well done", schema=LABEL)
    assert (caught.value.alias, caught.value.problem) == ("fake-dev", "$: 'stars' is a required property")
    assert (caught.value.partial.text, caught.value.partial.output_tokens) == ('{"label": "good"}', 10)
    assert session.last_reply is not None
    assert session.last_reply.text == '{"label": "good"}'


def test_a_reply_that_was_cut_says_so(isolated: Path) -> None:
    """In this case, another model would not help."""
    provider = Keeps()
    provider.reason = "length"
    with pytest.raises(NotInSchema) as caught:
        session_with(provider, '{"label": "go', '{"label": "go').ask("Well done", schema=LABEL)
    assert caught.value.ended == "cut at max tokens"


def test_the_next_question_continues_from_the_answer_that_matched(isolated: Path) -> None:
    """The conversation contains the prompt and that answer, but not the correction between them."""
    provider = Keeps()
    session = session_with(provider, "none", '{"label": "good", "stars": 4}', "Because.")
    session.ask("Well done", schema=LABEL)
    session.ask("Why?", carry_on=True)
    assert [message.content for message in asked(provider)[2].messages] == [
        "Well done",
        '{"label": "good", "stars": 4}',
        "Why?",
    ]


def test_a_second_attempt_that_fails_leaves_the_first_reply(isolated: Path) -> None:
    """The first reply was paid for."""
    session = session_with(Keeps(), "none", FakeFailure(FailureKind.BAD_REQUEST, "no"))
    with pytest.raises(ProviderFailed):
        session.ask("Well done", schema=LABEL)
    assert session.last_reply is not None
    assert session.last_reply.text == "none"


class Unreadable(BaseModel):
    """A model whose field no JSON Schema describes."""

    call: Callable[[int], int]


class Unfinished(BaseModel):
    """A model with a field whose type does not exist."""

    other: Missing  # type: ignore[name-defined]  # noqa: F821


@pytest.mark.parametrize(
    "schema",
    [
        3,
        {},
        {"label": object()},
        {"type": "object"},
        {"score": [1, float("nan")]},
        {"$schema": 5, "properties": {"a": {}}},
    ]
    + [
        {"type": "object", "properties": {"a": part}}
        for part in ({"enum": {1, 2}}, {"const": b"x"}, {"$dynamicRef": "#x"})
    ]
    + [Unreadable, Unfinished]
    + [
        {"type": "object", "properties": {"label": {"anyOf": [{"$ref": ref}]}}}
        for ref in ("#/$defs/gone", "http://127.0.0.1:1/schema", "#/properties/~9", "gone")
    ],
)
def test_a_schema_that_cannot_be_read_is_told_before_anything_is_sent(isolated: Path, schema: Any) -> None:
    """`map` says the same."""
    provider = Keeps()
    session = session_with(provider)
    with pytest.raises(UnfitSchema):
        session.ask("Well done", schema=schema)
    assert asked(provider) == []


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "object", "properties": {"a": {"$ref": "#/$defs/x"}}, "$defs": {"x": {"type": "integer"}}},
        {"type": "object", "properties": {"a": {"$ref": "#x"}}, "$defs": {"x": {"$anchor": "x", "type": "integer"}}},
        {"type": "object", "properties": {"a": {"enum": [1, {"$ref": "gone"}]}}},
        {"type": "object", "properties": {"a": {"type": "integer"}, "$ref": {"type": "integer"}}},
        {
            "$id": "https://x.invalid/s",
            "type": "object",
            "properties": {"a": {"$ref": "#/$defs/x"}},
            "$defs": {"x": {}},
        },
    ],
)
def test_a_schema_may_refer_to_its_own_parts(isolated: Path, schema: Any) -> None:
    """The reference may be a path or a name. A value that only looks like a reference is a value."""
    session = session_with(Keeps(), '{"a": 1}')
    assert session.ask("Well done", schema=schema).value == {"a": 1}


def test_a_known_key_in_a_schema_is_refused(isolated: Path) -> None:
    """The key would be sent with the prompt."""
    provider = Keeps()
    session = session_with(provider)
    with pytest.raises(KnownKeyGiven):
        session.ask("Well done", schema={"label": ["made-up-key-of-a-test", "bad"]})
    assert asked(provider) == []
