"""Sends many requests at once: concurrency, cost, and retries. Used by `map` and `embed`."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING, Final, TypeVar

from aiconn_nb.errors import FailureKind, ProviderFailed
from aiconn_nb.model.connection import Connection
from aiconn_nb.providers.calls.repeating import LONGEST, PAUSES

from .gate import Gate
from .money import Budget

if TYPE_CHECKING:
    from aiconn_nb.features.usage import Meter, Price, Ticket
    from aiconn_nb.model.profile import Profile
    from aiconn_nb.providers.account import Account
    from aiconn_nb.providers.base import Usage

    from .worker import ClusterTotal

T = TypeVar("T")

REFUSALS: Final = 10
"""Consecutive rate limits after which a row fails."""
_SLOWS: Final = frozenset({FailureKind.RATE_LIMITED, FailureKind.TIMEOUT})


class BudgetUsedUp(Exception):
    """The budget does not cover another request."""


@dataclass(frozen=True)
class Call:
    """One request, and its target."""

    connection: Connection
    account: Account
    model: str
    price: Price
    texts: Sequence[str]
    """All texts that it sends."""
    max_tokens: int | None = None
    """Maximum tokens of the answer; None for no limit."""


@dataclass(frozen=True)
class Sender:
    """Sends the requests of one run. Belongs to one event loop."""

    profile: Profile | None
    """None if the caller named a connection."""
    meter: Meter
    gate_of: Callable[[Connection], Gate]
    budget: Budget | None = None
    total: ClusterTotal | None = None

    async def close(self) -> None:
        """Return unspent money."""
        if self.budget is not None:
            await self.budget.close()

    async def sent(
        self,
        call: Call,
        request: Callable[[], Awaitable[T]],
        seen: Callable[[T], tuple[Usage, Mapping[str, str]]],
        *,
        is_last: bool = True,
        refusals: int = REFUSALS,
    ) -> T:
        """Return the answer to one request, retried where that may help, at the rate that the connection allows.

        ``seen`` reads tokens and headers from the answer. ``is_last`` means that no other connection is left. ``refusals`` is the
        number of consecutive rate limits to accept; with 0, there is no retry at all. Raises `ProviderFailed`, `BudgetUsedUp`, and
        the errors of `Meter.reserve`.
        """
        retries = len(PAUSES) if call.account.retries is None else call.account.retries
        tries, refused = 0, 0
        while True:
            answer = await self._once(call, request, seen)
            if not isinstance(answer, ProviderFailed):
                return answer
            if not refusals or answer.too_large:  # some servers call a request that is too large a rate limit
                raise answer
            if answer.kind is FailureKind.RATE_LIMITED:
                refused += 1
                if refused < refusals and (is_last or (answer.retry_after or 0.0) <= LONGEST):
                    continue  # the gate waits
            elif (answer.again or (is_last and answer.kind is FailureKind.TIMEOUT)) and tries < retries:
                asked = answer.retry_after
                pause = PAUSES[min(tries, len(PAUSES) - 1)] if asked is None else min(asked, LONGEST)
                await asyncio.sleep(pause)
                tries += 1
                continue
            raise answer

    async def _once(
        self,
        call: Call,
        request: Callable[[], Awaitable[T]],
        seen: Callable[[T], tuple[Usage, Mapping[str, str]]],
    ) -> T | ProviderFailed:
        """Return the answer, or the reason for its absence."""
        reserved = 0.0
        if self.budget is not None:
            reserved = call.price.at_most("".join(call.texts), call.max_tokens or 0)
            if not await self.budget.reserve(reserved):
                raise BudgetUsedUp
        gate = self.gate_of(call.connection)
        cost: float | None = 0.0
        has_entered, is_counted = False, False
        ticket: Ticket | None = None
        try:
            ticket = await self.meter.reserve_one_of_many(
                self.profile, call.connection, call.model, call.account, call.texts, call.max_tokens, call.price
            )
            await gate.enter()
            has_entered = True
            if self.total is not None:
                await self.total.enter()
                is_counted = True
            started = perf_counter()
            try:
                answer = await request()
            except ProviderFailed as failed:
                ticket.failed(perf_counter() - started, may_cost=failed.may_cost, kind=failed.kind.value)
                if failed.kind in _SLOWS or failed.again:
                    gate.refused(failed)
                cost = None if failed.may_cost else 0.0
                return failed
            except asyncio.CancelledError:
                ticket.dropped(perf_counter() - started)
                cost = None
                raise
            seconds = perf_counter() - started
            usage, headers = seen(answer)
            cost = call.price.of_call(usage)
            gate.answered(seconds, headers)
            ticket.answered(seconds, usage, getattr(answer, "text", ""))
            return answer
        finally:
            if ticket is not None:
                ticket.unsent()  # has no effect on a request that was sent
            if has_entered:
                gate.leave()
            if self.budget is not None:
                self.budget.settle(reserved, cost)
            if self.total is not None and is_counted:
                await self.total.leave()
