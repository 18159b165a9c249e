"""Profiles, defaults and trust."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from aiconn_nb.errors import InvalidProfile, ProfileChanged, ProfileExists, ProfileNotFound
from aiconn_nb.model.connection import Connection
from aiconn_nb.model.profile import Capability, Profile
from aiconn_nb.store.store import Store

Make = Callable[..., Connection]
MakeProfile = Callable[..., Profile]


def test_a_profile_is_stored_with_all_its_fields(store: Store, make_profile: MakeProfile) -> None:
    """Another store reads the options and tags, too."""
    made = make_profile(
        connections=("id-1", "id-2"),
        options={"temperature": 0.2, "max_tokens": 5, "system": "Be brief"},
        tags=("a", "b"),
    )
    assert Store(store.home).read().profiles == (made,)
    assert store.read().profile("WRITER") == made
    assert store.read().profile_by_id(made.id) == made


def test_a_profile_has_versions_and_the_errors_of_its_own(store: Store, make_profile: MakeProfile) -> None:
    """The errors of a missing, a taken, a stale alias and of another capability are those of profiles."""
    made, other = make_profile("a"), make_profile("b")
    with store.change() as change:
        saved = change.put_profile(replace(made, options={"temperature": 1}))
    assert saved.version == 2
    assert [version.state for version in store.history(made.id)] == [made, saved]
    with pytest.raises(ProfileExists), store.change() as change:
        change.put_profile(replace(other, alias="a"))
    with pytest.raises(ProfileChanged), store.change() as change:
        change.put_profile(replace(made, model="x"), expected_version=1)
    with pytest.raises(InvalidProfile) as refused, store.change() as change:
        change.put_profile(replace(saved, capability=Capability.EMBEDDING))
    assert refused.value.problems.keys() == {"capability"}
    with pytest.raises(ProfileNotFound) as raised:
        store.read().profile("aa")
    assert raised.value.nearest == "a"


def test_a_profile_and_a_connection_may_share_an_alias(make: Make, make_profile: MakeProfile) -> None:
    """They are different kinds of entities."""
    assert make("same").alias == make_profile("same").alias


def test_a_profile_breaks_without_the_last_of_its_connections(
    store: Store, make: Make, make_profile: MakeProfile
) -> None:
    """A profile with another connection is not listed, and neither is one that was broken before."""
    a, b, c = (make(alias) for alias in "abc")
    for alias, ids in {"alone": (a.id,), "both": (a.id, b.id), "other": (c.id,), "gone": ("no-such-id",)}.items():
        make_profile(alias, connections=ids)
    snapshot = store.read()
    assert [each.alias for each in snapshot.broken_without([a.id])] == ["alone"]
    assert [each.alias for each in snapshot.broken_without([a.id, b.id])] == ["alone", "both"]
    assert [each.alias for each in snapshot.broken_without([b.id])] == []


def test_dependents_are_named_whether_first_or_fallback(store: Store, make: Make, make_profile: MakeProfile) -> None:
    """They are sorted by alias. Deleting the connection does not change them."""
    a, b = make("a"), make("b")
    second, first = make_profile("second", connections=(b.id, a.id)), make_profile("first", connections=(a.id,))
    make_profile("other", connections=(b.id,))
    assert store.read().dependents(a.id) == (first, second)
    with store.change() as change:
        change.remove(a.id)
    assert store.read().dependents(a.id) == (first, second)


def test_there_is_one_default_profile_per_capability(store: Store, make_profile: MakeProfile) -> None:
    """The last one set is the default, and the file keeps it. None removes the default."""
    one, two = make_profile("one"), make_profile("two")
    embedder = make_profile("embedder", capability=Capability.EMBEDDING)
    with store.change() as change:
        change.set_default(Capability.CHAT, one.id)
        change.set_default(Capability.CHAT, two.id)
        change.set_default(Capability.EMBEDDING, embedder.id)
        assert change.defaults[Capability.CHAT] == two.id
    assert Store(store.home).read().defaults == {Capability.CHAT: two.id, Capability.EMBEDDING: embedder.id}
    with store.change() as change:
        change.set_default(Capability.CHAT, None)
    assert Store(store.home).read().defaults == {Capability.EMBEDDING: embedder.id}


def test_a_default_must_be_a_profile_of_that_capability(store: Store, make_profile: MakeProfile) -> None:
    """Any other profile is refused."""
    chat = make_profile()
    with pytest.raises(InvalidProfile) as raised, store.change() as change:
        change.set_default(Capability.EMBEDDING, chat.id)
    assert raised.value.problems.keys() == {"capability"}
    with pytest.raises(ProfileNotFound), store.change() as change:
        change.set_default(Capability.CHAT, "nobody")


def test_a_deleted_profile_is_nobodys_default_and_comes_back(store: Store, make_profile: MakeProfile) -> None:
    """A restored profile is as it was, but not the default."""
    made = make_profile()
    with store.change() as change:
        change.set_default(Capability.CHAT, made.id)
    with store.change() as change:
        change.remove_profile(made.id)
    assert Store(store.home).read().defaults == {}
    assert [gone.state for gone in store.read().deleted_profiles] == [made]
    assert store.read().deleted == ()
    with store.change() as change:
        assert change.restore_profile(made.id) == made
    assert Store(store.home).read().profiles == (made,)
    assert Store(store.home).read().defaults == {}


def test_what_is_trusted_is_remembered_as_a_pair(store: Store) -> None:
    """The pair has a reference or a sealed field, and the host. It is stored once, however often it is trusted."""
    with store.change() as change:
        change.trust(("$OpenAI:ApiKey", "api.openai.com"))
        change.trust(("$OpenAI:ApiKey", "api.openai.com"))
        assert change.trusted() == {("$OpenAI:ApiKey", "api.openai.com")}
    with store.change() as change:
        change.trust(("sealed api_key", "localhost:8000"))
    assert Store(store.home).read().trusted() == {
        ("$OpenAI:ApiKey", "api.openai.com"),
        ("sealed api_key", "localhost:8000"),
    }
