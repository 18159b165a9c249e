"""A thread that waits for a server ends at once when it is stopped, and its connection is closed."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from threading import Event, Thread

import pytest

from aiconn_nb.providers.stopping import stop, stoppable


@pytest.fixture
def silent() -> Iterator[tuple[socket.socket, int]]:
    """A server that takes a connection and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(5)
        yield server, server.getsockname()[1]


def running(work: Callable[[], object]) -> tuple[Thread, list[str], Event]:
    """A thread, what it did in the end, and the event of its beginning."""
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
    """It is interrupted, not told of a broken connection: an SDK would try such a one again."""
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
    """Between two steps of it."""

    def count() -> None:
        while True:
            time.sleep(0.001)

    thread, ended, _ = running(count)
    stop([thread])
    assert not thread.is_alive()
    assert ended == ["interrupted"]


def test_a_thread_that_has_ended_is_left_alone() -> None:
    """As is one that never began."""
    thread, ended, _ = running(lambda: None)
    thread.join()
    stop([thread, Thread(target=print)])
    assert ended == []


def test_a_thread_that_hears_of_its_end_late_is_no_error() -> None:
    """When it was stopped it may have had its answer, and have been telling so."""
    told: list[str] = []

    def ending() -> None:
        told.append("ended")
        raise KeyboardInterrupt

    thread = Thread(target=stoppable(ending))
    thread.start()
    thread.join()
    assert told == ["ended"]
