"""The budget of a prompt over a dataset."""

from __future__ import annotations

import asyncio

from aiconn_nb.features.batch.money import Budget


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
    """A reservation waits for an open request, and takes what that one leaves."""

    async def spend() -> tuple[bool, float]:
        budget = Budget(0.5)
        assert await budget.reserve(0.4)
        waiting = asyncio.create_task(budget.reserve(0.3))
        await asyncio.sleep(0)
        assert not waiting.done()
        budget.settle(0.4, 0.1)
        return await asyncio.wait_for(waiting, timeout=5), budget.spent

    assert asyncio.run(spend()) == (True, 0.1)
