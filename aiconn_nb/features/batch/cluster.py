"""A prompt over a dataset on a Dask cluster, from the notebook's side: it distributes the partitions and collects the answers.

A Dask table without a client stays lazy, like any Dask table: rows are asked at ``compute``. With a client they are asked now.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import cached_property
from importlib.util import find_spec
from itertools import count, islice
from threading import Lock
from time import perf_counter
from typing import TYPE_CHECKING, Any, Final, TypeVar
from uuid import uuid4

from aiconn_nb.errors import (
    AiconnError,
    BatchStopped,
    ColumnTaken,
    NoCluster,
    NoData,
    NoRows,
    PackageMissing,
    WorkerDied,
    WorkerWithoutPackage,
)
from aiconn_nb.session.background import check_given_up

from .matrix import Matrix
from .results import Mapped, Progress
from .tables import DTYPES, TEXT, Columns, Table
from .template import Template
from .worker import VECTOR_COLUMNS, Task, answered_frame, answered_rows, embedded_frame, embedded_part, embedded_rows

if TYPE_CHECKING:
    from aiconn_nb.features.asking import Embedded, Shape

    from .vectorizing import Source, VectorOptions

T = TypeVar("T")

COINS: Final = 100
"""Shares of a budget; workers take them one by one."""
PART: Final = 2_000
"""Maximum rows of a partition, for data without partitions."""
PARTS: Final = 4
"""Minimum partitions per thread of the cluster, so that no thread idles for long at the end."""
TICK: Final = 0.1
"""Seconds between two progress updates."""
_PAID: Final = ("answered", "input_tokens", "output_tokens", "paid", "mismatched", "unpriced")
"""The counts to which lost attempts add."""
OURS: Final = "aiconn_nb"
_HAS_IT: Final = f"__import__('importlib.util').util.find_spec('{OURS}') is not None"


def require_dask() -> None:
    """Raise `PackageMissing` if Dask is not installed."""
    if find_spec("dask") is None or find_spec("distributed") is None:
        raise PackageMissing(what_for="A cluster", package="dask[dataframe] and distributed", extra="dask")


class DaskTable:
    """The parts of a Dask table that are known without computing it."""

    count: int | None = None

    def __init__(self, frame: Any) -> None:
        if not hasattr(frame, "map_partitions") or not hasattr(frame, "columns"):
            raise NoData(found=f"{type(frame).__name__} of Dask")
        self.columns = self.fillable = tuple(map(str, frame.columns))

    def rows(self, columns: Sequence[str], limit: int | None) -> Iterator[Mapping[str, Any]]:
        return iter(())  # only the workers read them

    def with_columns(self, columns: Columns, count: int, dtypes: Mapping[str, str]) -> Any:
        raise NotImplementedError


def lazy_table(frame: Any, task: Task, shape: Shape, limit: int | None) -> Any:
    """Return the lazy table with the answers."""
    if limit is not None:
        frame = frame.head(limit, npartitions=-1, compute=False)
    dtypes = {**shape.dtypes, **DTYPES}
    meta = answered_frame(frame._meta, task, dtypes)
    return frame.map_partitions(answered_frame, task, dtypes, meta=meta)


def dask_rows(data: Any, template: str | None) -> tuple[Any, str | None]:
    """Return a Dask table and its template; a column becomes a table."""
    require_dask()
    if getattr(data, "ndim", 0) == 1 and hasattr(data, "to_frame"):
        return data.to_frame(name=TEXT), template or f"{{{TEXT}}}"
    return data, template


def dask_source(frame: Any, template: str | None) -> Source:
    """Return the texts of a Dask table, which only the cluster reads. Raises `BatchError`."""
    from .vectorizing import Source

    columns = DaskTable(frame).columns
    filled = Template(template or "", columns)
    named = frame[[each for each in frame.columns if str(each) in filled.columns]]
    return Source(columns, filled, 0, lambda: iter(()), table=named)


def lazy_vectors(frame: Any, task: Task) -> Any:
    """Return the lazy table with the vectors."""
    for column in VECTOR_COLUMNS:
        if column in map(str, frame.columns):
            raise ColumnTaken(column=column)
    return frame.map_partitions(embedded_frame, task, meta=embedded_frame(frame._meta, task))


class ClusterRun:
    """A run on the workers of a client. Raises before anything is sent if the cluster cannot run it."""

    def __init__(self, client: Any, task: Task, target: str, total: int | None, budget: float | None) -> None:
        self._client = _checked(client)
        self.task = replace(
            task,
            name=f"aiconn-{uuid4().hex}",
            has_purse=budget is not None,
            is_spread=len(_hosts(client)) > 1,
        )
        self._budget = budget
        self._target = target
        self._told: dict[str, dict[str, Mapping[str, Any]]] = {}
        """The last message of each attempt at each partition."""
        self._lock = Lock()
        self._total = total
        self._started = perf_counter()
        self._ended: float | None = None
        self.rows: int | None = None
        """Row count of the whole data, if only some rows are asked."""

    def frame(self, lazy: Callable[[Task], Any], on_progress: Callable[[Progress], None] | None) -> Any:
        """Return a Dask table with the answers, computed now and kept on the cluster."""
        from distributed import futures_of

        with self._running() as running:
            table = self._client.persist(lazy(self.task))
            running += futures_of(table)
            self._wait(running, on_progress)
        return table

    def columns(
        self, table: Table, columns: Sequence[str], limit: int | None, on_progress: Callable[[Progress], None] | None
    ) -> tuple[Mapping[str, Sequence[Any]], int]:
        """Return the columns of the answers to local rows, and the number of rows."""
        found: dict[int, Mapping[str, Sequence[Any]]] = {}
        with self._running() as running:
            parts = self._cut(table.rows(columns, limit))
            self.each(
                running,
                answered_rows,
                ((part, table.columns, self.task) for part in parts),
                found.__setitem__,
                on_progress,
            )
        ordered = [found[number] for number in sorted(found)]
        joined = {name: [value for part in ordered for value in part[name]] for name in (ordered[0] if ordered else {})}
        return joined, len(joined["error"]) if joined else 0

    def vectors(
        self,
        parts: Iterator[tuple[int, Any, Any]],
        work: Callable[[Any, Any, Task], Embedded],
        take: Callable[[int, Embedded], None],
        on_progress: Callable[[Progress], None] | None,
    ) -> None:
        """Call ``take`` with the number of the first row and the vectors of each part. A part starts with that number.

        The first part decides the connection and model for all parts.
        """
        starts: list[int] = []

        def given(part: tuple[int, Any, Any]) -> tuple[Any, ...]:
            starts.append(part[0])
            return *part[1:], self.task

        def taken(number: int, part: Embedded) -> None:
            if not number:
                self.task = replace(self.task, connection=part.connection, model=part.model)
            take(starts[number], part)

        with self._running() as running:
            self.each(running, work, map(given, islice(parts, 1)), taken, on_progress)
            self.each(running, work, map(given, parts), taken, on_progress, first=1)

    def cut(self, rows: Iterator[Mapping[str, Any]], columns: tuple[str, ...]) -> Iterator[tuple[int, Any, Any]]:
        """Return the parts of local rows, for `vectors`."""
        return ((number * self._size, part, columns) for number, part in enumerate(self._cut(rows)))

    def held(self, frame: Any, on_progress: Callable[[Progress], None] | None) -> list[tuple[Any, int]]:
        """Return the partitions of a Dask table and their row counts. The cluster keeps them until they are released."""
        partitions = self._client.compute(frame.to_delayed())
        try:
            counted = self._client.map(len, partitions, pure=False)
            self._wait(counted, on_progress)
            counts = self._client.gather(counted)
        except BaseException:
            released(partitions)
            raise
        self._total = sum(counts)
        return list(zip(partitions, counts, strict=True))

    def slices(self, held: Sequence[tuple[Any, int]]) -> Iterator[tuple[int, Any, Any]]:
        """Return the parts of held partitions, for `vectors`."""
        start = 0
        for partition, rows in held:
            for first in range(0, rows, self._size):
                yield start + first, partition, slice(first, min(first + self._size, rows))
            start += rows

    def each(
        self,
        running: list[Any],
        work: Callable[..., T],
        parts: Iterator[tuple[Any, ...]],
        take: Callable[[int, T], None],
        on_progress: Callable[[Progress], None] | None,
        *,
        first: int = 0,
    ) -> None:
        """Process each part on the workers. Only some parts are submitted at a time, because the data may be larger than memory."""
        threads = self._threads
        numbers = count(first)
        places: dict[Any, int] = {}
        while True:
            while len(running) < 2 * threads and (part := next(parts, None)) is not None:
                number = next(numbers)
                future = self._client.submit(work, *part, key=f"{self.task.name}-{number}")
                places[future] = number
                running.append(future)
            if not running:
                return
            self._wait(running, on_progress, until_first=True)
            for future in [each for each in running if each.done()]:
                running.remove(future)
                number, result = places.pop(future), future.result()
                # Do not wait for garbage collection: the cluster would keep the answers, and warn of their loss when it closes.
                released([future])
                take(number, result)

    def _cut(self, rows: Iterator[Mapping[str, Any]]) -> Iterator[list[Mapping[str, Any]]]:
        while part := list(islice(rows, self._size)):
            yield part

    @property
    def _threads(self) -> int:
        return max(1, int(sum(self._client.nthreads().values())))

    @cached_property
    def _size(self) -> int:
        """Rows of a part."""
        share = PART if self._total is None else -(-self._total // (self._threads * PARTS))
        return max(1, min(PART, share))

    @property
    def mapped(self) -> Mapped:
        """The result so far."""
        with self._lock:
            last = [list(attempts.values())[-1] for attempts in self._told.values()]
        notes = dict.fromkeys(note for each in last for note in each["notes"])
        return Mapped(
            target=self._target,
            progress=self.progress,
            journal=next((each["journal"] for each in last if each["journal"]), ""),
            is_journal_new=bool(last) and all(each["is_journal_new"] for each in last),
            rows=self.rows,
            ending=next((each["ending"] for each in last if each["ending"]), ""),
            notes=tuple(notes),
        )

    @property
    def progress(self) -> Progress:
        """The sum over the partitions. Answers that were lost with a worker were paid for, so they count too."""
        with self._lock:
            attempts = [list(each.values()) for each in self._told.values()]
        last = [Progress(**each[-1]["progress"]) for each in attempts]
        paid = [Progress(**each["progress"]) for part in attempts for each in part]
        done, errors = sum(each.done for each in last), sum(each.errors for each in last)
        sums = {name: sum(getattr(each, name) for each in paid) for name in _PAID}
        return Progress(
            done=done,
            total=self._total,
            known=max(0, done - errors - sums["answered"]),
            errors=errors,
            seconds=(self._ended or perf_counter()) - self._started,
            **sums,
        )

    @contextmanager
    def _running(self) -> Iterator[list[Any]]:
        """Yield a list for the futures of the run. When the block ends, those still running are cancelled.

        During the block, the client receives the workers' messages, and the scheduler holds the budget.
        """
        self._client.subscribe_topic(self.task.name, self._take)
        if self._budget is not None:
            from distributed import Queue

            self._purse = Queue(self.task.name, client=self._client)
            for _ in range(COINS):
                self._purse.put(self._budget / COINS)
        running: list[Any] = []
        try:
            yield running
        finally:
            self._ended = perf_counter()
            if pending := [each for each in running if not each.done()]:
                self._client.cancel(pending, force=True)
            self._client.unsubscribe_topic(self.task.name)
            if self._budget is not None:
                self._purse.close()

    def _take(self, event: tuple[float, Mapping[str, Any]]) -> None:
        told = event[1]
        with self._lock:
            self._told.setdefault(told["part"], {})[told["attempt"]] = told

    def _wait(
        self, running: Sequence[Any], on_progress: Callable[[Progress], None] | None, *, until_first: bool = False
    ) -> None:
        """Wait for one partition, or for all. Raises the error of a failed partition."""
        from distributed import wait

        while True:
            pending = [each for each in running if not each.done()]
            for future in running:
                if future.status in ("error", "cancelled", "lost"):
                    raise self._error_of(future)
            check_given_up()
            if on_progress is not None:
                on_progress(self.progress)
            if not pending or (until_first and len(pending) < len(running)):
                return
            with suppress(TimeoutError):
                wait(pending, timeout=TICK, return_when="FIRST_COMPLETED")

    def _error_of(self, future: Any) -> BaseException:
        error = future.exception()
        if isinstance(error, BatchStopped):
            error.answered = self.progress.answered
        return told(error)


def joined_vectors(
    run: ClusterRun, source: Source, how: VectorOptions, on_progress: Callable[[Progress], None] | None
) -> Embedded:
    """Return the vectors of all parts."""
    held = [] if source.table is None else run.held(source.table, on_progress)
    count = source.count if source.table is None else sum(rows for _, rows in held)
    vectors = Matrix(count, how.output, overwrite=how.overwrite)
    errors: dict[int, str] = {}
    found: list[Embedded] = []

    def take(start: int, part: Embedded) -> None:
        vectors.put_all(start, part.vectors)
        errors.update({start + row: error for row, error in part.errors.items()})
        found.append(replace(part, _items=()))

    try:
        if source.table is None:
            run.vectors(run.cut(source.rows(), source.columns), embedded_rows, take, on_progress)
        else:
            run.vectors(run.slices(held), embedded_part, take, on_progress)
        if not found:
            raise NoRows
        joined = vectors.end()
    finally:
        vectors.drop()
        released(partition for partition, _ in held)
    first = found[0]
    tokens = [each.input_tokens for each in found]
    return replace(
        first,
        _items=joined,
        input_tokens=None if None in tokens else sum(filter(None, tokens)),
        seconds=run.progress.seconds,
        notes=tuple(dict.fromkeys(note for each in found for note in each.notes)),
        errors=errors,
        known=sum(each.known for each in found),
        output=str(how.output or ""),
    )


def released(futures: Iterable[Any]) -> None:
    """Release these results on the cluster, even if a traceback still refers to them."""
    for each in futures:
        each.release()


def told(error: BaseException) -> BaseException:
    """Translate an error of the cluster into one of this package; return any other error unchanged."""
    from distributed import KilledWorker

    if isinstance(error, AiconnError):
        return error
    if isinstance(error, KilledWorker):
        return WorkerDied(place=error.last_worker.address, times=error.allowed_failures + 1)
    if OURS in str(error) and isinstance(error, ImportError | RuntimeError):
        return WorkerWithoutPackage(place="")
    return error


def _checked(client: Any) -> Any:
    """Return a client whose workers and scheduler have this package. Raises `NoCluster` or `WorkerWithoutPackage`."""
    require_dask()
    from distributed import Client

    if not isinstance(client, Client) or client.asynchronous or client.status != "running":
        raise NoCluster(found=type(client).__name__)
    if not client.scheduler_info(n_workers=-1)["workers"]:
        client.wait_for_workers(1)
    # Send a builtin: workers without this package cannot unpickle its functions, and a function that raises fills their log.
    for place, has_it in client.run(eval, _HAS_IT).items():
        if not has_it:
            raise WorkerWithoutPackage(place=place)
    return client


def _hosts(client: Any) -> set[str]:
    return {each["host"] for each in client.scheduler_info(n_workers=-1)["workers"].values()}
