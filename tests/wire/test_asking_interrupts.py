"""Stopped while an SDK waits for its server: by Ctrl-C, a signal to a process that asks, and by a task that is cancelled.

The servers are ours: they go on for ever.
"""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Event
from typing import Any

import pytest

from aiconn_nb import Interrupted, Session

from .servers import Answer, Asked, Reply, Server
from .spoken import SPOKEN, Spoken

Serve = Callable[[Answer], Server]

every = pytest.mark.parametrize("spoken", SPOKEN, ids=str)


def asking(session: Session, spoken: Spoken, url: str) -> subprocess.Popen[str]:
    """A terminal in which the question was put."""
    alias = spoken.connect(session, url)
    session.create_profile("writer", connections=[alias], model="m-1")
    return subprocess.Popen(
        [sys.executable, "-m", "aiconn_nb.ui.cli", "ask", "writer", "hello"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def interrupted(process: subprocess.Popen[str]) -> tuple[str, str]:
    """What it still prints, on stdout and stderr, once Ctrl-C has ended it.

    A signal that comes between Python's last look at signals and the wait for the server is seen after that wait only, on a busy
    machine more often. Then it is pressed again, as a user does.
    """
    for _ in range(5):
        process.send_signal(signal.SIGINT)
        with suppress(subprocess.TimeoutExpired):
            return process.communicate(timeout=10)
    process.kill()
    raise AssertionError("Ctrl-C was pressed five times, and not heard")


@every
def test_an_interrupt_is_heard_while_the_next_piece_is_waited_for(
    spoken: Spoken, session: Session, serve: Serve
) -> None:
    """The server sees the connection close; what had come was printed, and is said to be partial."""
    server = serve(spoken.half(Reply.wait_for_hang_up))
    with asking(session, spoken, server.url) as process:
        assert process.stdout is not None
        assert process.stdout.read(5) == "Half "
        _, said = interrupted(process)
    assert server.hung_up.wait(10)
    assert process.returncode == 130
    assert Interrupted().what in said
    assert "Traceback" not in said
    assert len(server.asked) == 1


@every
def test_an_interrupt_is_heard_while_nothing_has_come(spoken: Spoken, session: Session, serve: Serve) -> None:
    """Nor is the question put again."""
    was_asked = Event()

    def says_nothing(asked: Asked, reply: Reply) -> None:
        was_asked.set()
        reply.wait_for_hang_up()

    server = serve(says_nothing)
    with asking(session, spoken, server.url) as process:
        assert was_asked.wait(60)
        printed, said = interrupted(process)
    assert server.hung_up.wait(10)
    assert (process.returncode, printed) == (130, "")
    assert said.startswith("Interrupted")
    assert "Traceback" not in said
    assert len(server.asked) == 1


async def asked(session: Session, alias: str, heard: Callable[[], None]) -> None:
    """`aask`, which hears a first piece."""
    await session.aask("hello", profile=alias, model="m-1", on_text=lambda text: heard())


async def streamed(session: Session, alias: str, heard: Callable[[], None]) -> None:
    """`astream`, which hears a first piece."""
    async for _ in await session.astream("hello", profile=alias, model="m-1"):
        heard()


@every
@pytest.mark.parametrize("ask", [asked, streamed])
@pytest.mark.parametrize("first", [True, False], ids=["before", "within"])
def test_a_task_that_is_cancelled_closes_the_connection(
    spoken: Spoken,
    ask: Callable[[Session, str, Callable[[], None]], Coroutine[Any, Any, None]],
    first: bool,
    session: Session,
    serve: Serve,
) -> None:
    """Before anything has come, and within the answer; the question is not put again."""
    was_asked, heard = Event(), Event()

    def says_nothing(asked: Asked, reply: Reply) -> None:
        was_asked.set()
        reply.wait_for_hang_up()

    server = serve(says_nothing if first else spoken.half(Reply.wait_for_hang_up))
    alias = spoken.connect(session, server.url)

    async def cancelled() -> None:
        task = asyncio.create_task(ask(session, alias, heard.set))
        assert await asyncio.to_thread((was_asked if first else heard).wait, 60)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    with ThreadPoolExecutor(1) as pool:  # in this thread Playwright's loop may be running
        pool.submit(asyncio.run, cancelled()).result()
    assert server.hung_up.wait(10)
    assert len(server.asked) == 1
