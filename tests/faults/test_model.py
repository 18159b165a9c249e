"""Connections behave like a dictionary in random operations by two kernels, with reopenings and crashes around the replacement."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from aiconn_nb.errors import ConnectionChanged, ConnectionExists, ConnectionNotFound, StoreUnwritable
from aiconn_nb.model.connection import Connection
from aiconn_nb.store.change import Change
from aiconn_nb.store.snapshot import Snapshot
from aiconn_nb.store.store import Store

from .conftest import Record, connection
from .crashes import FAULTS, Crash, fault
from .machine import KERNELS, StoreMachine, run

ALIASES = st.sampled_from([f"alias-{letter}" for letter in "abcdef"])
NAMES = st.text(min_size=1, max_size=5)


class ConnectionsAgainstDictionary(StoreMachine):
    """The state machine for connections. Their names distinguish the versions."""

    missing = ConnectionNotFound
    exists = ConnectionExists

    def told_apart(self, entity: Connection) -> str:
        return entity.name

    def take(self, change: Change, id: str) -> None:
        change.remove(id)

    def give_back(self, change: Change, id: str) -> Connection:
        return change.restore(id)

    def there(self, snapshot: Snapshot) -> Iterable[Connection]:
        return snapshot.connections

    def deleted(self, snapshot: Snapshot) -> Iterable[Connection]:
        return (each.state for each in snapshot.deleted)

    def called(self, snapshot: Snapshot, alias: str) -> Connection:
        return snapshot.connection(alias)

    def new(self, alias: str, name: str) -> Connection:
        """Return a connection that is not stored yet."""
        return connection(alias, name=name, id=self.next_id())

    @rule(kernel=KERNELS, alias=ALIASES, name=NAMES)
    def create(self, kernel: int, alias: str, name: str) -> None:
        """Create a connection, which works if the alias is free."""
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
        """Change name and alias. The edit is refused if the alias is taken or if the version is not the stored one."""
        former = self.live[self.one_of(data, self.live)]
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

    @rule(kernel=KERNELS, alias=ALIASES)
    def abandon(self, kernel: int, alias: str) -> None:
        """Fail in the block of a change, which leaves no trace."""

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
        """Crash. Before the replacement, this leaves the old state, and after it the new one. The kernel is then restarted."""
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


def test_connections_do_what_a_dictionary_does(record_figure: Record, thorough: bool) -> None:
    """The test runs random sequences of all operations, by two kernels in turn."""
    run(ConnectionsAgainstDictionary, thorough, record_figure, "connections")
