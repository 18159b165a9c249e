"""Dollars and other amounts as text for a reader."""

from __future__ import annotations

import math


def dollars(amount: float) -> str:
    """Dollars as text: ``$0.0042``, ``$12.30``, ``$0.000012``."""
    if amount >= 1 or not amount:
        return f"${amount:,.2f}"
    if amount >= 0.01:
        return f"${amount:.3f}"
    from decimal import Decimal  # a float would be 1.2e-05

    return f"${Decimal(f'{amount:.2g}'):f}"


def amount_of(amount: float, unit: str) -> str:
    """An amount with its unit: ``$0.0042``, ``1,200 tokens``, ``1 call``."""
    if unit == "dollars":
        return dollars(amount)
    return f"{amount:,.0f} {unit if round(amount) != 1 else unit[:-1]}"


def counted(count: int, noun: str) -> str:
    """A number with its noun: ``1 row``, ``1,200 rows``."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def duration(seconds: float) -> str:
    """A duration as text, rounded up: ``7 seconds``, ``90 minutes``, ``26 hours``."""
    for length, noun in ((3600, "hour"), (60, "minute")):
        if seconds >= 2 * length or seconds == length:
            return counted(math.ceil(seconds / length), noun)
    return counted(math.ceil(seconds), "second")
