"""Failover: ask the first connection that works, and remember those that failed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from threading import Lock
from time import monotonic
from typing import Final, Generic, TypeVar

from aiconn_nb.errors import (
    AiconnError,
    AllFailed,
    Attempt,
    CapReached,
    CapUnchecked,
    CapWithoutPrice,
    ConfigurationError,
    FailureKind,
    ProviderFailed,
    ProviderUnavailable,
    StoreError,
    UntrustedHost,
)
from aiconn_nb.model.connection import Connection
from aiconn_nb.session.forking import renew_in_child

from .target import Target

T = TypeVar("T")

REMEMBERED: Final = 60.0
"""Seconds for which a failed connection moves to the end of the order."""
PATIENCE: Final = 60.0
"""Seconds without a token after which the next connection is tried. The SDK's own retries are off in that case: they would
wait as long as a busy server asks, while another connection could answer at once."""


class Turns:
    """Recent failures, by the state of the connection: a changed connection is tried again. ``clock`` returns monotonic seconds."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._failed: dict[tuple[str, int], tuple[float, FailureKind | None]] = {}
        self._lock = Lock()
        renew_in_child(self)

    def renew(self) -> None:
        """Replace the lock: another thread may have held it during the fork."""
        self._lock = Lock()

    def failed(self, connection: Connection, kind: FailureKind) -> None:
        """Remember a failure of this connection, and its kind."""
        with self._lock:
            self._failed[connection.id, connection.version] = self._clock(), kind

    def answered(self, connection: Connection) -> None:
        """Forget a failure of this connection."""
        with self._lock:
            self._failed.pop((connection.id, connection.version), None)

    def resting(self, connection: Connection) -> bool:
        """Whether it failed within the last minute."""
        with self._lock:
            moment, _ = self._failed.get((connection.id, connection.version), (None, None))
        return moment is not None and self._clock() - moment < REMEMBERED

    def passed_over(self, connection: Connection) -> Attempt:
        """Return the entry for a connection that was not tried first after its failure."""
        with self._lock:
            _, kind = self._failed.get((connection.id, connection.version), (0.0, None))
        did = f"{(kind and kind.meaning.elsewhere) or 'failed'} within the last minute"
        return Attempt(connection.alias, "resting", f"It {did}, and was not tried first.", brief=did)

    def order(self, connections: Sequence[Connection]) -> list[Connection]:
        """Return the connections in the order of the attempts: recently failed ones come last."""
        return sorted(connections, key=self.resting)  # the sort is stable


@dataclass(frozen=True, slots=True)
class Begun(Generic[T]):
    """A reply that has started, with the failed attempts before it."""

    value: T
    connection: Connection
    attempts: tuple[Attempt, ...]


async def async_answer_with(
    target: Target,
    begin: Callable[[Connection, float | None], Awaitable[T]],
    turns: Turns,
) -> Begun[T]:
    """Try the connections of a target in order until one replies.

    ``begin`` gets a connection and the seconds to wait (None: the SDK's default), and returns once the first token or batch has
    arrived; after that there is no fallback. Raises the original error if there is only one connection or the request is at
    fault, else `AllFailed`.
    """
    failed: list[Attempt] = []
    order = turns.order(target.connections)
    for connection in order:
        started = monotonic()
        is_last = connection is order[-1]
        try:
            value = await begin(connection, None if is_last else PATIENCE)
        except StoreError:
            raise
        except AiconnError as error:
            is_alone = len(order) == 1 and not target.skipped
            if is_alone or not (_falls_back(error) or (is_last and failed)):
                if failed and isinstance(error, ProviderFailed):
                    error.tried = tuple(failed)
                raise
            if isinstance(error, ProviderFailed) and _falls_back(error):
                turns.failed(connection, error.kind)
            seconds = monotonic() - started
            failed.append(Attempt(connection.alias, kind_of(error), error.reason, seconds, _brief(error)))
        else:
            turns.answered(connection)
            # The reply also names the connections that were moved to the end after a recent failure.
            before = target.connections[: target.connections.index(connection)]
            tried = {each.connection for each in (*target.skipped, *failed)}
            passed_over = [turns.passed_over(each) for each in before if each.alias not in tried]
            return Begun(value, connection, (*target.skipped, *failed, *passed_over))
    raise AllFailed(alias=target.label, attempts=(*target.skipped, *failed))


def _falls_back(error: AiconnError) -> bool:
    """Whether another connection may succeed. This includes a connection that cannot be used here at all. A cap of the profile
    applies to all its connections."""
    if isinstance(error, CapReached | CapWithoutPrice | CapUnchecked) and error.kind == "profile":
        return False
    return error.kind.meaning.falls_back if isinstance(error, ProviderFailed) else True


_BRIEF: Final = ((UntrustedHost, "untrusted host"), (ConfigurationError, "unresolved"), (ProviderUnavailable, "no SDK"))
"""The names of these states in lists."""


def _brief(error: AiconnError) -> str:
    return next((words for kind, words in _BRIEF if isinstance(error, kind)), "")


def kind_of(error: AiconnError) -> str:
    """Return the kind of a failed `Attempt`."""
    return error.kind.value if isinstance(error, ProviderFailed) else "unusable"
