"""The store against a dictionary: random operations by two kernels, reopenings, and crashes around the replacement."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from aiconn_nb.model.connection import Connection
from aiconn_nb.model.errors import (
    ConnectionChanged,
    ConnectionExists,
    ConnectionNotFound,
    StoreUnwritable,
)
from aiconn_nb.store.store import Store

from .conftest import Record, connection, strays
from .crashes import FAULTS, Crash, fault

ALIASES = st.sampled_from([f"alias-{letter}" for letter in "abcdef"])
NAMES = st.text(min_size=1, max_size=5)
KERNELS = st.sampled_from([0, 1])


class StoreAgainstDictionary(RuleBasedStateMachine):
    """What the store must hold: connections and deleted ones by id, and the names of all versions."""

    steps = 0
    faults = 0

    def __init__(self) -> None:
        super().__init__()
        self.home = Path(tempfile.mkdtemp()) / "home"
        self.kernels = [Store(self.home), Store(self.home)]
        self.live: dict[str, Connection] = {}
        self.gone: dict[str, Connection] = {}
        self.past: dict[str, list[str]] = {}
        self.given = 0

    def teardown(self) -> None:
        shutil.rmtree(self.home.parent)

    def holder(self, alias: str) -> Connection | None:
        """Who has the alias."""
        return next((each for each in self.live.values() if each.alias == alias), None)

    def new(self, alias: str, name: str) -> Connection:
        """A connection with an id that does not depend on chance: hypothesis repeats what it has done."""
        self.given += 1
        return connection(alias, name=name, id=f"id-{self.given}")

    def saved(self, made: Connection) -> None:
        """The model of a save."""
        self.live[made.id] = made
        self.past.setdefault(made.id, []).append(made.name)

    @rule(kernel=KERNELS, alias=ALIASES, name=NAMES)
    def create(self, kernel: int, alias: str, name: str) -> None:
        """Works where nobody has the alias."""
        try:
            with self.kernels[kernel].change() as change:
                made = change.put(self.new(alias, name))
        except ConnectionExists:
            assert self.holder(alias) is not None
        else:
            assert self.holder(alias) is None
            self.saved(made)

    @precondition(lambda self: self.live)
    @rule(kernel=KERNELS, data=st.data(), alias=ALIASES, name=NAMES, stale=st.booleans())
    def edit(self, kernel: int, data: st.DataObject, alias: str, name: str, stale: bool) -> None:
        """A new name and alias; refused for a taken alias, and for a version that is not the stored one."""
        former = self.live[data.draw(st.sampled_from(sorted(self.live)))]
        wanted = replace(former, alias=alias, name=name)
        try:
            with self.kernels[kernel].change() as change:
                made = change.put(wanted, expected_version=former.version + stale)
        except ConnectionChanged:
            assert stale
        except ConnectionExists:
            assert self.holder(alias) not in (None, former)
        else:
            assert not stale
            assert self.holder(alias) in (None, former)
            if wanted != former:
                assert made.version == former.version + 1
                self.saved(made)

    @precondition(lambda self: self.live)
    @rule(kernel=KERNELS, data=st.data())
    def remove(self, kernel: int, data: st.DataObject) -> None:
        """Into the deleted ones; a second time it is not there."""
        id = data.draw(st.sampled_from(sorted(self.live)))
        with self.kernels[kernel].change() as change:
            change.remove(id)
        self.gone[id] = self.live.pop(id)
        with pytest.raises(ConnectionNotFound), self.kernels[1 - kernel].change() as change:
            change.remove(id)

    @precondition(lambda self: self.gone)
    @rule(kernel=KERNELS, data=st.data())
    def restore(self, kernel: int, data: st.DataObject) -> None:
        """As it was, unless its alias was given away."""
        id = data.draw(st.sampled_from(sorted(self.gone)))
        try:
            with self.kernels[kernel].change() as change:
                assert change.restore(id) == self.gone[id]
        except ConnectionExists:
            assert self.holder(self.gone[id].alias) is not None
        else:
            assert self.holder(self.gone[id].alias) is None
            self.live[id] = self.gone.pop(id)

    @rule(kernel=KERNELS, alias=ALIASES)
    def abandon(self, kernel: int, alias: str) -> None:
        """A change whose block fails leaves no trace."""

        def fail() -> None:
            with self.kernels[kernel].change() as change:
                for each in change.connections:
                    change.remove(each.id)
                change.put(connection(alias))
                raise Crash

        with pytest.raises(Crash):
            fail()

    @rule(kernel=KERNELS, alias=ALIASES, name=NAMES, kind=FAULTS)
    def crash(self, kernel: int, alias: str, name: str, kind: str) -> None:
        """A crash before the replacement leaves the old state, one after it the new state; the kernel is started anew."""
        type(self).faults += 1
        holder = self.holder(alias)
        wanted = self.new(alias, name) if holder is None else replace(holder, name=name + "!")
        made = None
        with fault(kind):
            try:
                with self.kernels[kernel].change() as change:
                    made = change.put(wanted)
            except Crash:
                self.kernels[kernel] = Store(self.home)
            except StoreUnwritable:
                assert kind == "disk full"
            else:
                assert made == holder
        assert made is not None
        if kind == "after replace" and made != holder:
            self.saved(made)

    @rule(kernel=KERNELS)
    def reopen(self, kernel: int) -> None:
        """A new kernel sees the same."""
        self.kernels[kernel] = Store(self.home)

    @invariant()
    def is_as_the_dictionary_says(self) -> None:
        """In both kernels, whoever made the last change."""
        type(self).steps += 1
        for kernel in self.kernels:
            snapshot = kernel.read()
            assert {each.id: each for each in snapshot.connections} == self.live
            assert {each.connection.id: each.connection for each in snapshot.deleted} == self.gone
            for each in self.live.values():
                assert snapshot.connection(each.alias.upper()) == each
        for id, names in self.past.items():
            assert [each.state.name for each in self.kernels[0].history(id)] == names[-50:]
        assert strays(self.home) <= {"connections.json.tmp"} if self.home.exists() else True


def test_the_store_does_what_a_dictionary_does(record_figure: Record, thorough: bool) -> None:
    """Through random sequences of everything, by two kernels in turn."""
    StoreAgainstDictionary.steps = StoreAgainstDictionary.faults = 0
    run_state_machine_as_test(
        StoreAgainstDictionary,
        settings=settings(
            max_examples=100 if thorough else 15,
            stateful_step_count=40 if thorough else 20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            database=None,
        ),
    )
    record_figure("random operations checked against a dictionary", StoreAgainstDictionary.steps)
    record_figure("crashes and full disks among them", StoreAgainstDictionary.faults)
