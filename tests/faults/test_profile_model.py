"""The profiles of the store against a dictionary: defaults and connections too, by two kernels, with crashes."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from aiconn_nb.model.errors import (
    InvalidProfile,
    ProfileChanged,
    ProfileExists,
    ProfileNotFound,
    StoreUnwritable,
)
from aiconn_nb.model.profile import Capability, Profile
from aiconn_nb.store.store import Store

from .conftest import Record, connection
from .crashes import FAULTS, Crash, fault

ALIASES = st.sampled_from([f"profile-{letter}" for letter in "abcde"])
MODELS = st.text(min_size=1, max_size=5).filter(lambda text: text.strip() == text and text.isprintable())
CAPABILITIES = st.sampled_from(list(Capability))
LINKS = st.lists(st.sampled_from(["c-1", "c-2", "c-3"]), min_size=1, max_size=3, unique=True).map(tuple)
KERNELS = st.sampled_from([0, 1])


class ProfilesAgainstDictionary(RuleBasedStateMachine):
    """What the store must hold: profiles and deleted ones by id, defaults by capability, the models of all versions."""

    steps = 0
    faults = 0

    def __init__(self) -> None:
        super().__init__()
        self.home = Path(tempfile.mkdtemp()) / "home"
        self.kernels = [Store(self.home), Store(self.home)]
        self.live: dict[str, Profile] = {}
        self.gone: dict[str, Profile] = {}
        self.defaults: dict[Capability, str] = {}
        self.past: dict[str, list[str]] = {}
        self.given = 0

    @initialize()
    def connect(self) -> None:
        """Three connections, which profiles name by id."""
        with self.kernels[0].change() as change:
            for number in (1, 2, 3):
                change.put(connection(f"connection-{number}", id=f"c-{number}"))

    def teardown(self) -> None:
        shutil.rmtree(self.home.parent)

    def holder(self, alias: str) -> Profile | None:
        """Who has the alias."""
        return next((each for each in self.live.values() if each.alias == alias), None)

    def new(self, alias: str, model: str, capability: Capability, links: tuple[str, ...]) -> Profile:
        """A profile with an id that does not depend on chance."""
        self.given += 1
        return Profile(
            id=f"p-{self.given}", alias=alias, name=alias, capability=capability, connections=links, model=model
        )

    def saved(self, made: Profile) -> None:
        """The model of a save."""
        self.live[made.id] = made
        self.past.setdefault(made.id, []).append(made.model)

    @rule(kernel=KERNELS, alias=ALIASES, model=MODELS, capability=CAPABILITIES, links=LINKS)
    def create(self, kernel: int, alias: str, model: str, capability: Capability, links: tuple[str, ...]) -> None:
        """Works where no profile has the alias; a connection of that name is in nobody's way."""
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
        """Another model, alias, order of connections; refused for a taken alias, and for a version that is not the stored one."""
        former = self.live[data.draw(st.sampled_from(sorted(self.live)))]
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
    @rule(kernel=KERNELS, data=st.data())
    def remove(self, kernel: int, data: st.DataObject) -> None:
        """Into the deleted ones, and it is nobody's default any more; a second time it is not there."""
        id = data.draw(st.sampled_from(sorted(self.live)))
        with self.kernels[kernel].change() as change:
            change.remove_profile(id)
        self.gone[id] = self.live.pop(id)
        self.defaults = {capability: each for capability, each in self.defaults.items() if each != id}
        with pytest.raises(ProfileNotFound), self.kernels[1 - kernel].change() as change:
            change.remove_profile(id)

    @precondition(lambda self: self.gone)
    @rule(kernel=KERNELS, data=st.data())
    def restore(self, kernel: int, data: st.DataObject) -> None:
        """As it was, but not as a default; unless its alias was given away."""
        id = data.draw(st.sampled_from(sorted(self.gone)))
        try:
            with self.kernels[kernel].change() as change:
                assert change.restore_profile(id) == self.gone[id]
        except ProfileExists:
            assert self.holder(self.gone[id].alias) is not None
        else:
            assert self.holder(self.gone[id].alias) is None
            self.live[id] = self.gone.pop(id)

    @precondition(lambda self: self.live)
    @rule(kernel=KERNELS, data=st.data(), capability=CAPABILITIES)
    def make_default(self, kernel: int, data: st.DataObject, capability: Capability) -> None:
        """Of its own capability only."""
        made = self.live[data.draw(st.sampled_from(sorted(self.live)))]
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
        """Also where there was none."""
        with self.kernels[kernel].change() as change:
            change.set_default(capability, None)
        self.defaults.pop(capability, None)

    @rule(kernel=KERNELS, number=st.sampled_from([1, 2, 3]))
    def take_a_connection_away_and_back(self, kernel: int, number: int) -> None:
        """The profiles that name it keep its id, and find it again."""
        with self.kernels[kernel].change() as change:
            change.remove(f"c-{number}")
        named = [each.alias for each in self.live.values() if f"c-{number}" in each.connections]
        assert [each.alias for each in self.kernels[1 - kernel].read().dependents(f"c-{number}")] == sorted(named)
        with self.kernels[1 - kernel].change() as change:
            change.restore(f"c-{number}")

    @rule(kernel=KERNELS, alias=ALIASES, model=MODELS, capability=CAPABILITIES, kind=FAULTS)
    def crash(self, kernel: int, alias: str, model: str, capability: Capability, kind: str) -> None:
        """A crash before the replacement leaves profiles and defaults as they were, one after it both as they were to be."""
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
            assert {each.id: each for each in snapshot.profiles} == self.live
            assert {each.profile.id: each.profile for each in snapshot.deleted_profiles} == self.gone
            assert dict(snapshot.defaults) == self.defaults
            for each in self.live.values():
                assert snapshot.profile(each.alias.upper()) == each
        for id, models in self.past.items():
            versions = self.kernels[0].history(id)
            assert [each.state.model for each in versions if isinstance(each.state, Profile)] == models[-50:]


def test_profiles_do_what_a_dictionary_does(record_figure: Record, thorough: bool) -> None:
    """Through random sequences of everything, by two kernels in turn."""
    ProfilesAgainstDictionary.steps = ProfilesAgainstDictionary.faults = 0
    run_state_machine_as_test(
        ProfilesAgainstDictionary,
        settings=settings(
            max_examples=100 if thorough else 15,
            stateful_step_count=40 if thorough else 20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            database=None,
        ),
    )
    record_figure("random operations on profiles checked against a dictionary", ProfilesAgainstDictionary.steps)
    record_figure("crashes and full disks among those", ProfilesAgainstDictionary.faults)
