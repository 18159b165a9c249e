"""Ctrl-C while an SDK waits for its server, as a person presses it: a signal, to a process that asks.

The servers are ours: they go on for ever.
"""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable
from threading import Event

import pytest

from aiconn_nb import Session

from .servers import Answer, Asked, Reply, Server
from .spoken import SPOKEN, Spoken

Serve = Callable[[Answer], Server]

every = pytest.mark.parametrize("spoken", SPOKEN, ids=str)


def asking(session: Session, spoken: Spoken, url: str) -> subprocess.Popen[str]:
    """A terminal in which the question was put."""
    alias = spoken.connect(session, url)
    session.create_profile("writer", connections=[alias], model="m-1")
    return subprocess.Popen(
        [sys.executable, "-m", "aiconn_nb.cli", "ask", "writer", "hello"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@every
def test_an_interrupt_is_heard_while_the_next_piece_is_waited_for(
    spoken: Spoken, session: Session, serve: Serve
) -> None:
    """The server sees the connection close; what had come was printed, and is said to be partial."""
    server = serve(spoken.half(Reply.wait_for_hang_up))
    with asking(session, spoken, server.url) as process:
        assert process.stdout is not None
        assert process.stdout.read(5) == "Half "
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=30)
    assert server.hung_up.wait(10)
    assert process.returncode == 130
    assert "partial" in said
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
        process.send_signal(signal.SIGINT)
        printed, said = process.communicate(timeout=30)
    assert server.hung_up.wait(10)
    assert (process.returncode, printed) == (130, "")
    assert said.startswith("Interrupted")
    assert "Traceback" not in said
    assert len(server.asked) == 1
