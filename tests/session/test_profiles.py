"""A profile accepts only valid values, keeps its former states, and is shown in full."""

from __future__ import annotations

import json
import math
from contextlib import suppress
from threading import Event
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import aiconn_nb
from aiconn_nb import InvalidProfile, Profile, ProfileChanged, ProfileExists, ProfileNotFound, Session
from aiconn_nb.errors import FailureKind, Missing, NoCapability, NoProfileVersion, Outcome
from aiconn_nb.features.profiles import seen_models
from aiconn_nb.features.profiles.options import OPTIONS, merged
from aiconn_nb.model.nearest import meant
from aiconn_nb.model.profile import Capability
from aiconn_nb.providers.base import Model
from aiconn_nb.providers.plug_ins.fake import FakeProvider, registry_of
from aiconn_nb.session.checked import Known, Listed

CANARY = "sk-canary00112233"


@pytest.fixture
def session(session: Session) -> Session:
    """Return a session with three connections, one of which cannot embed."""
    session.create("a", "demo")
    session.create("b", "demo")
    session.create("claude", "anthropic", settings={"api_key": "$Anthropic:ApiKey"})
    return session


def problems(call: Any) -> dict[str, str]:
    """Return the problems of what a call tries to save, by field."""
    with pytest.raises(InvalidProfile) as raised:
        call()
    assert raised.value.outcome is Outcome.NOT_SAVED
    return raised.value.problems


# ---- what is kept -----------------------------------------------------------------------------------------------------


def test_a_profile_keeps_connections_in_order_a_model_and_options(session: Session) -> None:
    """The profile keeps their ids, so it follows a rename."""
    session.create_profile(
        "writer",
        connections=["b", "a"],
        model="demo-chat",
        temperature=0.3,
        max_tokens=200,
        system="Be brief.",
        tags=["x"],
    )
    made = session.profile("WRITER")
    assert made.connections == (session.get("b").id, session.get("a").id)
    assert (made.name, made.capability, made.model, made.tags) == ("writer", Capability.CHAT, "demo-chat", ("x",))
    assert dict(made.options) == {"temperature": 0.3, "max_tokens": 200, "system": "Be brief."}
    session.rename("b", "main")
    assert [link.alias for link in session.profiles()[0].connections] == ["main", "a"]


def test_connections_may_be_named_in_one_text(session: Session) -> None:
    """Commas separate them, as on the command line, and case does not matter."""
    session.create_profile("writer", connections=" b , A,", model="m")
    assert session.profile("writer").connections == (session.get("b").id, session.get("a").id)


def test_options_that_are_left_empty_are_not_stored(session: Session) -> None:
    """None and blank text are empty, also for an option of another capability. Zero is not empty."""
    session.create_profile(
        "writer", connections="a", model="m", temperature=0, max_tokens="", system="  ", dimensions=""
    )
    assert dict(session.profile("writer").options) == {"temperature": 0}


def test_numbers_may_come_as_text(session: Session) -> None:
    """A form and a command line give numbers as text."""
    session.create_profile("writer", connections="a", model="m", temperature="0.5", max_tokens="10")
    assert dict(session.profile("writer").options) == {"temperature": 0.5, "max_tokens": 10}


def test_an_edit_changes_what_is_named(session: Session) -> None:
    """An option of None is removed. Tags and connections are replaced as a whole."""
    session.create_profile("writer", connections="a,b", model="m", temperature=1, max_tokens=5, tags="x,y")
    session.edit_profile("writer", model="n", options={"temperature": None, "system": "S"})
    made = session.profile("writer")
    assert (made.model, dict(made.options), made.tags) == ("n", {"max_tokens": 5, "system": "S"}, ("x", "y"))
    session.edit_profile("writer", new_alias="author", name="The author", connections=["b"], tags=())
    made = session.profile("author")
    assert (made.name, made.connections, made.tags) == ("The author", (session.get("b").id,), ())


def test_a_profile_that_lost_a_connection_can_still_be_edited(session: Session) -> None:
    """What the edit does not name stays, including the lost connection."""
    session.create_profile("writer", connections="a,b", model="m")
    session.delete("b", force=True)
    session.edit_profile("writer", model="n")
    assert len(session.profile("writer").connections) == 2


# ---- what may not be --------------------------------------------------------------------------------------------------


def test_everything_that_is_wrong_is_said_at_once_by_field(session: Session) -> None:
    """Nothing is saved."""
    found = problems(
        lambda: session.create_profile(
            "My Writer", connections=["a", "bb", "a"], model=" ", temperature=2.1, max_tokens=0, dimensions=3
        )
    )
    assert found.keys() == {"alias", "connections", "model", "temperature", "max_tokens", "dimensions"}
    assert ("my-writer" in found["alias"], "'bb'" in found["connections"], "'b'" in found["connections"]) == (
        True,
        True,
        True,
    )
    assert session.profile_aliases() == []


@pytest.mark.parametrize("connections", [(), "", " , ", [""]])
def test_at_least_one_connection_is_needed(session: Session, connections: Any) -> None:
    """An edit cannot remove the last one either."""
    assert problems(lambda: session.create_profile("w", connections=connections, model="m")).keys() == {"connections"}
    session.create_profile("writer", connections="a", model="m")
    assert problems(lambda: session.edit_profile("writer", connections=connections)).keys() == {"connections"}


def test_a_connection_must_be_able_to_do_it(session: Session) -> None:
    """Anthropic has no embeddings."""
    found = problems(lambda: session.create_profile("v", connections="a,claude", model="m", capability="embedding"))
    assert found.keys() == {"connections"}
    assert found["connections"].startswith("claude ")


def test_the_capability_never_changes(session: Session) -> None:
    """Its own capability is no change, and a mistyped one gets the nearest."""
    session.create_profile("writer", connections="a", model="m")
    found = problems(lambda: session.edit_profile("writer", capability="embedding"))
    assert found.keys() == {"capability"}
    session.edit_profile("writer", capability="chat", name="Same")
    with pytest.raises(NoCapability) as raised:
        session.create_profile("x", connections="a", model="m", capability="chta")
    assert raised.value.nearest == "chat"


def test_an_unknown_option_is_refused_with_the_nearest(session: Session) -> None:
    """This holds even if the option is to be removed."""
    session.create_profile("writer", connections="a", model="m")
    found = problems(lambda: session.edit_profile("writer", options={"temprature": None, "zzz": 1}))
    assert found.keys() == {"temprature", "zzz"}
    assert ("'temperature'" in found["temprature"], "temperature, max_tokens, system" in found["zzz"]) == (True, True)


@pytest.mark.parametrize("field", ["model", "name", "system", "tags"])
def test_a_key_in_a_profile_is_refused_and_not_repeated(session: Session, field: str) -> None:
    """A profile is stored and shown in the clear."""
    given: dict[str, Any] = {"connections": "a", "model": "m", field: f"use {CANARY}"}
    with pytest.raises(InvalidProfile) as raised:
        session.create_profile("writer", **given)
    assert "looks like a key" in raised.value.problems[field]
    assert CANARY not in str(raised.value)


def test_tags_are_few_and_short(session: Session) -> None:
    """Duplicates and blank tags are dropped."""
    session.create_profile("writer", connections="a", model="m", tags=[" x ", "x", "", "y"])
    assert session.profile("writer").tags == ("x", "y")
    many = [str(number) for number in range(21)]
    assert problems(lambda: session.edit_profile("writer", tags=many)) == {"tags": "are 21, at most 20 are allowed"}
    assert "tags" in problems(lambda: session.edit_profile("writer", tags=["x" * 51]))
    assert "tags" in problems(lambda: session.edit_profile("writer", tags=["a\x07"]))


def test_an_alias_is_taken_once(session: Session) -> None:
    """A connection may have the same alias, and the answer says which one is meant."""
    made = session.create_profile("a", connections="a", model="m", default=True)
    assert made.notes == ("A connection has the same alias: where both are possible, the profile is used.",)
    with pytest.raises(ProfileExists):
        session.create_profile("a", connections="b", model="m")
    session.create_profile("c", connections="b", model="m")
    with pytest.raises(ProfileExists):
        session.rename_profile("c", "a")


def test_a_change_by_somebody_else_is_not_overwritten(session: Session) -> None:
    """The version is the one that was read."""
    session.create_profile("writer", connections="a", model="m")
    session.edit_profile("writer", model="theirs")
    with pytest.raises(ProfileChanged):
        session.edit_profile("writer", model="mine", expected_version=1)
    assert session.profile("writer").model == "theirs"


@given(value=st.one_of(st.floats(0, 2), st.integers(0, 2)))
def test_a_temperature_within_the_range_is_taken(value: float) -> None:
    """The range holds for a number and for its text."""
    wrong: dict[str, str] = {}
    assert merged(Capability.CHAT, {}, {"temperature": value}, wrong) == {"temperature": value}
    assert merged(Capability.CHAT, {}, {"temperature": repr(value)}, wrong) == {"temperature": value}
    assert wrong == {}


@given(value=st.one_of(st.floats().filter(lambda x: not 0 <= x <= 2), st.integers().filter(lambda x: not 0 <= x <= 2)))
def test_a_temperature_beyond_it_is_refused_with_the_range(value: float) -> None:
    """Not-a-number and infinity are refused as well, and the value is not repeated."""
    for given_value in (value, repr(value)):
        wrong: dict[str, str] = {}
        merged(Capability.CHAT, {}, {"temperature": given_value}, wrong)
        assert wrong.keys() == {"temperature"}
        assert {"0", "2"} <= set(wrong["temperature"].split())


@given(value=st.integers(1, 2**31 - 1), option=st.sampled_from(["max_tokens", "dimensions"]))
def test_a_count_is_a_whole_number_from_one(value: int, option: str) -> None:
    """A whole number may be written as a float."""
    capability = Capability.CHAT if option == "max_tokens" else Capability.EMBEDDING
    wrong: dict[str, str] = {}
    assert merged(capability, {}, {option: value}, wrong) == {option: value}
    assert merged(capability, {}, {option: str(value)}, wrong) == {option: value}
    assert merged(capability, {}, {option: float(value)}, wrong) == {option: value}
    assert wrong == {}


@given(
    value=st.one_of(
        st.integers(max_value=0),
        st.integers(min_value=2**31),
        st.floats().filter(lambda x: not math.isfinite(x) or x != int(x)),
        st.booleans(),
        st.just("ten"),
        st.just("9" * 5000),
        st.just([1]),
        st.just(b"1"),
    ),
    option=st.sampled_from(["max_tokens", "dimensions"]),
)
def test_any_other_count_is_refused_with_the_range(value: Any, option: str) -> None:
    """This holds for any type."""
    capability = Capability.CHAT if option == "max_tokens" else Capability.EMBEDDING
    wrong: dict[str, str] = {}
    merged(capability, {}, {option: value}, wrong)
    assert wrong.keys() == {option}
    assert {"1", "2147483647"} <= set(wrong[option].split())


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(
    given_options=st.dictionaries(
        st.sampled_from(["temperature", "max_tokens", "system", "dimensions", "other"]),
        st.one_of(st.none(), st.text(max_size=8), st.floats(), st.integers(), st.booleans()),
        max_size=4,
    ),
    alias=st.one_of(st.just("p"), st.text(max_size=6)),
    model=st.text(max_size=8),
    tags=st.lists(st.text(max_size=5), max_size=3),
)
def test_whatever_is_given_is_saved_and_read_back_or_refused(
    session: Session, given_options: dict[str, Any], alias: str, model: str, tags: list[str]
) -> None:
    """Only our errors are raised, and a second session reads the same."""
    with suppress(ProfileExists):
        session.create_profile("base", connections="a", model="m")
    try:
        made = session.edit_profile("base", new_alias=alias, model=model, options=given_options, tags=tags).profile
    except InvalidProfile:
        return
    assert Session().profile(alias) == made
    json.dumps(session.show_profile(alias).data())
    session.delete_profile(alias)


# ---- copies, deletion, defaults ---------------------------------------------------------------------------------------


def test_a_copy_has_everything_but_the_alias(session: Session) -> None:
    """Without a given alias, it gets a free one. It is not the default."""
    session.create_profile("writer", connections="a,b", model="m", temperature=1, tags="x", default=True)
    copy = session.duplicate_profile("writer").profile
    former = session.profile("writer")
    assert (copy.alias, copy.name) == ("writer-copy", "writer (copy)")
    assert (copy.connections, copy.model, copy.options, copy.tags) == (
        former.connections,
        former.model,
        former.options,
        former.tags,
    )
    assert session.duplicate_profile("writer").alias == "writer-copy-2"
    assert session.duplicate_profile("writer", "other", name="Other").profile.name == "Other"
    assert [row.alias for row in session.profiles() if row.default] == ["writer"]


def test_a_profile_is_never_the_default_unsaid(session: Session) -> None:
    """The answer says that there is no default, and how to set one."""
    made = session.create_profile("writer", connections="a", model="m")
    assert made.notes == (
        "There is no default for chat yet: '%aiconn profile default writer' makes this one the default.",
    )
    assert [(row.capability, row.alias) for row in session.default_profile()] == [  # type: ignore[union-attr]
        (Capability.CHAT, ""),
        (Capability.EMBEDDING, ""),
    ]
    assert session.default_profile("writer").verb == "is the default for chat"  # type: ignore[union-attr]
    assert session.create_profile("other", connections="a", model="m").notes == ()
    assert session.default_profile("other").verb == "is the default for chat instead of writer"  # type: ignore[union-attr]
    session.create_profile("vectors", connections="a", model="m", capability="embedding", default=True)
    assert session.default_profile().data() == {"chat": "other", "embedding": "vectors"}
    assert session.default_profile(capability="chat").data() == {"chat": "other"}


def test_a_default_stays_through_a_rename_and_ends_with_a_deletion(session: Session) -> None:
    """The deletion warns, and a restored profile is no default."""
    session.create_profile("writer", connections="a", model="m", default=True)
    session.rename_profile("writer", "author")
    assert session.profiles()[0].default
    done = session.delete_profile("author")
    assert (done.aliases, len(done.warnings)) == (("author",), 1)
    assert "author" in done.warnings[0]
    assert not session.undelete_profile("author").row.default
    session.default_profile("author")
    assert "author" in session.no_default_profile().what
    assert session.default_alias() == ""
    assert "author" not in session.no_default_profile().what


def test_a_default_is_of_its_own_capability(session: Session) -> None:
    """Otherwise the call is refused, and nothing changes."""
    session.create_profile("writer", connections="a", model="m")
    assert "capability" in problems(lambda: session.default_profile("writer", "embedding"))


def test_several_are_deleted_all_or_none_and_come_back(session: Session) -> None:
    """The hint for a deleted profile names the command."""
    session.create_profile("one", connections="a", model="m")
    session.create_profile("two", connections="a", model="m")
    with pytest.raises(ProfileNotFound) as raised:
        session.delete_profile("one", "tow")
    assert raised.value.nearest == "two"
    assert session.profile_aliases() == ["one", "two"]
    session.delete_profile("one", "two")
    with pytest.raises(ProfileNotFound) as raised:
        session.profile("one")
    assert raised.value.is_deleted
    assert "%aiconn profile undelete one" in raised.value.hint
    assert session.deleted_profile_aliases() == ["one", "two"]
    session.undelete_profile("one")
    with pytest.raises(ProfileNotFound) as raised:
        session.undelete_profile("tow")
    assert (raised.value.alias, raised.value.why, raised.value.nearest) == ("tow", Missing.FORGOTTEN, "two")


# ---- versions ---------------------------------------------------------------------------------------------------------


def test_every_save_keeps_the_former_state_and_there_is_a_way_back(session: Session) -> None:
    """Connections appear by their present alias, and a rollback is a new version."""
    session.create_profile("writer", connections="a", model="m")
    session.edit_profile("writer", connections="b,a", options={"temperature": 0.5})
    session.edit_profile("writer", model="n", options={"system": "S" * 100}, tags="x")
    session.rename("b", "main")
    rows = session.history_profile("writer")
    assert [[(c.field, c.before, c.after) for c in row.changes] for row in rows] == [
        [("model", "m", "n"), ("system", "not set", "S" * 100), ("tags", "none", "x")],
        [("connections", "a", "main, a"), ("temperature", "not set", "0.5")],
        [],
    ]
    assert "S" * 79 + "…" in rows._repr_mimebundle_()["text/html"]
    assert [change.field for change in session.diff_profile("writer")] == ["model", "system", "tags"]
    assert [change.field for change in session.diff_profile("writer", 1, 2)] == ["connections", "temperature"]
    back = session.rollback_profile("writer", 1)
    assert (back.profile.version, back.profile.connections, dict(back.profile.options)) == (
        4,
        (session.get("a").id,),
        {},
    )
    with pytest.raises(NoProfileVersion) as raised:
        session.rollback_profile("writer", 9)
    assert (raised.value.version, raised.value.oldest, raised.value.newest) == (9, 1, 4)


# ---- the model --------------------------------------------------------------------------------------------------------


@pytest.fixture
def fake() -> FakeProvider:
    """Return a provider that records its calls."""
    return FakeProvider()


@pytest.fixture
def asking(fake: FakeProvider) -> Session:
    """Return a session that knows only the fake provider."""
    session = Session(registry=registry_of(fake))
    session.create("a", "fake", settings={"api_key": "made-up-key"})
    return session


def asked(fake: FakeProvider) -> int:
    """Return how often the list of models was requested."""
    return [call.verb for call in fake.calls].count("models")


def test_a_model_that_is_not_listed_is_saved_with_a_warning(asking: Session) -> None:
    """Deployments and new models are in no list."""
    made = asking.create_profile("w", connections="a", model="fake-chta", check_model=True)
    assert made.warnings == (f"model: a does not list the model fake-chta. {meant('fake-chat')}",)
    assert asking.profile("w").model == "fake-chta"
    made = asking.edit_profile("w", model="fake-embedding", check_model=True)
    assert made.warnings == ("model: a lists the model fake-embedding, but not for chat.",)
    assert asking.edit_profile("w", model="fake-chat", check_model=True).warnings == ()


def test_the_list_is_asked_for_only_where_it_is_wanted_and_needed(asking: Session, fake: FakeProvider) -> None:
    """A list with the model is not requested again, and without the flag no provider is called."""
    asking.create_profile("w", connections="a", model="fake-chta")
    assert asked(fake) == 0
    asking.edit_profile("w", model="fake-chat", check_model=True)
    asking.edit_profile("w", model="fake-chat", check_model=True)
    asking.edit_profile("w", name="Other", check_model=True)
    assert asked(fake) == 1
    assert asking.edit_profile("w", model="nowhere").warnings == ("model: a does not list the model nowhere.",)


@pytest.mark.parametrize("failure", [{"models": FailureKind.AUTHENTICATION}, {"client": FailureKind.BAD_REQUEST}])
def test_a_list_that_cannot_be_had_is_no_error_and_no_warning(
    asking: Session, fake: FakeProvider, failure: dict[str, FailureKind]
) -> None:
    """The connection's own test says what is wrong with it."""
    fake.failures = failure
    assert asking.create_profile("w", connections="a", model="x", check_model=True).warnings == ()


def test_an_endpoint_without_a_list_says_nothing_of_a_model(asking: Session, fake: FakeProvider) -> None:
    """The same holds for an empty list and for a connection that cannot be asked."""
    fake.has_models = False
    assert asking.create_profile("w", connections="a", model="x", check_model=True).warnings == ()
    fake.has_models, fake.listed = True, ()
    assert asking.create_profile("v", connections="a", model="x", check_model=True).warnings == ()
    asking.disable("a")
    assert asking.create_profile("u", connections="a", model="x", check_model=True).warnings == ()


def test_a_provider_that_does_not_answer_does_not_hold_the_save_up(
    asking: Session, fake: FakeProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is asked with little patience, and abandoned when that is over."""
    never = Event()
    monkeypatch.setattr(seen_models, "PATIENCE", 0.01)
    monkeypatch.setattr(fake, "models", lambda client: [Model("other")] * never.wait(60))
    assert asking.create_profile("w", connections="a", model="x", check_model=True).warnings == ()
    never.set()


def test_ollama_lists_the_tag_that_a_bare_name_means() -> None:
    """The name ``llama3`` means ``llama3:latest``."""
    known = Known(listing={"llama3:latest": Listed()})
    assert known.listed_as("llama3") == Listed()
    assert known.listed_as("llama4") is None


# ---- showing ----------------------------------------------------------------------------------------------------------


def test_the_list_can_be_searched(session: Session) -> None:
    """The search covers alias, name, model, tag, connection and capability."""
    session.create_profile("writer", connections="a", model="big-model", tags="prose")
    session.create_profile("vectors", connections="b", model="small", capability="embedding", name="Search")
    for text, found in (("WRIT", "writer"), ("big", "writer"), ("prose", "writer"), ("search", "vectors")):
        assert [row.alias for row in session.profiles(text)] == [found]
    assert [row.alias for row in session.profiles(capability="embedding")] == ["vectors"]
    assert str(session.profiles("nothing")) == "No profile matches."


def test_the_empty_list_says_how_to_make_one(session: Session) -> None:
    """It does so in one line."""
    assert str(session.profiles()) == (
        "There are no profiles yet. Make one: %aiconn profile new ALIAS --connection A --model M"
    )


def test_a_profile_is_shown_with_everything(session: Session) -> None:
    """Text, Markdown, HTML and JSON show the same, and what others wrote is shown as text."""
    made = session.create_profile(
        "writer", connections="a,b", model="<b>m</b>", temperature=0.5, tags="x", default=True, name="W"
    )
    session.disable("b")
    shown = session.show_profile("writer")
    lines = [line.split(maxsplit=1) for line in str(shown).splitlines()[1:]]
    assert str(shown).splitlines()[0] == "writer · W"
    assert dict(line for line in lines if line[0] != "modified") == {
        "capability": "chat",
        "connections": "a → b (inactive)",
        "model": "<b>m</b>",
        "Temperature": "0.5",
        "tags": "x",
        "health": "a would answer; not checked: a",
        "default": "for chat",
    }
    assert "<b>" not in shown._repr_mimebundle_()["text/html"]
    assert shown.data() == {
        "id": made.profile.id,
        "alias": "writer",
        "name": "W",
        "capability": "chat",
        "connections": [
            {"alias": "a", "state": "not checked", "model": "<b>m</b>", "checked": None, "shutdown": None},
            {"alias": "b", "state": "inactive", "model": "<b>m</b>", "checked": None, "shutdown": None},
        ],
        "model": "<b>m</b>",
        "models": {},
        "options": {"temperature": 0.5},
        "tags": ["x"],
        "default": True,
        "health": {
            "kind": "not checked",
            "words": "a would answer; not checked: a",
            "answers": "a",
            "checked": None,
        },
        "version": 1,
        "modified": shown.data()["modified"],
        "caps": [],
        "created": shown.data()["created"],
        "warnings": [],
    }


def test_the_list_of_connections_names_the_profiles(session: Session) -> None:
    """The column appears only if there are profiles."""
    assert "profiles" not in str(session.connections())
    session.create_profile("writer", connections="a,b", model="m")
    session.create_profile("brief", connections="a", model="m")
    assert {row.alias: row.profiles for row in session.connections()} == {
        "a": ("brief", "writer"),
        "b": ("writer",),
        "claude": (),
    }
    assert "brief, writer" in str(session.connections())
    assert session.show("b").profiles == ("writer",)


def test_every_option_has_words_for_a_form() -> None:
    """Each option has a label, help and a range; the oldest ones come first."""
    found = [(option.key, option.range) for option in OPTIONS[Capability.CHAT]]
    assert found[:3] == [
        ("temperature", "a number from 0 to 2"),
        ("max_tokens", "a whole number from 1 to 2147483647"),
        ("system", "text of at most 100000 characters"),
    ]
    assert set(found) >= {
        ("stop", "text of at most 1000 characters"),
        ("seed", "a whole number to 2147483647"),
        ("reasoning_effort", "one of low, medium, high"),
        ("service_tier", "text"),
    }
    assert all(option.label and option.help for options in OPTIONS.values() for option in options)


def test_the_module_has_the_same_verbs(monkeypatch: pytest.MonkeyPatch, session: Session) -> None:
    """They use the kernel's own session."""
    monkeypatch.setattr("aiconn_nb.verbs.kernel_session", lambda: session)
    aiconn_nb.create_profile("writer", connections="a", model="m", temperature=1)
    aiconn_nb.edit_profile("writer", options={"temperature": None}, name="W")
    assert isinstance(aiconn_nb.profile("writer"), Profile)
    assert [(row.alias, row.name) for row in aiconn_nb.profiles(capability="chat")] == [("writer", "W")]
    aiconn_nb.default_profile("writer")
    assert aiconn_nb.default_profile().data() == {"chat": "writer", "embedding": None}
    aiconn_nb.delete_profile("writer")
    assert len(aiconn_nb.profiles()) == 0


@pytest.mark.parametrize("given", [{"model": "$Gateway:Model"}, {"connections": "a=$Gateway:Model", "model": "m"}])
def test_a_reference_in_the_place_of_a_model_is_refused(session: Session, given: dict[str, str]) -> None:
    """Only settings of connections have references. Here a reference would be sent as a model's name."""
    session.create("a", "demo")
    with pytest.raises(InvalidProfile) as raised:
        session.create_profile("p", **{"connections": "a", **given})
    (problem,) = raised.value.problems.values()
    assert "takes no reference" in problem
    assert len(session.profiles()) == 0
