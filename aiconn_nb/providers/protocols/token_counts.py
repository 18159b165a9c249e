"""Token counts and costs from the usage that servers send."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, Final

from ..base import Completion, Usage
from ..values.server_numbers import count, dollars

_TICKS: Final = 10**10
"""xAI's unit: so many are a dollar."""
_COST_HEADER: Final = "x-litellm-response-cost"


def charged(usage: Mapping[str, Any]) -> float | None:
    """The US dollars that a server says it charged for a call; None if it does not say.

    OpenRouter and LiteLLM send a number, Perplexity an object with a total, and xAI ticks. If OpenRouter uses the user's own key
    of a provider, the number is its fee, and what that provider charges is beside it.
    """
    ticks = dollars(usage.get("cost_in_usd_ticks"), _TICKS)
    if ticks is not None:
        return ticks
    cost, details = usage.get("cost"), usage.get("cost_details")
    found = dollars(cost.get("total_cost") if isinstance(cost, Mapping) else cost)
    if found is None or usage.get("is_byok") is not True:
        return found
    more = dollars(details.get("upstream_inference_cost") if isinstance(details, Mapping) else None)
    return None if more is None else found + more


def with_header(usage: Usage, headers: Mapping[str, str]) -> Usage:
    """Add what a LiteLLM proxy charged. A stream says so at its end, and other answers in a header, which is missing if unknown."""
    return usage if usage.cost is not None else replace(usage, cost=dollars(headers.get(_COST_HEADER)))


def with_cost(completion: Completion) -> Completion:
    """Add what its headers say that it cost."""
    finish = completion.finish
    return replace(completion, finish=replace(finish, usage=with_header(finish.usage, completion.headers)))


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
