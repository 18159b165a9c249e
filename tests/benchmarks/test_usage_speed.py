"""This benchmark compares a call that is counted with one that is not."""

from __future__ import annotations

import statistics
from time import perf_counter
from typing import Any

import pytest

from aiconn_nb import Session

pytestmark = pytest.mark.benchmark

ROUNDS = 400


class Uncounted:
    """A substitute for the meter and its tickets that does nothing."""

    def reserve(self, *of: Any, **about: Any) -> Uncounted:
        """Reserve nothing, because there is no cap."""
        return self

    def answered(self, *of: Any, **about: Any) -> None:
        """Count nothing."""

    def save(self) -> bool:
        """Write nothing."""
        return True


def test_an_answer_is_hardly_slower_because_it_is_counted(session: Session) -> None:
    """Counting costs at most a fifth of an answer of the demo, which takes a quarter of a millisecond. A cap on calls costs another
    half of that."""
    session.create("a", "demo")
    session.create("b", "demo")
    session.cap("b", calls=1_000_000)
    counted, uncounted = session._meter, Uncounted()
    taken: dict[str, list[float]] = {"without": [], "with": [], "capped": []}
    for number in range(ROUNDS):
        for name, meter, alias in (("without", uncounted, "a"), ("with", counted, "a"), ("capped", counted, "b")):
            vars(session)["_meter"] = meter
            started = perf_counter()
            session.ask("one two", profile=alias, model="demo-brief")
            if number > 20:
                taken[name].append(perf_counter() - started)
    found = {name: statistics.median(each) for name, each in taken.items()}
    print({name: each / found["without"] for name, each in found.items()})
    assert found["with"] <= 1.2 * found["without"]
    assert found["capped"] <= 2 * found["without"]
