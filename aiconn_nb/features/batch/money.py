"""What an answer costs, and a budget that is never exceeded. Prices are those of genai-prices; an unknown one is None."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final, Protocol

_LINEAR: Final = 100_000
"""Tokens up to which a request costs the same per token. Longer ones have prices of their own at some providers."""
PerToken = tuple[float, float]
"""Dollars of a token that is sent, and of one that comes."""
OVERHEAD: Final = 200
"""Tokens that are reserved for what a provider adds around a prompt."""


class Price:
    """The price of one model at one connection, in US dollars. Some models cost less at some hours of the day."""

    def __init__(self, model: str, endpoint: str | None, *, is_free: bool) -> None:
        self._model = model
        self._endpoint = endpoint
        self._is_free = is_free
        self._by_hour: dict[int, PerToken | None] = {}

    @property
    def is_known(self) -> bool:
        """Whether it is known; what is free has a known price."""
        return self._at(_now()) is not None

    def of(self, input_tokens: int | None, output_tokens: int | None) -> float | None:
        """What so many tokens cost now, in dollars; None where a number or the price is not known."""
        price = self._at(_now())
        if price is None or input_tokens is None or output_tokens is None:
            return None
        if not self._is_free and input_tokens > _LINEAR:
            exact = self._calculated(input_tokens, output_tokens, _now())
            return None if exact is None else float(exact)
        return input_tokens * price[0] + output_tokens * price[1]

    def at_most(self, prompt: str, max_tokens: int) -> float:
        """What a request can cost at most, at the dearest hour: a token has at least one byte."""
        size, now = len(prompt.encode()) + OVERHEAD, _now()
        if size > _LINEAR and not self._is_free:
            found = [self._calculated(size, max_tokens, now.replace(hour=hour)) for hour in range(24)]
            return max((float(each) for each in found if each is not None), default=0.0)
        prices = [self._at(now.replace(hour=hour)) for hour in range(24)]
        return max((size * each[0] + max_tokens * each[1] for each in prices if each is not None), default=0.0)

    def _at(self, moment: datetime) -> PerToken | None:
        if self._is_free:
            return 0.0, 0.0
        if moment.hour not in self._by_hour:
            self._by_hour[moment.hour] = self._known(moment)
        return self._by_hour[moment.hour]

    def _known(self, moment: datetime) -> PerToken | None:
        sent, got = self._calculated(_LINEAR, 0, moment), self._calculated(0, _LINEAR, moment)
        return None if sent is None or got is None else (float(sent) / _LINEAR, float(got) / _LINEAR)

    def _calculated(self, input_tokens: int, output_tokens: int, moment: datetime) -> Decimal | None:
        try:
            from genai_prices import Usage, calc_price
        except ImportError:
            return None
        about: dict[str, Any] = {"provider_api_url": self._endpoint, "genai_request_timestamp": moment}
        try:
            found = calc_price(Usage(input_tokens=input_tokens, output_tokens=output_tokens), self._model, **about)
        except (LookupError, ValueError):
            return None
        return found.total_price


def _now() -> datetime:
    return datetime.now(UTC)


class Purse(Protocol):
    """Where money comes from: one budget, or a share of that of a cluster."""

    def take(self, amount: float) -> float:
        """So much money, or what is left of it; 0 where nothing is."""
        ...


class Budget:
    """Money that is reserved before a request and settled behind it. Belongs to one event loop."""

    def __init__(self, limit: float, purse: Purse | None = None) -> None:
        self.limit = limit
        self.spent = 0.0
        self._reserved = 0.0
        self._open = 0
        """Reservations that are not settled: a sum of floats may keep a residue when all of them are."""
        self._purse = purse
        self._settled = asyncio.Event()

    @property
    def left(self) -> float:
        """What is neither spent nor reserved."""
        return max(0.0, self.limit - self.spent - self._reserved)

    async def reserve(self, amount: float) -> bool:
        """Whether there is so much; waits where requests that are under way may leave some."""
        while self.spent + self._reserved + amount > self.limit:
            if self._purse is not None and (more := await asyncio.to_thread(self._purse.take, amount)):
                self.limit += more
                continue
            if not self._open:
                return False
            self._settled.clear()
            await self._settled.wait()
        self._reserved += amount
        self._open += 1
        return True

    def settle(self, reserved: float, cost: float | None) -> None:
        """Give back what was reserved, and spend what it cost; all of it where that is not known."""
        self._open -= 1
        self._reserved = max(0.0, self._reserved - reserved) if self._open else 0.0
        self.spent += reserved if cost is None else cost
        self._settled.set()
