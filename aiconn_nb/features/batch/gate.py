"""The number of requests in flight per connection: it grows while the server keeps up, and shrinks on refusals or slowdowns."""

from __future__ import annotations

import asyncio
import re
from collections import deque
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from aiconn_nb.errors import FailureKind, ProviderFailed
from aiconn_nb.model.connection import Connection
from aiconn_nb.session.forking import renew_in_child

FIRST: Final = 8
"""Requests in flight at the start."""
SLOWER: Final = 3.0
"""The limit stops growing once answers take this many times longer than usual."""
BACKOFF: Final = 1.0
"""Seconds to pause after a refusal without a wait time; each further refusal in a row doubles it."""
LONGEST_BACKOFF: Final = 30.0
LONGEST: Final = 900.0
"""Maximum seconds to wait on a server's request; after that, the request is sent again."""
_DURATION: Final = re.compile(r"(?:(\d+)h)?(?:(\d+)m(?!s))?(?:(\d+(?:\.\d+)?)s)?(?:(\d+(?:\.\d+)?)ms)?")


class Gate:
    """The limit of one connection: it grows additively and halves on a refusal. Belongs to one event loop."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.limit = float(min(FIRST, most))
        self.in_flight = 0
        self.highest = 0
        """The highest number of requests in flight so far."""
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._until = 0.0
        self._grows_fast = True
        self._last_cut = float("-inf")
        self._refusals = 0
        self._usual: float | None = None
        self._recent: float | None = None

    @property
    def latency(self) -> float | None:
        """The usual seconds per answer, without the first ones, which wait for connections; None before any answer."""
        return self._usual

    async def enter(self) -> None:
        """Wait until one more request may be sent."""
        loop = asyncio.get_running_loop()
        while True:
            pause = self._until - loop.time()
            if pause > 0:
                await asyncio.sleep(pause)
            elif self.in_flight < int(self.limit):
                self.in_flight += 1
                self.highest = max(self.highest, self.in_flight)
                return
            else:
                turn: asyncio.Future[None] = loop.create_future()
                self._waiting.append(turn)
                try:
                    await turn
                except asyncio.CancelledError:
                    self._wake()  # the turn may already have been given to this request
                    raise

    def leave(self) -> None:
        """Record the end of a request."""
        self.in_flight -= 1
        self._wake()

    def answered(self, seconds: float, headers: Mapping[str, str]) -> None:
        """Adjust to an answer: its duration, and the remaining quota in its headers."""
        self._refusals = 0
        self._recent = seconds if self._recent is None else 0.9 * self._recent + 0.1 * seconds
        self._usual = seconds if self._usual is None else min(self._usual * 1.001, self._recent)
        if (pause := told_to_pause(headers)) is not None:
            self.pause(pause)
        if self.limit < self.most and self._recent <= SLOWER * self._usual:
            self.limit = min(self.most, self.limit + (1.0 if self._grows_fast else 1.0 / self.limit))

    def refused(self, failed: ProviderFailed) -> None:
        """Adjust to a request that was refused or timed out."""
        now = asyncio.get_running_loop().time()
        self._refusals += 1
        if failed.retry_after is not None:
            self.pause(min(failed.retry_after, LONGEST))
        elif failed.kind is FailureKind.RATE_LIMITED:
            self.pause(min(LONGEST_BACKOFF, BACKOFF * 2 ** min(self._refusals - 1, 10)))
        # Refusals of requests that were in flight together count as one.
        if now - self._last_cut > max(1.0, self._recent or 0.0):
            self._last_cut = now
            self._grows_fast = False
            self.limit = max(1.0, self.limit / 2)

    def pause(self, seconds: float) -> None:
        """Send nothing for this many seconds."""
        self._until = max(self._until, asyncio.get_running_loop().time() + seconds)

    def _wake(self) -> None:
        free = int(self.limit) - self.in_flight
        while free > 0 and self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(None)
                free -= 1


class Gates:
    """The limits of all connections. The runs of a process share them."""

    def __init__(self) -> None:
        self._gates: dict[str, Gate] = {}
        renew_in_child(self)

    def renew(self) -> None:
        """Forget the requests in flight of the parent, which end only there."""
        self._gates.clear()

    def of(self, connection: Connection, at_once: int) -> Gate:
        """Return the limit of a connection, with this maximum."""
        gate = self._gates.setdefault(connection.id, Gate(at_once))
        gate.most = at_once
        gate.limit = min(gate.limit, gate.most)
        return gate


def told_to_pause(headers: Mapping[str, str]) -> float | None:
    """Return the seconds until a server has capacity again, if its headers report none left; else None.

    OpenAI and compatible servers: ``x-ratelimit-remaining-requests`` and ``x-ratelimit-reset-requests: 6m0s``. Anthropic:
    ``anthropic-ratelimit-requests-remaining`` and a time in ``anthropic-ratelimit-requests-reset``. The same for tokens.
    """
    for remaining, reset in _LIMITS:
        if headers.get(remaining) == "0":
            return _seconds(headers.get(reset) or "")
    return None


_LIMITS: Final = tuple(
    pair
    for what in ("requests", "tokens")
    for pair in (
        (f"x-ratelimit-remaining-{what}", f"x-ratelimit-reset-{what}"),
        (f"anthropic-ratelimit-{what}-remaining", f"anthropic-ratelimit-{what}-reset"),
    )
)


def _seconds(text: str) -> float | None:
    try:
        return max(0.0, min(float(text), 600.0))
    except ValueError:
        pass
    found = _DURATION.fullmatch(text.strip())
    if found and any(found.groups()):
        hours, minutes, seconds, milliseconds = (float(part or 0) for part in found.groups())
        return min(hours * 3600 + minutes * 60 + seconds + milliseconds / 1000, 600.0)
    try:
        moment = datetime.fromisoformat(text)
        return max(0.0, min((moment - datetime.now(UTC)).total_seconds(), 600.0))
    except (ValueError, TypeError):
        return None
