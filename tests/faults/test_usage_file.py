"""The usage file survives many processes, kills and a full disk: nothing that was written is lost, and no answer fails."""

from __future__ import annotations

import asyncio
import os
import resource
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from aiconn_nb import Session
from aiconn_nb.errors import AnswerElsewhere, CapReached
from aiconn_nb.model.secret import Secret

from .conftest import Fork, Record

MODEL = "demo-brief"
CANARY = "canary-of-all-that-is-said"


@pytest.fixture
def place(isolated: Path) -> Path:
    """Return the path of the usage file of a store with one connection."""
    session = Session()
    session.create("a", "demo")
    session.close()
    return isolated / "home" / "usage.sqlite"


def counted(place: Path) -> int:
    """Return the number of calls in the file, and check that the file is whole."""
    with closing(sqlite3.connect(place)) as file:
        assert file.execute("pragma integrity_check").fetchone() == ("ok",)
        (calls,) = file.execute("select total(calls) from usage").fetchone()
        return int(calls)


def test_many_processes_count_together(
    place: Path, fork: Fork, ended: Callable[[int], None], record_figure: Record
) -> None:
    """The first processes count, too, although they create the file at the same time."""

    def ask() -> None:
        session = Session()
        for _ in range(25):
            session.ask("one", profile="a", model=MODEL)
            assert session._meter.save()

    for pid in [fork(ask) for _ in range(6)]:
        ended(pid)
    assert counted(place) == 150
    record_figure("calls counted by processes at the same time", 150)


def test_a_forked_process_does_not_count_the_request_of_its_parent(
    place: Path, fork: Fork, ended: Callable[[int], None]
) -> None:
    """It has a copy of its stream: the request was counted twice, and an amount released that the process had not reserved."""
    session = Session()
    session.cap("a", connection=True, calls=10)
    stream = session.stream("one two", profile="a", model=MODEL)
    next(stream)

    def close() -> None:
        stream.close()
        session.ask("one", profile="a", model=MODEL)
        assert session._meter.save()

    ended(fork(close))
    assert list(stream)
    assert session._meter.save()
    assert counted(place) == 2


def test_a_forked_process_does_not_read_the_answer_of_its_parent(
    place: Path, fork: Fork, ended: Callable[[int], None]
) -> None:
    """Both would read from one connection. The asynchronous form was a bare RuntimeError, and a wait for it never ended."""
    session = Session()
    loop = asyncio.new_event_loop()
    stream = session.stream("one two three", profile="a", model=MODEL)
    awaited = loop.run_until_complete(session.astream("one two three", profile="a", model=MODEL))
    begun = [next(stream), loop.run_until_complete(anext(awaited))]

    def read() -> None:
        with pytest.raises(AnswerElsewhere):
            next(stream)
        stream.close()

        async def read_awaited() -> None:
            with pytest.raises(AnswerElsewhere):
                await anext(awaited)
            await awaited.aclose()

        asyncio.run(read_awaited())
        assert (awaited.reply.text, awaited.reply.partial) == (begun[1], True)

    ended(fork(read))

    async def rest() -> list[str]:
        return [piece async for piece in awaited]

    assert list(stream)
    assert loop.run_until_complete(rest())
    loop.close()
    assert not stream.reply.partial
    assert not awaited.reply.partial


def test_a_stream_that_the_process_leaves_is_counted(place: Path) -> None:
    """A script may end while it has one. The request was sent, but the interpreter could not write it any more."""
    script = f"import aiconn_nb; s = aiconn_nb.stream('one two three', profile='a', model={MODEL!r}); next(s)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stderr == ""
    assert counted(place) == 1


def test_two_kernels_cannot_pass_one_cap(place: Path, fork: Fork, ended: Callable[[int], None], tmp_path: Path) -> None:
    """Six processes ask ten times each, and 20 calls pass."""
    Session().cap("a", calls=20)

    def ask() -> None:
        session = Session()
        passed = 0
        for _ in range(10):
            try:
                session.ask("one", profile="a", model=MODEL)
                passed += 1
            except CapReached:
                pass
        assert session._meter.save()
        (tmp_path / f"passed-{os.getpid()}").write_text(str(passed))

    for pid in [fork(ask) for _ in range(6)]:
        ended(pid)
    assert sum(int(each.read_text()) for each in tmp_path.glob("passed-*")) == 20
    assert counted(place) == 20


def test_a_kill_at_any_moment_leaves_the_file_whole(
    place: Path, fork: Fork, thorough: bool, tmp_path: Path, record_figure: Record
) -> None:
    """What a killed process had written is there, and the next process goes on."""
    kills = 60 if thorough else 15
    told = tmp_path / "told"
    for number in range(kills):
        read, write = os.pipe()

        def ask(write: int = write) -> None:
            session = Session()
            for _ in range(1_000):
                session.ask("one", profile="a", model=MODEL)
                assert session._meter.save()
                with told.open("ab") as file:
                    file.write(b".")
                os.write(write, b".")

        pid = fork(ask)
        for _ in range(number % 7 + 1):
            os.read(read, 1)
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        os.close(read)
        os.close(write)
        assert counted(place) >= told.stat().st_size
    assert counted(place) <= told.stat().st_size + kills
    record_figure("kills while usage was written", kills)


def test_a_full_disk_fails_no_answer_and_loses_no_count(place: Path, fork: Fork, ended: Callable[[int], None]) -> None:
    """The limits go from nothing to enough. Once there is room again, all counts are written."""

    def fill() -> None:
        session = Session()
        asked = 0
        for limit in [0, 1, 100, 4_096, 5_000, 20_000, 33_000, 50_000]:
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
            for _ in range(3):
                asked += 1
                assert session.ask("one", profile="a", model=MODEL).text
            session._meter.save()
            assert session.usage().total.calls == asked
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        assert session._meter.save()
        assert session._meter.problem == ""

    ended(fork(fill))
    assert counted(place) == 24


def test_no_text_and_no_key_reaches_the_file(place: Path) -> None:
    """The files beside it contain none either."""
    session = Session()
    session.create("keyed", "openai", settings={"api_key": "$Canary:ApiKey"})
    session.set_secret("Canary:ApiKey", Secret(CANARY))
    session.ask("canary-of-a-prompt one", profile="a", model=MODEL, system="canary-of-a-system-prompt")
    session.cap("keyed", calls=1)
    session.usage()
    content = b"".join(each.read_bytes() for each in place.parent.glob("usage.sqlite*"))
    assert b"canary" not in content
