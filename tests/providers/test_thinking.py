"""Thinking at the beginning of the text: what is held back, and what shows meanwhile that the model answers."""

from __future__ import annotations

from aiconn_nb.providers.base import Delta
from aiconn_nb.providers.calls.events import Event
from aiconn_nb.providers.protocols.openai_answers import ChatReading
from aiconn_nb.providers.protocols.thinking import WithoutThinking


def said(reading: ChatReading, text: str) -> list[Delta]:
    """Return what one piece of an answer with this text yields."""
    return list(reading.take(Event("", {"choices": [{"delta": {"content": text}}]})))


def test_blanks_without_end_are_not_held_back() -> None:
    """Some models write only blanks once they may write only JSON. The limit of a reply ends that, not the memory."""
    spoken = WithoutThinking()
    came = "".join(spoken.take("\n" * 10) for _ in range(1000)) + spoken.rest()
    assert came == "\n" * 10_000
    assert WithoutThinking().take("\n" * 1000) == "\n" * 1000


def test_a_model_that_thinks_has_begun_to_answer() -> None:
    """One empty piece tells so. Otherwise another connection would be asked after a minute, and both would be billed."""
    reading = ChatReading()
    assert said(reading, "<thi") == []
    assert said(reading, "nk>hm") == [Delta("")]
    assert said(reading, " hm") == []
    assert said(reading, "</think>Hello") == [Delta("Hello")]
