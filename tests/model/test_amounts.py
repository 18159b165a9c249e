"""Dollars as text."""

from __future__ import annotations

import pytest

from aiconn_nb.model.amounts import dollars


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        (0, "$0.00"),
        (0.0000123, "$0.000012"),
        (0.00001, "$0.00001"),
        (0.0042, "$0.0042"),
        (0.05, "$0.050"),
        (12.3, "$12.30"),
    ],
)
def test_dollars_have_no_exponent(amount: float, shown: str) -> None:
    """One call of a small model costs a thousandth of a cent. 1.2e-05 is hard to read."""
    assert dollars(amount) == shown
