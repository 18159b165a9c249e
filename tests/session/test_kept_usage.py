"""The usage of all kernels is kept for each way of asking and can be grouped, and a note says if it cannot be kept."""

from __future__ import annotations

import csv
import io
import os
import shutil
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pandas
import pytest

from aiconn_nb import Secret, Session
from aiconn_nb.errors import FailureKind, NotAChoice, NotADay, ProviderFailed, UsageNotWritten, UsageUnusable
from aiconn_nb.features.usage.prices import price_of
from aiconn_nb.features.usage.tally import first_day, local_day
from aiconn_nb.features.usage.usage_file import LAYOUT
from aiconn_nb.model.notices import UsageNote
from aiconn_nb.providers.base import ChatRequest, Delta, Finish, Usage
from aiconn_nb.providers.testing import FakeProvider, registry_of
from tests.session.priced import COST, Priced, priced_session


@pytest.fixture
def place(isolated: Path) -> Path:
    """Return the path of the usage file."""
    return isolated / "home" / "usage.sqlite"


def kept(place: Path, columns: str = "calls, failures, input_tokens, output_tokens") -> list[tuple[Any, ...]]:
    """Return the rows of the file."""
    with closing(sqlite3.connect(place)) as file:
        return file.execute(f"select {columns} from usage").fetchall()


def test_another_kernel_sees_what_was_asked_here(place: Path) -> None:
    """The file has sums of calls, failures, tokens and dollars, and only its owner can read it."""
    provider = Priced()
    session = priced_session(provider)
    session.ask("one", profile="writer")
    session.ask("two", profile="paid", model="gpt-4o-mini")
    provider.failures["chat"] = FailureKind.RATE_LIMITED
    with pytest.raises(ProviderFailed):
        session.ask("three", profile="writer")
    session._meter.save()
    found = priced_session().usage()
    assert [(row.profile, row.calls, row.failures, row.input_tokens, row.output_tokens) for row in found] == [
        ("", 1, 0, 1000, 500),
        ("writer", 1, 1, 1000, 500),
    ]
    assert found.total.cost == pytest.approx(2 * COST)
    assert found.total.unpriced == 0
    assert stat.S_IMODE(place.stat().st_mode) == 0o600


@pytest.mark.parametrize(("model", "kept_as"), [("gpt\udcff", "gpt?"), ("a\x00b", "a\x00b")])
def test_a_model_with_an_odd_name_stops_no_counting(place: Path, model: str, kept_as: str) -> None:
    """A lone surrogate, from an argument that is not UTF-8, has no form in the file."""
    session = priced_session()
    session.ask("one", profile="paid", model=model)
    assert session._meter.save()
    assert kept(place, "model, calls") == [(kept_as, 1)]


def test_every_way_of_asking_is_counted(session: Session, place: Path) -> None:
    """Each prompt of a map, each batch of texts and each try of a rehearsal counts, too."""
    session.create("a", "demo")
    session.create_profile("writer", connections=["a"], model="demo-brief")
    session.create_profile("vectors", connections=["a"], model="demo-embedding", capability="embedding")
    session.ask("one", profile="writer")
    "".join(session.stream("two", profile="writer"))
    session.compare("three", "writer")
    session.map(["x", "y", "x"], "{text}", profile="writer")
    session.map(["x", "y"], "{text}", profile="writer")  # all of it is in the journal
    session.failover("writer", live=True)
    session.embed(["a cat", "a dog"], profile="vectors")
    assert [(row.profile, row.calls, row.failures) for row in session.usage(by="profile")] == [
        ("writer", 6, 0),
        ("vectors", 1, 0),
    ]
    assert sum(row[0] for row in kept(place)) == 7


def test_cached_tokens_cost_less() -> None:
    """They cost half of the input price at this model."""
    provider = Priced()
    provider.cached = 200
    session = priced_session(provider)
    session.ask("one", profile="writer")
    total = session.usage().total
    assert total.cached_tokens == 200
    assert total.cost == pytest.approx(COST - 200 * 0.075e-6)


def test_an_unknown_price_is_not_nothing() -> None:
    """It is not zero as a number, on display or in the sum with known prices."""
    session = priced_session()
    session.ask("one", profile="paid", model="no-such-model")
    session.ask("one", profile="paid", model="gpt-4o-mini")
    found = session.usage(by="model")
    assert {row.model: (row.cost, row.unpriced) for row in found} == {
        "no-such-model": (None, 1),
        "gpt-4o-mini": (pytest.approx(COST), 0),
    }
    assert [row["cost"] for row in found.data() if row["model"] == "no-such-model"] == [None]
    assert "cost $0.00045 +" in str(found)
    assert found.total.cost == pytest.approx(COST)


def test_the_unknown_cost_of_a_map_is_not_nothing() -> None:
    """It is not zero in a table of the usage either."""
    session = priced_session()
    session.map(["one", "two"], "{text}", profile="paid", model="no-such-model")
    assert session.last_map is not None
    assert (session.last_map.progress.cost, session.last_map.progress.unpriced) == (None, 2)
    assert pandas.DataFrame(session.usage())["cost"].isna().tolist() == [True]
    session.map(["one"], "{text}", profile="paid", model="gpt-4o-mini")
    assert session.last_map.progress.cost == pytest.approx(COST)


def test_a_model_of_this_machine_is_free(session: Session) -> None:
    """The demo provider is such a model."""
    session.create("a", "demo")
    session.ask("one", profile="a", model="demo-brief")
    assert [(row.cost, row.unpriced) for row in session.usage()] == [(0.0, 0)]


@pytest.mark.parametrize(
    ("provider", "is_free"),
    [("ollama", True), ("lm-studio", True), ("vllm", True), ("llama-cpp", True), ("litellm", False)],
)
def test_a_proxy_of_ones_own_is_not_free(session: Session, provider: str, is_free: bool) -> None:
    """It passes requests on to providers that charge; only the servers that run a model themselves are free."""
    session.create("a", provider, settings={"endpoint": "http://localhost:1/v1"})
    price = price_of(session.account("a"), "mine")
    assert (price.is_known, price.of(10, 10)) == ((True, 0.0) if is_free else (False, None))


class Reporting(FakeProvider):
    """A plug-in that passes on the usage that its server sent."""

    def chat(self, client: Any, request: ChatRequest) -> Iterator[Delta | Finish]:
        yield Delta("Hello")
        yield Finish("stop", Usage(*SENT))


SENT: list[Any] = [None, None, None, None]


@pytest.mark.parametrize("nonsense", [-5, float("nan"), float("inf"), 10**30, 10**400, "a lot", [1], True], ids=str)
def test_impossible_numbers_of_a_plug_in_change_no_sum(
    isolated: Path, monkeypatch: pytest.MonkeyPatch, nonsense: Any
) -> None:
    """They are unknown, and the usage before and after them stays."""
    session = Session(registry=registry_of(Reporting()))
    session.create("a", "fake", settings={"api_key": Secret("made-up-key")})
    for sent in ([3, 5, 0, 0.25], [nonsense] * 4, [3, 5, 0, 0.25]):
        SENT[:] = sent
        session.ask("Hi", profile="a", model="m")
    total = session.usage().total
    assert (total.calls, total.input_tokens, total.output_tokens, total.cost, total.unpriced) == (3, 6, 10, 0.5, 1)


def test_a_rename_keeps_the_usage(session: Session) -> None:
    """It is kept by id and shown under the present alias. A deleted connection has its last alias."""
    session.create("a", "demo")
    session.create("b", "demo")
    session.ask("one", profile="a", model="demo-brief")
    session.ask("one two", profile="b", model="demo-brief")
    session.rename("a", "c")
    session.delete("b")
    assert {row.connection for row in session.usage(by="connection")} == {"c", "b"}
    assert {row.connection for row in Session().usage(by="connection")} == {"c", "b"}


def test_a_day_is_that_of_the_local_calendar(session: Session, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Usage since a day includes that day, and the rows by day are in order."""
    session.create("a", "demo")
    for moment in (1_700_000_000, 1_700_200_000):
        monkeypatch.setattr("aiconn_nb.features.usage.ticket.time", lambda moment=moment: moment)
        session.ask("one", profile="a", model="demo-brief")
    days = [local_day(1_700_000_000), local_day(1_700_200_000)]
    assert [row.day for row in session.usage(by="day")] == days
    assert [row.day for row in session.usage(since=days[1], by="day")] == days[1:]
    assert [row.day for row in session.usage(since=date.fromisoformat(days[1]), by="day", kernel=True)] == days[1:]


@pytest.mark.parametrize("given", ["yesterday", "0d", "-3d", "2026-02-30", "", "d", pandas.NaT], ids=str)
def test_what_is_no_day_is_refused(session: Session, given: Any) -> None:
    """The error is one of ours."""
    with pytest.raises(NotADay):
        session.usage(since=given)


def test_a_week_has_today() -> None:
    """The period ``1d`` is today alone."""
    assert first_day("1d") == date.today().isoformat()


def test_an_unknown_group_is_refused(session: Session) -> None:
    """The error names the known groups."""
    with pytest.raises(NotAChoice) as raised:
        session.usage(by="hour")
    assert raised.value.choices == ("model", "connection", "profile", "day")


def test_the_rows_are_csv_and_a_table(session: Session, tmp_path: Path) -> None:
    """Both have the same columns. An existing file is kept unless it may be replaced."""
    import pandas

    from aiconn_nb.features.usage import write_csv

    session.create("a", "demo")
    session.ask("one two", profile="a", model="demo-brief")
    found = session.usage(by="model")
    rows = list(csv.DictReader(io.StringIO(found.csv())))
    assert [(row["model"], row["calls"], row["input_tokens"], row["cost"]) for row in rows] == [
        ("demo-brief", "1", "2", "0.0")
    ]
    assert list(pandas.DataFrame(found.data())["calls"]) == [1]
    target = tmp_path / "usage.csv"
    write_csv(found, target, overwrite=False)
    with pytest.raises(UsageNotWritten):
        write_csv(found, target, overwrite=False)
    write_csv(session.usage(by="day"), target, overwrite=True)
    assert target.read_text().startswith("day,calls,")


def test_it_can_be_forgotten(session: Session, place: Path) -> None:
    """It is forgotten in all kernels and in this one."""
    session.create("a", "demo")
    session.ask("one", profile="a", model="demo-brief")
    session.forget_usage()
    assert list(session.usage()) == list(session.usage(kernel=True)) == []
    assert kept(place) == []
    session.ask("one", profile="a", model="demo-brief")
    assert [row.connection for row in session.usage()] == [row.connection for row in Session().usage()] == ["a"]


def test_a_damaged_file_is_set_aside(session: Session, place: Path) -> None:
    """The first answer and a warning say so, because caps are lost. Counting continues in a new file."""
    session.create("a", "demo")
    place.write_bytes(b"no database at all" * 100)
    with pytest.warns(UsageNote):
        first, second = (session.ask("one", profile="a", model="demo-brief") for _ in range(2))
    found = session.usage()
    assert found.total.calls == 2
    asides = list(place.parent.glob("usage.sqlite.damaged-*"))
    assert len(asides) == 1
    assert asides[0].read_bytes() == b"no database at all" * 100
    assert [[asides[0].name in note for note in notes] for notes in (first.notes, second.notes, found.notes)] == [
        [True],
        [],
        [],
    ]
    assert [asides[0].name in note for note in session.caps().notes] == [True]
    assert [asides[0].name in each.words for each in session.doctor() if each.grade == "problem"] == [True]


def test_a_damaged_file_that_cannot_be_set_aside_is_told(
    session: Session, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There is one note: in a folder that cannot be written, the file stays, and no cap is checked."""
    session.create("a", "demo")
    place.write_bytes(b"no database at all" * 100)

    def refused(_: Path) -> Path:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("aiconn_nb.session.sqlite_file.set_aside", refused)
    with pytest.warns(UsageNote):
        replies = [session.ask("one", profile="a", model="demo-brief") for _ in range(2)]
    assert ["caps are not checked" in " ".join(reply.notes) for reply in replies] == [True, False]
    assert place.read_bytes() == b"no database at all" * 100


def test_a_file_that_cannot_be_read_is_told_before_the_caps_are_skipped(
    session: Session, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The note comes once, with the answer to the first request that no cap has checked."""
    session.create("a", "demo")
    session.cap("a", calls=100)
    fresh = Session()

    def refused(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("aiconn_nb.features.usage.usage_file._checked", refused)
    with pytest.warns(UsageNote):
        replies = [fresh.ask("one", profile="a", model="demo-brief") for _ in range(2)]
    assert ["caps are not checked" in " ".join(reply.notes) for reply in replies] == [True, False]


def test_a_file_without_content_is_as_good_as_none(session: Session, place: Path) -> None:
    """On a full disk the file is made, and its tables are not."""
    place.parent.mkdir(parents=True, exist_ok=True)
    place.touch()
    assert session.caps().data() == []
    assert session.usage().data() == []
    assert session.usage().notes == ()


def test_a_newer_file_is_not_written(session: Session, place: Path) -> None:
    """The usage of this kernel is shown, with the reason."""
    session.create("a", "demo")
    with closing(sqlite3.connect(place)) as file:
        file.execute(f"pragma user_version={LAYOUT + 1}")
        file.execute("create table usage (of_the_future text)")
    before = place.read_bytes()
    session.ask("one", profile="a", model="demo-brief")
    found = session.usage()
    assert (found.total.calls, place.read_bytes()) == (1, before)
    assert "newer" in " ".join(found.notes)
    with pytest.raises(UsageUnusable) as raised:
        session.cap("a", calls=1)
    assert raised.value.is_newer


def test_a_pipe_in_place_of_the_file_fails_no_answer(session: Session, place: Path) -> None:
    """Nothing waits for the pipe."""
    session.create("a", "demo")
    os.mkfifo(place)
    session.ask("one", profile="a", model="demo-brief")
    assert session._meter.save() is False
    assert [row.calls for row in session.usage()] == [1]


def test_another_programs_database_is_left_alone(session: Session, place: Path, tmp_path: Path) -> None:
    """This includes a database without an application_id, reached by a link."""
    session.create("a", "demo")
    other = tmp_path / "other.sqlite"
    with closing(sqlite3.connect(other)) as file:
        file.execute("create table mine (a)")
    other.chmod(0o644)
    before = other.read_bytes()
    place.symlink_to(other)
    session.ask("one", profile="a", model="demo-brief")
    assert session._meter.save() is False
    assert (other.read_bytes(), stat.S_IMODE(other.stat().st_mode)) == (before, 0o644)


def test_a_home_that_cannot_be_made_fails_no_answer(
    session: Session, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A note comes once with the next answer. Nothing is lost once the file can be written again."""
    session.create("a", "demo")

    def refused(path: Path) -> None:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patch:
        patch.setattr("aiconn_nb.files.create_empty", refused)
        session.ask("one", profile="a", model="demo-brief")
        assert session._meter.save() is False
        notes = [session.ask("two", profile="a", model="demo-brief").notes for _ in range(2)]
        assert ["Permission denied" in " ".join(each) for each in notes] == [True, False]
        assert session.usage().total.calls == 3
    assert session._meter.save() is True
    assert kept(place, "calls") == [(3,)]


def test_a_stream_that_is_closed_has_an_unknown_cost(session: Session) -> None:
    """It is an answer without numbers."""
    session = priced_session()
    stream = session.stream("one", profile="writer")
    next(stream)
    stream.close()
    total = session.usage().total
    assert (total.calls, total.unpriced, total.cost) == (1, 1, None)


def test_nothing_that_was_said_is_kept(session: Session, place: Path) -> None:
    """The file contains neither the prompt nor the answer."""
    session.create("a", "demo")
    session.ask("canary-of-a-prompt", profile="a", model="demo-brief")
    session.usage()
    content = b"".join(each.read_bytes() for each in place.parent.glob("usage.sqlite*"))
    assert b"canary" not in content
    assert b"You said" not in content


def test_a_secret_address_is_not_kept(place: Path) -> None:
    """The part of the address that decides on the price is kept without user, query and secrets until the price is known."""
    from aiconn_nb.features.usage.prices import place_of_price
    from aiconn_nb.model.secret import Secret
    from aiconn_nb.providers.account import Account

    shown = Account(Priced(), {"endpoint": "https://ada:pass-word-1234@api.openai.com/v1?key=k-1234567890"})
    assert place_of_price(shown) == "https://api.openai.com/v1"
    hidden = Account(Priced(), {"endpoint": Secret("https://very-secret-host.example/v1")})
    assert place_of_price(hidden) == ""


def test_calls_before_the_prices_are_loaded_are_priced_later(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Importing the prices takes longer than an answer. A user who asks for the cost waits, and not one who asks the model."""
    monkeypatch.setattr("aiconn_nb.features.usage.prices.Price.is_at_hand", False)
    session = priced_session()
    session.ask("one", profile="writer")
    session._meter.save()
    assert kept(place, "cost, unpriced") == [(0, 1)]
    assert session.usage(kernel=True).total.cost == pytest.approx(COST)
    assert session.usage().total.cost == pytest.approx(COST)
    assert session.usage().total.unpriced == 0
    with closing(sqlite3.connect(place)) as file:
        assert file.execute("select count(*) from to_price").fetchone() == (0,)


def test_usage_without_numbers_is_unknown(session: Session) -> None:
    """A provider that counts nothing leaves no zeros."""

    class Silent(Priced):
        def chat(self, client: Any, request: Any) -> Any:
            for piece in super().chat(client, request):
                yield piece if not hasattr(piece, "usage") else type(piece)("stop", Usage(), request.model)

    session = priced_session(Silent())
    session.ask("one", profile="writer")
    assert [(row["input_tokens"], row["cost"]) for row in session.usage().data()] == [(None, None)]


def test_a_closed_session_writes_nothing_later(tmp_path: Path) -> None:
    """Its folder can be deleted at once. A thread that still wrote usage would create it again or get in the way."""
    session = Session(home=tmp_path / "home", config_home=tmp_path / "keys")
    session.create("a", "demo")
    session.ask("one", profile="a", model="demo-brief")
    session.close()
    with closing(sqlite3.connect(tmp_path / "home" / "usage.sqlite")) as file:
        assert file.execute("select total(calls) from usage").fetchone() == (1,)
    shutil.rmtree(tmp_path / "home")
    assert session._meter.save()
    assert not (tmp_path / "home").exists()
