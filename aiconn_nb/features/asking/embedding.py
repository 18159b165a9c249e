"""Texts as vectors, batch by batch, all by the same connection and model."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib.util import find_spec
from time import perf_counter
from typing import TYPE_CHECKING, Any

from aiconn_nb.errors import (
    Attempt,
    BadOptions,
    CallFailed,
    FailureKind,
    NotAble,
    NotAText,
    NotTexts,
    NumPyMissing,
    ProviderFailed,
)
from aiconn_nb.features.profiles import Value, merged
from aiconn_nb.features.usage import Tally
from aiconn_nb.model.connection import Connection
from aiconn_nb.model.letters import whole_letters
from aiconn_nb.model.profile import Capability
from aiconn_nb.session.results import Rows

from .failover import Turns, answer_with
from .stream import AccountOf
from .target import Target

if TYPE_CHECKING:
    from aiconn_nb.providers.account import Account
    from aiconn_nb.providers.base import Embeddings


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class Embedded(Rows[Sequence[float]]):
    """One vector per text, in the order of the texts. Its display tells about them and does not print them."""

    model: str
    connection: str
    """The alias of the connection that answered."""
    profile: str = ""
    """The alias of the profile, '' where a connection was asked itself."""
    input_tokens: int | None = None
    """As the provider counted; None where it does not say, of any batch."""
    seconds: float = 0.0
    attempts: tuple[Attempt, ...] = ()
    """The connections that were tried before, or could not be, each with its reason."""
    notes: tuple[str, ...] = ()
    """What had to be done to get them, such as a parameter that the server refused and that was left out."""
    as_array: bool = False
    """Whether `vectors` is a NumPy array."""

    @property
    def dimensions(self) -> int:
        """Numbers per vector; 0 where there is no vector."""
        return len(self[0]) if self else 0

    @cached_property
    def vectors(self) -> Any:
        """All of them: a list of lists, or a NumPy array with one row per text."""
        return self.__array__() if self.as_array else [list(each) for each in self]

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        """So that ``numpy.asarray`` takes it."""
        import numpy

        return numpy.array(self._items, dtype=dtype or float).reshape(len(self._items), self.dimensions)

    @property
    def footer(self) -> str:
        """One quiet line: who answered, what it cost, how long it took."""
        count = "tokens unknown" if self.input_tokens is None else f"{self.input_tokens:,} tokens"
        line = " · ".join(filter(None, [self.profile, self.connection, self.model, count, f"{self.seconds:.1f} s"]))
        failed = ", ".join(f"{each.connection} ({each.label})" for each in self.attempts)
        return " · ".join(filter(None, [line, *self.notes, failed and f"in place of {failed}"]))

    def data(self) -> Any:
        return {
            "model": self.model,
            "connection": self.connection,
            "profile": self.profile or None,
            "dimensions": self.dimensions,
            "input_tokens": self.input_tokens,
            "seconds": round(self.seconds, 3),
            "attempts": [each.data() for each in self.attempts],
            "notes": list(self.notes),
            "vectors": [list(map(float, each)) for each in self],
        }


def embed(
    target: Target,
    texts: Sequence[str],
    account_of: AccountOf,
    *,
    dimensions: Value | None,
    turns: Turns,
    tally: Tally,
    as_array: bool,
    on_batch: Callable[[int, int], None] | None,
) -> Embedded:
    """The vectors of texts; see `Session.embed`."""
    from aiconn_nb.providers.token_counts import total

    started = perf_counter()
    batches = _Batches(target, texts, account_of, _dimensions(target, dimensions), tally, on_batch)
    begun = answer_with(target, batches.first, turns, failed=batches.failed)
    answers = [begun.value, *batches.others(begun.connection, len(begun.value.vectors))]
    return Embedded(
        [vector for each in answers for vector in each.vectors],
        model=target.model_for(begun.connection),
        connection=begun.connection.alias,
        profile=batches.profile,
        input_tokens=total(each.usage for each in answers).input_tokens,
        seconds=perf_counter() - started,
        attempts=begun.attempts,
        notes=(*dict.fromkeys(note for each in answers for note in each.notes), *batches.notes, *target.notes),
        as_array=as_array,
    )


class _Batches:
    """The texts in batches of what the provider takes at once."""

    def __init__(
        self,
        target: Target,
        texts: Sequence[str],
        account_of: AccountOf,
        dimensions: int | None,
        tally: Tally,
        on_batch: Callable[[int, int], None] | None,
    ) -> None:
        self.profile = target.profile.alias if target.profile else ""
        self.notes: tuple[str, ...] = ()
        """What was found out about the size of a batch."""
        self._target = target
        self._texts = texts
        self._account_of = account_of
        self._dimensions = dimensions
        self._tally = tally
        self._on_batch = on_batch

    def first(self, connection: Connection, patience: float | None) -> Embeddings:
        """The first batch, for which another connection may still take over."""
        return self._next(connection, patience, 0)

    def others(self, connection: Connection, done: int) -> Iterator[Embeddings]:
        """Those behind the first, by the same connection: vectors of different models are no neighbours."""
        total, is_more = len(self._texts), done < len(self._texts)
        while done < total:
            self._tell(done)
            started = perf_counter()
            try:
                answer = self._next(connection, None, done)
            except ProviderFailed as failed:
                self.failed(connection, perf_counter() - started)
                failed.texts_done = (done, total)
                raise
            yield answer
            done += len(answer.vectors)
        if is_more:
            self._tell(total)

    def _next(self, connection: Connection, patience: float | None, start: int) -> Embeddings:
        """The next batch: as large as the provider takes it, which may be found out only now."""
        account = self._account_of(connection, patience)
        while True:
            count = account.batch(self._texts, start)
            try:
                return self._ask(connection, account, self._texts[start : start + count])
            except ProviderFailed as failed:
                if not account.send_less(count, failed):
                    raise
                self.notes = (f"in batches of {account.batch(self._texts):,}, as the server takes no more",)

    def failed(self, connection: Connection, seconds: float) -> None:
        """Count a call that was made in vain."""
        self._tally.failed(self.profile, connection.alias, seconds)

    def _ask(self, connection: Connection, account: Account, texts: Sequence[str]) -> Embeddings:
        started = perf_counter()
        try:
            answer = account.embed(texts, self._target.model_for(connection), self._dimensions)
        except NotImplementedError:
            raise NotAble(alias=connection.alias, what_for="embed") from None
        if len(answer.vectors) != len(texts) or len({len(vector) for vector in answer.vectors}) > 1:
            words = "the answer does not have one vector per text."
            raise CallFailed(kind=FailureKind.PROVIDER_FAULT, alias=connection.alias, words=words)
        # A vector is read, and nothing is written: no tokens come out of it.
        self._tally.answered(self.profile, connection.alias, perf_counter() - started, answer.usage.input_tokens, 0)
        return answer

    def _tell(self, done: int) -> None:
        if self._on_batch is not None:
            self._on_batch(done, len(self._texts))


def texts_of(given: str | Iterable[str]) -> list[str]:
    """The texts as a list; one text is a list of one. Raises `CommandError` for what is no text, such as a missing value."""
    if not isinstance(given, Iterable):
        raise NotTexts(found=type(given).__name__)
    texts = [given] if isinstance(given, str) else list(given)
    for place, text in enumerate(texts, start=1):
        if not isinstance(text, str):
            raise NotAText(place=place, count=len(texts), found=type(text).__name__)
    return [whole_letters(text) for text in texts]


def require_numpy() -> None:
    """Raise `CommandError` where NumPy is not installed; before anything is asked and paid for."""
    if find_spec("numpy") is None:
        raise NumPyMissing


def _dimensions(target: Target, dimensions: Value | None) -> int | None:
    problems: dict[str, str] = {}
    given = {} if dimensions is None else {"dimensions": dimensions}
    options = merged(Capability.EMBEDDING, target.options, given, problems)
    if problems:
        raise BadOptions(problems=problems)
    chosen = options.get("dimensions")
    return None if chosen is None else int(chosen)
