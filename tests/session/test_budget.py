"""The budget of a prompt over a dataset waits for open requests and returns what they leave."""

from __future__ import annotations

import asyncio
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from aiconn_nb import Session
from aiconn_nb.features.batch.money import Budget
from aiconn_nb.features.batch.tables import Chunk
from aiconn_nb.features.batch.worker import Task

from .priced import priced_session


def test_a_residue_of_floats_is_no_open_request() -> None:
    """A budget whose requests are all settled answers at once, although 0.1 + 0.2 + 0.3 - 0.1 - 0.2 - 0.3 is not 0."""

    async def spend() -> bool:
        budget = Budget(0.65)
        for amount in (0.1, 0.2, 0.3):
            assert await budget.reserve(amount)
        for amount in (0.1, 0.2, 0.3):
            budget.settle(amount, amount)
        return await asyncio.wait_for(budget.reserve(0.1), timeout=5)

    assert asyncio.run(spend()) is False


def test_a_request_that_costs_less_leaves_the_rest() -> None:
    """A reservation waits for an open request and takes what that one leaves."""

    async def spend() -> tuple[bool, float]:
        budget = Budget(0.5)
        assert await budget.reserve(0.4)
        waiting = asyncio.create_task(budget.reserve(0.3))
        await asyncio.sleep(0)
        assert not waiting.done()
        budget.settle(0.4, 0.1)
        return await asyncio.wait_for(waiting, timeout=5), budget.spent

    assert asyncio.run(spend()) == (True, 0.1)


class Coins:
    """A substitute for the budget of a cluster, which gives one dollar at a time."""

    def __init__(self) -> None:
        self.taken = 0
        self.given = 0.0

    async def take(self) -> float:
        self.taken += 1
        return 1.0

    async def give(self, amount: float) -> None:
        self.given += amount


@pytest.mark.parametrize("verb", ["map", "embed"])
def test_each_part_of_a_run_on_a_cluster_returns_what_it_did_not_spend(verb: str, isolated: Path) -> None:
    """Otherwise the hundredth part would get the last of it, however little the parts cost."""
    session, coins = priced_session(), Coins()
    cluster: Any = SimpleNamespace(purse=coins, total=None, telling=lambda run: lambda progress: None)
    model = "gpt-4o-mini" if verb == "map" else "text-embedding-3-small"
    given = {"max_tokens": 500} if verb == "map" else {}
    task = Task(Session, "paid", model, given, "{body}", None, "answer", 4, False, False, "run", has_purse=True)
    rows = Chunk(("body",), [{"body": "a"}])
    if verb == "map":
        session.cluster_run(task, rows, cluster)
        spent = 0.00045
    else:
        session.cluster_vectors(task, rows, cluster)
        spent = 0.000002
    assert coins.taken == 1
    assert coins.given == pytest.approx(1.0 - spent, abs=1e-9)
