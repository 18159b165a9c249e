"""The module-level verbs: the kernel's own session, under short names."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from pathlib import Path

import pytest

import aiconn_nb
from aiconn_nb import ConnectionNotFound, Session

VERBS = sorted(name for name in aiconn_nb.__all__ if getattr(aiconn_nb, name).__module__.startswith("aiconn_nb.api."))
WORDED_OTHERWISE = {"import_bundle", "last_reply", "last_comparison", "use"}
"""Verbs of two steps, of an attribute, and one that takes None for `Session.use_none`."""


@pytest.fixture(autouse=True)
def of_this_test(isolated: Path) -> Iterator[None]:
    """The kernel's session is one of this test's home, and is not left to the next one."""
    aiconn_nb.kernel_session.cache_clear()
    yield
    aiconn_nb.kernel_session.cache_clear()


@pytest.mark.parametrize("name", [name for name in VERBS if name not in WORDED_OTHERWISE])
def test_a_verb_takes_what_the_session_takes(name: str) -> None:
    """In the same order and with the same defaults; what only widgets and commands say besides may be missing."""
    ours = inspect.signature(getattr(aiconn_nb, name)).parameters
    theirs = inspect.signature(getattr(Session, name)).parameters
    assert ours.keys() <= theirs.keys()
    assert {key: each.default for key, each in ours.items()} == {key: theirs[key].default for key in ours}


def test_what_was_deleted_is_brought_back_where_it_was_deleted(session: Session) -> None:
    """As the error says that tells of it."""
    aiconn_nb.create("demo-dev", "demo", name="Before")
    aiconn_nb.edit("demo-dev", name="After")
    aiconn_nb.rollback("demo-dev", 1)
    assert [row.version for row in aiconn_nb.history("demo-dev")] == [3, 2, 1]
    aiconn_nb.delete("demo-dev")
    with pytest.raises(ConnectionNotFound, match="can be brought back: %aiconn undelete demo-dev"):
        aiconn_nb.get("demo-dev")
    assert aiconn_nb.undelete("demo-dev").connection.name == "Before"
    assert aiconn_nb.kernel_session().aliases() == ["demo-dev"]
