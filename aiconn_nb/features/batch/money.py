"""A budget that is never exceeded."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .worker import ClusterPurse


class Budget:
    """Reserves money before a request and settles it afterwards. Belongs to one event loop."""

    def __init__(self, limit: float, purse: ClusterPurse | None = None) -> None:
        self.limit = limit
        """The amount that may be spent here. With a purse, it grows by one coin at a time."""
        self.spent = 0.0
        self._reserved = 0.0
        self._open = 0
        """Open reservations. The amount is not summed up, because a sum of floats may keep a residue."""
        self._purse = purse
        self._taking = asyncio.Lock()
        self._settled = asyncio.Event()

    @property
    def left(self) -> float:
        """The amount neither spent nor reserved."""
        return max(0.0, self.limit - self.spent - self._reserved)

    async def reserve(self, amount: float) -> bool:
        """Reserve an amount if it is available; waits while running requests may free some."""
        while not self._has(amount):
            if await self._taken(amount):
                continue
            if not self._open:
                return False
            self._settled.clear()
            await self._settled.wait()
        self._reserved += amount
        self._open += 1
        return True

    def settle(self, reserved: float, cost: float | None) -> None:
        """Release a reservation and spend the actual cost; the full reservation if the cost is unknown."""
        self._open -= 1
        self._reserved = max(0.0, self._reserved - reserved) if self._open else 0.0
        self.spent += reserved if cost is None else cost
        self._settled.set()

    async def close(self) -> None:
        """Return unspent money."""
        left, self.limit = self.left, self.limit - self.left
        if self._purse is not None:
            await self._purse.give(left)

    def _has(self, amount: float) -> bool:
        return self.spent + self._reserved + amount <= self.limit

    async def _taken(self, amount: float) -> bool:
        """Whether a coin arrived, or other waiting requests took enough meanwhile."""
        if self._purse is None:
            return False
        async with self._taking:
            if self._has(amount):
                return True
            coin = await self._purse.take()
            self.limit += coin
            return coin > 0
