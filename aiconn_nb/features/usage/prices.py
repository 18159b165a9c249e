"""The cost of a reply, with prices from genai-prices. An unknown price is None, never 0."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

from aiconn_nb.errors import AiconnError

if TYPE_CHECKING:
    from aiconn_nb.providers.account import Account
    from aiconn_nb.providers.base import Usage

    from .tally import Call

_LINEAR: Final = 100_000
"""Maximum tokens of a request with a constant price per token. Some providers charge other prices for longer ones."""
PerToken = tuple[float, float, float]
"""US dollars per input token, per output token, and per input token read from the provider's cache."""
OVERHEAD: Final = 200
"""Tokens reserved for what a provider adds to a prompt."""
WINDOW: Final = 200_000
"""Assumed tokens of the longest reply, for a model with an unknown context window."""


class Price:
    """The price of one model at one connection, in US dollars. Some models are cheaper at certain hours."""

    def __init__(self, model: str, endpoint: str | None, *, is_free: bool) -> None:
        self.model = model
        self.endpoint = endpoint
        self.is_free = is_free
        self._by_hour: dict[tuple[int, int], PerToken | None] = {}

    @property
    def is_known(self) -> bool:
        """Whether the price is known; a free model has a known price."""
        return self._at(_now()) is not None

    @property
    def is_at_hand(self) -> bool:
        """Whether the price is available at once. Importing the prices takes longer than many a reply."""
        return self.is_free or "genai_prices" in sys.modules or not has_prices()

    @property
    def window(self) -> int:
        """The maximum tokens of a reply from the model."""
        found = None if self.is_free else self._found(1, 0, _now())
        return int(getattr(getattr(found, "model", None), "context_window", None) or WINDOW)

    def of(
        self,
        input_tokens: int | None,
        output_tokens: int | None,
        cached_tokens: int | None = None,
        moment: datetime | None = None,
    ) -> float | None:
        """Return the cost of these tokens in dollars, now or at a given time; None if it is unknown. A free model costs nothing,
        however many tokens there were.

        ``cached_tokens`` are the ``input_tokens`` that the provider read from its cache.
        """
        if self.is_free:
            return 0.0
        if input_tokens is None or output_tokens is None:
            return None
        when = moment or _now()
        price = self._at(when)
        if price is None:
            return None
        cached = min(cached_tokens or 0, input_tokens)
        if input_tokens > _LINEAR:
            exact = self._calculated(input_tokens, output_tokens, when, cached)
            return None if exact is None else float(exact)
        return (input_tokens - cached) * price[0] + output_tokens * price[1] + cached * price[2]

    def of_call(self, usage: Usage) -> float | None:
        """Return the cost of a call in dollars: what the provider charged, or else what its tokens cost; None if unknown."""
        if usage.cost is not None:
            return usage.cost
        return self.of(usage.input_tokens, usage.output_tokens, usage.cached_tokens)

    def at_most(self, prompt: str, max_tokens: int) -> float:
        """Return the highest cost of a request, at the most expensive hour."""
        return self.of_bytes(len(prompt.encode("utf-8", "replace")), max_tokens)

    def of_bytes(self, size: int, max_tokens: int) -> float:
        """Return the highest cost of a request of this many bytes, at the most expensive hour: a token has at least one byte."""
        size, now = size + OVERHEAD, _now()
        if size > _LINEAR and not self.is_free:
            found = [self._calculated(size, max_tokens, now.replace(hour=hour)) for hour in range(24)]
            return max((float(each) for each in found if each is not None), default=0.0)
        prices = [self._at(now.replace(hour=hour)) for hour in range(24)]
        return max((size * each[0] + max_tokens * each[1] for each in prices if each is not None), default=0.0)

    def _at(self, moment: datetime) -> PerToken | None:
        if self.is_free:
            return 0.0, 0.0, 0.0
        hour = (moment.toordinal(), moment.hour)
        if hour not in self._by_hour:
            self._by_hour[hour] = self._known(moment)
        return self._by_hour[hour]

    def _known(self, moment: datetime) -> PerToken | None:
        sent, got = self._calculated(_LINEAR, 0, moment), self._calculated(0, _LINEAR, moment)
        cached = self._calculated(_LINEAR, 0, moment, _LINEAR)
        if sent is None or got is None or cached is None:
            return None
        return float(sent) / _LINEAR, float(got) / _LINEAR, float(cached) / _LINEAR

    def _calculated(self, input_tokens: int, output_tokens: int, moment: datetime, cached: int = 0) -> Decimal | None:
        found = self._found(input_tokens, output_tokens, moment, cached)
        return None if found is None else found.total_price

    def _found(self, input_tokens: int, output_tokens: int, moment: datetime, cached: int = 0) -> Any:
        try:
            from genai_prices import Usage as Counted
            from genai_prices import calc_price
        except ImportError:
            return None
        usage = Counted(input_tokens=input_tokens, output_tokens=output_tokens, cache_read_tokens=cached or None)
        about: dict[str, Any] = {"provider_api_url": self.endpoint, "genai_request_timestamp": moment}
        try:
            return calc_price(usage, self.model, **about)
        except (LookupError, ValueError):
            return None


def price_of(account: Account, model: str) -> Price:
    """Return the price of a model at a connection. A model that runs on a machine of one's own is free."""
    return Price(model, account.endpoint, is_free=account.provider.is_free)


def place_of_price(account: Account) -> str:
    """Return the address that decides the price, in a form that may be stored: no user, no query, no secret."""
    parts = urlsplit(account.endpoint or "")
    try:
        address = f"{parts.scheme}://{parts.hostname or ''}{parts.path}" if parts.scheme else ""
    except ValueError:
        return ""
    return address if account.redacted(address) == address else ""


def cost_of(call: Call) -> float | None:
    """Return the cost of a call that waited for its price."""
    price, sums = Price(call.key.model, call.endpoint or None, is_free=False), call.sums
    return price.of(sums.input_tokens, sums.output_tokens, sums.cached_tokens, call.when)


class Prices:
    """The prices at ready connections, each looked up once."""

    def __init__(self) -> None:
        self._prices: WeakKeyDictionary[Account, dict[str, Price]] = WeakKeyDictionary()
        self._endpoints: WeakKeyDictionary[Account, str | None] = WeakKeyDictionary()

    def of(self, account: Account, model: str) -> Price | None:
        """Return the price of a model at a connection; None if the connection's address is unknown."""
        known = self._prices.setdefault(account, {})
        if model not in known:
            try:
                known[model] = price_of(account, model)
            except AiconnError:
                return None
        return known[model]

    def endpoint_of(self, account: Account) -> str | None:
        """Return the address that decides the price; None if it must not be stored, or is unknown."""
        if account not in self._endpoints:
            try:
                self._endpoints[account] = place_of_price(account)
            except AiconnError:
                self._endpoints[account] = None
        return self._endpoints[account]


@cache
def has_prices() -> bool:
    """Whether the package with the prices is installed."""
    return find_spec("genai_prices") is not None


def _now() -> datetime:
    return datetime.now(UTC)
