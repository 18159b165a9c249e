"""The tests that a list starts: in parallel threads, so that the kernel stays responsive."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from threading import Lock

from aiconn_nb.features.app import Session
from aiconn_nb.features.checks import Rung, side_by_side_in_threads
from aiconn_nb.threads import started

from .base_widget import ours
from .steps import STEPS, step_after

Told = Callable[[str, str], None]
"""Called with news of a test: the connection's id, and an error outside the test itself, or ''."""


class RowTests:
    """Tests of connections by id. ``told`` is called from the testing threads."""

    def __init__(self, session: Session, told: Told) -> None:
        self._session = session
        self._told = told
        self._lock = Lock()
        self._running: dict[str, str] = {}

    @property
    def running(self) -> dict[str, str]:
        """The current step of each test, by connection id."""
        with self._lock:
            return dict(self._running)

    def start(self, ids: Iterable[str]) -> None:
        """Start the tests of these connections; running tests are not restarted."""
        with self._lock:
            new = [id for id in dict.fromkeys(ids) if id not in self._running]
            self._running.update(dict.fromkeys(new, STEPS["active"].doing))
        if new:
            started(lambda: side_by_side_in_threads([partial(self._test, id) for id in new]), "aiconn-list-test")

    def _test(self, id: str) -> None:
        problem = self._problem_in(id)
        with self._lock:
            del self._running[id]
        self._told(id, problem)

    def _problem_in(self, id: str) -> str:
        def progress(_: str, rung: Rung) -> None:
            with self._lock:
                following = step_after(rung.name)
                self._running[id] = following.doing if following else rung.name
            self._told(id, "")

        try:
            connection = self._session.find(id)
            if connection is not None:
                self._session.test(connection.alias, progress=progress)
        except Exception as error:
            return ours(error).what
        return ""
