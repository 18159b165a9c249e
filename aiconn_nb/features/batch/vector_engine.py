"""Turns texts into vectors: many batches of the provider's size at once, all by one connection and model.

Another connection may take over only before the first batch is answered, because vectors of two models are not comparable.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, Final

from aiconn_nb.errors import CallFailed, FailureKind, JournalUnusable, NotAble, ProviderFailed
from aiconn_nb.features.asking import async_answer_with
from aiconn_nb.model.connection import Connection
from aiconn_nb.providers.calls.threaded import in_thread
from aiconn_nb.session.background import side_by_side

from .engine import NO_BUDGET
from .journal import Answered, Journal
from .matrix import Listed, Matrix
from .sending import REFUSALS, BudgetUsedUp, Call, Sender
from .tables import TEXT
from .template import NotFilled, Template

if TYPE_CHECKING:
    from aiconn_nb.errors import Attempt
    from aiconn_nb.features.asking import Target
    from aiconn_nb.providers.base import Embeddings, Usage

    from .vectorizing import VectorParts

FEW: Final = 3
"""Consecutive rate limits after which texts outside a dataset fail."""
_SIZE: Final = 4
"""Bytes of a number in the journal."""
UNHEARD: Final = 12
"""Bad requests before the first success, after which the run stops instead of blaming each text."""


@dataclass
class VectorJob:
    """The texts to embed, and the target."""

    parts: VectorParts
    dimensions: int | None
    options: Mapping[str, Any]
    """The profile's other options."""
    template: Template | None
    """None for plain texts."""
    journal_of: Callable[[Connection], Journal | None]
    vectors_of: Callable[[], Listed | Matrix]
    sender: Sender
    most: int
    """Maximum requests in flight."""
    is_dataset: bool
    """Whether errors stay in their rows and duplicate texts are sent once."""


@dataclass
class _Text:
    """A text to send."""

    key: bytes
    text: str
    rows: list[int]
    """The rows that wait for its vector."""


class VectorRun:
    """One run over texts. Its counts may be read from another thread while it runs."""

    def __init__(self, job: VectorJob, rows: Callable[[], Iterator[Mapping[str, Any]]], count: int) -> None:
        self.count = count
        self.done = 0
        """Texts with a vector or an error."""
        self.known = 0
        """Texts whose vector came from the journal or from an equal text."""
        self.errors: dict[int, str] = {}
        self.ending = ""
        self.notes: dict[str, None] = {}
        self.input_tokens: int | None = 0
        self.paid = 0.0
        """US dollars, for the texts with a known price."""
        self.unpriced = 0
        """Texts that were embedded at an unknown price."""
        self.attempts: tuple[Attempt, ...] = ()
        self.batches = 0
        self.journal: Journal | None = None
        self._size_note = ""
        self._job = job
        self._rows_of = rows

    @property
    def model(self) -> str:
        """The model of all vectors."""
        return self._job.parts.target.model_for(self.connection)

    async def run(self) -> Any:
        """Return all vectors. Raises the error that stopped the run, with the number of finished texts."""
        try:
            begun = await async_answer_with(self._preferring_journals(), self._first, self._job.parts.turns)
            self.attempts = begun.attempts
            await self._rest()
        finally:
            if hasattr(self, "_too_large"):
                self._account.send_at_most(self._largest)  # the next run has the same account
            await self._job.sender.close()
        return self._vectors.end()

    async def _rest(self) -> None:
        try:
            await side_by_side([self._work] * self._job.most, self._job.most)
        except ProviderFailed as failed:
            failed.texts_done = (self.done, self.count)
            raise
        if self.done != self.count:
            raise AssertionError("each text has a vector or an error")

    def close(self) -> None:
        """Close the journal, and delete an unfinished file."""
        if self.journal is not None:
            self.journal.close()
        if (vectors := getattr(self, "_vectors", None)) is not None:
            vectors.drop()

    def _preferring_journals(self) -> Target:
        """Return the target, connections with a journal first, so that an interrupted run resumes with the same connection."""
        target = self._job.parts.target
        if not self._job.is_dataset or len(target.connections) == 1:
            return target
        begun: dict[str, bool] = {}
        unusable: JournalUnusable | None = None
        for each in target.connections:
            try:
                begun[each.id] = self._has_begun(each)
            except JournalUnusable as error:  # a file of the user's own is the journal of one connection
                unusable = error
        if unusable is not None and not begun:
            raise unusable
        return replace(target, connections=tuple(sorted(target.connections, key=lambda each: not begun.get(each.id))))

    def _has_begun(self, connection: Connection) -> bool:
        journal = self._job.journal_of(connection)
        if journal is None:
            return False
        try:
            return not journal.is_empty
        finally:
            journal.close()

    async def _first(self, connection: Connection, patience: float | None) -> None:
        """Ask for the first batch; until it succeeds, another connection may take over."""
        # In a thread: a secret source may respond slowly.
        self._account = await in_thread(lambda: self._job.parts.account_of(connection, patience))
        self._begin(connection)
        while batch := self._taken():
            await self._ask(batch, is_patient=patience is None)
            if self._answered or self.ending:
                break
        if patience is not None:
            self._account = await in_thread(lambda: self._job.parts.account_of(connection, None))

    def _begin(self, connection: Connection) -> None:
        self.close()
        self.connection = connection
        self.journal = self._job.journal_of(connection)
        self._vectors = self._job.vectors_of()
        self._rows = enumerate(self._rows_of())
        self._held: deque[_Text] = deque()
        self._asking: dict[bytes, _Text] = {}
        self._asked: dict[bytes, int] = {}
        self._answered = self._refused = self._width = 0
        self._whole = self._account.batch_most
        self._too_large: list[list[_Text]] = []
        self.done = self.known = 0
        self.errors.clear()

    async def _work(self) -> None:
        while batch := self._taken():
            await self._ask(batch)
            await asyncio.sleep(0)

    def _taken(self) -> list[_Text]:
        """Take the next batch, as large as the provider accepts."""
        found: list[_Text] = []
        most = self._account.batch_most
        while len(found) < most:
            text = self._held.popleft() if self._held else self._next()
            if text is None:
                break
            found.append(text)
        count = self._account.batch([each.text for each in found]) if found else 0
        self._held.extendleft(reversed(found[count:]))
        return found[:count]

    def _next(self) -> _Text | None:
        """Return the next text to send."""
        for row, values in self._rows:
            text = self._to_ask(row, values)
            if text is not None:
                return text
        return None

    def _to_ask(self, row: int, values: Mapping[str, Any]) -> _Text | None:
        template = self._job.template
        if template is None and not self._job.is_dataset:
            return _Text(b"", values[TEXT], [row])
        try:
            text = str(values[TEXT]) if template is None else template.fill(values)
        except NotFilled as problem:
            self._fail([row], str(problem))
            return None
        if whose := self._job.parts.key_in(text):
            self._fail([row], f"it holds {whose}, which is not sent")
            return None
        key = self._key(text)
        if (waiting := self._asking.get(key)) is not None:
            waiting.rows.append(row)
            return None
        if self._is_known(row, key):
            return None
        if self.ending:
            self._fail([row], self.ending)
            return None
        made = self._asking[key] = _Text(key, text, [row])
        return made

    def _key(self, text: str) -> bytes:
        if self.journal is not None:
            return self.journal.key(text)
        return blake2b(text.encode("utf-8", "replace"), digest_size=16).digest()

    def _is_known(self, row: int, key: bytes) -> bool:
        before = self._asked.get(key)
        kept = self.journal.get(key) if before is None and self.journal is not None else None
        if before is not None:
            self._vectors.put(row, self._vectors.of(before))
        elif kept is not None and isinstance(kept.text, bytes) and self._width in (0, len(kept.text) // _SIZE):
            vector = _numbers(kept.text)
            self._width = len(vector)
            self._vectors.put(row, vector)
        else:
            return False
        self.known += 1
        self.done += 1
        return True

    async def _ask(self, batch: list[_Text], *, is_patient: bool = True) -> None:
        # The user waits for a few texts, so report a long rate limit early.
        is_dataset = self._job.is_dataset
        refusals = (REFUSALS if is_dataset else FEW) if is_patient else 0
        account, model, texts = self._account, self.model, [each.text for each in batch]
        call = Call(self.connection, account, model, self._job.parts.price_of(account, model), texts, 0)
        failed: ProviderFailed | None = None
        try:
            answer = await self._job.sender.sent(
                call,
                lambda: account.async_embed(texts, model, self._job.dimensions, self._job.options),
                _seen,
                is_last=is_dataset,
                refusals=refusals,
            )
        except NotImplementedError:
            raise NotAble(alias=self.connection.alias, what_for="embed") from None
        except BudgetUsedUp:
            self.ending = NO_BUDGET
            for each in batch:
                self._failed(each, NO_BUDGET)
        except ProviderFailed as error:
            failed = error
        else:
            usage, _ = _seen(answer)
            cost = call.price.of_call(usage)
            self._take(batch, answer, cost)
        if failed is not None:  # outside of its handler, or it would be the context of an error of a part
            await self._smaller(batch, failed)

    async def _smaller(self, batch: list[_Text], failed: ProviderFailed) -> None:
        """Split a batch that is too large or contains a faulty text; otherwise raise."""
        if self._account.send_less(len(batch), failed):
            self._too_large.append(batch)
            self._note_size()
            self._held.extendleft(
                reversed(batch)
            )  # so that it fills batches of the new size with the texts that follow
            return
        if failed.kind is not FailureKind.BAD_REQUEST:
            raise failed
        if len(batch) == 1:
            self._excuse(batch[0])
        if not self._job.is_dataset:
            # Otherwise the request itself may be at fault, such as its dimensions.
            if len(batch) == 1 < self.count and (failed.too_large or self._answered):
                failed.refused_text = batch[0].rows[0]
            raise failed
        if len(batch) == 1:
            self._refused += 1
            if not self._answered and self._refused > UNHEARD:
                raise failed
            self._failed(batch[0], failed.what)
            return
        half = -(-len(batch) // 2)
        await self._ask(batch[:half])
        await self._ask(batch[half:])

    def _excuse(self, text: _Text) -> None:
        """Forget the batches that were too large with a text that is refused alone."""
        self._too_large = [batch for batch in self._too_large if not any(each is text for each in batch)]
        self._note_size()

    @property
    def _largest(self) -> int:
        """The number of texts that the server takes at once, as far as is known."""
        return min([self._whole, *(-(-len(batch) // 2) for batch in self._too_large)])

    def _note_size(self) -> None:
        self.notes.pop(self._size_note, None)
        if self._largest < self._whole:
            self._size_note = f"in batches of {self._largest:,}, as the server takes no more"
            self.notes[self._size_note] = None

    def _take(self, batch: list[_Text], answer: Embeddings, cost: float | None) -> None:
        widths = {len(vector) for vector in answer.vectors}
        if self._width:
            widths.add(self._width)
        if len(answer.vectors) != len(batch) or len(widths) > 1:
            words = "the answer does not have one vector per text."
            if len(widths) > 1:
                # A gateway may send each request to another model.
                numbers = " and ".join(f"{width:,}" for width in sorted(widths)[:2])
                words = f"the vectors are of different lengths, {numbers} numbers, so not of one model."
            raise CallFailed(kind=FailureKind.PROVIDER_FAULT, alias=self.connection.alias, words=words)
        self._width = widths.pop()
        if self._job.dimensions not in (None, self._width):
            self.notes[f"{self._width:,} numbers per vector: the server ignores dimensions={self._job.dimensions}"] = (
                None
            )
        tokens = answer.usage.input_tokens
        self.input_tokens = None if tokens is None or self.input_tokens is None else self.input_tokens + tokens
        self.notes.update(dict.fromkeys(answer.notes))
        self.paid += cost or 0.0
        self.unpriced += len(batch) if cost is None else 0
        self.batches += 1
        self._answered += len(batch)
        for each, vector in zip(batch, answer.vectors, strict=True):
            for row in each.rows:
                self._vectors.put(row, vector)
            self.done += len(each.rows)
            self.known += len(each.rows) - 1
        # Not at once as large as before: the next text may be too long as well.
        self._account.send_at_most(min(self._largest, 2 * self._account.batch_most))
        if self._job.is_dataset:
            self._keep(batch, answer)

    def _keep(self, batch: list[_Text], answer: Embeddings) -> None:
        if self.journal is None or not self.journal.put(
            *(
                (each.key, Answered(_bytes(vector), self.connection.alias, self.model, None, None, None))
                for each, vector in zip(batch, answer.vectors, strict=True)
            )
        ):
            self._asked.update((each.key, each.rows[0]) for each in batch)
        for each in batch:
            self._asking.pop(each.key, None)

    def _failed(self, text: _Text, error: str) -> None:
        self._asking.pop(text.key, None)
        self._fail(text.rows, error)

    def _fail(self, rows: list[int], error: str) -> None:
        self.errors.update(dict.fromkeys(rows, error))
        self.done += len(rows)


def _seen(answer: Embeddings) -> tuple[Usage, Mapping[str, str]]:
    # Embedding produces no output tokens.
    return replace(answer.usage, output_tokens=0), {}


def _bytes(vector: Any) -> bytes:
    import numpy

    return numpy.asarray(vector, dtype="<f4").tobytes()


def _numbers(kept: bytes) -> Any:
    import numpy

    return numpy.frombuffer(kept, dtype="<f4")
