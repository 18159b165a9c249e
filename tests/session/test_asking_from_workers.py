"""Questions from threads and worker processes bring each answer and each error back to the caller."""

from __future__ import annotations

import multiprocessing
import pickle
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path
from threading import Thread

import joblib
import pytest

import aiconn_nb as aiconn
from aiconn_nb.features.asking.reply import Reply
from aiconn_nb.session import kernel_session
from aiconn_nb.ui.magics.notebook_console import NotebookConsole
from aiconn_nb.ui.shell.table import read, run

QUESTIONS = ("one", "two", "three", "four")


def ask(question: str) -> Reply:
    """Ask a question. The third one goes to a connection that is too busy."""
    return aiconn.ask(question, profile="busy" if question == "three" else "good", model="demo-brief")


def ask_or_fail(question: str) -> tuple[str, str]:
    """Ask a question, and return the text or the kind of failure."""
    try:
        return "text", ask(question).text
    except aiconn.ProviderFailed as failed:
        return "failed", failed.kind.value


ANSWERED = [
    ("text", "You said “one”."),
    ("text", "You said “two”."),
    ("failed", "rate_limited"),
    ("text", "You said “four”."),
]


@pytest.fixture(autouse=True)
def found_by_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let new workers find this module, which they import for the functions above."""
    root = str(Path(__file__).parents[2])
    monkeypatch.setattr(sys, "path", [*sys.path, root])
    monkeypatch.setenv("PYTHONPATH", root)


@pytest.fixture(autouse=True)
def connections() -> Iterator[None]:
    """Create one connection that answers and one that does not."""
    kernel_session.cache_clear()
    aiconn.create("good", "demo", settings={"latency": 0.0})
    aiconn.create("busy", "demo", settings={"fail_with": "rate_limited"})
    yield
    kernel_session().close()
    kernel_session.cache_clear()


def processes(method: str) -> Callable[[], Executor]:
    """Return a function that makes a pool of processes with this start method."""
    return lambda: ProcessPoolExecutor(2, mp_context=multiprocessing.get_context(method))


@pytest.mark.parametrize(
    "pool",
    [lambda: ThreadPoolExecutor(4), processes("fork"), processes("forkserver"), processes("spawn")],
    ids=["threads", "fork", "forkserver", "spawn"],
)
def test_an_executor_brings_back_answers_and_errors(pool: Callable[[], Executor]) -> None:
    """A question that fails does not break the pool. What a worker asked is counted once the worker has ended."""
    ask("one")  # a forked process then finds a client that its parent has used
    with pool() as executor:
        jobs = [executor.submit(ask, question) for question in QUESTIONS]
        told = []
        for job in jobs:
            try:
                told.append(("text", job.result(60).text))
            except aiconn.ProviderFailed as failed:
                told.append(("failed", failed.kind.value))
    assert told == ANSWERED
    assert sum(row["calls"] for row in aiconn.usage().data()) == 4


def test_a_pool_that_maps_raises_the_error() -> None:
    """The pool once hung, because the error of a worker could not be unpickled."""
    with multiprocessing.get_context("fork").Pool(2) as pool:
        with pytest.raises(aiconn.ProviderFailed) as raised:
            pool.map_async(ask, QUESTIONS).get(60)
        assert raised.value.kind is aiconn.FailureKind.RATE_LIMITED
        assert pool.map_async(ask_or_fail, QUESTIONS).get(60) == ANSWERED


@pytest.mark.parametrize("backend", ["loky", "threading"])
def test_joblib(backend: str) -> None:
    """The results are in the order of the questions."""
    with joblib.parallel_config(backend=backend, n_jobs=2):
        assert joblib.Parallel()(joblib.delayed(ask_or_fail)(question) for question in QUESTIONS) == ANSWERED


def test_threads_of_their_own() -> None:
    """One session counts the questions of all threads."""
    told: dict[str, tuple[str, str]] = {}
    threads = [Thread(target=lambda q=question: told.update({q: ask_or_fail(q)})) for question in QUESTIONS]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert [told[question] for question in QUESTIONS] == ANSWERED
    assert sum(row["calls"] for row in aiconn.usage().data()) == 3


LINES = (
    "list",
    "show good",
    "list nothing",
    "use good",
    "test good",
    "models good",
    "env",
    "explain good",
    "resolve $No:Such",
    "secret list",
    "providers",
    "history good",
    "diff good",
    "edit good --name Better",
    "rollback good 1",
    "duplicate good other",
    "rename other third",
    "delete third --yes",
    "undelete third",
    "profile new p --connection busy,good --model demo-brief",
    "profile list",
    "profile show p",
    "ask p hello",
    "compare p busy --model demo-brief -- hello",
    "embed good --model demo-embedding text",
    "usage",
    "failover p",
    "export",
    "help",
    "help ask",
    "reset",
)


def test_what_a_command_answers_can_be_carried() -> None:
    """A worker may return it, and a notebook may keep it in a cache."""
    for line in LINES:
        answer = run(kernel_session(), read(line), NotebookConsole(None))
        again = pickle.loads(pickle.dumps(answer))
        assert type(again) is type(answer), line
        assert again.data() == answer.data(), line
        assert str(again) == str(answer), line
