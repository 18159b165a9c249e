"""Profiles, their defaults and their connections behave like a dictionary in random operations by two kernels, with crashes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

from aiconn_nb.errors import InvalidProfile, ProfileChanged, ProfileExists, ProfileNotFound, StoreUnwritable
from aiconn_nb.model.profile import Capability, Profile
from aiconn_nb.store.change import Change
from aiconn_nb.store.snapshot import Snapshot
from aiconn_nb.store.store import Store

from .conftest import Record, connection
from .crashes import FAULTS, Crash, fault
from .machine import KERNELS, StoreMachine, run

ALIASES = st.sampled_from([f"profile-{letter}" for letter in "abcde"])
MODELS = st.text(min_size=1, max_size=5).filter(lambda text: text.strip() == text and text.isprintable())
CAPABILITIES = st.sampled_from(list(Capability))
LINKS = st.lists(st.sampled_from(["c-1", "c-2", "c-3"]), min_size=1, max_size=3, unique=True).map(tuple)


class ProfilesAgainstDictionary(StoreMachine):
    """The state machine for profiles and for the defaults by capability. The models distinguish the versions."""

    missing = ProfileNotFound
    exists = ProfileExists

    def __init__(self) -> None:
        super().__init__()
        self.defaults: dict[Capability, str] = {}

    def told_apart(self, entity: Profile) -> str:
        return entity.model

    def take(self, change: Change, id: str) -> None:
        """Delete a profile, which is then no longer a default."""
        change.remove_profile(id)
        self.defaults = {capability: each for capability, each in self.defaults.items() if each != id}

    def give_back(self, change: Change, id: str) -> Profile:
        """Restore a profile, but not as a default."""
        return change.restore_profile(id)

    def there(self, snapshot: Snapshot) -> Iterable[Profile]:
        return snapshot.profiles

    def deleted(self, snapshot: Snapshot) -> Iterable[Profile]:
        return (each.state for each in snapshot.deleted_profiles)

    def called(self, snapshot: Snapshot, alias: str) -> Profile:
        return snapshot.profile(alias)

    def new(self, alias: str, model: str, capability: Capability, links: tuple[str, ...]) -> Profile:
        """Return a profile that is not stored yet."""
        return Profile(
            id=self.next_id(), alias=alias, name=alias, capability=capability, connections=links, model=model
        )

    @initialize()
    def connect(self) -> None:
        """Create three connections, which profiles name by id."""
        with self.kernels[0].change() as change:
            for number in (1, 2, 3):
                change.put(connection(f"connection-{number}", id=f"c-{number}"))

    @rule(kernel=KERNELS, alias=ALIASES, model=MODELS, capability=CAPABILITIES, links=LINKS)
    def create(self, kernel: int, alias: str, model: str, capability: Capability, links: tuple[str, ...]) -> None:
        """Create a profile, which works if no profile has the alias. A connection with that alias does not matter."""
        try:
            with self.kernels[kernel].change() as change:
                made = change.put_profile(self.new(alias, model, capability, links))
        except ProfileExists:
            assert self.holder(alias) is not None
        else:
            assert self.holder(alias) is None
            assert made.connections == links
            self.saved(made)

    @precondition(lambda self: self.live)
    @rule(kernel=KERNELS, data=st.data(), alias=ALIASES, model=MODELS, links=LINKS, stale=st.booleans())
    def edit(
        self, kernel: int, data: st.DataObject, alias: str, model: str, links: tuple[str, ...], stale: bool
    ) -> None:
        """Change model, alias and order of connections. The edit is refused if the alias is taken or if the version is not the
        stored one."""
        former = self.live[self.one_of(data, self.live)]
        wanted = replace(former, alias=alias, model=model, connections=links)
        try:
            with self.kernels[kernel].change() as change:
                made = change.put_profile(wanted, expected_version=former.version + stale)
        except ProfileChanged:
            assert stale
        except ProfileExists:
            assert self.holder(alias) not in (None, former)
        else:
            assert not stale
            assert self.holder(alias) in (None, former)
            if wanted != former:
                assert made.version == former.version + 1
                self.saved(made)

    @precondition(lambda self: self.live)
    @rule(kernel=KERNELS, data=st.data(), capability=CAPABILITIES)
    def make_default(self, kernel: int, data: st.DataObject, capability: Capability) -> None:
        """Make a profile the default, which works for its own capability only."""
        made = self.live[self.one_of(data, self.live)]
        try:
            with self.kernels[kernel].change() as change:
                change.set_default(capability, made.id)
        except InvalidProfile:
            assert made.capability is not capability
        else:
            assert made.capability is capability
            self.defaults[capability] = made.id

    @rule(kernel=KERNELS, capability=CAPABILITIES)
    def make_none_the_default(self, kernel: int, capability: Capability) -> None:
        """Remove the default of a capability, whether there is one or not."""
        with self.kernels[kernel].change() as change:
            change.set_default(capability, None)
        self.defaults.pop(capability, None)

    @rule(kernel=KERNELS, number=st.sampled_from([1, 2, 3]))
    def take_a_connection_away_and_back(self, kernel: int, number: int) -> None:
        """Delete and restore a connection. The profiles that name it keep its id and find it again."""
        with self.kernels[kernel].change() as change:
            change.remove(f"c-{number}")
        named = [each.alias for each in self.live.values() if f"c-{number}" in each.connections]
        assert [each.alias for each in self.kernels[1 - kernel].read().dependents(f"c-{number}")] == sorted(named)
        with self.kernels[1 - kernel].change() as change:
            change.restore(f"c-{number}")

    @rule(kernel=KERNELS, alias=ALIASES, model=MODELS, capability=CAPABILITIES, kind=FAULTS)
    def crash(self, kernel: int, alias: str, model: str, capability: Capability, kind: str) -> None:
        """Crash. Before the replacement, this leaves profiles and defaults unchanged, and after it both are new."""
        type(self).faults += 1
        holder = self.holder(alias)
        wanted = self.new(alias, model, capability, ("c-1",)) if holder is None else replace(holder, model=model + "!")
        made = None
        with fault(kind):
            try:
                with self.kernels[kernel].change() as change:
                    made = change.put_profile(wanted)
                    change.set_default(wanted.capability, wanted.id)
            except Crash:
                self.kernels[kernel] = Store(self.home)
            except StoreUnwritable:
                assert kind == "disk full"
        assert made is not None
        if kind == "after replace":
            if made != holder:
                self.saved(made)
            self.defaults[made.capability] = made.id

    @invariant()
    def defaults_are_as_the_dictionary_says(self) -> None:
        """Check the defaults in both kernels."""
        for kernel in self.kernels:
            assert dict(kernel.read().defaults) == self.defaults


def test_profiles_do_what_a_dictionary_does(record_figure: Record, thorough: bool) -> None:
    """The test runs random sequences of all operations, by two kernels in turn."""
    run(ProfilesAgainstDictionary, thorough, record_figure, "profiles")
