"""Caps refuse a request before it is sent, across kernels."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path
from threading import Timer

import pytest

from aiconn_nb import Session
from aiconn_nb.errors import (
    AllFailed,
    BadNumber,
    BatchStopped,
    CapReached,
    CapUnchecked,
    CapWithoutPrice,
    FailureKind,
    NoCap,
    NotAChoice,
    NoTarget,
    NothingToCap,
    ProviderFailed,
    UsageUnusable,
)
from aiconn_nb.features.doctor.results import Grade
from aiconn_nb.features.usage.usage_file import Amount
from tests.session.priced import COST, Priced, priced_session

RESERVE = (3 + 200) * 0.15e-6 + 100 * 0.6e-6
"""The highest cost of the question "one" with 100 tokens: a token has at least one byte, and 200 are added."""


def test_a_request_that_could_exceed_a_cap_is_not_sent() -> None:
    """The error has all numbers."""
    provider = Priced()
    session = priced_session(provider)
    session.cap("paid", dollars=COST + RESERVE / 2)
    session.ask("one", profile="writer", max_tokens=100)
    with pytest.raises(CapReached) as raised:
        session.ask("one", profile="writer", max_tokens=100)
    error = raised.value
    assert (error.alias, error.kind, error.per, error.unit, error.is_open) == (
        "paid",
        "connection",
        "day",
        "dollars",
        False,
    )
    assert (error.cap, error.spent) == (pytest.approx(COST + RESERVE / 2), pytest.approx(COST))
    assert error.reserve == pytest.approx(RESERVE)
    assert [call.verb for call in provider.calls].count("chat") == 1


def test_an_answer_without_a_limit_reserves_the_longest(session: Session) -> None:
    """The reserve is the model's context window of 128,000 tokens."""
    session = priced_session()
    session.cap("paid", dollars=0.05)
    with pytest.raises(CapReached) as raised:
        session.ask("one", profile="writer")
    assert raised.value.is_open
    assert raised.value.reserve == pytest.approx(203 * 0.15e-6 + 128_000 * 0.6e-6)
    session.ask("one", profile="writer", max_tokens=100)


def test_another_kernel_counts_as_well() -> None:
    """It also sees a cap that was set after its last request."""
    one, other = priced_session(), priced_session()
    other.ask("x", profile="writer")
    one.cap("writer", per="month", calls=2)
    one.ask("x", profile="writer")
    with pytest.raises(CapReached) as raised:
        other.ask("x", profile="writer")
    assert (raised.value.kind, raised.value.per, raised.value.unit, raised.value.spent) == (
        "profile",
        "month",
        "calls",
        2,
    )


def test_a_request_in_flight_is_reserved_for_all_kernels() -> None:
    """The unused part of the reservation is returned."""
    one, other = priced_session(), priced_session()
    one.cap("paid", calls=1)
    stream = one.stream("x", profile="writer")
    with pytest.raises(CapReached):
        other.ask("x", profile="writer")
    stream.close()
    one._meter.save()
    one.cap("paid", calls=2)
    other.ask("x", profile="writer")


def test_a_profile_falls_back_from_a_connection_with_a_full_cap() -> None:
    """The cap has the same effect as missing credit. If no connection is left, the error gives the reasons."""
    session = priced_session()
    session.create("spare", "priced")
    session.edit_profile("writer", connections=["paid", "spare"])
    session.cap("paid", calls=1)
    assert [session.ask("x", profile="writer").connection for _ in range(2)] == ["paid", "spare"]
    session.cap("spare", calls=1)
    with pytest.raises(AllFailed):
        session.ask("x", profile="writer")


def test_a_full_cap_of_a_profile_is_that_of_all_its_connections() -> None:
    """None of them is tried."""
    session = priced_session()
    session.create("spare", "priced")
    session.edit_profile("writer", connections=["paid", "spare"])
    session.cap("writer", calls=1)
    session.ask("x", profile="writer")
    with pytest.raises(CapReached) as raised:
        session.ask("x", profile="writer")
    assert (raised.value.alias, raised.value.kind) == ("writer", "profile")


def test_an_unknown_price_is_refused_by_a_cap_in_dollars(session: Session) -> None:
    """Other caps allow the request, and a model of this machine is free."""
    paid = priced_session()
    paid.cap("paid", dollars=5)
    with pytest.raises(CapWithoutPrice) as raised:
        paid.ask("x", profile="paid", model="no-such-model", max_tokens=10)
    assert (raised.value.alias, raised.value.model, raised.value.has_prices) == ("paid", "no-such-model", True)
    paid.uncap("paid")
    paid.cap("paid", tokens=10_000)
    paid.ask("x", profile="paid", model="no-such-model", max_tokens=10)
    session.create("own", "demo")
    session.cap("own", dollars=0.01)
    session.ask("x", profile="own", model="demo-brief")


def test_what_an_interrupted_answer_cost_is_taken_as_all_of_it() -> None:
    """Otherwise a cap could be exceeded by stopping each answer before its end."""
    session = priced_session()
    session.cap("paid", tokens=700)
    stream = session.stream("one", profile="writer", max_tokens=300)
    next(stream)
    stream.close()
    (cap,) = session.caps()
    assert cap.spent == Amount(0.0, 1, 503, 1)
    assert session.usage().total.input_tokens == 0


def test_a_failure_that_was_not_charged_gives_all_back() -> None:
    """The failure still counts as a call."""
    provider = Priced()
    session = priced_session(provider)
    session.cap("paid", tokens=1000, calls=5)
    provider.failures["chat"] = FailureKind.AUTHENTICATION
    with pytest.raises(ProviderFailed):
        session.ask("x", profile="writer", max_tokens=100)
    assert [each.spent for each in session.caps()] == [Amount(0.0, 1, 0)]


def test_map_stops_at_a_cap_and_goes_on_when_it_is_raised() -> None:
    """No answered row is asked again, and requests in flight at the cap are waited for."""
    provider = Priced()
    session = priced_session(provider)
    rows = [f"row {number}" for number in range(40)]
    session.cap("paid", dollars=0.1, calls=30)
    with pytest.raises(BatchStopped) as raised:
        session.map(rows, "{text}", profile="writer", max_tokens=100, at_once=8)
    assert isinstance(raised.value.cause, CapReached)
    assert raised.value.answered == 30
    session.cap("paid", calls=40)
    table = session.map(rows, "{text}", profile="writer", max_tokens=100, at_once=8)
    assert [row["answer"] for row in table] == ["Hello"] * 40
    assert [call.verb for call in provider.calls].count("chat") == 40
    assert [each.spent.calls for each in session.caps()] == [40]


def test_map_uses_a_cap_to_its_end_though_each_request_reserves_more() -> None:
    """It waits for what the requests in flight leave."""
    session = priced_session()
    session.cap("paid", dollars=20 * COST + 2 * 0.1)
    rows = [f"row {number}" for number in range(20)]
    session.map(rows, "{text}", profile="writer", max_tokens=100_000, at_once=8)
    assert session.usage().total.calls == 20


def test_embed_has_the_same_cap() -> None:
    """The cap applies batch by batch."""
    session = priced_session()
    session.create_profile("vectors", connections=["paid"], model="text-embedding-3-small", capability="embedding")
    session.cap("vectors", calls=2)
    with pytest.raises(CapReached):
        session.embed([f"text {number}" for number in range(24)], profile="vectors")
    assert session.usage().total.calls == 2


def test_asking_in_a_loop_has_the_same_cap() -> None:
    """The cap applies to an asynchronous client, too."""
    session = priced_session()
    session.cap("writer", calls=3)

    async def ask() -> list[object]:
        asked = [session.aask("x", profile="writer") for _ in range(5)]
        return await asyncio.gather(*asked, return_exceptions=True)

    assert sorted(type(each).__name__ for each in asyncio.run(ask())) == ["CapReached"] * 2 + ["Reply"] * 3


def test_an_unknown_cost_is_not_zero_in_a_cap() -> None:
    """This holds in cap, caps, show and doctor. A call with a known price is a part of the sum."""
    session = priced_session()
    for _ in range(2):
        session.ask("x", profile="writer", model="no-such-model")
    whole = str(session.cap("paid", dollars=1, calls=10))
    dollars, calls = (line.split() for line in whole.splitlines()[2:4])
    assert (dollars[3:], calls[3:5]) == (["unknown", "$1.00", "unknown"], ["2", "calls"])
    assert "paid, today: 2 calls have no known cost, which is not in 'spent'." in whole.splitlines()
    assert str(session.caps()) == whole
    words = "unknown of $1.00 today (2 calls have no known cost), 2 calls of 10 calls today"
    assert session.show("paid").caps == (words,)
    assert f"the cap of paid: {words}" in [each.words for each in session.doctor()]
    session.ask("x", profile="writer", max_tokens=100)
    assert session.show("paid").caps == (
        "$0.00045 + of $1.00 today (2 calls have no known cost), 3 calls of 10 calls today",
    )
    (cap,) = session.caps().data()
    assert cap["spent"] == {"dollars": pytest.approx(COST), "calls": 3, "tokens": 4500, "calls_without_cost": 2}


def test_caps_are_listed_shown_and_removed() -> None:
    """They appear under the present alias, and a limit that a call does not name stays."""
    session = priced_session()
    session.cap("paid", dollars=5)
    session.cap("paid", calls=100)
    session.cap("writer", per="month", tokens=1_000_000)
    session.rename("paid", "main")
    assert [(each.alias, each.kind, each.per, each.dollars, each.calls, each.tokens) for each in session.caps()] == [
        ("main", "connection", "day", 5.0, 100, None),
        ("writer", "profile", "month", None, None, 1_000_000),
    ]
    assert session.show("main").caps == ("$0.00 of $5.00 today, 0 calls of 100 calls today",)
    assert session.show_profile("writer").caps == ("0 tokens of 1,000,000 tokens this month",)
    assert "5.00" in str(session.caps())
    session.uncap("main", per="day")
    session.uncap("writer")
    assert list(session.caps()) == []
    with pytest.raises(NoCap):
        session.uncap("main")


def test_the_cap_of_a_deleted_connection_can_be_removed() -> None:
    """The alias that it had removes the cap."""
    session = priced_session()
    session.create("old", "priced")
    session.cap("old", calls=1)
    session.delete("old")
    assert [each.alias for each in session.caps()] == ["old"]
    session.uncap("old")
    assert list(session.caps()) == []


def test_what_is_no_cap_is_refused() -> None:
    """Each mistake has its own error."""
    session = priced_session()
    with pytest.raises(NothingToCap):
        session.cap("paid")
    with pytest.raises(NotAChoice):
        session.cap("paid", per="week", calls=1)
    for wrong in ({"dollars": 0}, {"dollars": "nan"}, {"calls": -1}, {"tokens": "many"}, {"tokens": 2**63}):
        with pytest.raises(BadNumber):
            session.cap("paid", **wrong)  # type: ignore[arg-type]
    with pytest.raises(NoTarget):
        session.cap("nobody", calls=1)


def test_a_kernels_first_request_waits_for_the_caps(isolated: Path) -> None:
    """Without a write-ahead log, as in some network folders, a kernel that writes keeps all others from reading."""
    session = priced_session()
    session.cap("paid", calls=1)
    session.ask("one", profile="paid", model="gpt-4o-mini")
    session._meter.save()
    session._meter.file.close()
    place = isolated / "home" / "usage.sqlite"
    with closing(sqlite3.connect(place, isolation_level=None, check_same_thread=False)) as other:
        other.execute("pragma journal_mode=delete")
        other.execute("begin exclusive")
        done = Timer(0.3, lambda: other.execute("rollback"))
        done.start()
        with pytest.raises(CapReached):
            priced_session().ask("two", profile="paid", model="gpt-4o-mini")
        done.join()


def test_a_file_that_stays_locked_refuses_the_first_request(isolated: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file may have a cap. Once it can be read, the cap holds. A `map` waits for the lock once and not for each row."""
    session = priced_session()
    session.cap("paid", calls=1)
    session.ask("one", profile="writer", model="gpt-4o-mini")
    session._meter.save()
    session._meter.file.close()
    monkeypatch.setattr("aiconn_nb.features.usage.usage_file.BUSY", 0.2)
    provider = Priced()
    other_kernel = priced_session(provider)
    with closing(sqlite3.connect(isolated / "home" / "usage.sqlite", isolation_level=None)) as other:
        other.execute("pragma journal_mode=delete")
        other.execute("begin exclusive")
        with pytest.raises(CapUnchecked) as raised:
            other_kernel.ask("two", profile="writer")
        with pytest.raises(BatchStopped) as stopped:
            other_kernel.map(["a", "b", "c"], "{text}", profile="paid", model="gpt-4o-mini")
        with pytest.raises(UsageUnusable):
            other_kernel.caps()
        assert [cap.startswith("not known") for cap in other_kernel.show("paid").caps] == [True]
        assert ("usage", Grade.PROBLEM) in [(each.part, each.grade) for each in other_kernel.doctor()]
    assert (raised.value.alias, raised.value.kind, raised.value.is_locked) == ("writer", "profile", True)
    assert isinstance(stopped.value.cause, CapUnchecked)
    with pytest.raises(CapReached):
        other_kernel.ask("two", profile="paid", model="gpt-4o-mini")
    assert not [call for call in provider.calls if call.verb == "chat"]


def test_reservations_of_a_killed_kernel_expire(isolated: Path) -> None:
    """They expire after two minutes, when the kernel's last sign of life is that old."""
    session = priced_session()
    session.cap("paid", calls=1)
    target = session.get("paid").id
    with closing(sqlite3.connect(isolated / "home" / "usage.sqlite")) as file, file:
        file.execute("insert into reserved values ('killed', ?, 0, 1, 0, 1)", (target,))
    session.ask("x", profile="writer")


def test_a_profile_and_a_connection_of_one_alias(session: Session) -> None:
    """The alias means the profile unless the call asks for the connection."""
    session.create("same", "demo")
    session.create_profile("same", connections=["same"], model="demo-brief")
    session.cap("same", calls=1)
    session.cap("same", calls=2, connection=True)
    assert [(each.kind, each.calls) for each in session.caps()] == [("connection", 2), ("profile", 1)]
    session.uncap("same")
    assert [(each.kind, each.calls) for each in session.caps()] == [("connection", 2)]


def test_without_room_on_the_disk_a_cap_still_counts_what_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    """The cap counts this kernel's own calls and what the file contained."""
    session = priced_session()
    session.cap("paid", calls=3)
    session.ask("x", profile="writer")
    session._meter.save()

    def full(*of: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr("aiconn_nb.features.usage.usage_file.add", full)
    session.ask("x", profile="writer")
    session.ask("x", profile="writer")
    with pytest.raises(CapReached) as raised:
        session.ask("x", profile="writer")
    assert raised.value.spent == 3
