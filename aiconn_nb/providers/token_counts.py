"""How many tokens a call took, from the numbers that servers send. A number that is not sent is unknown, and not 0."""

from __future__ import annotations

from collections.abc import Iterable

from .base import Usage


def count(value: object) -> int | None:
    """A number of tokens; some servers send it as text, or with a fraction of zero."""
    if isinstance(value, str) and value.strip().isdecimal():
        return int(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return int(value) if value >= 0 and value == int(value) else None


def sum_of(*values: object) -> int | None:
    """The sum of the numbers that were sent, such as answer and thinking; None where none was."""
    numbers = [number for value in values if (number := count(value)) is not None]
    return sum(numbers) if numbers else None


def latest(before: Usage, inputs: int | None, outputs: int | None) -> Usage:
    """What is known after one more event of a stream, whose numbers are cumulative."""
    return Usage(
        before.input_tokens if inputs is None else inputs, before.output_tokens if outputs is None else outputs
    )


def total(parts: Iterable[Usage]) -> Usage:
    """The usage of several calls together; unknown where one of them does not say."""
    usages = list(parts)
    return Usage(_sum([each.input_tokens for each in usages]), _sum([each.output_tokens for each in usages]))


def _sum(numbers: list[int | None]) -> int | None:
    known = [number for number in numbers if number is not None]
    return sum(known) if len(known) == len(numbers) else None
