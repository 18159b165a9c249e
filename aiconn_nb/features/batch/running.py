"""What the runs of `map` and `embed` share: options, and parts of the session."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from aiconn_nb.errors import BadNumber, PriceUnknown
from aiconn_nb.features.usage import price_of
from aiconn_nb.model.connection import Connection

from .gate import Gates
from .money import Budget
from .sending import Sender

if TYPE_CHECKING:
    from aiconn_nb.features.asking import Target, Turns
    from aiconn_nb.features.usage import Meter, Price
    from aiconn_nb.providers.account import Account

    from .worker import ClusterPurse, ClusterTotal


@dataclass(frozen=True, kw_only=True)
class RunOptions:
    """The options that both kinds of run have."""

    at_once: int
    journal: bool | str | os.PathLike[str]
    budget: float | None = None
    purse: ClusterPurse | None = None
    """The source of the budget, one coin at a time; ``budget`` is 0 in this case."""
    total: ClusterTotal | None = None
    is_spread: bool = False
    """Whether several hosts use the journal."""

    def __post_init__(self) -> None:
        if not isinstance(self.journal, bool) and not (self.journal and isinstance(self.journal, str | os.PathLike)):
            raise BadNumber(name="journal", wanted="True, False, or the path of a file")


@dataclass(frozen=True, kw_only=True)
class RunParts:
    """The parts of a session that both kinds of run use."""

    home: Path
    target: Target
    gates: Gates
    key_in: Callable[[str], str]
    turns: Turns
    meter: Meter

    def sender(self, options: RunOptions) -> Sender:
        """Return the sender of one run."""
        budget = None if options.budget is None else Budget(options.budget, options.purse)
        gate_of = partial(self.gates.of, at_once=options.at_once)
        return Sender(self.target.profile, self.meter, gate_of, budget, options.total)

    def price_of(self, account: Account, model: str) -> Price:
        """Return the price of a model. Raises the error of an account without an address."""
        return self.meter.prices.of(account, model) or price_of(account, model)

    def require_prices(self, account_of: Callable[[Connection], Account]) -> None:
        """Raise `PriceUnknown` if a budget cannot be enforced because a connection's price is unknown."""
        for connection in self.target.connections:
            model = self.target.model_for(connection)
            if not self.price_of(account_of(connection), model).is_known:
                raise PriceUnknown(model=model, alias=connection.alias)
