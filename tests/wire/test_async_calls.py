"""The SDKs' asynchronous clients follow the rules of the synchronous ones: same answers, no redirects, nothing of the
environment."""

from __future__ import annotations

import asyncio
import gc
import json
import sys
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from types import ModuleType
from typing import Any, TypeVar

import pytest

from aiconn_nb import Session
from aiconn_nb.errors import FailureKind, NotInSchema, ProviderFailed
from aiconn_nb.providers.account import Account
from aiconn_nb.providers.base import ChatRequest, Completion, Delta, Finish, Message

from . import bedrock_server, gemini_server, messages_server, servers
from .aimock import Aimock
from .servers import Answer, Asked, Reply, Server
from .spoken import SPOKEN, Spoken

T = TypeVar("T")
Serve = Callable[[Answer], Server]
ASKED = ChatRequest("m-1", [Message("user", "hello")])
SCHEMA = {
    "type": "object",
    "properties": {"label": {"type": "string"}},
    "required": ["label"],
    "additionalProperties": False,
}
ASYNC = [each for each in SPOKEN if each.name != "amazon"]  # boto3 has no asynchronous client
GOOGLE = next(each for each in SPOKEN if each.name == "google")
every = pytest.mark.parametrize("spoken", SPOKEN, ids=str)
every_async = pytest.mark.parametrize("spoken", ASYNC, ids=str)


def in_a_loop(account: Account, work: Coroutine[Any, Any, T]) -> T:
    """Return the result from a separate loop, in which the account's client is closed, because Playwright's loop may be running
    here."""

    async def whole() -> T:
        try:
            return await work
        finally:
            await account.aclose()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, whole()).result()


async def streamed(account: Account) -> tuple[str, Finish]:
    """Return the whole of an answer that comes in pieces."""
    *pieces, end = [each async for each in account.async_chat(ASKED)]
    assert isinstance(end, Finish)
    return "".join(each.text for each in pieces if not isinstance(each, Finish)), end


@pytest.mark.parametrize("spoken", [each for each in SPOKEN if each.name not in ("amazon", "azure")], ids=str)
def test_the_answer_is_that_of_the_synchronous_client(spoken: Spoken, session: Session, aimock: Aimock) -> None:
    """Text and usage are equal, in pieces and as a whole."""
    account = session.account(spoken.connect(session, aimock.url + spoken.mocked))
    *pieces, end = list(account.chat(ASKED))
    text = "".join(each.text for each in pieces if not isinstance(each, Finish))

    async def both() -> tuple[tuple[str, Finish], Completion]:
        return await streamed(account), await account.async_complete(ASKED)

    in_pieces, whole = in_a_loop(account, both())
    assert text.strip()
    assert in_pieces[0] == whole.text == text
    assert isinstance(end, Finish)
    assert in_pieces[1].usage == whole.finish.usage == end.usage


@every_async
def test_a_redirect_to_another_origin_is_not_followed(spoken: Spoken, session: Session, serve: Serve) -> None:
    """This holds in pieces and as a whole: the key and the prompt stay with the connection's host. (The servers are ours.)"""
    elsewhere = serve(servers.refuses(500))
    account = session.account(
        spoken.connect(session, serve(servers.refuses(307, "There.", Location=f"{elsewhere.url}/v1/x")).url)
    )
    for call in (streamed, lambda account: account.async_complete(ASKED)):
        with pytest.raises(ProviderFailed) as raised:
            in_a_loop(account, call(account))
        assert raised.value.kind is FailureKind.UNREACHABLE
    assert elsewhere.asked == []


def test_a_client_of_google_is_collected_quietly_in_a_later_loop(session: Session, serve: Serve) -> None:
    """A script may call `asyncio.run` several times. asyncio reports an error that was not handled when its task is collected."""
    server = serve(servers.says(gemini_server.chunk("Hi.", reason="STOP")))
    alias = GOOGLE.connect(session, server.url)
    reported: list[object] = []

    async def asks() -> str:
        answer = await session.async_client(alias).aio.models.generate_content(model="m-1", contents="hello")
        return str(answer.text)

    async def collects() -> None:
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda loop, context: reported.append(context))
        gc.collect()
        if closing := asyncio.all_tasks() - {asyncio.current_task()}:
            await asyncio.wait(closing)  # which looks at no error
        del closing
        gc.collect()

    with ThreadPoolExecutor(1) as pool:
        gc.disable()
        try:
            assert pool.submit(asyncio.run, asks()).result() == "Hi."
            pool.submit(asyncio.run, collects()).result()
        finally:
            gc.enable()
    assert reported == []


def test_google_is_called_without_aiohttp(session: Session, serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    """The SDK prefers it if it is installed. It calls none of our hooks, and it takes a proxy for a server on this machine."""
    from google.genai import _api_client

    def session_of_aiohttp(*args: object, **options: object) -> None:
        raise AssertionError("aiohttp was used")

    module = ModuleType("aiohttp")
    module.ClientSession = type("ClientSession", (), {"__init__": session_of_aiohttp, "_request": session_of_aiohttp})
    monkeypatch.setitem(sys.modules, "aiohttp", module)
    monkeypatch.setattr(_api_client, "aiohttp", module, raising=False)
    monkeypatch.setattr(_api_client, "has_aiohttp", True)
    server = serve(servers.streams(gemini_server.ANSWER, done=None))
    session.create("google", "google", settings=GOOGLE.settings(f"{server.url}?tenant=a"))
    account = session.account("google")
    assert in_a_loop(account, streamed(account))[0] == "Hello from ours."
    assert [asked.path.partition("?")[2] for asked in server.asked] == ["alt=sse&tenant=a"]


@every_async
def test_nothing_of_the_environment_is_sent(
    spoken: Spoken, session: Session, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No credential, header or organization of this process is sent. (The server is ours.)"""
    for name in ("OPENAI_CUSTOM_HEADERS", "ANTHROPIC_CUSTOM_HEADERS"):
        monkeypatch.setenv(name, "Authorization: Bearer ambient-canary\nX-Ambient: ambient-canary")
    for name in ("OPENAI_API_KEY", "OPENAI_ORG_ID", "OPENAI_PROJECT_ID", "ANTHROPIC_AUTH_TOKEN", "GEMINI_API_KEY"):
        monkeypatch.setenv(name, "ambient-canary")
    server = serve(servers.refuses(400))
    account = session.account(spoken.connect(session, server.url))
    with pytest.raises(ProviderFailed):
        in_a_loop(account, account.async_complete(ASKED))
    assert len(server.asked) == 1
    assert "ambient-canary" not in repr(server.asked)


@every
def test_a_second_loop_asks_anew_and_once(spoken: Spoken, session: Session, serve: Serve) -> None:
    """An SDK's client fails in a second loop or sends a message twice, so each loop has a separate client. (The server is ours.)"""
    server = serve(servers.refuses(400))
    account = session.account(spoken.connect(session, server.url))
    for number in (1, 2):
        with pytest.raises(ProviderFailed) as raised:
            in_a_loop(account, account.async_complete(ASKED))
        assert raised.value.kind is FailureKind.BAD_REQUEST
        assert len(server.asked) == number


@every_async
def test_a_cancelled_call_closes_its_request_at_once(spoken: Spoken, session: Session, serve: Serve) -> None:
    """The server sees the connection close while the task is still awaited. (The server is ours.)"""
    server = serve(lambda asked, reply: reply.wait_for_hang_up())
    account = session.account(spoken.connect(session, server.url))

    async def cancelled() -> None:
        task = asyncio.create_task(account.async_complete(ASKED))
        while not server.asked:
            await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert await asyncio.to_thread(server.hung_up.wait, 10)

    in_a_loop(account, cancelled())
    assert len(server.asked) == 1


MECHANISMS: dict[str, Callable[[Any], object]] = {
    "openai": lambda body: body["response_format"]["json_schema"]["schema"],
    "azure": lambda body: body["response_format"]["json_schema"]["schema"],
    "ollama": lambda body: body["response_format"]["json_schema"]["schema"],
    "anthropic": lambda body: body["output_config"]["format"]["schema"],
    "google": lambda body: body["generationConfig"]["responseJsonSchema"],
    "amazon": lambda body: json.loads(body["outputConfig"]["textFormat"]["structure"]["jsonSchema"]["schema"]),
}


@every
def test_a_schema_goes_through_the_providers_own_mechanism(spoken: Spoken, session: Session, serve: Serve) -> None:
    """The request follows each provider's documentation, also for an answer that streams. (The server is ours.)"""
    server = serve(servers.refuses(400, "No such thing."))
    alias = spoken.connect(session, server.url)
    account = session.account(alias)
    with pytest.raises(ProviderFailed):
        in_a_loop(account, account.async_complete(ChatRequest("m-1", ASKED.messages, schema=SCHEMA)))
    with pytest.raises(ProviderFailed):
        session.ask("hello", profile=alias, model="m-1", schema=SCHEMA)
    with pytest.raises(ProviderFailed):
        asyncio.run(session.aask("hello", profile=alias, model="m-1", schema=SCHEMA))
    assert [MECHANISMS[spoken.name](asked.json) for asked in server.asked] == [SCHEMA] * 3


@pytest.mark.parametrize("spoken", SPOKEN, ids=str)
def test_closing_a_stream_closes_its_connection(spoken: Spoken, session: Session, serve: Serve) -> None:
    """It closes at once and not when Python collects the SDK's objects, because a server continues to generate until then."""
    server = serve(spoken.half(Reply.wait_for_hang_up))
    account = session.account(spoken.connect(session, server.url))

    async def half() -> tuple[Delta | Finish, bool]:
        stream = account.async_chat(ASKED)
        async with aclosing(stream):
            first = await anext(stream)
        # This is before the client is closed together with its connections.
        return first, await asyncio.to_thread(server.hung_up.wait, 10)

    assert in_a_loop(account, half()) == (Delta("Half "), True)


@pytest.mark.parametrize(
    ("schema", "is_strict"),
    [
        ({"label": ["a", "b"], "score": float}, True),
        ({"properties": str, "items": [{"type": str}]}, True),
        ({"type": "object", "properties": {"a": {"type": "string"}}}, False),
        (
            {
                "type": "object",
                "properties": {"a": {"$ref": "#/$defs/A"}},
                "required": ["a"],
                "$defs": {"A": {"properties": {"b": {"type": "string", "default": ""}}}},
            },
            False,
        ),
        (
            {
                "type": "object",
                "properties": {"a": {"type": "object", "additionalProperties": {"type": "integer"}}},
                "required": ["a"],
            },
            False,
        ),
        (
            {"type": "object", "properties": {"a": {"type": ["object", "null"]}}, "required": ["a"]},
            False,
        ),
        ({"type": "object", "properties": {"a": {"title": "A"}}, "required": ["a"]}, False),
        (
            {
                "type": "object",
                "properties": {"a": {"oneOf": [{"type": "integer"}, {"type": "string"}]}},
                "required": ["a"],
            },
            False,
        ),
        (
            {
                "type": "object",
                "properties": {"a": {"anyOf": [{"type": "integer"}, {"type": "null"}], "default": {}}},
                "required": ["a"],
            },
            True,
        ),
    ],
    ids=[
        "all",
        "names of keywords",
        "optional",
        "optional within",
        "any names",
        "any names or none",
        "any type",
        "one of several",
        "any of several",
    ],
)
def test_a_schema_is_strict_where_openai_takes_it_so(
    session: Session, serve: Serve, schema: dict[str, object], is_strict: bool
) -> None:
    """OpenAI refuses a strict schema with an optional field or free names, such as a pydantic model with a default, with a value of
    any type, or with ``oneOf``, such as a union with a discriminator."""
    server = serve(servers.refuses(403))
    alias = SPOKEN[0].connect(session, server.url)
    with pytest.raises(ProviderFailed):
        session.ask("hello", profile=alias, model="m-1", schema=schema)
    assert server.asked[0].json["response_format"]["json_schema"]["strict"] is is_strict


@every
def test_claude_is_told_the_bounds_of_a_schema_in_words(spoken: Spoken, session: Session, serve: Serve) -> None:
    """Claude and Bedrock refuse them as keywords. A field may have the name of such a keyword. (The server is ours.)"""
    stars = {"type": "integer", "minimum": 1, "maximum": 5, "description": "How good it is."}
    schema = {
        **SCHEMA,
        "properties": {"minimum": stars, "label": {"enum": ["a", {"minimum": 1}]}},
        "dependentRequired": {"minimum": ["label"]},
    }
    server = serve(servers.refuses(403))
    with pytest.raises(ProviderFailed):
        session.ask("hello", profile=spoken.connect(session, server.url), model="m-1", schema=schema)
    sent: Any = MECHANISMS[spoken.name](server.asked[0].json)
    in_words = {"type": "integer", "description": "How good it is. (minimum: 1, maximum: 5)"}
    assert sent["properties"] == {
        "minimum": in_words if spoken.name in ("anthropic", "amazon") else stars,
        "label": {"enum": ["a", {"minimum": 1}]},
    }
    assert sent["dependentRequired"] == {"minimum": ["label"]}


@every
def test_where_a_server_takes_no_schema_the_message_tells_it(spoken: Spoken, session: Session, serve: Serve) -> None:
    """The first answer then matches it. Without the message, that answer was paid for in vain. (The server is ours.)"""
    name = {"anthropic": "output_config", "google": "responseJsonSchema", "amazon": "outputConfig"}
    said = json.dumps({"label": "a"})
    answer = {
        "anthropic": messages_server.streams(
            messages_server.START,
            messages_server.text(said),
            messages_server.ended("end_turn", 2),
            messages_server.STOP,
        ),
        "google": servers.streams([gemini_server.chunk(said, reason="STOP", usage=(3, 2, 0))], done=None),
        "amazon": bedrock_server.streams(bedrock_server.START, bedrock_server.text(said), *bedrock_server.ANSWER[-2:]),
    }.get(spoken.name, servers.streams([{"choices": [{"delta": {"content": said}, "finish_reason": "stop"}]}]))

    def strict(asked: Asked, reply: Reply) -> None:
        found = name.get(spoken.name, "response_format")
        if found.encode() not in asked.body:
            return answer(asked, reply)
        refusal = servers.refuses(400, f"{found}: Extra inputs are not permitted")
        if spoken.name == "amazon":
            refusal = bedrock_server.refuses(400, "ValidationException", f"{found} is not supported by this model.")
        return refusal(asked, reply)

    server = serve(strict)
    alias = spoken.connect(session, server.url)
    for requests in (2, 3):
        reply = session.ask("hello", profile=alias, model="m-1", schema={"label": ["a", "b"]})
        assert reply.value == {"label": "a"}
        assert reply.notes == ("without the provider's own structured output, which the server refuses",)
        assert len(server.asked) == requests
        assert server.asked[-1].body.count(b"JSON Schema") == 1
    longer = {"type": "object", "properties": {"label": {"type": "string", "minLength": 2}}, "required": ["label"]}
    with pytest.raises(NotInSchema):
        session.ask("hello", profile=alias, model="m-1", schema=longer)
    # The second attempt tells it as well, with its bounds as keywords.
    assert server.asked[-1].body.count(b"JSON Schema") == 1


@pytest.mark.parametrize(
    ("name", "words"),
    [
        (
            "amazon",
            "The model returned the following errors: For 'number' type, properties maximum, minimum are not supported",
        ),
        ("google", "The specified schema produces a constraint that has too many states for serving."),
        ("google", "$ref 'Option' was set alongside unsupported fields."),
        ("openai", "The provided JSON schema contains features not supported by xgrammar."),
        ("ollama", "failed to parse grammar"),
        ("anthropic", "For 'array' type, property 'maxItems' is not supported"),
    ],
)
def test_a_schema_is_refused_without_a_word_on_its_parameter(
    session: Session, serve: Serve, name: str, words: str
) -> None:
    """It is still a refusal of the parameter, so the request is repeated without it. (The server is ours.)"""
    spoken = next(each for each in SPOKEN if each.name == name)
    refusal = servers.refuses(400, words)
    if name == "amazon":
        refusal = bedrock_server.refuses(400, "ValidationException", words)
    server = serve(refusal)
    with pytest.raises(ProviderFailed):
        session.ask("hello", profile=spoken.connect(session, server.url), model="m-1", schema={"label": str})
    assert ["JSON Schema" in asked.body.decode() for asked in server.asked] == [False, True]


def test_a_server_without_that_mechanism_is_asked_without_it(session: Session, serve: Serve) -> None:
    """This happens once, with a note, and the next call omits it at once. (The server is ours.)"""

    def answer(asked: Asked, reply: Reply) -> None:
        if "response_format" in asked.json:
            servers.refuses(400, "response_format is not supported.")(asked, reply)
        else:
            servers.says({"choices": [{"message": {"content": "Hi."}, "finish_reason": "stop"}]})(asked, reply)

    server = serve(answer)
    account = session.account(SPOKEN[0].connect(session, server.url))

    async def twice() -> list[Completion]:
        asked = ChatRequest("m-1", ASKED.messages, schema=SCHEMA)
        return [await account.async_complete(asked), await account.async_complete(asked)]

    answers = in_a_loop(account, twice())
    assert [each.text for each in answers] == ["Hi.", "Hi."]
    assert all("structured output" in each.finish.notes[0] for each in answers)
    assert len(server.asked) == 3


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_refused_connection_is_named_as_such(session: Session, unreachable: str, host: str) -> None:
    """The library below the asynchronous clients only says that it tried, also for a name with two addresses."""
    session.create("own", "vllm", settings={"endpoint": f"{unreachable.replace('127.0.0.1', host)}/v1"})
    with pytest.raises(ProviderFailed, match="Connection refused") as caught:
        session.embed(["x"], profile="own", model="m")
    assert caught.value.kind is FailureKind.UNREACHABLE
