"""What each kind of failure means, in one table."""

from __future__ import annotations

import pytest

from aiconn_nb.errors import FailureKind
from aiconn_nb.errors.failure_kind import MEANINGS


def test_each_kind_has_its_meaning() -> None:
    """A new kind needs an entry, with an advice and an example for the demo."""
    assert list(MEANINGS) == list(FailureKind)
    assert [kind for kind in FailureKind if not (kind.meaning.advice and kind.meaning.example)] == []


@pytest.mark.parametrize(
    ("fact", "kinds"),
    [
        (
            "falls_back",
            "authentication not_found rate_limited out_of_credit timeout unreachable provider_fault this_machine",
        ),
        ("ends_batch", "authentication permission not_found out_of_credit this_machine"),
        ("is_sent_again", "rate_limited timeout provider_fault"),
        ("may_pass", "rate_limited timeout unreachable provider_fault this_machine"),
        ("may_cost", "timeout unreachable"),
    ],
)
def test_these_kinds(fact: str, kinds: str) -> None:
    """A fault of the request would fail elsewhere as well; what was refused once ends a batch."""
    assert [kind.value for kind in FailureKind if getattr(kind.meaning, fact)] == kinds.split()
