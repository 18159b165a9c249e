"""The tests that a list starts: beside each other, in threads, while the kernel stays free."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from threading import Lock, Thread

from aiconn_nb.errors import AiconnError
from aiconn_nb.features.app import Session
from aiconn_nb.features.checks import AT_ONCE, Rung

from .list_views import NEXT

Told = Callable[[str, str], None]
"""(connection id, what went wrong beside the test itself or ''): something about its test is new."""


class RowTests:
    """Tests of connections by id. ``told`` is called from the testing threads."""

    def __init__(self, session: Session, told: Told) -> None:
        self._session = session
        self._told = told
        self._lock = Lock()
        self._waiting: deque[str] = deque()
        self._workers = 0
        self._running: dict[str, str] = {}

    @property
    def running(self) -> dict[str, str]:
        """What is being done now, by connection id."""
        with self._lock:
            return dict(self._running)

    def start(self, ids: Iterable[str]) -> None:
        """Begin the tests of these connections; one that is being tested already is left alone."""
        with self._lock:
            new = [id for id in dict.fromkeys(ids) if id not in self._running]
            self._running.update(dict.fromkeys(new, NEXT[""]))
            self._waiting.extend(new)
            wanted = min(len(self._waiting), AT_ONCE) - self._workers
            self._workers += max(wanted, 0)
        for _ in range(wanted):
            Thread(target=self._work, name="aiconn-list-test", daemon=True).start()

    def _work(self) -> None:
        while True:
            with self._lock:
                if not self._waiting:
                    self._workers -= 1
                    return
                id = self._waiting.popleft()
            problem = self._test(id)
            with self._lock:
                del self._running[id]
            self._told(id, problem)

    def _test(self, id: str) -> str:
        def progress(_: str, rung: Rung) -> None:
            with self._lock:
                self._running[id] = NEXT.get(rung.name, rung.name)
            self._told(id, "")

        try:
            connection = self._session.find(id)
            if connection is not None:
                self._session.test(connection.alias, progress=progress)
        except AiconnError as error:
            return error.what
        except Exception as error:
            # No str(error): it may quote a value.
            return f"Internal error: {type(error).__name__}."
        return ""
