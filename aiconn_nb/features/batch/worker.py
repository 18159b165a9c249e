"""The work of a cluster's worker: ask for one partition, with the worker's session.

Only a `Task` is sent to the worker: aliases, prompt, options, schema. Keys and tokens are resolved on the worker.
"""

from __future__ import annotations

import asyncio
import os
import socket
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from time import monotonic
from typing import TYPE_CHECKING, Any, Final, TypeVar
from uuid import uuid4

from aiconn_nb.errors import AiconnError, BatchStopped, WorkerFailed

from .results import Progress
from .tables import Chunk, table_of, with_pandas

if TYPE_CHECKING:
    from aiconn_nb.features.asking import Embedded

    from .execution import Run
    from .vectorizing import VectorExecution
    from .verbs import BatchVerbs

T = TypeVar("T")

TELLING: Final = 0.3
"""Seconds between two progress messages of a partition."""
VECTOR_COLUMNS: Final = ("vector", "model", "connection", "error")
"""The columns that `embed` adds to a lazy table."""
NO_COIN: Final = 0.3
"""Seconds to wait at an empty purse."""


@dataclass(frozen=True)
class Task:
    """The work for each partition. It contains no key, client or connection settings."""

    session: type[BatchVerbs]
    """Created on each worker, which reads its own ``AICONN_HOME`` and environment."""
    profile: str
    model: str | None
    given: Mapping[str, Any]
    template: str
    schema: Any
    into: str
    at_once: int
    journal: bool | str | os.PathLike[str]
    raises: bool
    name: str = ""
    """Prefix of the run's objects on the scheduler: messages, purse, total. '' for a lazily computed run."""
    total: int | None = None
    """Maximum requests in flight, of all workers together."""
    has_purse: bool = False
    dimensions: int | None = None
    """For `embed`: numbers per vector."""
    connection: str = ""
    """For `embed`: the alias of the only connection to ask, so that all vectors are comparable."""
    is_spread: bool = False
    """Whether the workers are on several hosts, so that several hosts use the journal's file."""


def answered_frame(frame: Any, task: Task, dtypes: Mapping[str, Any]) -> Any:
    """Return a partition of a Dask table (a pandas table) with the answers, in the types of the whole table."""
    columns: Mapping[str, Sequence[Any]] = dict.fromkeys(dtypes, ())
    if len(frame):
        columns = _told(lambda session: session.cluster_run(task, table_of(frame), Cluster.here(task)), task)
    return with_pandas(frame, columns.items(), dtypes)


def answered_rows(
    rows: Sequence[Mapping[str, Any]], columns: tuple[str, ...], task: Task
) -> Mapping[str, Sequence[Any]]:
    """Return the columns of the answers to a part of a dataset outside the cluster."""
    return _told(lambda session: session.cluster_run(task, Chunk(columns, rows), Cluster.here(task)), task)


def embedded_rows(rows: Sequence[Mapping[str, Any]], columns: tuple[str, ...], task: Task) -> Embedded:
    """Return the vectors of a part of a dataset."""
    return _told(lambda session: session.cluster_vectors(task, Chunk(columns, rows), Cluster.here(task)), task)


def embedded_part(frame: Any, rows: slice, task: Task) -> Embedded:
    """Return the vectors of some rows of a partition of a Dask table (a pandas table)."""
    part = frame.iloc[rows]
    return _told(lambda session: session.cluster_vectors(task, table_of(part), Cluster.here(task)), task)


def embedded_frame(frame: Any, task: Task) -> Any:
    """Return a partition of a Dask table (a pandas table) with its vectors."""
    import pandas
    import pyarrow

    columns: Mapping[str, Sequence[Any]] = dict.fromkeys(VECTOR_COLUMNS, ())
    if len(frame):
        found = embedded_part(frame, slice(None), task)
        failed = [row in found.errors for row in range(len(frame))]
        columns = {
            "vector": [None if has_failed else each for has_failed, each in zip(failed, found.vectors, strict=True)],
            "model": [None if has_failed else found.model for has_failed in failed],
            "connection": [None if has_failed else found.connection for has_failed in failed],
            "error": [found.errors.get(row) for row in range(len(frame))],
        }
    vector = pandas.ArrowDtype(pyarrow.list_(pyarrow.float32()))
    return with_pandas(frame, columns.items(), {**dict.fromkeys(VECTOR_COLUMNS, "str"), "vector": vector})


def _told(work: Callable[[BatchVerbs], T], task: Task) -> T:
    """Run ``work`` with this process's session. Errors name the host."""
    host = socket.gethostname()
    try:
        return work(_session(task.session))
    except BatchStopped as error:
        error.cause = WorkerFailed(host=host, cause=error.cause)
        raise
    except AiconnError as error:
        raise WorkerFailed(host=host, cause=error) from None


def _session(kind: type[BatchVerbs]) -> BatchVerbs:
    """Return the session of this process, so that its partitions share their limits of requests in flight."""
    made = _SESSIONS.get(kind)
    return _SESSIONS.setdefault(kind, kind()) if made is None else made


_SESSIONS: Final[dict[type[BatchVerbs], BatchVerbs]] = {}


class TaskCancelled(Exception):
    """The client no longer needs the partition."""


class Cluster:
    """The cluster, as seen by the task in this thread."""

    def __init__(self, worker: Any, task: Task) -> None:
        from distributed import get_client

        self._worker = worker
        self._key = worker.get_current_task()
        self._attempt = uuid4().hex
        self._task = task
        self._told = 0.0
        self._client = get_client()

    @classmethod
    def here(cls, task: Task) -> Cluster | None:
        """Return the cluster; None if Dask's local threads or processes compute the table."""
        distributed = sys.modules.get("distributed")
        if distributed is None:
            return None
        try:
            return cls(distributed.get_worker(), task)
        except ValueError:
            return None

    @property
    def purse(self) -> ClusterPurse | None:
        """The budget of the run, if it has one."""
        return ClusterPurse(self._client, self._task.name) if self._task.has_purse else None

    @property
    def total(self) -> ClusterTotal | None:
        """The limit of all workers together, if there is one."""
        total = self._task.total
        return None if total is None else ClusterTotal(self._client, self._task.name, total)

    def telling(self, run: Run | VectorExecution) -> Callable[[Progress], None]:
        """Return a function that reports progress to the client.

        It raises `TaskCancelled` if the client cancelled the task or is gone.
        """

        def tell(progress: Progress) -> None:
            state = self._worker.state.tasks.get(self._key)
            if state is None or state.state == "cancelled":
                raise TaskCancelled
            if self._task.name and (run.has_ended or monotonic() - self._told >= TELLING):
                self._told = monotonic()
                told = run.mapped
                message = {
                    "part": str(self._key),
                    "attempt": self._attempt,
                    "progress": asdict(progress),
                    "journal": told.journal,
                    "is_journal_new": told.is_journal_new,
                    "ending": told.ending,
                    "notes": list(told.notes),
                }
                self._worker.log_event(self._task.name, message)

        return tell


class ClusterPurse:
    """The budget of all workers: coins in a queue of the scheduler.

    A worker takes one at a time and returns unspent money. A worker that dies loses its coin. That money may have been spent, so
    the budget still holds.
    """

    def __init__(self, client: Any, name: str) -> None:
        from distributed import Queue

        self._client = client
        self._queue = Queue(name, client=client)

    async def take(self) -> float:
        """Take a coin; 0 if none is left."""
        try:
            return float(await _in_its_loop(self._client, lambda: self._queue.get(timeout=NO_COIN)))
        except TimeoutError:
            return 0.0

    async def give(self, amount: float) -> None:
        """Return unspent money."""
        if amount > 0:
            await _in_its_loop(self._client, lambda: self._queue.put(amount))


class ClusterTotal:
    """The limit of requests in flight of all workers together: scheduler leases, which end with the worker that holds them."""

    def __init__(self, client: Any, name: str, most: int) -> None:
        from distributed import Semaphore

        self._client = client
        self._leases = Semaphore(max_leases=most, name=name, scheduler_rpc=client.scheduler, loop=client.loop)

    async def enter(self) -> None:
        """Wait until one more request may be sent."""
        await _in_its_loop(self._client, self._leases.acquire)

    async def leave(self) -> None:
        """Record the end of a request."""
        await _in_its_loop(self._client, self._leases.release)


async def _in_its_loop(client: Any, call: Callable[[], Any]) -> Any:
    """Return the result of an awaitable from distributed, which belongs to the loop of the worker's client."""

    async def made() -> Any:
        return await call()

    return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(made(), client.loop.asyncio_loop))
