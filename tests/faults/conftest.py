"""The shared parts of the attacks on the store: processes that can be killed, and a store with contents."""

from __future__ import annotations

import os
import signal
import traceback
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from aiconn_nb.errors import StoreError
from aiconn_nb.model.connection import Connection
from aiconn_nb.model.secret import Sealed
from aiconn_nb.store.store import Store

Record = Callable[[str, int], None]
Fork = Callable[[Callable[[], None]], int]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Return the folder of the store under attack."""
    return tmp_path / "home"


@pytest.fixture
def fork(tmp_path: Path) -> Iterator[Fork]:
    """Return a function that runs another one in a separate process and returns the process's id. The fixture `ended` waits for it.
    At the end of the test, processes that still run are killed.

    The processes are forked, so that two hundred of them need not start Python two hundred times.
    """
    started: list[int] = []

    def run(work: Callable[[], None]) -> int:
        pid = os.fork()
        if pid == 0:
            status = 1
            try:
                work()
                status = 0
            except BaseException:
                (tmp_path / f"failed-{os.getpid()}.txt").write_text(traceback.format_exc())
            finally:
                os._exit(status)
        started.append(pid)
        return pid

    yield run
    for pid in started:
        with suppress(ChildProcessError, ProcessLookupError):
            if os.waitpid(pid, os.WNOHANG) == (0, 0):
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)


@pytest.fixture
def ended(tmp_path: Path) -> Callable[[int], None]:
    """Return a function that waits for a forked process, and fails with its traceback if the process failed."""

    def wait(pid: int) -> None:
        _, status = os.waitpid(pid, 0)
        failed = tmp_path / f"failed-{pid}.txt"
        assert status == 0, failed.read_text() if failed.exists() else f"ended with {status}"

    return wait


@pytest.fixture
def full_store(home: Path) -> Store:
    """Return a store with a few connections, sealed values, a history and a deleted connection."""
    store = Store(home, author="ada@lab")
    with store.change() as change:
        for number in range(6):
            change.put(connection(f"c-{number}"))
        change.remove(change.connection("c-5").id)
        change.trust(("$OpenAI:ApiKey", "api.openai.com"))
    return store


def connection(alias: str, **rest: Any) -> Connection:
    """Return a connection as users have it."""
    settings = {"api_key": Sealed("aiconn:1:" + "gAAAAABx" * 12), "endpoint": "https://api.openai.com/v1", "n": 0}
    return Connection(
        **{"alias": alias, "name": f"Name of {alias}", "provider": "openai", "settings": settings, **rest}
    )


def problem_of(call: Callable[[], object]) -> StoreError | None:
    """Return the store's error with which a call ends, or None if the call works."""
    try:
        call()
    except StoreError as error:
        return error
    return None


def strays(home: Path) -> set[str]:
    """Return the files in a home that do not belong there."""
    found = {str(path.relative_to(home)) for path in home.rglob("*") if path.is_file()}
    kept = {"connections.json", "connections.json.lock", "history/renamed.json"}
    return {name for name in found - kept if not (name.startswith("history/") and name.endswith(".jsonl"))}
