"""What the state machines share that hold the store against a dictionary, whatever is stored: who is there, who was deleted, and
what every version of each was; two kernels, which are opened anew."""

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
    """The store against a dictionary of what is alive and one of what was deleted, by id."""

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
        """What tells the versions of each apart, oldest first."""
        self.given = 0

    def teardown(self) -> None:
        shutil.rmtree(self.home.parent)

    @abstractmethod
    def told_apart(self, entity: Any) -> str:
        """What an edit changes."""

    @abstractmethod
    def take(self, change: Change, id: str) -> None:
        """Delete one."""

    @abstractmethod
    def give_back(self, change: Change, id: str) -> Any:
        """Bring one back."""

    @abstractmethod
    def there(self, snapshot: Snapshot) -> Iterable[Any]:
        """All that are alive."""

    @abstractmethod
    def deleted(self, snapshot: Snapshot) -> Iterable[Any]:
        """All that were deleted."""

    @abstractmethod
    def called(self, snapshot: Snapshot, alias: str) -> Any:
        """The one of this alias."""

    def next_id(self) -> str:
        """An id that does not depend on chance: hypothesis repeats what it has done."""
        self.given += 1
        return f"id-{self.given}"

    def holder(self, alias: str) -> Any:
        """Who has the alias, or None."""
        return next((each for each in self.live.values() if each.alias == alias), None)

    def saved(self, made: Any) -> None:
        """The model of a save."""
        self.live[made.id] = made
        self.past.setdefault(made.id, []).append(self.told_apart(made))

    def one_of(self, data: st.DataObject, where: dict[str, Any]) -> str:
        """Any id."""
        return data.draw(st.sampled_from(sorted(where)))

    @precondition(lambda self: self.live)
    @rule(kernel=KERNELS, data=st.data())
    def remove(self, kernel: int, data: st.DataObject) -> None:
        """Into the deleted ones; a second time it is not there."""
        id = self.one_of(data, self.live)
        with self.kernels[kernel].change() as change:
            self.take(change, id)
        self.gone[id] = self.live.pop(id)
        with pytest.raises(self.missing), self.kernels[1 - kernel].change() as change:
            self.take(change, id)

    @precondition(lambda self: self.gone)
    @rule(kernel=KERNELS, data=st.data())
    def restore(self, kernel: int, data: st.DataObject) -> None:
        """As it was, unless its alias was given away."""
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
        """A new kernel sees the same."""
        self.kernels[kernel] = Store(self.home)

    @invariant()
    def is_as_the_dictionary_says(self) -> None:
        """In both kernels, after a change in either."""
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
    """Through random sequences of everything, by two kernels in turn."""
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
