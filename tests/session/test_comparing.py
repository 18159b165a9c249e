"""A comparison asks several profiles one prompt at the same time, and keeps what each gives."""

from __future__ import annotations

import _thread
from collections.abc import Iterator
from pathlib import Path
from threading import Barrier, Event, Thread, current_thread
from typing import Any

import pytest

from aiconn_nb import AnswerCut, ConnectionInactive, ProfileNotFound, ProviderFailed, Session
from aiconn_nb.errors import FailureKind, NoProfilesNamed, NothingToAsk, NothingToCompare
from aiconn_nb.features.asking.comparison import Comparison
from aiconn_nb.providers.base import ChatRequest, Delta, Finish, Usage
from aiconn_nb.providers.plug_ins.fake import FakeFailure
from aiconn_nb.providers.testing import FakeProvider, registry_of


class Meeting(FakeProvider):
    """A provider that answers only once as many ask as expected, and whose answer is the model's name."""

    expected = Barrier(1, timeout=10)

    def chat(self, client: Any, request: ChatRequest) -> Iterator[Delta | Finish]:
        self._called("chat", request)
        self.expected.wait()
        if request.model == "refused":
            raise FakeFailure(FailureKind.BAD_REQUEST, "no such thing", None)
        yield Delta(f"{request.model} ")
        if request.model == "cut":
            raise FakeFailure(FailureKind.UNREACHABLE, "connection reset", None)
        yield Delta("answers.")
        yield Finish("stop", Usage(3, 2), request.model)


class Endless(FakeProvider):
    """A provider that says one word and then nothing until it is stopped."""

    def __init__(self) -> None:
        super().__init__()
        self.begun: list[str] = []
        self.closed: list[str] = []
        self.both_closed = Event()
        self.never = Event()

    def chat(self, client: Any, request: ChatRequest) -> Iterator[Delta | Finish]:
        try:
            yield Delta("Well")
            self.begun.append(request.model)
            while not self.never.wait(0.01):
                pass
        finally:
            self.closed.append(request.model)
            if len(self.closed) == 2:
                self.both_closed.set()


def session_with(provider: FakeProvider, *models: str) -> Session:
    """Return a session with one profile for each model, under the model's name."""
    made = Session(registry=registry_of(provider))
    made.create("fake-dev", "fake", settings={"api_key": "made-up-key"})
    for model in models:
        made.create_profile(model, connections=["fake-dev"], model=model)
    return made


def meeting(count: int, *models: str) -> Session:
    """Return a session whose provider answers once ``count`` callers ask."""
    provider = Meeting()
    provider.expected = Barrier(count, timeout=10)
    return session_with(provider, *models)


def test_all_are_asked_at_once(isolated: Path) -> None:
    """The provider waits until the third has asked; the answers are in the order of the profiles."""
    compared = meeting(3, "one", "two", "three").compare("Hello?", "two", "three", "one")
    assert [each.profile for each in compared] == ["two", "three", "one"]
    assert [each.reply.text for each in compared if each.reply] == ["two answers.", "three answers.", "one answers."]
    assert compared.ok
    assert compared.replies["one"].output_tokens == 2


def test_the_same_profile_may_be_asked_twice(isolated: Path) -> None:
    """A user sees how much its answers differ."""
    compared = meeting(2, "one").compare("Hello?", "one", "one")
    assert [each.reply.text for each in compared if each.reply] == ["one answers.", "one answers."]


def test_one_that_fails_does_not_stop_the_others(isolated: Path) -> None:
    """The failed one shows its error in its place."""
    compared = meeting(2, "one", "refused").compare("Hello?", "refused", "one")
    assert [isinstance(each.error, ProviderFailed) for each in compared] == [True, False]
    assert compared[0].reply is None
    assert list(compared.replies) == ["one"]
    assert not compared.ok
    assert compared[0].error is not None
    assert f"fake-dev: bad request: no such thing. {compared[0].error.hint}" in str(compared)
    assert "one answers." in str(compared)


def test_a_part_of_an_answer_is_kept_beside_its_error(isolated: Path) -> None:
    """The connection broke in the middle of the answer."""
    compared = meeting(2, "one", "cut").compare("Hello?", "one", "cut")
    assert isinstance(compared[1].error, AnswerCut)
    assert compared[1].reply is not None
    assert compared[1].reply.text == "cut "
    assert "partial" in str(compared)


def test_one_that_is_switched_off_has_its_place_too(isolated: Path) -> None:
    """Its place says so, and the others are asked."""
    session = meeting(1, "one")
    session.create("off", "fake", settings={"api_key": "made-up-key"}, active=False)
    compared = session.compare("Hello?", "one", "off", model="one")
    assert isinstance(compared[1].error, ConnectionInactive)
    assert list(compared.replies) == ["one"]


def test_a_mistyped_name_asks_nobody(isolated: Path) -> None:
    """The name is the user's mistake, and the error suggests the nearest one."""
    session = meeting(1, "writer")
    with pytest.raises(ProfileNotFound) as raised:
        session.compare("Hello?", "writer", "wirter")
    assert raised.value.nearest == "writer"
    with pytest.raises(NoProfilesNamed):
        session.compare("Hello?")
    with pytest.raises((NothingToAsk, NothingToCompare)):
        session.compare(" ", "writer")
    assert list(session.usage()) == []


def test_what_comes_is_told_in_the_callers_thread(isolated: Path) -> None:
    """The last message has everything."""
    told: list[tuple[Thread, Comparison]] = []
    compared = meeting(2, "one", "two").compare(
        "Hello?", "one", "two", on_change=lambda comparison: told.append((current_thread(), comparison))
    )
    assert {thread for thread, _ in told} == {current_thread()}
    assert [each.reply.text for each in told[-1][1] if each.reply] == ["one answers.", "two answers."]
    assert list(compared.replies) == ["one", "two"]


def test_an_interrupt_stops_all_and_keeps_what_came(isolated: Path) -> None:
    """Each provider's answer is closed, which closes its connection."""
    provider = Endless()
    session = session_with(provider, "one", "two")

    def interrupt(comparison: Comparison) -> None:
        if len(provider.begun) == 2:
            _thread.interrupt_main()
            provider.never.wait(10)  # the interrupt comes in the middle of this

    with pytest.raises(KeyboardInterrupt):
        session.compare("Hello?", "one", "two", on_change=interrupt)
    assert provider.both_closed.wait(30)  # each in its own thread
    assert sorted(provider.closed) == ["one", "two"]
    assert session.last_comparison is not None
    assert [(each.reply.text, each.reply.partial) for each in session.last_comparison if each.reply] == [
        ("Well", True),
        ("Well", True),
    ]


def test_a_comparison_shows_the_answers_side_by_side(isolated: Path) -> None:
    """Each answer has its origin, tokens and time, and no text acts as markup."""
    compared = meeting(2, "one", "two").compare("<b>Hello?</b>", "one", "two")
    shown = compared._repr_mimebundle_()
    assert shown["text/html"].count("answers.</p>") == 2
    assert shown["text/html"].count("3 -&gt; 2 tokens · ") == 2
    assert compared.data()["answers"][0]["reply"]["text"] == "one answers."
    assert compared.data()["prompt"] == "<b>Hello?</b>"
