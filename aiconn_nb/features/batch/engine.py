"""Asks the prompts of many rows at once; which connection answers a row, and when to stop.

A worker for each request in flight takes the next row, which is read only then. A row whose answer is known already, from the
journal or from a row with the same prompt, is not asked.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from hashlib import blake2b
from time import perf_counter
from typing import TYPE_CHECKING, Any, Final

from aiconn_nb.errors import AiconnError, BatchStopped, FailureKind, ProviderFailed
from aiconn_nb.features.asking import FALLS_BACK
from aiconn_nb.model.connection import Connection
from aiconn_nb.providers.base import ChatRequest, Completion, Message
from aiconn_nb.providers.threaded import in_thread

from .answers import Answers
from .gate import Gate
from .journal import Answered, Journal
from .money import Budget, Price
from .results import Progress
from .schema import NotValid, Shape
from .tables import DTYPES
from .template import NotFilled, Template

if TYPE_CHECKING:
    from aiconn_nb.features.asking import Target, Turns
    from aiconn_nb.features.usage import Tally
    from aiconn_nb.providers.account import Account

PAUSES: Final = (0.5, 1.0)
"""Seconds before the second and the third try of a failure that may be gone a moment later."""
PATIENT: Final = 60.0
"""Seconds that a server may ask to wait before another connection is asked instead."""
REFUSALS: Final = 10
"""Rate limits in a row after which a row is given up."""
IN_A_ROW: Final = 25
"""Rows that fail one after the other, for no fault of their own, before all is stopped."""
HOPELESS: Final = frozenset(
    {
        FailureKind.AUTHENTICATION,
        FailureKind.PERMISSION,
        FailureKind.NOT_FOUND,
        FailureKind.OUT_OF_CREDIT,
        FailureKind.THIS_MACHINE,
    }
)
"""Failures that every other row would meet as well."""
_SLOWS: Final = frozenset({FailureKind.RATE_LIMITED, FailureKind.TIMEOUT})
NO_BUDGET: Final = "the budget is used up"
_YIELD: Final = 200
"""Rows that are passed without a request before the event loop has its turn."""


@dataclass
class Job:
    """What is asked of each row, and of whom."""

    target: Target
    request: ChatRequest
    """Without the prompt."""
    template: Template
    shape: Shape
    account_of: Callable[[Connection], Account]
    gate_of: Callable[[Connection], Gate]
    price_of: Callable[[Account, str], Price]
    key_in: Callable[[str], str]
    masked: Callable[[str], str]
    """An answer without the keys that are known here."""
    turns: Turns
    tally: Tally
    most: int
    """Requests in flight at most."""
    journal: Journal | None = None
    budget: Budget | None = None
    raises: bool = False
    """Whether the first row that fails stops all."""


class Engine:
    """One run over rows. Its answers and counts may be read from another thread while it runs."""

    def __init__(self, job: Job, rows: Iterator[Mapping[str, Any]], total: int | None) -> None:
        self.answers = Answers(job.shape.columns)
        self.ending = ""
        """Why it ended before the last row, where that is no error."""
        self.notes: dict[str, None] = {}
        self._job = job
        self._columns = (*job.shape.columns, *DTYPES)
        self._rows = rows
        self._total = total
        self._progress = Progress(total=total)
        self._started = perf_counter()
        self._ended: float | None = None
        self._stopped: AiconnError | None = None
        self._in_a_row = 0
        self._asking: dict[bytes, list[int]] = {}
        """The rows that wait for each prompt that is being asked."""
        self._asked: dict[bytes, int] = {}
        """A row for each prompt that failed, or without a journal for each that was asked."""
        self._ready: dict[str, asyncio.Future[tuple[Account, Price]]] = {}
        self._told: set[str] = set()
        """The connections whose requests say in words what a schema would say."""
        self._profile = job.target.profile.alias if job.target.profile else ""

    @property
    def progress(self) -> Progress:
        """How far it has come."""
        ended = self._ended or perf_counter()
        return replace(self._progress, seconds=ended - self._started)

    def end(self) -> None:
        """Stop the clock."""
        self._ended = perf_counter()

    async def run(self) -> None:
        """Ask until no row is left. Raises `BatchStopped`, or with ``raises`` the error of the first row that fails."""
        workers = [asyncio.ensure_future(self._work()) for _ in range(self._job.most)]
        try:
            await asyncio.gather(*workers)
        finally:
            for worker in workers:
                worker.cancel()
            await asyncio.gather(*workers, return_exceptions=True)
        if self._stopped is not None:
            raise self._stopped

    async def _work(self) -> None:
        passed = 0
        while self._stopped is None:
            row = next(self._rows, None)
            if row is None:
                return
            number, passed = self.answers.add(), passed + 1
            asked = self._to_ask(number, row)
            if asked is not None:
                await self._answer(*asked)
                passed = 0
            elif passed % _YIELD == 0:
                await asyncio.sleep(0)

    def _to_ask(self, number: int, row: Mapping[str, Any]) -> tuple[bytes, str] | None:
        """The prompt of a row with its key; None where it is not asked."""
        if self.ending and self._job.journal is None:
            self._failed(number, self.ending)
            return None
        if taken := next((column for column in self._columns if column in row), None):
            self._failed(number, f"it has a column {taken!r} itself, which the answer would replace")
            return None
        try:
            prompt = self._job.template.fill(row)
        except NotFilled as problem:
            self._failed(number, str(problem))
            return None
        if whose := self._job.key_in(prompt):
            self._failed(number, f"it holds {whose}, which is not sent")
            return None
        key = self._key(prompt)
        if (waiting := self._asking.get(key)) is not None:
            waiting.append(number)
            return None
        if self._is_known(number, key):
            return None
        if self.ending:
            self._failed(number, self.ending)
            return None
        self._asking[key] = [number]
        return key, prompt

    def _key(self, prompt: str) -> bytes:
        if self._job.journal is not None:
            return self._job.journal.key(prompt)
        return blake2b(prompt.encode("utf-8", "replace"), digest_size=16).digest()

    def _is_known(self, number: int, key: bytes) -> bool:
        """Take over the answer to the same prompt, where there is one."""
        if (before := self._asked.get(key)) is not None:
            self.answers.copy(before, number)
            self._count(known=1, errors=int(self.answers.has_failed(before)))
            return True
        answered = self._job.journal.get(key) if self._job.journal else None
        if answered is None:
            return False
        try:
            values = self._job.shape.read(answered.text)
        except NotValid:  # an earlier release was content with it
            return False
        self._put(number, values, answered)
        self._count(known=1)
        return True

    async def _answer(self, key: bytes, prompt: str) -> None:
        """Ask, and give the answer to all rows that wait for it."""
        error: str | None = None
        try:
            values, answered = await self._asked_in_turn(prompt)
        except _RowFailed as failed:
            error = str(failed)
        except AiconnError as failed:
            error = failed.what
            self._consider(failed)
        except asyncio.CancelledError:
            self._asking.pop(key, None)
            raise
        rows = self._asking.pop(key)
        if error is not None:
            for number in rows:
                self._failed(number, error)
            self._asked[key] = rows[0]
            return
        self._in_a_row = 0
        if self._job.journal is None or not self._job.journal.put(key, answered):
            self._asked[key] = rows[0]
        for number in rows:
            self._put(number, values, answered)
        self._count(answered=1, known=len(rows) - 1, of=answered)

    def _put(self, number: int, values: tuple[Any, ...], answered: Answered) -> None:
        self.answers.answer(
            number,
            values,
            model=answered.model,
            connection=answered.connection,
            tokens=(answered.input_tokens, answered.output_tokens),
            cost=answered.cost,
        )

    def _failed(self, number: int, error: str) -> None:
        self.answers.fail(number, error)
        self._count(errors=1)

    def _count(self, *, answered: int = 0, known: int = 0, errors: int = 0, of: Answered | None = None) -> None:
        before = self._progress
        self._progress = replace(
            before,
            done=before.done + answered + known + (errors if not known else 0),
            answered=before.answered + answered,
            known=before.known + known,
            errors=before.errors + errors,
            input_tokens=before.input_tokens + ((of.input_tokens or 0) if of else 0),
            output_tokens=before.output_tokens + ((of.output_tokens or 0) if of else 0),
            cost=before.cost + ((of.cost or 0.0) if of else 0.0),
            unpriced=before.unpriced + int(of is not None and of.cost is None),
        )

    def _consider(self, error: AiconnError) -> None:
        """Stop where the next rows would fail as this one did."""
        if self._job.raises:
            self._stopped = self._stopped or error
            return
        if isinstance(error, ProviderFailed) and error.kind is FailureKind.BAD_REQUEST:
            return  # the row's own fault
        self._in_a_row += 1
        is_hopeless = not isinstance(error, ProviderFailed) or error.kind in HOPELESS
        if is_hopeless or self._in_a_row >= max(IN_A_ROW, 2 * self._job.most):
            self._stopped = self._stopped or BatchStopped(
                answered=self._progress.answered,
                cause=error,
                is_kept=self._job.journal is not None and not self._job.journal.note,
            )

    async def _asked_in_turn(self, prompt: str) -> tuple[tuple[Any, ...], Answered]:
        """The answer of the first connection that gives one."""
        order = self._job.turns.order(self._job.target.connections)
        for connection in order:
            try:
                found = await self._asked_at(connection, prompt, is_last=connection is order[-1])
            except ProviderFailed as failed:
                if connection is order[-1] or failed.kind not in FALLS_BACK:
                    raise
                self._job.turns.failed(connection)
            except AiconnError:  # it cannot be used here at all
                if connection is order[-1]:
                    raise
            else:
                self._job.turns.answered(connection)
                return found
        raise AssertionError("a target has a connection")

    async def _asked_at(
        self, connection: Connection, prompt: str, *, is_last: bool
    ) -> tuple[tuple[Any, ...], Answered]:
        """The answer of one connection; with a schema it has a second attempt to keep it."""
        account, price = await self._account(connection)
        messages = [Message("user", prompt)]
        spent = _Spent()
        problem = ""
        for attempt in (1, 2):
            completion = await self._completed(
                connection, account, price, self._request(connection, account, messages), is_last
            )
            spent.add(completion, price)
            text = self._job.masked(completion.text)
            try:
                values = self._job.shape.read(text)
            except NotValid as invalid:
                problem = str(invalid)
                if attempt == 1:
                    messages = [*messages, *_repair(text, problem, self._job.shape)]
                continue
            model = completion.finish.model or self._job.target.model_for(connection)
            return values, Answered(text, connection.alias, model, *spent.sums)
        raise _RowFailed(f"the answer does not keep the schema, also not the second time: {problem}")

    def _request(self, connection: Connection, account: Account, messages: list[Message]) -> ChatRequest:
        request = replace(self._job.request, model=self._job.target.model_for(connection))
        shape = self._job.shape
        if shape.schema is None:
            return replace(request, messages=messages)
        if account.label not in self._told and account.provider.keeps_schemas:
            return replace(request, messages=messages, schema=shape.schema)
        system = "\n\n".join(filter(None, [request.system, shape.instruction]))
        return replace(request, messages=messages, system=system)

    async def _completed(
        self, connection: Connection, account: Account, price: Price, request: ChatRequest, is_last: bool
    ) -> Completion:
        """One answer, asked again where that may help. Raises `ProviderFailed`."""
        gate = self._job.gate_of(connection)
        tries, refusals = 0, 0
        while True:
            reserved = await self._reserved(price, request)
            await gate.enter()
            started = perf_counter()
            cost: float | None = 0.0
            try:
                completion = await account.async_complete(request)
                seconds = perf_counter() - started
                usage = completion.finish.usage
                cost = price.of(usage.input_tokens, usage.output_tokens)
                gate.answered(seconds, completion.headers)
                self._job.tally.answered(
                    self._profile, connection.alias, seconds, usage.input_tokens, usage.output_tokens
                )
                for note in completion.finish.notes:
                    self.notes[note] = None
                    if "structured output" in note:
                        self._told.add(account.label)
                return completion
            except NotImplementedError:
                raise _RowFailed(f"{connection.alias} cannot chat") from None
            except ProviderFailed as failed:
                self._job.tally.failed(self._profile, connection.alias, perf_counter() - started)
                if failed.kind in _SLOWS or failed.again:
                    gate.refused(failed)
                # It may have been answered and charged, and the answer lost.
                cost = None if failed.kind in (FailureKind.TIMEOUT, FailureKind.UNREACHABLE) else 0.0
                error = failed
            except asyncio.CancelledError:
                cost = None
                raise
            finally:
                gate.leave()
                if self._job.budget is not None:
                    self._job.budget.settle(reserved, cost)
            if error.kind is FailureKind.RATE_LIMITED:
                refusals += 1
                if refusals < REFUSALS and (is_last or (error.retry_after or 0.0) <= PATIENT):
                    continue  # the gate waits
            elif error.again and tries < len(PAUSES):
                await asyncio.sleep(PAUSES[tries] if error.retry_after is None else min(error.retry_after, PATIENT))
                tries += 1
                continue
            raise error

    async def _reserved(self, price: Price, request: ChatRequest) -> float:
        """The money for one request. Ends the run where there is none left."""
        budget = self._job.budget
        if budget is None:
            return 0.0
        text = "".join([request.system or "", str(request.schema or ""), *(each.content for each in request.messages)])
        amount = price.at_most(text, request.max_tokens or 0)
        if not await budget.reserve(amount):
            self.ending = NO_BUDGET
            raise _RowFailed(NO_BUDGET)
        return amount

    async def _account(self, connection: Connection) -> tuple[Account, Price]:
        def made() -> tuple[Account, Price]:
            account = self._job.account_of(connection)
            return account, self._job.price_of(account, self._job.target.model_for(connection))

        ready = self._ready.get(connection.id)
        if ready is None:
            # In a thread: a secret source may take a while. The other workers wait for the same.
            ready = self._ready[connection.id] = asyncio.ensure_future(in_thread(made))
        if not ready.done():
            await asyncio.wait([ready])
        return ready.result()


class _RowFailed(Exception):
    """A row has no answer; ``str()`` says why."""


class _Spent:
    """Tokens and money of the attempts at one row."""

    def __init__(self) -> None:
        self.sums: tuple[int | None, int | None, float | None] = (0, 0, 0.0)

    def add(self, completion: Completion, price: Price) -> None:
        usage = completion.finish.usage
        more = (usage.input_tokens, usage.output_tokens, price.of(usage.input_tokens, usage.output_tokens))
        self.sums = tuple(  # type: ignore[assignment]
            None if one is None or other is None else one + other for one, other in zip(self.sums, more, strict=True)
        )


def _repair(text: str, problem: str, shape: Shape) -> list[Message]:
    """What a model is told that did not keep the schema. An empty answer is no message: providers refuse it."""
    said = [Message("assistant", text)] if text.strip() else [Message("assistant", "{}")]
    return [*said, Message("user", f"That does not keep the schema ({problem}). {shape.instruction}")]
