"""Asks the prompts of many rows at once, chooses the connection for each row, and decides when to stop.

There is one worker per request in flight. The caller's thread reads the rows, a few ahead of the workers. A row with a known
answer, from the journal or from a row with the same prompt, needs no request.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from hashlib import blake2b
from time import perf_counter
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from aiconn_nb.errors import AiconnError, BatchStopped, FailureKind, ProviderFailed, RowNotAsked
from aiconn_nb.features.asking import NotValid, Shape, said_of_answer
from aiconn_nb.model.connection import Connection
from aiconn_nb.model.letters import whole_letters
from aiconn_nb.providers.base import ChatRequest, Completion, Message
from aiconn_nb.providers.calls.threaded import in_thread
from aiconn_nb.session.background import Caller, side_by_side

from .answers import Answers
from .journal import Answered, Journal
from .results import Progress
from .sending import BudgetUsedUp, Call, Sender
from .tables import DTYPES
from .template import NotFilled, Template

if TYPE_CHECKING:
    from aiconn_nb.features.usage import Price
    from aiconn_nb.providers.account import Account
    from aiconn_nb.providers.base import Usage

    from .execution import Parts

IN_A_ROW: Final = 25
"""Consecutive rows that may fail for external reasons before the run stops."""
OWN: Final = 0.0015
"""Seconds of this process's own work per row."""
AHEAD: Final = 16
"""Maximum rows to read in one step."""
READING: Final = 0.01
"""Seconds after which a step ends, so that a slow source holds back few rows that were read."""
NO_BUDGET: Final = "the budget is used up"
NOT_ASKED: Final = "it was not asked: the run ended before"
"""The error of a row that was not sent, in the table of a run that did not end by itself."""
SENT: Final = "it was asked, and may have been charged: the run ended before the answer arrived"
"""The error of a row in flight, in such a table."""
_YIELD: Final = 200
"""Rows after which a worker yields to the event loop. Rows may need no request, and a local server may answer without a wait."""


@dataclass
class Job:
    """The request for each row, and its target."""

    parts: Parts
    template: Template
    shape: Shape
    sender: Sender
    most: int
    """Maximum requests in flight."""
    journal: Journal | None = None
    raises: bool = False
    """Whether the first failed row stops the run."""


class Engine:
    """One run over rows. Its answers and counts may be read from another thread while it runs."""

    def __init__(self, job: Job, rows: Iterator[Mapping[str, Any]], total: int | None) -> None:
        self.caller = Caller()
        """The thread that reads the rows. A database may refuse other threads, and a slow source must not block the loop."""
        self.answers = Answers(job.shape.columns)
        self.ending = ""
        """Why the run ended before the last row, if that is not an error."""
        self.notes: dict[str, None] = {}
        self._job = job
        self._columns = (*job.shape.columns, *DTYPES)
        self._nothing = (None,) * len(job.shape.columns)
        self._rows = rows
        self._read: deque[Mapping[str, Any]] = deque()
        self._reading = asyncio.Lock()
        self._has_all = False
        self._unread: Exception | None = None
        """Why the row after those in ``_read`` cannot be read."""
        self._progress = Progress(total=total)
        self._started = perf_counter()
        self._ended: float | None = None
        self._stopped: AiconnError | None = None
        self._in_a_row = 0
        self._asking: dict[bytes, list[int]] = {}
        """The rows that wait for each running prompt."""
        self._sent: set[bytes] = set()
        """The running prompts with a request that was sent, unless it was refused and cost nothing."""
        self._asked: dict[bytes, int] = {}
        """A row for each failed prompt; without a journal, for each finished prompt."""
        self._ready: dict[str, asyncio.Future[tuple[Account, Price]]] = {}
        self._told: set[str] = set()
        """The connections whose prompts carry the schema as text, because they do not support it as an option."""

    @property
    def progress(self) -> Progress:
        """The progress so far."""
        ended = self._ended or perf_counter()
        return replace(self._progress, seconds=ended - self._started)

    def seconds_per_row(self, at_once: int) -> float | None:
        """Return the seconds per row with this many requests in flight; None if no row was answered."""
        latencies = [
            latency
            for connection in self._job.parts.target.connections
            if (latency := self._job.sender.gate_of(connection).latency) is not None
        ]
        return max(OWN, max(latencies) / at_once) if latencies else None

    @property
    def has_ended(self) -> bool:
        """Whether the clock is stopped."""
        return self._ended is not None

    def end(self) -> None:
        """Stop the clock."""
        self._ended = perf_counter()

    def fail_the_rest(self) -> None:
        """Store why the rows of a stopped run have no answer."""
        for key, rows in list(self._asking.items()):
            if key in self._sent:
                for number in rows:
                    self.answers.fail(number, SENT)
        self.answers.fail_the_rest(NOT_ASKED)

    async def run(self) -> None:
        """Ask until no row is left. Raises `BatchStopped`, or with ``raises`` the error of the first failed row."""
        try:
            await side_by_side([self._work] * self._job.most, self._job.most)
        finally:
            await self._job.sender.close()
        if self._stopped is not None:
            raise self._stopped

    async def _work(self) -> None:
        passed = 0
        while (row := await self._next()) is not None and self._stopped is None:
            number, passed = self.answers.add(), passed + 1
            asked = self._to_ask(number, row)
            if asked is not None:
                await self._answer(*asked)
            # Not after each answer: the server connection would be idle meanwhile, and HTTP pools scan all idle connections
            # for each request.
            if passed % _YIELD == 0:
                await asyncio.sleep(0)

    async def _next(self) -> Mapping[str, Any] | None:
        """Return the next row; None after the last one. Raises the error of reading it."""
        if not self._read and not self._has_all:
            async with self._reading:
                if not self._read and not self._has_all:
                    self._read += await self.caller.result(self._some_rows)
        return self._read.popleft() if self._read else None

    def _some_rows(self) -> list[Mapping[str, Any]]:
        if self._unread is not None:
            raise self._unread
        until = perf_counter() + READING
        found: list[Mapping[str, Any]] = []
        try:
            for row in self._rows:
                found.append(row)
                if len(found) == AHEAD or perf_counter() >= until:
                    return found
        except Exception as error:
            if not found:
                raise
            self._unread = error
            return found
        self._has_all = True
        return found

    def _to_ask(self, number: int, row: Mapping[str, Any]) -> tuple[bytes, str] | None:
        """Return the prompt of a row with its key; None if it needs no request."""
        if self.ending and self._job.journal is None:
            self._failed(number, self.ending)
            return None
        if taken := next((column for column in self._columns if column in row), None):
            self._unfit(number, f"it already has a column {taken!r}, which the answer would replace")
            return None
        try:
            prompt = self._job.template.fill(row)
        except NotFilled as problem:
            self._unfit(number, str(problem))
            return None
        if whose := self._job.parts.key_in(prompt):
            self._unfit(number, f"it holds {whose}, which is not sent")
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
        """Copy the answer to the same prompt, if there is one."""
        if (before := self._asked.get(key)) is not None:
            self.answers.copy(before, number)
            self._count(known=1, errors=int(self.answers.has_failed(before)))
            return True
        answered = self._job.journal.get(key) if self._job.journal else None
        if answered is None:
            return False
        try:
            values = self._job.shape.read(str(answered.text))
        except NotValid:  # an earlier release accepted it
            return False
        self._put(number, values, answered)
        self._count(known=1)
        return True

    async def _answer(self, key: bytes, prompt: str) -> None:
        """Ask, and store the answer for all rows that wait for it."""
        error: str | None = None
        paid: Answered | None = None
        try:
            values, answered = await self._asked_in_turn(key, prompt)
        except _RowFailed as failed:
            error, paid = str(failed), failed.paid
        except AiconnError as failed:
            error = failed.what
            self._consider(failed)
        rows = self._asking.pop(key)  # unless it was cancelled: `fail_the_rest` looks for its rows
        self._sent.discard(key)
        if error is not None:
            for number in rows:
                self._failed(number, error)
                if paid is not None:
                    self._put(number, self._nothing, paid)
            if paid is not None:
                self._count(mismatched=1, of=paid)
            self._asked[key] = rows[0]
            return
        self._in_a_row = 0
        if self._job.journal is None or not self._job.journal.put((key, answered)):
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

    def _unfit(self, number: int, problem: str) -> None:
        """Fail a row without a prompt that can be sent."""
        self._failed(number, problem)
        if self._job.raises:
            self._stopped = self._stopped or RowNotAsked(row=number + 1, problem=problem)

    def _failed(self, number: int, error: str) -> None:
        self.answers.fail(number, whole_letters(error))
        self._count(errors=1)

    def _count(
        self, *, answered: int = 0, known: int = 0, errors: int = 0, mismatched: int = 0, of: Answered | None = None
    ) -> None:
        before = self._progress
        self._progress = replace(
            before,
            done=before.done + answered + known + (errors if not known else 0),
            answered=before.answered + answered,
            known=before.known + known,
            errors=before.errors + errors,
            mismatched=before.mismatched + mismatched,
            input_tokens=before.input_tokens + ((of.input_tokens or 0) if of else 0),
            output_tokens=before.output_tokens + ((of.output_tokens or 0) if of else 0),
            paid=before.paid + ((of.cost or 0.0) if of else 0.0),
            unpriced=before.unpriced + int(of is not None and of.cost is None),
        )

    def _consider(self, error: AiconnError) -> None:
        """Stop if the next rows would fail in the same way."""
        if self._job.raises:
            self._stopped = self._stopped or error
            return
        if isinstance(error, ProviderFailed) and error.kind is FailureKind.BAD_REQUEST:
            return  # only this row is at fault
        self._in_a_row += 1
        is_hopeless = not isinstance(error, ProviderFailed) or error.kind.meaning.ends_batch
        if is_hopeless or self._in_a_row >= max(IN_A_ROW, 2 * self._job.most):
            self._stopped = self._stopped or BatchStopped(
                answered=self._progress.answered,
                cause=error,
                is_kept=self._job.journal is not None and not self._job.journal.note,
            )

    async def _asked_in_turn(self, key: bytes, prompt: str) -> tuple[tuple[Any, ...], Answered]:
        """Return the answer of the first connection that gives one."""
        order = self._job.parts.turns.order(self._job.parts.target.connections)
        for connection in order:
            try:
                found = await self._asked_at(connection, key, prompt, is_last=connection is order[-1])
            except ProviderFailed as failed:
                if connection is order[-1] or not failed.kind.meaning.falls_back:
                    raise
                self._job.parts.turns.failed(connection, failed.kind)
            except AiconnError:  # this connection cannot be used here
                if connection is order[-1]:
                    raise
            else:
                self._job.parts.turns.answered(connection)
                return found
        raise AssertionError("a target has a connection")

    async def _asked_at(
        self, connection: Connection, key: bytes, prompt: str, *, is_last: bool
    ) -> tuple[tuple[Any, ...], Answered]:
        """Return the answer of one connection. With a schema, an invalid answer gets a second attempt."""
        account, price = await self._account(connection)
        messages = [Message("user", prompt)]
        spent = _Spent(0, 0, 0.0)
        problem = ""
        for attempt in (1, 2):
            request = self._request(connection, account, messages)
            call = Call(connection, account, request.model, price, request.texts, request.max_tokens)
            try:
                completion = await self._completed(call, request, key, is_last)
            except (AiconnError, _RowFailed):
                if attempt == 2:  # the first reply is paid for
                    self._count(mismatched=1, of=self._answered("", connection, completion, spent))
                raise
            usage = completion.finish.usage
            cost = price.of_call(usage)
            spent = _Spent(*map(_sum, spent, (usage.input_tokens, usage.output_tokens, cost)))
            text = self._job.parts.masked(whole_letters(completion.text))
            try:
                values = self._job.shape.read(text)
            except NotValid as invalid:
                problem = str(invalid)
                if attempt == 1:
                    messages = [*messages, *self._job.shape.correction(text, problem)]
                continue
            return values, self._answered(text, connection, completion, spent)
        raise _RowFailed(
            f"the answer does not match the schema, even at the second attempt: {problem}",
            self._answered("", connection, completion, spent),
        )

    def _answered(self, text: str, connection: Connection, completion: Completion, spent: _Spent) -> Answered:
        model = completion.finish.model or self._job.parts.target.model_for(connection)
        return Answered(text, connection.alias, whole_letters(model), *spent)

    def _request(self, connection: Connection, account: Account, messages: list[Message]) -> ChatRequest:
        request = replace(
            self._job.parts.request, model=self._job.parts.target.model_for(connection), messages=messages
        )
        is_kept = account.provider.keeps_schemas and account.label not in self._told
        return self._job.shape.asked_in(request, is_kept=is_kept)

    async def _completed(self, call: Call, request: ChatRequest, key: bytes, is_last: bool) -> Completion:
        """Return one answer, with retries where they may help. Raises `ProviderFailed`."""
        try:
            completion = await self._job.sender.sent(
                call, lambda: self._posted(call, request, key), _seen, is_last=is_last
            )
        except NotImplementedError:
            raise _RowFailed(f"{call.connection.alias} cannot chat") from None
        except BudgetUsedUp:
            self.ending = NO_BUDGET
            raise _RowFailed(NO_BUDGET) from None
        if said := said_of_answer(completion.text, completion.finish.reason):
            self.notes[f"not every answer is whole: {said}"] = None
        for note in completion.finish.notes:
            self.notes[note] = None
            if "structured output" in note:
                self._told.add(call.account.label)
        return completion

    async def _posted(self, call: Call, request: ChatRequest, key: bytes) -> Completion:
        """Send a request once."""
        is_first = key not in self._sent
        self._sent.add(key)
        try:
            return await call.account.async_complete(request)
        except ProviderFailed as failed:
            if is_first and not failed.may_cost:
                self._sent.discard(key)
            raise

    async def _account(self, connection: Connection) -> tuple[Account, Price]:
        def made() -> tuple[Account, Price]:
            account = self._job.parts.account_of(connection)
            return account, self._job.parts.price_of(account, self._job.parts.target.model_for(connection))

        ready = self._ready.get(connection.id)
        if ready is None:
            # In a thread: a secret source may respond slowly. The other workers wait for the same future.
            ready = self._ready[connection.id] = asyncio.ensure_future(in_thread(made))
        if not ready.done():
            await asyncio.wait([ready])
        return ready.result()


def _seen(answer: Completion) -> tuple[Usage, Mapping[str, str]]:
    return answer.finish.usage, answer.headers


class _Spent(NamedTuple):
    """Tokens and cost of the attempts at one row."""

    input_tokens: int | None
    output_tokens: int | None
    cost: float | None


class _RowFailed(Exception):
    """A row has no answer; ``str()`` is the reason. ``paid`` has the tokens and the cost of replies that are of no use."""

    def __init__(self, reason: str, paid: Answered | None = None) -> None:
        super().__init__(reason)
        self.paid = paid


def _sum(one: float | None, other: float | None) -> Any:
    return None if one is None or other is None else one + other
