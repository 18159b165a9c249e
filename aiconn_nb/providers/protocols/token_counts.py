"""Token counts from the numbers that servers send. A missing number is unknown, not 0."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from ..base import Usage

MOST: Final = 10**12
"""Tokens. No call has more; a greater number is a server's mistake, and would not fit into the sums of all calls."""


def count(value: object) -> int | None:
    """A number of tokens; some servers send it as text, or with a fraction of zero."""
    if isinstance(value, str) and value.strip().isdecimal() and len(value) <= len(str(MOST)):
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return int(value) if 0 <= value <= MOST and value == int(value) else None


def sum_of(*values: object) -> int | None:
    """The sum of the available numbers, such as answer and thinking; None if there are none."""
    numbers = [number for value in values if (number := count(value)) is not None]
    return sum(numbers) if numbers else None


def with_cache(usage: Mapping[str, Any], inputs: str, *cached: str) -> int | None:
    """The input tokens of a provider that counts those of its cache separately; None if it gives no count."""
    return None if count(usage.get(inputs)) is None else sum_of(*(usage.get(name) for name in (inputs, *cached)))


def latest(before: Usage, inputs: int | None, outputs: int | None, cached: int | None = None) -> Usage:
    """The counts after one more event of a stream, whose numbers are cumulative."""
    return Usage(
        before.input_tokens if inputs is None else inputs,
        before.output_tokens if outputs is None else outputs,
        before.cached_tokens if cached is None else cached,
    )


def total(parts: Iterable[Usage]) -> Usage:
    """The total usage of several calls; unknown if one of them is unknown."""
    usages = list(parts)
    return Usage(_sum([each.input_tokens for each in usages]), _sum([each.output_tokens for each in usages]))


def _sum(numbers: list[int | None]) -> int | None:
    known = [number for number in numbers if number is not None]
    return sum(known) if len(known) == len(numbers) else None
