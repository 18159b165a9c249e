"""A call that waits for its server stops at Ctrl-C, at a signal to its process, and when its task is cancelled.

The servers are ours and go on for ever.
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
    """Return a terminal process that has asked the question."""
    alias = spoken.connect(session, url)
    session.create_profile("writer", connections=[alias], model="m-1")
    return subprocess.Popen(
        [sys.executable, "-m", "aiconn_nb.ui.cli", "ask", "writer", "hello"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def interrupted(process: subprocess.Popen[str]) -> tuple[str, str]:
    """Send Ctrl-C until the process ends, and return what it still prints on stdout and stderr.

    On a busy machine, a signal may come between Python's last check for signals and the wait for the server, and it is then noticed
    only after that wait. The signal is then repeated, as a user would do.
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
    """The server sees the connection close. The text so far was printed and is marked as partial."""
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
    """The question is not repeated."""
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
    """Call `aask`, and report each piece."""
    await session.aask("hello", profile=alias, model="m-1", on_text=lambda text: heard())


async def streamed(session: Session, alias: str, heard: Callable[[], None]) -> None:
    """Call `astream`, and report each piece."""
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
    """This holds before the first piece and within the answer, and the question is not repeated."""
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

    with ThreadPoolExecutor(1) as pool:  # Playwright's loop may be running in this thread
        pool.submit(asyncio.run, cancelled()).result()
    assert server.hung_up.wait(10)
    assert len(server.asked) == 1
