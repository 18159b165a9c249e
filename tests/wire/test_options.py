"""The options of a model are sent where each API expects them, and only to providers that declare them. (Our servers.)"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from aiconn_nb.model.field import Field, FieldValue
from aiconn_nb.model.secret import Secret
from aiconn_nb.providers.account import Account
from aiconn_nb.providers.amazon import Amazon
from aiconn_nb.providers.anthropic import Anthropic
from aiconn_nb.providers.base import ChatRequest, Finish, Message, Provider, Settings
from aiconn_nb.providers.google import Google
from aiconn_nb.providers.local_presets import VLLM, LlamaCpp, LMStudio
from aiconn_nb.providers.ollama import Ollama
from aiconn_nb.providers.openai import OpenAI
from aiconn_nb.providers.openai_compatible import OpenAICompatible
from aiconn_nb.providers.presets import Groq, Mistral

from . import bedrock_server, gemini_server, messages_server
from .servers import Answer, Asked, Reply, Server, refuses, streams

Serve = Callable[[Answer], Server]
KEY = Secret("made-up-key-0123456789")
YES = streams([{"model": "m", "choices": [{"index": 0, "delta": {"content": "Yes"}, "finish_reason": "stop"}]}])
CLAUDE = messages_server.streams(messages_server.text("Yes"), messages_server.ended("end_turn", 1))
GEMINI = streams([gemini_server.chunk("Yes", reason="STOP")], done=None)
BEDROCK = bedrock_server.converses(
    bedrock_server.text("Yes"), bedrock_server.event("messageStop", {"stopReason": "end_turn"})
)


def asked(provider: Provider, settings: Settings, **options: FieldValue) -> tuple[str, ...]:
    """Ask with options, and return the notes of the answer."""
    account = Account(provider, settings, label="mine", patience=20.0)
    named = {key: options.pop(key) for key in ("temperature", "max_tokens") if key in options}
    request = ChatRequest("m", [Message("user", "hello")], options=options, **named)  # type: ignore[arg-type]
    return next(piece.notes for piece in account.chat(request) if isinstance(piece, Finish))


@pytest.mark.parametrize(
    ("provider", "given", "sent"),
    [
        (
            OpenAI(),
            {
                "top_p": 0.5,
                "stop": "END",
                "seed": 7,
                "reasoning_effort": "xhigh",
                "service_tier": "flex",
                "verbosity": "low",
            },
            {
                "top_p": 0.5,
                "stop": ["END"],
                "seed": 7,
                "reasoning_effort": "xhigh",
                "service_tier": "flex",
                "verbosity": "low",
            },
        ),
        (Mistral(), {"seed": 7, "top_p": 1}, {"random_seed": 7, "top_p": 1}),
        (Groq(), {"service_tier": "on_demand"}, {"service_tier": "on_demand"}),
        (VLLM(), {"seed": 7}, {"seed": 7}),
        (LlamaCpp(), {"seed": 7}, {"seed": 7}),
        (LMStudio(), {"seed": 7}, {"seed": 7}),
        (Ollama(), {"seed": 7, "reasoning_effort": "low"}, {"seed": 7, "reasoning_effort": "low"}),
    ],
    ids=lambda each: each.id if isinstance(each, Provider) else "",
)
def test_openais_protocol(serve: Serve, provider: Provider, given: Any, sent: Mapping[str, Any]) -> None:
    """They have the names of the API, and for Mistral's seed another one."""
    server = serve(YES)
    assert asked(provider, {"api_key": KEY, "endpoint": f"{server.url}/v1"}, **given) == ()
    body = server.asked[0].json
    assert {
        key: value for key, value in body.items() if key not in ("model", "messages", "stream", "stream_options")
    } == sent


def test_anthropics(serve: Serve) -> None:
    """Stop, thinking and effort have their own places."""
    server = serve(CLAUDE)
    given: Any = {"stop": "END", "thinking_budget": 2048, "reasoning_effort": "max", "service_tier": "standard_only"}
    assert asked(Anthropic(), {"api_key": KEY, "endpoint": server.url}, **given) == ()
    body = server.asked[0].json
    assert body["stop_sequences"] == ["END"]
    assert body["thinking"] == {"type": "enabled", "budget_tokens": 2048}
    assert body["output_config"] == {"effort": "max"}
    assert body["service_tier"] == "standard_only"


def test_googles(serve: Serve) -> None:
    """They are in the generation's configuration."""
    server = serve(GEMINI)
    given: Any = {"top_p": 0.5, "stop": "END", "seed": 7, "reasoning_effort": "low"}
    assert asked(Google(), {"api_key": KEY, "endpoint": server.url}, **given) == ()
    config = server.asked[0].json["generationConfig"]
    assert (config["topP"], config["stopSequences"], config["seed"]) == (0.5, ["END"], 7)
    assert list(config["thinkingConfig"].values()) == ["LOW"]  # the SDK spells its name either way, and so may servers


def test_amazons(serve: Serve) -> None:
    """They are in the inference's configuration, except for the tier."""
    server = serve(BEDROCK)
    settings: Settings = {
        "region": "eu-central-1",
        "access_key_id": Secret("AKIAMADEUP0123456789"),
        "secret_access_key": Secret("made-up-amazon-0123456789abcdefghijklmno"),
        "endpoint": server.url,
    }
    given: Any = {"temperature": 0.5, "top_p": 0.25, "stop": "END", "service_tier": "flex"}
    assert asked(Amazon(), settings, **given) == ()
    body = server.asked[0].json
    assert body["inferenceConfig"] == {"temperature": 0.5, "topP": 0.25, "stopSequences": ["END"]}
    assert body["serviceTier"] == {"type": "flex"}


@pytest.mark.parametrize("is_async", [False, True])
def test_what_a_provider_does_not_know_is_not_sent_and_the_answer_says_so(serve: Serve, is_async: bool) -> None:
    """A value out of its range is not sent either, and a fallback answers all the same."""
    server = serve(CLAUDE)
    account = Account(Anthropic(), {"api_key": KEY, "endpoint": server.url}, label="mine", patience=20.0)
    request = ChatRequest(
        "m", [Message("user", "hello")], temperature=1.5, options={"seed": 7, "service_tier": "flex", "stop": "END"}
    )

    async def ended() -> Finish:
        return next(
            piece for piece in [each async for each in account.async_chat(request)] if isinstance(piece, Finish)
        )

    finish = asyncio.run(ended()) if is_async else next(p for p in account.chat(request) if isinstance(p, Finish))
    assert finish.notes == (
        "temperature was not sent: Anthropic takes a number from 0 to 1",
        "seed was not sent: Anthropic has no such option",
        "service_tier was not sent: Anthropic takes one of auto, standard_only",
    )
    body = server.asked[0].json
    assert not {"temperature", "seed", "service_tier"} & set(body)
    assert body["stop_sequences"] == ["END"]


def test_an_option_that_a_server_refuses_by_name_is_left_out(serve: Serve) -> None:
    """It is refused once, and the answer says so. The next call omits it at once."""

    def strict(asked: Asked, reply: Reply) -> None:
        (refuses(400, "Unrecognized request argument: seed") if "seed" in asked.json else YES)(asked, reply)

    server = serve(strict)
    account = Account(OpenAICompatible(), {"endpoint": f"{server.url}/v1"}, label="mine", patience=20.0)
    request = ChatRequest("m", [Message("user", "hello")], options={"seed": 7, "top_p": 0.5})
    for _ in range(2):
        finish = next(piece for piece in account.chat(request) if isinstance(piece, Finish))
        assert finish.notes == ("without seed, which the server refuses",)
    assert [("seed" in each.json, each.json["top_p"]) for each in server.asked] == [
        (True, 0.5),
        (False, 0.5),
        (False, 0.5),
    ]


def test_one_more_option_is_a_field_and_its_place_in_the_request(serve: Serve) -> None:
    """A provider's own subclass accepts an option that no other has."""

    class Mine(OpenAICompatible):
        chat_options = (*OpenAICompatible.chat_options, Field("top_k", "Top k", "likely words", "integer", least=1))

    server = serve(YES)
    assert asked(Mine(), {"endpoint": f"{server.url}/v1"}, top_k=40) == ()
    assert server.asked[0].json["top_k"] == 40
