"""What is told of an answer that is awaited."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar
from pathlib import Path
from threading import Event, Thread, current_thread
from typing import Any, TypeVar

import pytest

from aiconn_nb import Session
from aiconn_nb.model.secret import Secret
from aiconn_nb.providers.testing import FakeProvider, registry_of
from aiconn_nb.providers.threaded import in_thread

T = TypeVar("T")
CELL: ContextVar[str] = ContextVar("CELL", default="some other")


def in_a_loop(work: Coroutine[Any, Any, T]) -> T:
    """What it answers, from a thread and a loop of its own: in this thread Playwright's may be running."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()


def session_with(provider: FakeProvider) -> Session:
    """A session with one profile ``writer`` on this provider."""
    made = Session(registry=registry_of(provider))
    made.create("fake-dev", "fake", settings={"api_key": Secret("made-up-key")})
    made.create_profile("writer", connections=["fake-dev"], model="fake-chat")
    return made


def test_each_piece_is_told_where_it_was_asked(isolated: Path) -> None:
    """In the context of the awaiting code: what it prints is in the output of its own cell."""
    session = session_with(FakeProvider())
    told: set[str] = set()

    async def ask() -> None:
        CELL.set("this one")
        await session.aask("Hello?", profile="writer", on_text=lambda text: told.add(CELL.get()))

    in_a_loop(ask())
    assert told == {"this one"}


def test_a_mistake_of_who_is_told_reaches_who_awaits(isolated: Path) -> None:
    """As it does without a loop."""

    def broken(text: str) -> None:
        raise LookupError(text)

    with pytest.raises(LookupError):
        in_a_loop(session_with(FakeProvider()).aask("Hello?", profile="writer", on_text=broken))


@pytest.mark.filterwarnings("error::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_thread_that_ends_behind_its_loop_is_quiet() -> None:
    """No caller is left to be told."""
    go_on = Event()
    threads: list[Thread] = []
    left: list[Coroutine[Any, Any, bool]] = []

    def call() -> bool:
        threads.append(current_thread())
        return go_on.wait(30)

    async def leave() -> None:
        left.append(in_thread(call))
        left[0].send(None)  # its first step, and no other

    in_a_loop(leave())
    go_on.set()
    threads[0].join(30)
    left[0].close()


def test_what_a_stopped_thread_says_is_not_reported() -> None:
    """A connection that breaks as it is shut down is no error that anybody has to hear of."""
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
