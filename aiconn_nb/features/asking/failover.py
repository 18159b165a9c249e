"""Which connection answers: the first that can, and what is remembered of those that could not."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from threading import Lock
from time import monotonic
from typing import Final, Generic, TypeVar

from aiconn_nb.errors import AiconnError, AllFailed, Attempt, FailureKind, ProviderFailed, StoreError
from aiconn_nb.model.connection import Connection
from aiconn_nb.session.forking import renew_in_child

from .target import Target

T = TypeVar("T")

FALLS_BACK: Final = frozenset(
    {
        FailureKind.UNREACHABLE,
        FailureKind.TIMEOUT,
        FailureKind.RATE_LIMITED,
        FailureKind.OUT_OF_CREDIT,
        FailureKind.PROVIDER_FAULT,
        FailureKind.AUTHENTICATION,
        FailureKind.NOT_FOUND,
        # Another provider's SDK reads other variables.
        FailureKind.THIS_MACHINE,
    }
)
"""Failures for which another connection is tried: it may have credit, a valid key, or the model. A fault of the question itself
would be one there as well."""
REMEMBERED: Final = 60.0
"""Seconds for which a connection that failed is not tried first."""
PATIENCE: Final = 60.0
"""Seconds without a token after which the next connection is tried. The SDK's own second tries are left out then: it would
wait for as long as a busy server says, while another connection could answer at once."""


class Turns:
    """Who failed lately, as it was then: one that was changed since is tried anew. ``clock`` gives seconds that never go back."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._failed: dict[tuple[str, int], float] = {}
        self._lock = Lock()
        renew_in_child(self)

    def renew(self) -> None:
        """The lock may have been held when the process was forked."""
        self._lock = Lock()

    def failed(self, connection: Connection) -> None:
        """Remember that it failed just now."""
        with self._lock:
            self._failed[connection.id, connection.version] = self._clock()

    def answered(self, connection: Connection) -> None:
        """Forget that it failed."""
        with self._lock:
            self._failed.pop((connection.id, connection.version), None)

    def resting(self, connection: Connection) -> bool:
        """Whether it failed within the last minute."""
        with self._lock:
            moment = self._failed.get((connection.id, connection.version))
        return moment is not None and self._clock() - moment < REMEMBERED

    def order(self, connections: Sequence[Connection]) -> list[Connection]:
        """The connections as they are to be tried: those that failed lately come last."""
        return sorted(connections, key=self.resting)  # sorting keeps the order of equals


@dataclass(frozen=True, slots=True)
class Begun(Generic[T]):
    """An answer that has begun, and who did not give it before."""

    value: T
    connection: Connection
    attempts: tuple[Attempt, ...]


class _Search:
    """The connections of a target in turn, and what became of those that did not answer."""

    def __init__(
        self,
        target: Target,
        turns: Turns,
        failed: Callable[[Connection, float], None],
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._target = target
        self._turns = turns
        self._failed = failed
        self._clock = clock
        self._started = 0.0
        self._attempts = [
            Attempt(each.alias, "gone" if each.because == "is gone" else "inactive", each.because)
            for each in target.skipped
        ]
        self._order = turns.order(target.connections)
        self._alone = len(self._order) == 1 and not self._attempts

    def connections(self) -> Iterator[tuple[Connection, float | None]]:
        """Each connection with the patience to have with it."""
        for connection in self._order:
            self._started = self._clock()
            yield connection, None if connection is self._order[-1] else PATIENCE

    def did_not_answer(self, connection: Connection, error: AiconnError) -> None:
        """Remember why, or raise where no other connection is to be tried."""
        skipped = len(self._target.skipped)
        is_last = connection is self._order[-1]
        seconds = self._clock() - self._started
        if isinstance(error, ProviderFailed):
            self._failed(connection, seconds)
        if self._alone or not (_falls_back(error) or (is_last and len(self._attempts) > skipped)):
            raise _after(error, self._attempts[skipped:]) from None
        if isinstance(error, ProviderFailed) and _falls_back(error):
            self._turns.failed(connection)
        self._attempts.append(Attempt(connection.alias, _kind(error), error.reason, seconds))

    def answered(self, connection: Connection, value: T) -> Begun[T]:
        """The answer, with those that did not give it."""
        self._turns.answered(connection)
        return Begun(value, connection, (*self._attempts, *_passed_over(self._target, connection, self._attempts)))

    def exhausted(self) -> AllFailed:
        """The error of a target that has no connection left."""
        return AllFailed(alias=self._target.label, attempts=tuple(self._attempts))


def answer_with(
    target: Target,
    begin: Callable[[Connection, float | None], T],
    turns: Turns,
    *,
    failed: Callable[[Connection, float], None] = lambda connection, seconds: None,
    clock: Callable[[], float] = monotonic,
) -> Begun[T]:
    """Try the connections of a target in turn until one answers.

    ``begin`` is called with a connection and the patience to have with it (None: as long as the SDK likes) and answers when
    the first token, or the first batch, is there: behind that nothing falls back. ``failed`` is told of each call that was
    made in vain. Raises the error itself where there is only one connection or the question is at fault, else `AllFailed`.
    """
    search = _Search(target, turns, failed, clock)
    for connection, patience in search.connections():
        try:
            value = begin(connection, patience)
        except StoreError:
            raise
        except AiconnError as error:
            search.did_not_answer(connection, error)
        else:
            return search.answered(connection, value)
    raise search.exhausted()


async def async_answer_with(
    target: Target,
    begin: Callable[[Connection, float | None], Awaitable[T]],
    turns: Turns,
    *,
    failed: Callable[[Connection, float], None] = lambda connection, seconds: None,
) -> Begun[T]:
    """The same of a ``begin`` that is awaited."""
    search = _Search(target, turns, failed)
    for connection, patience in search.connections():
        try:
            value = await begin(connection, patience)
        except StoreError:
            raise
        except AiconnError as error:
            search.did_not_answer(connection, error)
        else:
            return search.answered(connection, value)
    raise search.exhausted()


def _passed_over(target: Target, connection: Connection, attempts: Sequence[Attempt]) -> list[Attempt]:
    """Those that would have come before, had they not failed lately: who reads the answer is to know of them as well."""
    tried = {each.connection for each in attempts}
    before = target.connections[: target.connections.index(connection)]
    return [
        Attempt(each.alias, "resting", "It failed within the last minute, and was not tried first.")
        for each in before
        if each.alias not in tried
    ]


def _after(error: AiconnError, tried: Sequence[Attempt]) -> AiconnError:
    """An error that ends the search though others are left, with those that were tried in vain before it."""
    if not tried or not isinstance(error, ProviderFailed):
        return error
    error.tried = tuple(tried)
    return error


def _falls_back(error: AiconnError) -> bool:
    """Whether another connection may know better. One that cannot be used here at all counts as well."""
    return error.kind in FALLS_BACK if isinstance(error, ProviderFailed) else True


def _kind(error: AiconnError) -> str:
    return error.kind.value if isinstance(error, ProviderFailed) else "unusable"
