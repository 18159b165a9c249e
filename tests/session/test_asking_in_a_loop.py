"""An awaited answer, stream or comparison tells its pieces, its errors and its end to the code that awaits it."""

from __future__ import annotations

import asyncio
import gc
import sqlite3
from collections.abc import AsyncIterator, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from contextvars import ContextVar
from pathlib import Path
from threading import Event, Thread, current_thread
from typing import Any, TypeVar

import pytest

from aiconn_nb import BatchError, CommandError, ProfileNotFound, Session
from aiconn_nb.errors import NoAsyncioLoop, NoLoopInBackground
from aiconn_nb.features.asking import Comparison, Reply
from aiconn_nb.features.asking.awaited_stream import AwaitedStream
from aiconn_nb.model.secret import Secret
from aiconn_nb.providers.base import ChatRequest, Completion
from aiconn_nb.providers.calls.threaded import in_thread
from aiconn_nb.providers.testing import FakeProvider, registry_of
from aiconn_nb.session import background
from aiconn_nb.session.background import awaited
from tests.session.waiting import Waiting

T = TypeVar("T")
CELL: ContextVar[str] = ContextVar("CELL", default="some other")


def in_a_loop(work: Coroutine[Any, Any, T]) -> T:
    """Return the result of a coroutine from a separate thread and loop, because Playwright's loop may be running in this thread."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()


def session_with(provider: FakeProvider) -> Session:
    """Return a session with one profile ``writer`` on this provider."""
    made = Session(registry=registry_of(provider))
    made.create("fake-dev", "fake", settings={"api_key": Secret("made-up-key")})
    made.create_profile("writer", connections=["fake-dev"], model="fake-chat")
    return made


def test_each_piece_is_told_where_it_was_asked(isolated: Path) -> None:
    """The call-back runs in the context of the awaiting code, so its output appears in that code's cell."""
    session = session_with(FakeProvider())
    told: set[str] = set()

    async def ask() -> None:
        CELL.set("this one")
        await session.aask("Hello?", profile="writer", on_text=lambda text: told.add(CELL.get()))

    in_a_loop(ask())
    assert told == {"this one"}


def test_a_mistake_of_who_is_told_reaches_who_awaits(isolated: Path) -> None:
    """The error behaves as it does without a loop."""

    def broken(text: str) -> None:
        raise LookupError(text)

    with pytest.raises(LookupError):
        in_a_loop(session_with(FakeProvider()).aask("Hello?", profile="writer", on_text=broken))


async def pieces_of(stream: AwaitedStream) -> list[str]:
    """Return all pieces as they arrive."""
    return [piece async for piece in stream]


def test_a_stream_arrives_piece_by_piece(isolated: Path) -> None:
    """At its end, the stream has the reply, which is the last one and continues the exchange."""
    session = session_with(FakeProvider())

    async def ask() -> tuple[list[str], Reply]:
        stream = await session.astream("Hello?", profile="writer")
        return await pieces_of(stream), stream.reply

    pieces, reply = in_a_loop(ask())
    assert len(pieces) > 1
    assert ("".join(pieces), reply.partial) == (reply.text, False)
    assert session.last_reply == reply
    assert [row.calls for row in session.usage()] == [1]
    assert reply.input_tokens == 1
    assert in_a_loop(session.aask("Hello?", profile="writer", carry_on=True)).input_tokens == 3


def test_a_stream_takes_the_arguments_of_its_call(isolated: Path) -> None:
    """Named options take precedence over those of the profile."""
    provider = FakeProvider()
    session = session_with(provider)

    async def ask() -> None:
        await pieces_of(
            await session.astream("Hi", profile="writer", model="fake-other", system="Be brief.", max_tokens=7)
        )

    in_a_loop(ask())
    (request,) = [call.asked for call in provider.calls if call.verb == "chat"]
    assert isinstance(request, ChatRequest)
    assert (request.model, request.system, request.max_tokens) == ("fake-other", "Be brief.", 7)


def test_an_error_in_a_stream_call_comes_before_anything_is_sent(isolated: Path) -> None:
    """The awaited call raises it, not the first piece."""
    provider = FakeProvider()
    with pytest.raises(ProfileNotFound):
        in_a_loop(session_with(provider).astream("Hello?", profile="nobody"))
    assert provider.calls == []


def test_leaving_a_stream_closes_it_and_keeps_what_came(isolated: Path) -> None:
    """The request counts."""
    provider = Waiting()
    session = session_with(provider)

    async def ask() -> Reply:
        async with await session.astream("Hello?", profile="writer") as stream:
            async for _ in stream:
                provider.go_on.set()
                break
        return stream.reply

    reply = in_a_loop(ask())
    assert provider.ended.wait(30)
    assert (reply.text, reply.partial) == ("One ", True)
    assert [row.calls for row in session.usage()] == [1]


def test_cancelling_a_wait_for_a_piece_closes_the_stream(isolated: Path) -> None:
    """The text so far stays."""
    provider = Waiting()
    session = session_with(provider)

    async def ask() -> Reply:
        stream = await session.astream("Hello?", profile="writer")
        assert await anext(stream) == "One "
        task = asyncio.ensure_future(anext(stream))
        await asyncio.sleep(0)
        task.cancel()
        provider.go_on.set()
        with pytest.raises(asyncio.CancelledError):
            await task
        return stream.reply

    assert in_a_loop(ask()).partial
    assert provider.ended.wait(30)


async def read_into(texts: list[str], stream: AwaitedStream) -> None:
    """Append each piece as it arrives."""
    async for piece in stream:
        texts.append(piece)  # noqa: PERF401 - it must be there before the next one is awaited


async def waits_for_a_piece(provider: Waiting, texts: list[str]) -> None:
    """Return once a reader that has appended the first piece to the texts waits for the second in the background loop."""
    while not (texts and provider.began.is_set()):
        await asyncio.sleep(0)
    await awaited(asyncio.sleep(0))


def test_a_reader_that_is_cancelled_twice_stays_cancelled(isolated: Path, caplog: pytest.LogCaptureFixture) -> None:
    """As by a time limit within another one: while the stream is still being closed, and at the end of its block. The event loop
    reports nothing of the wait that ends later."""
    provider = Waiting()
    session = session_with(provider)
    texts: list[str] = []

    async def read() -> None:
        async with await session.astream("Hello?", profile="writer") as stream:
            await read_into(texts, stream)

    async def ask() -> None:
        reader = asyncio.ensure_future(read())
        await waits_for_a_piece(provider, texts)
        reader.cancel()
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        reader.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reader

    in_a_loop(ask())
    provider.go_on.set()
    assert provider.ended.wait(30)
    gc.collect()
    assert texts == ["One "]
    assert [record.message for record in caplog.records] == []


def test_a_stream_is_closed_while_another_task_waits_for_a_piece(isolated: Path) -> None:
    """For that one, the reply ends."""
    provider = Waiting()
    session = session_with(provider)
    texts: list[str] = []

    async def ask() -> Reply:
        stream = await session.astream("Hello?", profile="writer")
        reader = asyncio.ensure_future(read_into(texts, stream))
        await waits_for_a_piece(provider, texts)
        await stream.aclose()
        await reader
        return stream.reply

    reply = in_a_loop(ask())
    provider.go_on.set()
    assert (texts, reply.text, reply.partial) == (["One "], "One ", True)
    assert [row.calls for row in session.usage()] == [1]


class Pending(FakeProvider):
    """A provider whose asynchronous requests end only when they are cancelled."""

    def __init__(self) -> None:
        super().__init__()
        self.began, self.ended = Event(), Event()

    def async_client(self, settings: Any, patience: float | None = None) -> Any:
        return object()

    async def async_complete(self, client: Any, request: ChatRequest) -> Completion:
        self.began.set()
        try:
            await asyncio.get_running_loop().create_future()
        finally:
            self.ended.set()
        raise AssertionError("it was cancelled")


def test_a_cancelled_map_closes_its_requests_while_its_rows_are_read(isolated: Path) -> None:
    """The next row may come in an hour."""
    provider = Pending()
    session = session_with(provider)
    waits: list[bool] = []
    left: list[bool] = []

    async def rows() -> AsyncIterator[str]:
        for number in range(16):  # as many as are read in one step
            yield str(number)
        waits.append(True)
        try:
            await asyncio.get_running_loop().create_future()
        finally:
            left.append(True)

    async def ask() -> None:
        mapping = asyncio.ensure_future(session.amap(rows(), "{text}", profile="writer", at_once=20, journal=False))
        while not (waits and provider.began.is_set()):
            await asyncio.sleep(0)
        mapping.cancel()
        with pytest.raises(asyncio.CancelledError):
            await mapping

    in_a_loop(ask())
    assert provider.ended.is_set()
    assert left == [True]


@contextmanager
def cursor_over(count: int) -> Iterator[Iterator[str]]:
    """Yield rows of an SQLite database, which it gives to this thread only."""
    with closing(sqlite3.connect(":memory:")) as file:
        file.execute("create table texts (body)")
        file.executemany("insert into texts values (?)", [(f"text {number}",) for number in range(count)])
        yield (body for (body,) in file.execute("select body from texts"))


def test_an_awaited_map_reads_its_rows_in_the_thread_of_the_loop(isolated: Path) -> None:
    """An SQLite database gives its rows to no other thread. No row is read beyond the limit."""
    session = session_with(FakeProvider())

    async def ask() -> tuple[list[str | None], str]:
        with cursor_over(100) as rows:
            table = await session.amap(rows, "{text}", profile="writer", limit=40)
            return [row["error"] for row in table], next(rows)

    assert in_a_loop(ask()) == ([None] * 40, "text 40")


def test_an_awaited_embed_reads_its_texts_in_the_thread_of_the_loop(isolated: Path) -> None:
    """This includes the rows of a template."""
    session = session_with(FakeProvider())
    session.create_profile("vectors", connections=["fake-dev"], model="fake-embedding", capability="embedding")

    async def ask() -> list[int]:
        with cursor_over(3) as texts, cursor_over(2) as more:
            found = await session.aembed(texts, profile="vectors")
            filled = await session.aembed(
                ({"body": text} for text in more), "{body}!", profile="vectors", journal=False
            )
            return [len(found.vectors), len(filled.vectors)]

    assert in_a_loop(ask()) == [3, 2]


def test_rows_may_be_awaited(isolated: Path) -> None:
    """The loop is free while an asynchronous iterable waits for its next row. An error of it is the error of the call."""
    session = session_with(FakeProvider())
    session.create_profile("vectors", connections=["fake-dev"], model="fake-embedding", capability="embedding")

    async def rows(count: int) -> AsyncIterator[str]:
        for number in range(count):
            await asyncio.sleep(0)
            yield f"text {number}"
        if count > 3:
            raise ZeroDivisionError

    async def ask() -> tuple[list[str], int]:
        table = await session.amap(rows(3), "{text}", profile="writer")
        found = await session.aembed(rows(3), profile="vectors")
        for awaited_call in (
            session.amap(rows(4), "{text}", profile="writer"),
            session.aembed(rows(4), profile="vectors"),
        ):
            with pytest.raises(ZeroDivisionError):
                await awaited_call
        return [row["text"] for row in table], len(found.vectors)

    assert in_a_loop(ask()) == (["text 0", "text 1", "text 2"], 3)


def test_an_argument_of_a_wrong_kind_is_no_row(isolated: Path) -> None:
    """The error of the awaited form is that of `map` and `embed`, which refuse asynchronous rows."""
    session = session_with(FakeProvider())

    async def rows() -> AsyncIterator[str]:
        yield "a"

    for given in ({"text": "a"}, 5, b"a"):
        with pytest.raises(BatchError):
            in_a_loop(session.amap(given, "{text}", profile="writer"))
    with pytest.raises(BatchError):
        session.map(rows(), "{text}", profile="writer")
    with pytest.raises(CommandError):
        session.embed(rows())


def test_a_callback_without_a_next_value_ends_the_call(isolated: Path) -> None:
    """A ``StopIteration`` cannot be the error of a future: the call waited forever."""
    session = session_with(FakeProvider())

    def none(of: object) -> None:
        next(iter(()))

    async def ask(call: Coroutine[Any, Any, object]) -> None:
        async with asyncio.timeout(30):
            await call

    for call in (
        session.amap(["a"], "{text}", profile="writer", on_progress=none),
        session.acompare("Hello?", "writer", on_change=none),
        in_thread(lambda: none(0)),
    ):
        with pytest.raises(RuntimeError):
            in_a_loop(ask(call))


def test_a_comparison_leaves_the_loop_free(isolated: Path) -> None:
    """While the replies are pending, the loop runs the code that lets them go on."""
    provider = Waiting()
    session = session_with(provider)
    session.create_profile("critic", connections=["fake-dev"], model="fake-chat")

    async def both() -> Comparison:
        task = asyncio.create_task(session.acompare("Hello?", "writer", "critic"))
        while not provider.began.is_set():
            await asyncio.sleep(0)
        provider.go_on.set()
        return await task

    found = in_a_loop(both())
    assert {name: reply.text for name, reply in found.replies.items()} == {"writer": "One two.", "critic": "One two."}
    assert session.last_comparison == found


def test_a_cancelled_comparison_stops(isolated: Path) -> None:
    """The text so far stays."""
    provider = Waiting()
    session = session_with(provider)

    async def cancelled() -> None:
        task = asyncio.create_task(session.acompare("Hello?", "writer"))
        while not provider.began.is_set():
            await asyncio.sleep(0)
        task.cancel()
        provider.go_on.set()
        with pytest.raises(asyncio.CancelledError):
            await task

    in_a_loop(cancelled())
    assert provider.ended.wait(30)
    assert session.last_comparison is not None


@pytest.mark.filterwarnings("error::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_thread_that_ends_behind_its_loop_is_quiet() -> None:
    """No caller is left that could get its result."""
    go_on = Event()
    threads: list[Thread] = []
    left: list[Coroutine[Any, Any, bool]] = []

    def call() -> bool:
        threads.append(current_thread())
        return go_on.wait(30)

    async def leave() -> None:
        left.append(in_thread(call))
        left[0].send(None)  # its first step and no other

    in_a_loop(leave())
    go_on.set()
    threads[0].join(30)
    left[0].close()


def test_what_a_stopped_thread_says_is_not_reported() -> None:
    """A connection that breaks while it is shut down is no error worth a report."""
    begun = Event()
    reported: list[str] = []

    def call() -> None:
        try:
            begun.set()
            while True:
                pass
        except KeyboardInterrupt:
            raise ConnectionError("shut down") from None

    async def cancel() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda loop, about: reported.append(about["message"]))
        task = asyncio.ensure_future(in_thread(call))
        while not begun.is_set():
            await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        del task
        gc.collect()

    in_a_loop(cancel())
    assert reported == []


# ---- other loops ------------------------------------------------------------------------------------------------------

ASYNCHRONOUS = {
    "aask": lambda session: session.aask("hi", profile="writer"),
    "astream": lambda session: session.astream("hi", profile="writer"),
    "acompare": lambda session: session.acompare("hi", "writer"),
    "aembed": lambda session: session.aembed(["hi"], profile="writer"),
    "amap": lambda session: session.amap([{"a": "b"}], "{a}", profile="writer"),
}


@pytest.mark.parametrize("call", ASYNCHRONOUS.values(), ids=ASYNCHRONOUS)
def test_a_loop_of_another_framework_is_refused_before_anything_is_sent(isolated: Path, call: Any) -> None:
    """trio drives a coroutine without a loop of asyncio. The answer would have been paid for and lost."""
    provider = FakeProvider()
    session = session_with(provider)
    with ThreadPoolExecutor(1) as pool, pytest.raises(NoAsyncioLoop):
        pool.submit(lambda: call(session).send(None)).result()
    assert provider.calls == []


def test_a_background_loop_that_does_not_start_is_an_error(isolated: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """gevent's threads share one, in which a notebook's own loop is running. The wait for an answer would never end."""

    class Patched(asyncio.SelectorEventLoop):
        def run_forever(self) -> None:
            raise RuntimeError("Cannot run the event loop while another loop is running")

    session = session_with(FakeProvider())
    monkeypatch.setattr(background, "_loop", None)
    with monkeypatch.context() as patched:
        patched.setattr(asyncio, "new_event_loop", Patched)
        with pytest.raises(NoLoopInBackground):
            session.compare("hi", "writer")
    assert session.compare("hi", "writer").ok
