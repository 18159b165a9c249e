"""Tokens as servers count them: what is not said is unknown."""

from __future__ import annotations

import numpy
import pytest

from aiconn_nb.providers.base import Usage
from aiconn_nb.providers.protocols.token_counts import latest, sum_of, total
from aiconn_nb.providers.values.server_numbers import count, dollars, told_apart


@pytest.mark.parametrize(
    ("sent", "number"),
    [
        (3, 3),
        ("3", 3),
        (3.0, 3),
        (0, 0),
        (3.5, None),
        (-1, None),
        (True, None),
        (None, None),
        ("three", None),
        (numpy.int64(3), 3),
        (10**30, None),
        (10**400, None),
        ("9" * 5000, None),
        (float("inf"), None),
        (float("nan"), None),
    ],
)
def test_a_number_is_read_in_whatever_form_it_comes(sent: object, number: int | None) -> None:
    """Some servers send text, or a fraction of zero."""
    assert count(sent) == number


@pytest.mark.parametrize(
    ("sent", "amount"),
    [
        (0.5, 0.5),
        ("0.5", 0.5),
        (0, 0.0),
        (numpy.float64(0.5), 0.5),
        (-0.5, None),
        (True, None),
        ("half", None),
        ("inf", None),
        (10**7, None),
        (10**400, None),
        (float("nan"), None),
        ([1], None),
    ],
)
def test_an_amount_is_read_in_whatever_form_it_comes(sent: object, amount: float | None) -> None:
    """One that cannot be is unknown."""
    assert dollars(sent) == amount


@pytest.mark.parametrize(
    ("inputs", "outputs", "told"),
    [
        (3, 2, (3, 2)),
        (3, 0, (3, 0)),
        (3, None, (3, None)),
        (0, 0, (None, None)),
        (0, 2, (None, 2)),
        (None, 0, (None, None)),
    ],
)
def test_no_request_has_no_tokens(inputs: int | None, outputs: int | None, told: tuple[int | None, int | None]) -> None:
    """Zeros stand for a count that was not made. An answer may be empty."""
    assert told_apart(inputs, outputs) == told


def test_the_parts_of_a_number_are_added() -> None:
    """Answer and thinking are added; the sum is None if neither was sent."""
    assert sum_of(3, None, "4") == 7
    assert sum_of(0, None) == 0
    assert sum_of(None, None) is None


def test_a_later_number_replaces_an_earlier_one() -> None:
    """An absent number keeps the earlier one."""
    assert latest(Usage(1, 2), None, 5) == Usage(1, 5)
    assert latest(Usage(1, 2), 0, None) == Usage(0, 2)


def test_a_sum_with_an_unknown_part_is_unknown() -> None:
    """Otherwise the sum would be too small."""
    assert total([Usage(1, 0), Usage(2, 0)]) == Usage(3, 0)
    assert total([Usage(1, None), Usage(None, 4)]) == Usage(None, None)
    assert total([Usage(1, 2)]) == Usage(1, 2)
