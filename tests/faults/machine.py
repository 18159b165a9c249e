"""The shared parts of the state machines that compare the store with a dictionary, for connections and for profiles.

They compare what is alive, what was deleted, and every version of each, in two kernels that are reopened.
"""

from __future__ import annotations

import shutil
import tempfile
from abc import abstractmethod
from collections.abc import Iterable
from pathlib import Path
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from aiconn_nb.store.change import Change
from aiconn_nb.store.snapshot import Snapshot
from aiconn_nb.store.store import Store

from .conftest import Record, strays

KERNELS = st.sampled_from([0, 1])


class StoreMachine(RuleBasedStateMachine):
    """The store, compared with a dictionary of what is alive and one of what was deleted, by id."""

    missing: ClassVar[type[Exception]]
    exists: ClassVar[type[Exception]]
    steps = 0
    faults = 0

    def __init__(self) -> None:
        super().__init__()
        self.home = Path(tempfile.mkdtemp()) / "home"
        self.kernels = [Store(self.home), Store(self.home)]
        self.live: dict[str, Any] = {}
        self.gone: dict[str, Any] = {}
        self.past: dict[str, list[str]] = {}
        """The texts that distinguish the versions of each, oldest first."""
        self.given = 0

    def teardown(self) -> None:
        shutil.rmtree(self.home.parent)

    @abstractmethod
    def told_apart(self, entity: Any) -> str:
        """Return the text that an edit changes."""

    @abstractmethod
    def take(self, change: Change, id: str) -> None:
        """Delete the one with this id."""

    @abstractmethod
    def give_back(self, change: Change, id: str) -> Any:
        """Restore the one with this id."""

    @abstractmethod
    def there(self, snapshot: Snapshot) -> Iterable[Any]:
        """Return all that are alive."""

    @abstractmethod
    def deleted(self, snapshot: Snapshot) -> Iterable[Any]:
        """Return all that were deleted."""

    @abstractmethod
    def called(self, snapshot: Snapshot, alias: str) -> Any:
        """Return the one with this alias."""

    def next_id(self) -> str:
        """Return an id that does not depend on chance, because hypothesis repeats its steps."""
        self.given += 1
        return f"id-{self.given}"

    def holder(self, alias: str) -> Any:
        """Return the one that has the alias, or None."""
        return next((each for each in self.live.values() if each.alias == alias), None)

    def saved(self, made: Any) -> None:
        """Record a save in the dictionaries."""
        self.live[made.id] = made
        self.past.setdefault(made.id, []).append(self.told_apart(made))

    def one_of(self, data: st.DataObject, where: dict[str, Any]) -> str:
        """Return any id."""
        return data.draw(st.sampled_from(sorted(where)))

    @precondition(lambda self: self.live)
    @rule(kernel=KERNELS, data=st.data())
    def remove(self, kernel: int, data: st.DataObject) -> None:
        """Delete one. A second deletion does not find it."""
        id = self.one_of(data, self.live)
        with self.kernels[kernel].change() as change:
            self.take(change, id)
        self.gone[id] = self.live.pop(id)
        with pytest.raises(self.missing), self.kernels[1 - kernel].change() as change:
            self.take(change, id)

    @precondition(lambda self: self.gone)
    @rule(kernel=KERNELS, data=st.data())
    def restore(self, kernel: int, data: st.DataObject) -> None:
        """Restore one unchanged, unless another one has taken its alias."""
        id = self.one_of(data, self.gone)
        try:
            with self.kernels[kernel].change() as change:
                assert self.give_back(change, id) == self.gone[id]
        except self.exists:
            assert self.holder(self.gone[id].alias) is not None
        else:
            assert self.holder(self.gone[id].alias) is None
            self.live[id] = self.gone.pop(id)

    @rule(kernel=KERNELS)
    def reopen(self, kernel: int) -> None:
        """Replace a kernel by a new one, which sees the same state."""
        self.kernels[kernel] = Store(self.home)

    @invariant()
    def is_as_the_dictionary_says(self) -> None:
        """Check that both kernels show the state of the dictionaries after a change in either."""
        type(self).steps += 1
        for kernel in self.kernels:
            snapshot = kernel.read()
            assert {each.id: each for each in self.there(snapshot)} == self.live
            assert {each.id: each for each in self.deleted(snapshot)} == self.gone
            for each in self.live.values():
                assert self.called(snapshot, each.alias.upper()) == each
        for id, versions in self.past.items():
            assert [self.told_apart(each.state) for each in self.kernels[0].history(id)] == versions[-50:]
        assert strays(self.home) <= {"connections.json.tmp"} if self.home.exists() else True


def run(machine: type[StoreMachine], thorough: bool, record_figure: Record, what: str) -> None:
    """Run random sequences of all operations, by two kernels in turn."""
    machine.steps = machine.faults = 0
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=100 if thorough else 15,
            stateful_step_count=40 if thorough else 20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            database=None,
        ),
    )
    record_figure(f"random operations on {what} checked against a dictionary", machine.steps)
    record_figure(f"crashes and full disks among those on {what}", machine.faults)
