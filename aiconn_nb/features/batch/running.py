"""What the runs of `map` and `embed` share: options, parts of the session, prices."""

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
from .money import Budget, Purse
from .sending import Sender, Total

if TYPE_CHECKING:
    from aiconn_nb.features.asking import Target, Turns
    from aiconn_nb.features.usage import Meter, Price
    from aiconn_nb.providers.account import Account


@dataclass(frozen=True, kw_only=True)
class RunOptions:
    """The options that both kinds of run have."""

    at_once: int
    journal: bool | str | os.PathLike[str]
    budget: float | None = None
    purse: Purse | None = None
    """The source of the budget, one coin at a time; ``budget`` is 0 in this case."""
    total: Total | None = None
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


class Prices:
    """The prices of one run, each read once."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], Price] = {}

    def of(self, account: Account, model: str) -> Price:
        """Return the price of a model."""
        key = (account.label, model)
        if key not in self._known:
            self._known[key] = price_of(account, model)
        return self._known[key]

    def require_known(self, target: Target, account_of: Callable[[Connection], Account]) -> None:
        """Raise `PriceUnknown` if a budget cannot be enforced because a connection's price is unknown."""
        for connection in target.connections:
            model = target.model_for(connection)
            if not self.of(account_of(connection), model).is_known:
                raise PriceUnknown(model=model, alias=connection.alias)
