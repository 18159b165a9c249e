"""Server-sent events: how they are read, and how much of them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from itertools import chain, islice, repeat

import pytest

from aiconn_nb.errors import FailureKind, ProviderFailed
from aiconn_nb.providers.account import Account
from aiconn_nb.providers.calls import events
from aiconn_nb.providers.calls.events import Event, Whole
from aiconn_nb.providers.failures.classifying import Unreadable
from aiconn_nb.providers.plug_ins.fake import FakeProvider

MOST = 1_000
ENDLESS = {
    "a line": chain([b"data: "], repeat(b"x" * 100)),
    "an event of many lines": repeat(b"data: " + b"x" * 100 + b"\n"),
    "lines of no event": repeat(b": " + b"x" * 100 + b"\n"),
    "a body": chain([b"{"], repeat(b" " * 100)),
    "a body of many lines": chain([b"{\n"], repeat(b" " * 100 + b"\n")),
}


@pytest.mark.parametrize("chunks", ENDLESS.values(), ids=ENDLESS)
def test_what_has_no_end_is_given_up(chunks: Iterable[bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    """Otherwise one answer would fill the memory."""
    monkeypatch.setattr(events, "MOST", MOST)
    with pytest.raises(Unreadable, match=events.TOO_LONG):
        list(events.events(islice(chunks, 1_000)))


def test_a_stream_of_many_events_may_be_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    """The limit applies to one event, not to the answer."""
    monkeypatch.setattr(events, "MOST", MOST)
    chunk = b"data: " + json.dumps("x" * 500).encode() + b"\n\n"
    assert list(events.events([chunk] * 100)) == [Event("", "x" * 500)] * 100


def test_the_limit_leaves_room_for_pictures() -> None:
    """An answer may contain pictures in base64."""
    body = json.dumps({"b64_json": "A" * 20_000_000}).encode()
    assert list(events.events([b"data: " + body + b"\n\n"])) == [Event("", json.loads(body))]
    assert list(events.events([body])) == [Whole(json.loads(body))]


def test_it_is_the_providers_fault() -> None:
    """The error is one line, with advice."""

    class Endless(FakeProvider):
        def models(self, client: object) -> Iterator[object]:
            raise Unreadable(events.TOO_LONG)

    with pytest.raises(ProviderFailed) as raised:
        Account(Endless(), {}).models()
    assert raised.value.kind is FailureKind.PROVIDER_FAULT
    assert events.TOO_LONG in raised.value.words
