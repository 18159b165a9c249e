"""What threads and forked processes share of the providers' module state."""

from __future__ import annotations

import gc
import os
import sys
from threading import Event, Thread, get_ident
from types import FrameType

import pytest

from aiconn_nb.model.secret import Secret
from aiconn_nb.providers import exports
from aiconn_nb.providers.calls import deadline
from aiconn_nb.providers.calls.deadline import Deadline
from aiconn_nb.providers.credentials.found_credentials import Found
from aiconn_nb.providers.credentials.sdk_logs import WithoutKeys


class Interleaved(Secret):
    """A secret during whose comparison another thread acts."""

    meanwhile = staticmethod(lambda: None)

    def same_as(self, other: Secret) -> bool:
        self.meanwhile()
        return super().same_as(other)


def test_two_threads_may_watch_for_keys_at_once() -> None:
    """`compare` does so: it builds each client in a separate thread."""
    logs = WithoutKeys()
    logs.watch([Secret("first-key"), Secret("second-key")], ())
    key = Interleaved("third-key")
    key.meanwhile = lambda: logs.watch([Secret("a-key-of-another-thread")], ())
    logs.watch([key], ())
    assert len([*logs._secrets]) == 4


def test_a_threads_frame_is_looked_up_without_the_garbage_collector(monkeypatch: pytest.MonkeyPatch) -> None:
    """CPython 3.11 may hang if it collects garbage while it builds that mapping. Afterwards the collector is as before."""
    seen: list[bool] = []
    frames = sys._current_frames

    def look() -> dict[int, FrameType]:
        seen.append(gc.isenabled())
        return frames()

    monkeypatch.setattr(sys, "_current_frames", look)
    with Deadline(60) as block:
        assert not block.is_over
        deadline.wake(get_ident())
    assert set(seen) == {False}
    assert gc.isenabled()


def test_another_threads_frames_are_walked_without_the_garbage_collector() -> None:
    """CPython 3.11 crashes where a collection in the middle lets that thread run, and the next frame is gone.

    From 3.12 on a collection that is due waits for the end of a call, and may come in the caller before or after the walk.
    """
    waits, done = Event(), Event()
    blocks: list[Deadline] = []

    def deep(frames: int) -> None:
        if frames:
            deep(frames - 1)
        else:
            waits.set()
            done.wait(10)

    def call() -> None:
        with Deadline(60) as block:
            blocks.append(block)
            deep(50)

    thread = Thread(target=call)
    thread.start()
    assert waits.wait(10)
    during: list[str] = []
    former = gc.get_threshold()

    def collected(phase: str, info: dict[str, int]) -> None:
        code = sys._getframe(1).f_code
        if code.co_filename == deadline.__file__ and code.co_name not in ("is_over", "_without_collection"):
            during.append(code.co_name)

    gc.callbacks.append(collected)
    gc.set_threshold(1)
    try:
        is_over = blocks[0].is_over
    finally:
        gc.set_threshold(*former)
        gc.callbacks.remove(collected)
        done.set()
        thread.join(10)
    assert (is_over, during) == (False, [])


def test_two_threads_may_find_credentials_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """No lock is used, which a forked process could inherit while it is held."""
    found = Found()
    found.note("first-credential", "second-credential")
    monkeypatch.setattr("aiconn_nb.providers.credentials.found_credentials.Secret", Interleaved)
    monkeypatch.setattr(Interleaved, "meanwhile", lambda self: found._kept.append(Secret("of another thread")))
    found.note("third-credential")
    assert [each.reveal() for each in found][-1] == "third-credential"


forks = pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")


@forks
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_forked_process_does_not_watch_the_waits_of_its_parent() -> None:
    """A thread of the child may get the id of one of the parent's. Its sockets were shut down when that wait was over."""
    waits, done = Event(), Event()

    def wait() -> None:
        with Deadline(60):
            waits.set()
            done.wait(60)

    thread = Thread(target=wait, daemon=True)
    thread.start()
    assert waits.wait(60)
    with Deadline(60):
        child = os.fork()
        if child == 0:
            os._exit(len(deadline._waiting))
        _, status = os.waitpid(child, 0)
    done.set()
    thread.join(60)
    assert os.waitstatus_to_exitcode(status) == 1


@forks
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_forked_process_can_put_variables_back_while_the_parent_sets_some() -> None:
    """The child does not inherit the lock that another thread held at that moment."""
    held, done = Event(), Event()

    def hold() -> None:
        with exports._PROCESS._lock:
            held.set()
            done.wait(60)

    thread = Thread(target=hold, daemon=True)
    thread.start()
    assert held.wait(60)
    child = os.fork()
    if child == 0:
        os._exit(0 if exports._PROCESS._lock.acquire(blocking=False) else 1)
    _, status = os.waitpid(child, 0)
    done.set()
    thread.join(60)
    assert os.waitstatus_to_exitcode(status) == 0


def test_ctrl_c_while_a_wait_begins_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    """``__exit__`` is not called then. The wait stayed registered, and when its time was up, each later request of its thread was
    cut off."""

    def interrupted() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(deadline, "_watch", interrupted)
    monkeypatch.setattr(deadline, "_waiting", {})
    monkeypatch.setattr(deadline, "sleep", lambda seconds: None)
    woken: list[int | None] = []
    monkeypatch.setattr(deadline, "wake", woken.append)
    kept: list[BaseException] = []

    def begins() -> None:
        with Deadline(0):
            pass

    try:
        begins()
    except KeyboardInterrupt as error:
        kept.append(error)  # as IPython keeps the last traceback, and with it each frame
    deadline._look()
    assert woken == []
    assert deadline._waiting == {}


def test_a_wait_whose_time_is_up_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    """The thread is woken, even if the block was entered in a nested call."""
    woken = Event()
    monkeypatch.setattr(deadline, "wake", lambda thread: woken.set())
    with Deadline(0) as limit:
        (lambda: woken.wait(60))()
    assert limit.passed
