"""The usage of this kernel sums up the questions and their cost."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from aiconn_nb import FailureKind, Secret, Session
from aiconn_nb.features.usage.call_log import CallLog
from aiconn_nb.features.usage.meter import Meter
from aiconn_nb.features.usage.results import Spending, spending
from aiconn_nb.features.usage.tally import Spent
from aiconn_nb.features.usage.ticket import Ticket
from aiconn_nb.providers.base import ChatRequest, Delta, Finish
from aiconn_nb.providers.plug_ins.fake import FakeFailure, FakeProvider, registry_of
from aiconn_nb.ui.render.usage import bar, tokens


def test_calls_tokens_failures_and_time_are_summed_up(session: Session) -> None:
    """The sums are per profile and connection."""
    session.create("main", "demo", settings={"fail_with": "rate_limited"})
    session.create("spare", "demo")
    session.create_profile("writer", connections=["main", "spare"], model="demo-brief")
    session.ask("one two three", profile="writer")
    session.ask("one two", profile="writer")
    session.ask("one", profile="spare", model="demo-brief")
    assert [(row.profile, row.connection, row.calls, row.failures, row.input_tokens) for row in session.usage()] == [
        ("writer", "spare", 2, 0, 5),
        ("", "spare", 1, 0, 1),
        ("writer", "main", 0, 1, 0),
    ]
    lines = str(session.usage()).splitlines()
    assert lines[0].split() == [
        "profile",
        "connection",
        "answered",
        "failed",
        "tokens",
        "in",
        "tokens",
        "out",
        "cost",
        "time",
    ]
    assert lines[-3].startswith("Total: 3 answered, 1 failed, 6 tokens in, ")


def test_what_is_counted_is_said(session: Session) -> None:
    """A question that fell back is two calls: one failed and one answered."""
    session.create("a", "demo")
    session.ask("one", profile="a", model="demo-brief")
    assert str(session.usage()).splitlines()[-2] == (
        "Each call counts: a question that fell back once as failed and once as answered; each batch of 'embed' and each "
        "try of 'failover --live' as well."
    )


def test_nothing_was_asked(session: Session) -> None:
    """A sentence says so in the place of an empty table."""
    assert str(session.usage()) == "Nothing was asked yet."


@pytest.mark.parametrize(
    ("known", "untold", "calls", "shown"),
    [(1234, 0, 3, "1,234"), (0, 3, 3, "unknown"), (1234, 1, 3, "1,234 +"), (0, 0, 0, "-"), (0, 0, 2, "0")],
)
def test_unknown_tokens_are_no_zeros(known: int, untold: int, calls: int, shown: str) -> None:
    """Numbers that only some calls reported are marked."""
    assert tokens(known, untold, calls).text == shown


def test_unknown_tokens_are_null_in_json() -> None:
    """The calls without numbers are counted."""
    rows = Spending(
        [
            Spent("writer", "a", calls=1, untold_input=1, untold_output=1),
            Spent("writer", "b", calls=2, input_tokens=14, output_tokens=2, untold_output=1),
        ]
    ).data()
    assert [(row["input_tokens"], row["output_tokens"]) for row in rows] == [(None, None), (14, 2)]
    assert [row["calls_without_output_tokens"] for row in rows] == [1, 1]


@pytest.mark.parametrize(
    ("value", "blocks"), [(0, ""), (1, "▏"), (96, "████████████"), (48, "██████"), (12, "█▌"), (90, "███████████▎")]
)
def test_a_bar_is_as_long_as_its_value(value: int, blocks: str) -> None:
    """It is exact to an eighth of a character, and any value above zero is visible."""
    assert bar(value, 96) == blocks


def test_those_that_cost_most_come_first() -> None:
    """Users look for them."""
    rows = [Spent("", "a", 1, input_tokens=1), Spent("", "b", 1, input_tokens=5), Spent("", "c", 1, output_tokens=9)]
    assert [row.connection for row in spending(rows)] == ["c", "b", "a"]


def test_two_threads_that_ask_first_count_together(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """From Python 3.12 on, a `cached_property` makes two meters, and the counts in one of them were lost."""
    inner: list[Meter] = []

    class Slow(Meter):
        """A meter during whose construction another thread gets its own."""

        def __init__(self, home: Path, log: CallLog | None = None) -> None:
            super().__init__(home, log)
            monkeypatch.setattr("aiconn_nb.features.usage.Meter", Meter)
            inner.append(session._meter)

    monkeypatch.setattr("aiconn_nb.features.usage.Meter", Slow)
    assert session._meter is inner[0]
    assert session._meter is inner[0]


class Slow(FakeProvider):
    """A provider that takes two seconds to fail in the region ``first``, and one to answer elsewhere, by the clock of the test."""

    clock = 0.0

    def chat(self, client: Any, request: ChatRequest) -> Iterator[Delta | Finish]:
        is_first = client.settings.get("region") == "first"
        self.clock += 2.0 if is_first else 1.0
        if is_first:
            raise FakeFailure(FailureKind.RATE_LIMITED, "too busy", None)
        yield from super().chat(client, request)


def test_the_time_of_a_failed_connection_is_counted_once(isolated: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It counts for that connection and not for the one that took over. The reply has the time of both."""
    provider = Slow()
    monkeypatch.setattr("aiconn_nb.features.asking.stream.perf_counter", lambda: provider.clock)
    session = Session(registry=registry_of(provider))
    for region in ("first", "second"):
        session.create(region, "fake", settings={"api_key": Secret("made-up-key"), "region": region})
    session.create_profile("both", connections=["first", "second"], model="fake-chat")
    reply = session.ask("one", profile="both")
    assert reply.seconds == 3.0
    assert {row.connection: row.seconds for row in session.usage()} == {"first": 2.0, "second": 1.0}


def test_a_ticket_that_an_interrupt_left_half_made_ends_in_silence() -> None:
    """It was no permission yet. Nothing is counted, and Python reports no exception from its finalizer."""
    Ticket.__new__(Ticket).__del__()
