"""The accounting of one request, from its permission to its end."""

from __future__ import annotations

from time import time
from typing import TYPE_CHECKING

from .call_log import Logged
from .prices import Price
from .tally import Call, Key, Sums, local_day
from .usage_file import Amount

if TYPE_CHECKING:
    from aiconn_nb.providers.account import Account
    from aiconn_nb.providers.base import Usage

    from .meter import Meter


class Ticket:
    """Permission to send a request. Call `answered`, `failed`, `dropped` or `unsent` once, when it has ended."""

    __slots__ = (
        "_account",
        "_holder",
        "_ids",
        "_is_settled",
        "_meter",
        "is_open",
        "model",
        "need",
        "price",
        "sent",
        "targets",
    )

    def __init__(self, meter: Meter, ids: tuple[str, str], model: str, account: Account, price: Price | None) -> None:
        self._meter = meter
        self._holder = meter.holder
        self._ids = ids
        self._account = account
        self.price = price
        self._is_settled = False
        self.model = model
        self.is_open = False
        """Whether its reply has no token limit."""
        self.sent: tuple[str, ...] | None = None
        """The texts for the log of calls; None without a log."""
        self.need = Amount()
        """The amount reserved for it."""
        self.targets: tuple[str, ...] = ()
        """The ids whose caps include the reservation."""

    def answered(self, seconds: float, usage: Usage, text: str = "", *, wake: bool = True) -> None:
        """Record the reply. Tokens that the provider does not report are None, not 0. ``text`` is for the log of calls."""
        sums = Sums(
            calls=1,
            input_tokens=usage.input_tokens or 0,
            output_tokens=usage.output_tokens or 0,
            untold_input=int(usage.input_tokens is None),
            untold_output=int(usage.output_tokens is None),
            seconds=seconds,
            cached_tokens=usage.cached_tokens or 0,
        )
        is_told = not (sums.untold_input or sums.untold_output)
        self._settle(sums, is_told=is_told, may_cost=True, wake=wake, outcome="answered", text=text, charged=usage.cost)

    def failed(self, seconds: float, *, may_cost: bool = False, kind: str = "failed", text: str = "") -> None:
        """Record a call that failed, or broke off after ``text``.

        ``may_cost``: the provider may still have answered and charged.
        """
        self._settle(Sums(failures=1, seconds=seconds), is_told=False, may_cost=may_cost, outcome=kind, text=text)

    def dropped(self, seconds: float = 0.0) -> None:
        """Record a request that was interrupted before its reply: it counts as a failure, and a cap treats it as spent."""
        self._settle(Sums(failures=1, seconds=seconds), is_told=False, may_cost=True, outcome="interrupted")

    def unsent(self) -> None:
        """Release the reservation of a request that was not sent."""
        if self.targets:
            self._settle(Sums(), is_told=False, may_cost=False)

    def _settle(
        self,
        sums: Sums,
        *,
        is_told: bool,
        may_cost: bool,
        wake: bool = True,
        outcome: str = "",
        text: str = "",
        charged: float | None = None,
    ) -> None:
        if self._is_settled or self._holder != self._meter.holder:  # a forked process leaves this to its parent
            return
        self._is_settled = True
        moment = time()
        endpoint: str | None = None
        if charged is not None:
            sums.cost = charged
        elif is_told or self._account.provider.is_free:
            price = self.price or self._meter.prices.of(self._account, self.model)
            if price is None or not price.is_at_hand:
                sums.unpriced, endpoint = 1, self._meter.prices.endpoint_of(self._account)
            else:
                cost = price.of(sums.input_tokens, sums.output_tokens, sums.cached_tokens)
                sums.cost, sums.unpriced = cost or 0.0, int(cost is None)
        else:
            sums.unpriced = sums.calls
        if not is_told and may_cost and self.targets:
            sums.assumed_cost = self.need.dollars if charged is None else 0.0
            sums.assumed_tokens = max(0, self.need.tokens - sums.input_tokens - sums.output_tokens)
        # A lone surrogate, as of an argument that is not UTF-8, cannot be stored.
        model = self.model.encode("utf-8", "replace").decode()
        call = Call(Key(local_day(moment), *self._ids, model), moment, sums, endpoint)
        if self.sent is not None and outcome and self._meter.log is not None:
            self._meter.log.put(Logged(call, outcome, self.sent, text))
        self._meter.count(self, call, wake=wake)

    def __del__(self) -> None:
        # The request was interrupted before it was sent, or its stream was abandoned.
        # `targets` is set last: an interrupt may have left this object half made.
        if getattr(self, "targets", ()) and not self._is_settled:
            # Without waking the thread: this may run anywhere, even with the event's lock held.
            self._settle(Sums(), is_told=False, may_cost=True, wake=False, outcome="interrupted")
