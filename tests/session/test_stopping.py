"""A thread that waits for a server ends at once when it is stopped, and its connection is closed."""

from __future__ import annotations

import asyncio
import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from http.client import HTTPConnection
from threading import Event, Thread

import pytest

from aiconn_nb.providers.calls.deadline import wake
from aiconn_nb.providers.calls.stopping import stop, stoppable


@pytest.fixture
def silent() -> Iterator[tuple[socket.socket, int]]:
    """Yield a server that accepts a connection and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(5)
        yield server, server.getsockname()[1]


def running(work: Callable[[], object]) -> tuple[Thread, list[str], Event]:
    """Start a thread, and return it, a list of how it ended, and the event of its beginning."""
    ended: list[str] = []
    begun = Event()

    def run() -> None:
        begun.set()
        try:
            work()
        except KeyboardInterrupt:
            ended.append("interrupted")
        except Exception as error:
            ended.append(type(error).__name__)

    thread = Thread(target=run, daemon=True)
    thread.start()
    assert begun.wait(5)
    return thread, ended, begun


def test_a_thread_that_waits_for_an_answer_is_woken(silent: tuple[socket.socket, int]) -> None:
    """It is interrupted and does not see a broken connection, which an SDK would try again."""
    server, port = silent

    def ask() -> None:
        client = HTTPConnection("127.0.0.1", port, timeout=60)
        client.request("GET", "/")
        client.getresponse()

    thread, ended, _ = running(ask)
    connection, _ = server.accept()
    connection.settimeout(5)
    connection.recv(1024)
    stop([thread])
    assert not thread.is_alive()
    assert ended == ["interrupted"]
    assert connection.recv(1024) == b""
    connection.close()


def test_a_thread_that_computes_is_interrupted() -> None:
    """The interrupt comes between two steps."""

    def count() -> None:
        while True:
            time.sleep(0.001)

    thread, ended, _ = running(count)
    stop([thread])
    assert not thread.is_alive()
    assert ended == ["interrupted"]


def test_a_thread_that_tells_a_loop_something_leaves_that_loop_its_socket() -> None:
    """A loop whose own socket is shut down never waits again: it takes a whole core for as long as the process lives."""
    with closing(asyncio.SelectorEventLoop()) as loop:
        with suppress(BlockingIOError):
            while True:
                loop._csock.send(b"\0" * 4096)
        loop._csock.setblocking(True)  # the socket is full, so a thread that tells the loop something waits in there
        thread, _, _ = running(lambda: loop.call_soon_threadsafe(str))
        while sys._current_frames()[thread.ident or 0].f_code.co_name != "_write_to_self":
            pass
        wake(thread.ident)
        loop.run_until_complete(asyncio.sleep(0))
        thread.join(5)
        loop.run_until_complete(asyncio.sleep(0))
        with pytest.raises(BlockingIOError):
            loop._ssock.recv(1)


def test_a_thread_that_has_ended_is_left_alone() -> None:
    """A thread that never began is left alone as well."""
    thread, ended, _ = running(lambda: None)
    thread.join()
    stop([thread, Thread(target=print)])
    assert ended == []


def test_a_thread_that_hears_of_its_end_late_is_no_error() -> None:
    """When it was stopped, it may have had its answer and have been reporting it."""
    told: list[str] = []

    def ending() -> None:
        told.append("ended")
        raise KeyboardInterrupt

    thread = Thread(target=stoppable(ending))
    thread.start()
    thread.join()
    assert told == ["ended"]
