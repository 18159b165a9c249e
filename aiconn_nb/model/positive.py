"""Positive numbers from the user, as text or as numbers."""

from __future__ import annotations

from math import isfinite
from typing import Final

from aiconn_nb import errors

Given = str | int | float
MOST: Final = 10**15
"""The largest whole number that is accepted. It fits into a file and into a float."""


def positive_whole(given: Given | None, name: str) -> int | None:
    """A whole number from 1 on; None for None. Raises `CommandError`."""
    if given is None:
        return None
    try:
        number = int(given)
        if number != given and not isinstance(given, str):  # int() cuts off a fraction
            number = 0
    except (TypeError, ValueError, OverflowError):
        number = 0
    if number < 1:
        raise errors.BadNumber(name=name, wanted="a whole number from 1 on")
    if number > MOST:
        raise errors.BadNumber(name=name, wanted=f"a whole number up to {MOST:,}")
    return number


def positive_dollars(given: Given | None, name: str) -> float | None:
    """A number of dollars above 0; None for None. Raises `CommandError`."""
    if given is None:
        return None
    try:
        amount = float(given)
    except (TypeError, ValueError, OverflowError):
        amount = -1.0
    if not (isfinite(amount) and amount > 0):
        raise errors.BadNumber(name=name, wanted="a number of US dollars above 0")
    return amount
