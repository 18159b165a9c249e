"""Several processes can read and write the SQLite files, opened at the same time or across a fork, and nothing is lost."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from itertools import count
from pathlib import Path
from threading import Event, Thread

import pytest

from aiconn_nb.features.batch.journal import Answered, Journal
from aiconn_nb.features.usage.meter import Meter
from aiconn_nb.features.usage.usage_file import Limits, UsageFile, put_cap

SETTINGS = "s" * 64
TOGETHER = 4
ROUNDS = 12

OPEN = """
import sys
from pathlib import Path
from tests.faults.test_databases import {opens} as opens

for line in sys.stdin:  # all processes start each round together, when their line arrives
    try:
        opens(Path(line.rstrip()))
    except Exception as error:
        print(repr(error), flush=True)
    else:
        print("opened", flush=True)
"""


def local_journal(folder: Path) -> None:
    """Open a new journal that one host uses."""
    journal = Journal(folder / "answers.sqlite", SETTINGS)
    assert journal.put((journal.key(str(os.getpid())), Answered("x", "c", "m", 1, 1, 0.0))), journal.note
    journal.close()


def spread_journal(folder: Path) -> None:
    """Open a new journal that several hosts use."""
    journal = Journal(folder / "answers.sqlite", SETTINGS, is_spread=True)
    assert journal.put((journal.key(str(os.getpid())), Answered("x", "c", "m", 1, 1, 0.0))), journal.note
    journal.close()


def usage_file(folder: Path) -> None:
    """Open a new usage file."""
    usage = UsageFile(folder)
    usage.caps()
    with usage.changing() as file:
        put_cap(file, Limits(str(os.getpid()), "connection", "day", calls=1), "a")
    assert usage.caps()
    usage.close()


@pytest.mark.parametrize("opens", [local_journal, spread_journal, usage_file])
def test_processes_that_open_a_new_file_together_all_can(opens: Callable[[Path], None], tmp_path: Path) -> None:
    """SQLite refuses at once, without its usual wait, to change the journal mode of a file that another process is opening."""
    command = [sys.executable, "-c", OPEN.format(opens=opens.__name__)]
    root = Path(__file__).parents[2]
    processes = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1, cwd=root)
        for _ in range(TOGETHER)
    ]
    told: list[str] = []
    try:
        for number in range(ROUNDS):
            folder = tmp_path / str(number)
            folder.mkdir()
            for each in processes:
                assert each.stdin is not None
                each.stdin.write(f"{folder}\n")
            for each in processes:
                assert each.stdout is not None
                told.append(each.stdout.readline().rstrip())
    finally:
        for each in processes:
            each.communicate()
    assert set(told) == {"opened"}
    assert len(told) == TOGETHER * ROUNDS


@pytest.mark.parametrize("kind", ["usage file", "journal"])
def test_an_interrupt_leaves_no_transaction_open(
    kind: str, tmp_path: Path, interrupted_at: Callable[[int, Callable[[], object]], None]
) -> None:
    """At any line: the file stayed locked for all other kernels until this one wrote again. Ctrl-C during the wait for the lock
    comes as soon as it has the lock."""
    usage = UsageFile(tmp_path)
    journal = Journal(tmp_path / "answers.sqlite", SETTINGS)
    place = tmp_path / "usage.sqlite" if kind == "usage file" else journal.place
    with usage.changing() as file:
        put_cap(file, Limits("a", "connection", "day", calls=1), "a")

    def change() -> None:
        if kind == "journal":
            journal.put((journal.key("prompt"), Answered("x", "c", "m", 1, 1, 0.0)))
            return
        with usage.changing() as file:
            put_cap(file, Limits("b", "connection", "day", calls=1), "b")

    for number in count(1):
        try:
            interrupted_at(number, change)
        except KeyboardInterrupt:
            with closing(sqlite3.connect(place, timeout=0)) as other:
                other.execute("begin immediate")
        else:
            break
    assert number > 5
    usage.close()
    journal.close()


def test_a_forked_process_keeps_the_usage_file_that_its_parent_closes(tmp_path: Path) -> None:
    """The file contains what the child writes afterwards: SQLite in the child does not take the locks of its parent for its own."""
    parent = Meter(tmp_path)
    with parent.file.changing() as file:
        put_cap(file, Limits("first", "connection", "day", calls=1), "a")
    assert [each.target for each in parent.file.caps()] == ["first"]
    from_child, to_parent = os.pipe()
    from_parent, to_child = os.pipe()
    child = os.fork()
    if not child:  # pragma: no cover - another process
        code = 1
        try:
            assert [each.target for each in parent.file.caps()] == ["first"]
            os.write(to_parent, b"has opened it")
            assert os.read(from_parent, 100) == b"has closed it"
            with parent.file.changing() as file:
                put_cap(file, Limits("second", "connection", "day", calls=1), "a")
            code = 0
        finally:
            os._exit(code)
    assert os.read(from_child, 100) == b"has opened it"
    parent.file.close()
    os.write(to_child, b"has closed it")
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    for each in (from_child, to_parent, from_parent, to_child):
        os.close(each)
    assert [each.target for each in parent.file.caps()] == ["first", "second"]
    parent.file.close()


def test_a_fork_waits_for_a_thread_that_writes(tmp_path: Path) -> None:
    """The child would inherit the lock of that thread, and nothing would ever release it."""
    meter = Meter(tmp_path)
    is_writing, may_end = Event(), Event()

    def write() -> None:
        with meter._saving, meter.file.changing() as file:
            put_cap(file, Limits("first", "connection", "day", calls=1), "a")
            is_writing.set()
            may_end.wait(60)

    thread = Thread(target=write)
    thread.start()
    assert is_writing.wait(60)
    # The thread ends once the fork has begun, because the handlers of a fork run in the reverse order of their registration.
    begun: list[bool] = []
    os.register_at_fork(before=lambda: begun or (begun.append(True), may_end.set()))
    child = os.fork()
    if not child:  # pragma: no cover - another process
        code = 1
        try:
            with meter.file.changing() as file:
                put_cap(file, Limits("second", "connection", "day", calls=1), "a")
            code = 0
        finally:
            os._exit(code)
    thread.join(60)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert [each.target for each in meter.file.caps()] == ["first", "second"]
    meter.file.close()


def test_a_journal_goes_on_in_a_forked_process_and_in_its_parent(tmp_path: Path) -> None:
    """Both processes write, and each reads what the other wrote."""
    journal = Journal(tmp_path / "answers.sqlite", SETTINGS)
    answer = Answered("x", "c", "m", 1, 1, 0.0)
    assert journal.put((journal.key("before"), answer))
    child = os.fork()
    if not child:  # pragma: no cover - another process
        code = 1
        try:
            assert journal.get(journal.key("before")) == answer
            assert journal.put((journal.key("child"), answer))
            code = 0
        finally:
            os._exit(code)
    assert journal.put((journal.key("parent"), answer))
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert [journal.get(journal.key(each)) for each in ("before", "child", "parent")] == [answer] * 3
    journal.close()
