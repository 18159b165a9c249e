"""The log of calls keeps their texts if it is switched on, without keys, and never fails an answer."""

from __future__ import annotations

import json
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from aiconn_nb import Session
from aiconn_nb.errors import FailureKind, ProviderFailed
from aiconn_nb.features.usage import call_log
from aiconn_nb.files import Lock
from aiconn_nb.model.notices import UsageNote
from aiconn_nb.model.secret import Secret
from tests.session.priced import Priced, priced_session

CANARY = "sk-canary-0123456789-abcdefghijklmnop"


@pytest.fixture
def place(isolated: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Switch the log on and return its path."""
    monkeypatch.setenv("AICONN_CALL_LOG", "1")
    return isolated / "home" / "calls.log"


def lines(place: Path) -> list[dict[str, Any]]:
    """Return the logged calls."""
    return [json.loads(line) for line in place.read_text(encoding="utf-8").splitlines()]


def test_it_is_off_by_default(session: Session, isolated: Path) -> None:
    """No file is created."""
    session.create("a", "demo")
    session.ask("one", profile="a", model="demo-brief")
    session._meter.save()
    assert not (isolated / "home" / "calls.log").exists()


def test_a_call_is_a_line_with_its_texts(place: Path) -> None:
    """Only its owner can read the file. The first answer says where it is, and the next does not."""
    provider = Priced()
    session = priced_session(provider)
    first = session.ask("one", profile="writer", system="Be brief")
    second = session.ask("two", profile="writer")
    provider.failures["chat"] = FailureKind.RATE_LIMITED
    with pytest.raises(ProviderFailed):
        session.ask("three", profile="writer")
    session._meter.save()
    assert ["calls.log" in " ".join(reply.notes) for reply in (first, second)] == [True, False]
    logged = lines(place)
    assert [(each["profile"], each["connection"], each["model"], each["outcome"]) for each in logged] == [
        ("writer", "paid", "gpt-4o-mini", "answered"),
        ("writer", "paid", "gpt-4o-mini", "answered"),
        ("writer", "paid", "gpt-4o-mini", "rate_limited"),
    ]
    assert (logged[0]["sent"], logged[0]["answer"]) == (["Be brief", "one"], "Hello")
    assert (logged[0]["input_tokens"], logged[0]["output_tokens"]) == (1000, 500)
    assert stat.S_IMODE(place.stat().st_mode) == 0o600


def test_keys_are_masked_in_it(place: Path) -> None:
    """Keys that this machine knows and texts that look like a key are masked, also in what a model says."""

    class Leaky(Priced):
        def chat(self, client: Any, request: Any) -> Any:
            for piece in super().chat(client, request):
                yield piece if hasattr(piece, "usage") else type(piece)(f"your key is {CANARY}")

    session = priced_session(Leaky())
    session.set_secret("Mine", Secret("the-long-secret-of-this-machine"))
    session.ask("one", profile="writer")
    session._meter.save()
    assert CANARY not in place.read_text()
    assert len(lines(place)) == 1


def test_map_and_embed_are_logged(place: Path) -> None:
    """There is a line for each request, but none for an answer from the journal."""
    session = priced_session()
    session.create_profile("vectors", connections=["paid"], model="text-embedding-3-small", capability="embedding")
    with pytest.warns(UsageNote, match="calls.log"):
        session.map(["x", "y"], "say {text}", profile="writer")
    session.map(["x", "y"], "say {text}", profile="writer")
    session.embed(["a cat"], profile="vectors")
    session._meter.save()
    assert sorted(str(each["sent"]) for each in lines(place)) == ["['a cat']", "['say x']", "['say y']"]


def test_a_large_log_is_begun_anew(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three earlier files are kept."""
    monkeypatch.setattr(call_log, "LARGEST", 300)
    session = priced_session()
    for number in range(6):
        session.ask(f"question {number}", profile="writer")
        session._meter.save()
    names = sorted(each.name for each in place.parent.glob("calls*.log"))
    assert names == ["calls.1.log", "calls.2.log", "calls.3.log", "calls.log"]
    found = [lines(place.with_name(name))[0]["sent"] for name in ("calls.log", "calls.1.log", "calls.3.log")]
    assert found == [["question 5"], ["question 4"], ["question 2"]]


def test_two_kernels_that_begin_it_anew_lose_no_line(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second kernel finds that the first has just moved the file away."""
    monkeypatch.setattr(call_log, "LARGEST", 50)
    session = priced_session()
    place.write_bytes(b"x" * 60 + b"\n")

    @contextmanager
    def held(self: Lock, *failures: Any) -> Iterator[None]:
        with taken(self, *failures):
            with suppress(FileNotFoundError):
                place.replace(place.with_name("calls.1.log"))
            yield

    taken = Lock.held
    monkeypatch.setattr(Lock, "held", held)
    session.ask("one", profile="writer")
    session._meter.save()
    assert [each["sent"] for each in lines(place)] == [["one"]]


def test_a_line_that_was_cut_does_not_take_the_next_along(place: Path) -> None:
    """A killed process may have left such a line."""
    session = priced_session()
    place.write_text('{"time": "2026')
    session.ask("one", profile="writer")
    session._meter.save()
    assert json.loads(place.read_text().splitlines()[-1])["sent"] == ["one"]


def test_a_log_that_cannot_be_written_fails_no_answer(place: Path) -> None:
    """The next answer says so."""
    session = priced_session()
    place.mkdir()
    session.ask("one", profile="writer")
    session._meter.save()
    notes = [" ".join(session.ask("two", profile="writer").notes) for _ in range(2)]
    assert ["call log" in each for each in notes] == [True, False]
    assert session.usage().total.calls == 3
