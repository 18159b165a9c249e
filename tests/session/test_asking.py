"""A question gets an answer that knows its origin and cost, and every way to end early keeps what came."""

from __future__ import annotations

import asyncio
import gc
import sys
from collections.abc import Callable, Coroutine, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

import pytest

from aiconn_nb import AnswerCut, ProfileNotFound, Session
from aiconn_nb.errors import BadOptions, ConnectionInactive, FailureKind, NothingToAsk, NotJson
from aiconn_nb.features.asking import stream
from aiconn_nb.features.asking.reply import Reply
from aiconn_nb.model.secret import Secret
from aiconn_nb.providers.base import ChatRequest, Delta, Finish
from aiconn_nb.providers.plug_ins.fake import FakeFailure
from aiconn_nb.providers.testing import FakeProvider, registry_of
from tests.session.waiting import Waiting

T = TypeVar("T")


class Breaking(FakeProvider):
    """A provider whose answer ends as a test says, in an error or in an interrupt."""

    ending: BaseException = FakeFailure(FailureKind.UNREACHABLE, "connection reset")
    closed = False

    def chat(self, client: Any, request: ChatRequest) -> Iterator[Delta | Finish]:
        try:
            yield Delta("Half ")
            yield Delta("an answer")
            raise self.ending
        finally:
            self.closed = True


class Silent(FakeProvider):
    """A provider that does not say what an answer cost."""

    def chat(self, client: Any, request: ChatRequest) -> Iterator[Delta | Finish]:
        self._called("chat", request)
        yield Delta("Hello.")
        yield Finish()


def session_with(provider: FakeProvider) -> Session:
    """Return a session with one profile ``writer`` on this provider."""
    made = Session(registry=registry_of(provider))
    made.create("fake-dev", "fake", settings={"api_key": Secret("made-up-key")})
    made.create_profile("writer", connections=["fake-dev"], model="fake-chat", system="Be kind.", temperature=0.5)
    return made


def asked(provider: FakeProvider) -> list[ChatRequest]:
    """Return the requests that the provider received."""
    return [call.asked for call in provider.calls if isinstance(call.asked, ChatRequest)]


def test_the_answer_knows_who_gave_it_and_what_it_cost(isolated: Path) -> None:
    """The JSON of ``--json`` says so as well."""
    reply = session_with(FakeProvider()).ask("Hello?", profile="writer")
    assert str(reply) == "Hello from the fake."
    assert (reply.profile, reply.connection, reply.model) == ("writer", "fake-dev", "fake-chat")
    assert (reply.input_tokens, reply.output_tokens, reply.finish_reason) == (1, 3, "stop")
    assert reply.seconds_to_first is not None
    assert reply.seconds >= reply.seconds_to_first
    assert reply.footer.startswith("writer · fake-dev · fake-chat · 1 -> 3 tokens · ")
    assert {key: reply.data()[key] for key in ("text", "partial", "attempts")} == {
        "text": "Hello from the fake.",
        "partial": False,
        "attempts": [],
    }


def test_tokens_that_are_not_told_are_unknown_and_never_zero(isolated: Path) -> None:
    """A zero would be believed."""
    session = session_with(Silent())
    reply = session.ask("Hello?", profile="writer")
    assert (reply.input_tokens, reply.output_tokens) == (None, None)
    assert "tokens unknown" in reply.footer
    assert [(each.calls, each.untold_input) for each in session._meter.here()] == [(1, 1)]


def test_options_of_a_call_go_over_those_of_the_profile(isolated: Path) -> None:
    """They apply to this call, and an option that is set nowhere is not sent."""
    provider = FakeProvider()
    session = session_with(provider)
    session.ask("One", profile="writer", temperature=1.5, max_tokens=7)
    session.ask("Two", profile="writer", system="Be short.", model="other")
    first, second = asked(provider)
    assert (first.system, first.temperature, first.max_tokens, first.model) == ("Be kind.", 1.5, 7, "fake-chat")
    assert (second.system, second.temperature, second.max_tokens, second.model) == ("Be short.", 0.5, None, "other")


@pytest.mark.parametrize(
    ("options", "option", "least", "most"),
    [({"temperature": 3}, "temperature", "0", "2"), ({"max_tokens": 0}, "max_tokens", "1", "2147483647")],
)
def test_an_option_out_of_range_is_refused_with_the_range(
    isolated: Path, options: Any, option: str, least: str, most: str
) -> None:
    """The error comes before anything is sent."""
    provider = FakeProvider()
    with pytest.raises(BadOptions) as caught:
        session_with(provider).ask("Hello?", profile="writer", **options)
    ((named, problem),) = caught.value.problems.items()
    assert named == option
    assert {least, most} <= set(problem.split())
    assert asked(provider) == []


@pytest.mark.parametrize("prompt", ["", "  \n "])
def test_nothing_is_not_asked(isolated: Path, prompt: str) -> None:
    """An empty question would cost money."""
    with pytest.raises(NothingToAsk):
        session_with(FakeProvider()).ask(prompt, profile="writer")


def test_a_name_that_is_none_is_suggested(isolated: Path) -> None:
    """The suggestion is the nearest name."""
    with pytest.raises(ProfileNotFound) as caught:
        session_with(FakeProvider()).ask("Hello?", profile="writr")
    assert caught.value.nearest == "writer"


def test_carrying_on_sends_the_last_exchange_before(isolated: Path) -> None:
    """This holds until a reset. Without the option, each question is independent."""
    provider = FakeProvider()
    session = session_with(provider)
    session.ask("One", profile="writer")
    session.ask("Two", profile="writer", carry_on=True)
    session.ask("Three", profile="writer", carry_on=True)
    session.ask("Four", profile="writer")
    session.reset("writer")
    session.ask("Five", profile="writer", carry_on=True)
    texts = [[message.content for message in each.messages] for each in asked(provider)]
    said = "Hello from the fake."
    assert texts == [["One"], ["One", said, "Two"], ["One", said, "Two", said, "Three"], ["Four"], ["Five"]]


def test_resetting_what_is_not_there_is_no_error(isolated: Path) -> None:
    """An unknown name is an error, however."""
    session = session_with(FakeProvider())
    assert "writer" in session.reset("writer").what
    assert "writer" not in session.reset().what
    with pytest.raises(ProfileNotFound):
        session.reset("nobody")


def test_a_stream_gives_pieces_and_then_the_whole(isolated: Path) -> None:
    """The reply is partial until the stream has ended."""
    stream = session_with(FakeProvider()).stream("Hello?", profile="writer")
    assert next(stream) == "Hello "
    assert (stream.reply.text, stream.reply.partial) == ("Hello ", True)
    assert list(stream) == ["from ", "the fake."]
    assert (stream.reply.text, stream.reply.partial) == ("Hello from the fake.", False)


def test_closing_a_stream_closes_the_connection_and_keeps_what_came(isolated: Path) -> None:
    """It counts as a call, because it costs money."""
    provider = Breaking()
    session = session_with(provider)
    with session.stream("Hello?", profile="writer") as stream:
        next(stream)
    assert provider.closed
    assert (stream.reply.text, stream.reply.partial) == ("Half ", True)
    assert [(each.calls, each.failures) for each in session._meter.here()] == [(1, 0)]


def test_a_stream_that_is_left_early_was_a_call_and_is_the_last_reply(isolated: Path) -> None:
    """A loop that ends with ``break`` closes nothing itself: the stream is garbage-collected, and it costs money."""
    provider = Breaking()
    session = session_with(provider)
    for _piece in session.stream("Hello?", profile="writer"):
        break
    gc.collect()
    assert provider.closed
    assert session.last_reply is not None
    assert (session.last_reply.text, session.last_reply.partial) == ("Half ", True)
    assert [(each.calls, each.failures) for each in session._meter.here()] == [(1, 0)]


def test_the_last_reply_is_that_of_the_last_request(session: Session) -> None:
    """The way of asking does not matter, but one side of a comparison is no last reply."""
    session.create("demo", "demo")
    session.create_profile("a", connections="demo", model="demo-brief")
    session.ask("one", profile="a")
    "".join(session.stream("two", profile="a"))
    assert str(session.last_reply) == "You said “two”."
    session.compare("three", "a")
    assert str(session.last_reply) == "You said “two”."


def test_an_answer_that_breaks_off_is_an_error_with_what_came(isolated: Path) -> None:
    """The question is not asked again, although another connection is ready."""
    provider = Breaking()
    session = session_with(provider)
    session.create("spare", "fake", settings={"api_key": Secret("made-up-key")})
    session.edit_profile("writer", connections=["fake-dev", "spare"])
    with pytest.raises(AnswerCut) as caught:
        session.ask("Hello?", profile="writer")
    assert isinstance(caught.value.partial, Reply)
    assert (caught.value.partial.text, caught.value.partial.partial) == ("Half an answer", True)
    assert (caught.value.kind, caught.value.failed.alias) == (FailureKind.UNREACHABLE, "fake-dev")
    assert "connection reset" in caught.value.failed.words
    assert len(provider.clients) == 1
    assert session.last_reply is not None
    assert session.last_reply.text == "Half an answer"


def test_an_interrupt_keeps_what_came_and_stays_an_interrupt(isolated: Path) -> None:
    """In Python it is a KeyboardInterrupt, so that no ``except Exception`` swallows it."""
    provider = Breaking()
    provider.ending = KeyboardInterrupt()
    session = session_with(provider)
    with pytest.raises(KeyboardInterrupt):
        session.ask("Hello?", profile="writer")
    assert provider.closed
    assert session.last_reply is not None
    assert (session.last_reply.text, session.last_reply.partial) == ("Half an answer", True)
    assert "partial" in session.last_reply.footer


def test_a_client_is_made_once_as_long_as_nothing_changes(isolated: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Making a client takes longer than asking. A new key causes a new client."""
    provider = FakeProvider()
    session = Session(registry=registry_of(provider))
    monkeypatch.setenv("Fake__Key", "first-key")
    session.create("fake-dev", "fake", settings={"api_key": "$Fake:Key"})
    for _ in range(2):
        session.ask("Hello?", profile="fake-dev", model="m")
    assert len(provider.clients) == 1
    monkeypatch.setenv("Fake__Key", "second-key")
    session.ask("Hello?", profile="fake-dev", model="m")
    assert len(provider.clients) == 2
    session.disable("fake-dev")
    with pytest.raises(ConnectionInactive):
        session.ask("Hello?", profile="fake-dev", model="m")


def in_a_loop(work: Coroutine[Any, Any, T]) -> T:
    """Return the result of a coroutine from a separate thread and loop, because Playwright's loop may be running in this thread."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()


def test_asking_asynchronously_leaves_the_loop_free(isolated: Path) -> None:
    """While the answer is pending, the loop runs the code that lets it go on."""
    provider = Waiting()
    session = session_with(provider)
    heard: list[str] = []

    async def both() -> Reply:
        task = asyncio.create_task(session.aask("Hello?", profile="writer", on_text=heard.append))
        while not provider.began.is_set():
            await asyncio.sleep(0)
        provider.go_on.set()
        return await task

    assert in_a_loop(both()).text == "One two."
    assert heard == ["One ", "two."]


def test_cancelling_ends_the_call(isolated: Path) -> None:
    """Cancelling also closes the provider's answer."""
    provider = Waiting()
    session = session_with(provider)

    async def cancelled() -> None:
        task = asyncio.create_task(session.aask("Hello?", profile="writer"))
        while not provider.began.is_set():
            await asyncio.sleep(0)
        task.cancel()
        provider.go_on.set()
        with pytest.raises(asyncio.CancelledError):
            await task

    in_a_loop(cancelled())
    assert provider.ended.wait(30)


def test_an_error_reaches_who_awaits(isolated: Path) -> None:
    """The error is the same as without a loop."""
    with pytest.raises(ProfileNotFound):
        in_a_loop(session_with(FakeProvider()).aask("Hello?", profile="nobody"))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"a": 1}', {"a": 1}),
        ('Here:\n```json\n{"a": 1}\n```\nDone.', {"a": 1}),
        ("[1, 2]", [1, 2]),
        ('Maybe {"a": 2}?\n</think>\n\n{"a": 1}', {"a": 1}),
        ('{"a": "</think>"}', {"a": "</think>"}),
    ],
)
def test_json_is_read_also_within_a_fence(text: str, value: object) -> None:
    """Models seldom omit the fence, and some think before it."""
    assert Reply(text, "m", "c").json() == value


def test_no_json_is_an_error_that_says_where() -> None:
    """The error has the line and the column."""
    with pytest.raises(NotJson) as caught:
        Reply("Sure! {", "m", "c").json()
    assert caught.value.where == "line 1, column 1"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Try:\n```python\nx = 1\n```\nand\n```\ny = 2\n```", "x = 1\n\ny = 2"),
        ("x = 1\n", "x = 1"),
        ("~~~\na\n~~~", "a"),
        ("```python\nx = '```'\n", "x = '```'"),
    ],
)
def test_code_is_what_stands_in_fences(text: str, code: str) -> None:
    """If nothing is fenced, the whole text is code."""
    assert Reply(text, "m", "c").code() == code


def test_what_is_not_said_is_not_invented() -> None:
    """The footer leaves out unknown facts."""
    footers: Sequence[str] = [
        Reply("x", "m", "c", seconds=1.25).footer,
        Reply("x", "m", "c", "p", 412, 87, seconds=1.3).footer,
        Reply("x", "m", "c", "p", None, 87, seconds=1.3, finish_reason="length").footer,
    ]
    assert footers == [
        "c · m · tokens unknown · 1.2 s",
        "p · c · m · 412 -> 87 tokens · 1.3 s",
        "p · c · m · ? -> 87 tokens · 1.3 s · cut at max tokens",
    ]


class Endless(FakeProvider):
    """A provider that never stops answering."""

    closed = False

    def chat(self, client: Any, request: ChatRequest) -> Iterator[Delta | Finish]:
        try:
            while True:
                yield Delta("word " * 100)
        finally:
            self.closed = True


def test_an_answer_that_goes_on_for_ever_is_cut(isolated: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is cut before it fills the memory. The text so far is kept, and the connection is closed. The connection is not at
    fault, and is asked first again."""
    monkeypatch.setattr(stream, "LONGEST", 10_000)
    provider = Endless()
    session = session_with(provider)
    session.create("other", "fake", settings={"api_key": Secret("made-up-key")})
    session.edit_profile("writer", connections=["fake-dev", "other"])
    with pytest.raises(AnswerCut) as raised:
        session.ask("Hello?", profile="writer")
    assert raised.value.kind is FailureKind.PROVIDER_FAULT
    assert 10_000 < len(raised.value.partial.text) <= 10_500
    assert raised.value.partial.partial
    assert provider.closed
    assert raised.value.then == ""


def test_an_answer_in_half_letters_is_whole(isolated: Path) -> None:
    """Some servers cut a letter in two, and a notebook could show neither half."""

    class Halves(FakeProvider):
        def chat(self, client: Any, request: ChatRequest) -> Iterator[Delta | Finish]:
            yield Delta("so \ud83d")
            yield Delta("\ude00 \ud83d")
            yield Finish()

    assert session_with(Halves()).ask("Hello?", profile="writer").text == "so \U0001f600 \ufffd"


def test_an_interrupt_while_a_stream_is_made_is_the_only_error(
    monkeypatch: pytest.MonkeyPatch, interrupted_at: Callable[[int, Callable[[], object]], None]
) -> None:
    """The finalizer of a stream works even if the stream is half made. Otherwise Python prints an error that nobody can act on."""
    ignored: list[object] = []
    monkeypatch.setattr(sys, "unraisablehook", lambda about: ignored.append(about.exc_value))
    with session_with(FakeProvider()).stream("hello", profile="writer") as other:

        def make() -> None:
            made = stream.Stream(
                other._pieces,
                other._begun,
                None,
                target=other._target,
                started=0.0,
                ended=lambda *of: None,
                turns=other._turns,
            )
            made._ended = None

        gc.collect()
        gc.freeze()  # otherwise each collection looks at all that is in memory
        for number in range(1, 100):
            with suppress(KeyboardInterrupt):
                interrupted_at(number, make)
                break
            gc.collect()
    assert 10 < number < 99
    # Ctrl-C may come in the finalizer itself.
    assert [each for each in ignored if not isinstance(each, KeyboardInterrupt)] == []
