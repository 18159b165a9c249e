"""The six protocols in which a profile is asked, each with its connection and a server of ours that stops half-way."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from aiconn_nb import Session

from . import bedrock_server, gemini_server, messages_server, servers
from .servers import Answer, Reply

KEY = "sk-made-up-key-for-asking-0123456789"
AWS_SECRET = "made/up/secret/access/key/for/the/tests0"
BUSY = servers.refuses(429, "Too many requests.", Retry_After="7")
PIECE = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m-1"}


def openai_piece(text: str) -> dict[str, Any]:
    """Return one event of a stream in OpenAI's protocol."""
    return {**PIECE, "choices": [{"index": 0, "delta": {"content": text}, "finish_reason": None}]}


def openai_end(**usage: int) -> list[dict[str, Any]]:
    """Return the last events of a stream in OpenAI's protocol. Without numbers, the stream does not tell its cost."""
    end = {**PIECE, "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}
    return [end, {**PIECE, "choices": [], "usage": usage}] if usage else [end]


def _openai_half(then: Callable[[Reply], None]) -> Answer:
    return (servers.cuts_off if then is Reply.cut else servers.hangs)([openai_piece("Half ")])


def _gemini_half(then: Callable[[Reply], None]) -> Answer:
    return (servers.cuts_off if then is Reply.cut else servers.hangs)([gemini_server.chunk("Half ")])


def _anthropic_half(then: Callable[[Reply], None]) -> Answer:
    return messages_server.streams(messages_server.START, messages_server.text("Half "), then=then)


def _bedrock_half(then: Callable[[Reply], None]) -> Answer:
    return bedrock_server.streams(bedrock_server.START, bedrock_server.text("Half "), then=then)


def _throttles(asked: servers.Asked, reply: Reply) -> None:
    bedrock_server.refuses(429, "ThrottlingException", "Too many requests.", Retry_After="7")(asked, reply)


@dataclass(frozen=True)
class Spoken:
    """A provider, the settings that lead it to a server, and the protocol of that server."""

    name: str
    provider: str
    settings: Callable[[str], Mapping[str, str]]
    half: Callable[[Callable[[Reply], None]], Answer]
    """Makes an answer that sends ``Half `` and then calls ``Reply.cut`` or ``Reply.wait_for_hang_up``."""
    busy: Answer = BUSY
    """The answer of a server that is busy."""
    mocked: str = ""
    """The path after aimock's URL, if the connection needs more than it does for a server of ours."""

    def __str__(self) -> str:
        return self.name

    def connect(self, session: Session, url: str, alias: str = "") -> str:
        """Create a connection to the server at this URL and return its alias."""
        alias = alias or self.name
        session.create(alias, self.provider, settings=self.settings(url))
        return alias


SPOKEN = (
    Spoken("openai", "openai", lambda url: {"api_key": KEY, "endpoint": f"{url}/v1"}, _openai_half),
    Spoken("anthropic", "anthropic", lambda url: {"api_key": KEY, "endpoint": url}, _anthropic_half),
    Spoken("google", "google", lambda url: {"api_key": KEY, "endpoint": url}, _gemini_half, mocked="/v1beta"),
    Spoken(
        "azure",
        "microsoft-foundry",
        lambda url: {"api_key": KEY, "endpoint": url, "api_version": "2024-10-21"},
        _openai_half,
    ),
    Spoken("ollama", "ollama", lambda url: {"endpoint": url}, _openai_half),
    Spoken(
        "amazon",
        "amazon",
        lambda url: {
            "region": "us-east-1",
            "access_key_id": bedrock_server.GOOD_KEY,
            "secret_access_key": AWS_SECRET,
            "endpoint": url,
        },
        _bedrock_half,
        _throttles,
    ),
)
OPENAI = SPOKEN[0]
