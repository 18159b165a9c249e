"""Numbers that servers send: a missing or impossible one is unknown, not 0."""

from __future__ import annotations

import math
from numbers import Real
from typing import Any, Final

MOST: Final = 10**12
"""Tokens. No call has more; a greater number is a server's mistake, and would not fit into the sums of all calls."""
DEAREST: Final = 10**6
"""US dollars. No call costs more."""


def count(value: Any) -> int | None:
    """A number of tokens; some servers send it as text, or with a fraction of zero."""
    if isinstance(value, str) and value.strip().isdecimal() and len(value) <= len(str(MOST)):
        value = int(value)
    if not _is_number(value):
        return None
    return int(value) if 0 <= value <= MOST and value == int(value) else None


def told_apart(inputs: int | None, outputs: int | None) -> tuple[int | None, int | None]:
    """Both counts, where a request of no tokens is none that was counted: LitServe and many servers of one's own send zeros.

    >>> told_apart(0, 0), told_apart(3, 0)
    ((None, None), (3, 0))
    """
    return inputs or None, outputs or (0 if inputs and outputs == 0 else None)


def dollars(value: Any, unit: int = 1) -> float | None:
    """An amount of US dollars, of which each has so many of the server's units; some servers send it as text."""
    try:
        number = float(value) / unit if _is_number(value) or isinstance(value, str) else math.nan
    except (OverflowError, ValueError):
        return None
    return number if 0 <= number <= DEAREST else None


def _is_number(value: object) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool)
