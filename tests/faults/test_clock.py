"""The store keeps its order and its trash when the clock is set back or was wrong."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from aiconn_nb.store import change as change_module
from aiconn_nb.store import shelf
from aiconn_nb.store.store import Store

from .conftest import connection

NOON = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0) + timedelta(days=1)
"""Tomorrow. The stores of the fixtures are dated by the real clock, and no save is dated before an earlier one."""
Set = Callable[[datetime], None]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Set:
    """Return a function that sets the store's clock."""

    def set_to(moment: datetime) -> None:
        for module in (shelf, change_module):
            monkeypatch.setattr(module, "now", lambda: moment)

    set_to(NOON)
    return set_to


def test_versions_and_their_times_go_on_while_the_clock_goes_back(full_store: Store, clock: Set) -> None:
    """No save is dated before its predecessor, and the history has the order of the saves."""
    with full_store.change() as change:
        made = change.put(connection("a", created=NOON))
    for hours in range(1, 6):
        clock(NOON - timedelta(hours=hours))
        with full_store.change() as change:
            change.put(replace(change.connection("a"), name=f"Name {hours}"))
    versions = full_store.history(made.id)
    assert [each.version for each in versions] == [1, 2, 3, 4, 5, 6]
    assert [each.modified for each in versions] == [NOON] * 6
    clock(NOON + timedelta(hours=1))
    with full_store.change() as change:
        assert change.put(replace(change.connection("a"), name="Right again")).modified == NOON + timedelta(hours=1)


def test_what_is_deleted_while_the_clock_is_wrong_is_kept_for_thirty_days(full_store: Store, clock: Set) -> None:
    """A machine that woke up in 1970 does not make its trash expire when the clock is corrected."""
    with full_store.change() as change:
        made = change.put(connection("a", created=NOON))
    clock(datetime(1970, 1, 1, tzinfo=UTC))
    with full_store.change() as change:
        change.remove(made.id)
    clock(NOON + timedelta(days=29))
    with full_store.change() as change:
        change.put(connection("b", created=NOON))
    assert made.id in [gone.state.id for gone in full_store.read().deleted]


def test_what_was_deleted_in_the_future_stays(full_store: Store, clock: Set) -> None:
    """It stays until thirty days after the recorded date."""
    clock(NOON + timedelta(days=3650))
    with full_store.change() as change:
        removed = change.remove(change.connection("c-0").id)
    clock(NOON)
    with full_store.change() as change:
        change.put(connection("b", created=NOON))
    assert removed.id in [gone.state.id for gone in full_store.read().deleted]


def test_a_clock_far_ahead_for_one_save_purges_nothing(full_store: Store, clock: Set) -> None:
    """Such a save marks what seems due, and the mark is removed once the clock is right. This holds for several such saves, also if
    the correct times between them are a day apart."""
    with full_store.change() as change:
        removed = change.remove(change.connection("c-0").id)
    for days in range(3):
        clock(NOON + timedelta(days=3650))
        with full_store.change() as change:
            change.put(connection(f"ahead-{days}", created=NOON))
        clock(NOON + timedelta(days=days))
        with full_store.change() as change:
            change.put(connection(f"right-{days}", created=NOON))
    assert removed.id in [gone.state.id for gone in full_store.read().deleted]
    with full_store.change() as change:
        assert change.restore(removed.id).alias == "c-0"


def test_marks_that_cannot_be_kept_purge_nothing(full_store: Store, clock: Set) -> None:
    """An entry that is due waits until the marks can be saved."""
    with full_store.change() as change:
        removed = change.remove(change.connection("c-0").id)
    marks = full_store.home / "history" / "due.json"
    marks.parent.mkdir(exist_ok=True)
    marks.mkdir()
    for days in (31, 33, 35):
        clock(NOON + timedelta(days=days))
        with full_store.change() as change:
            change.put(connection(f"b-{days}", created=NOON))
    assert removed.id in [gone.state.id for gone in full_store.read().deleted]
    marks.rmdir()
    for days in (37, 39):
        clock(NOON + timedelta(days=days))
        with full_store.change() as change:
            change.put(connection(f"b-{days}", created=NOON))
    assert removed.id not in [gone.state.id for gone in full_store.read().deleted]


def test_a_file_of_the_future_does_not_hide_later_saves(full_store: Store) -> None:
    """Readers compare the identity of the file and not its age."""
    ahead = 4102444800
    os.utime(full_store.path, (ahead, ahead))
    reader = Store(full_store.home)
    assert len(reader.read().connections) == 5
    with full_store.change() as change:
        change.put(connection("new"))
    assert full_store.path.stat().st_mtime < ahead
    assert len(reader.read().connections) == 6
