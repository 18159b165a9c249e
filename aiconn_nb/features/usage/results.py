"""The usage of models in this kernel and its cost."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from aiconn_nb.session.results import Rows

from .tally import Spent


class Spending(Rows[Spent]):
    """Calls answered and failed, tokens and time per profile and connection."""

    def data(self) -> Any:
        return [
            {
                "profile": each.profile or None,
                "connection": each.connection,
                "calls": each.calls,
                "failures": each.failures,
                "input_tokens": None if is_unknown(each.untold_input, each.calls) else each.input_tokens,
                "output_tokens": None if is_unknown(each.untold_output, each.calls) else each.output_tokens,
                "calls_without_input_tokens": each.untold_input,
                "calls_without_output_tokens": each.untold_output,
                "seconds": round(each.seconds, 3),
            }
            for each in self
        ]


def is_unknown(untold: int, calls: int) -> bool:
    """Whether no call has a number of tokens from the provider: their sum is then unknown, not 0."""
    return calls > 0 and untold == calls


def spending(rows: Sequence[Spent]) -> Spending:
    """The rows, the most expensive first."""
    return Spending(sorted(rows, key=lambda each: -(each.input_tokens + each.output_tokens)))
