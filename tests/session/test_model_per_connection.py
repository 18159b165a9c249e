"""The connections of a profile may have their own models: a fallback is asked for its own model and not for the first one's."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from aiconn_nb import InvalidProfile, Session
from aiconn_nb.store.storage import decode


@pytest.fixture
def two(session: Session) -> Session:
    """Return a session with two demo connections."""
    session.create("first", "demo", settings={"latency": 0.0})
    session.create("second", "demo", settings={"latency": 0.0})
    return session


def schema_of(session: Session) -> int:
    """Return the version of the layout of the store's file."""
    return decode(session._context.store.path.read_bytes())[0]


def test_each_connection_is_asked_for_its_own_model(two: Session) -> None:
    """The first ``=`` separates. A model's id may contain colons, slashes and more equals signs."""
    two.create_profile("writer", connections="first=demo-brief, second=vendor/demo:7b=q4")
    profile = two.profile("writer")
    assert [profile.model_for(id) for id in profile.connections] == ["demo-brief", "vendor/demo:7b=q4"]
    assert profile.model == ""
    assert two.ask("hello", profile="writer").model == "demo-brief"


def test_a_fallback_is_asked_for_its_own_model(two: Session) -> None:
    """It was once asked for the first one's model."""
    two.create_profile("writer", connections="first=demo-down,second=demo-brief")
    two.disable("first")
    reply = two.ask("hello", profile="writer")
    assert (reply.connection, reply.model) == ("second", "demo-brief")


def test_a_model_for_all_holds_for_those_without_their_own(two: Session) -> None:
    """The ``--model`` of a call holds for each of them."""
    two.create_profile("writer", connections=["first", "second=demo-brief"], model="demo-chat")
    profile = two.profile("writer")
    assert [profile.model_for(id) for id in profile.connections] == ["demo-chat", "demo-brief"]
    two.disable("first")
    assert two.ask("hello", profile="writer", model="demo-chat").model == "demo-chat"


@pytest.mark.parametrize(("connections", "is_named"), [("first,second", False), ("first=demo-chat,second", True)])
def test_a_connection_without_any_model_is_named(connections: str, is_named: bool, two: Session) -> None:
    """It is named if others have a model. Nothing is saved."""
    with pytest.raises(InvalidProfile) as raised:
        two.create_profile("writer", connections=connections)
    assert raised.value.problems.keys() == {"model"}
    assert ("second" in raised.value.problems["model"]) is is_named
    assert two.profile_aliases() == []


def test_an_edit_keeps_changes_and_takes_away(two: Session) -> None:
    """``A`` keeps its model, ``A=M`` changes it, and ``A=`` leaves it to the model for all."""
    two.create_profile("writer", connections="first=one,second=two", model="all")

    def models() -> list[str]:
        profile = two.profile("writer")
        return [profile.model_for(id) for id in profile.connections]

    two.edit_profile("writer", connections="second,first")
    assert models() == ["two", "one"]
    two.edit_profile("writer", connections="second=three,first=")
    assert models() == ["three", "all"]
    two.edit_profile("writer", connections="first")
    two.edit_profile("writer", connections="first,second")
    assert models() == ["all", "all"]


def test_a_key_in_the_place_of_a_model_is_refused(two: Session) -> None:
    """A profile is not kept secret, and the error does not repeat the key."""
    key = "sk-proj-canary0123456789canary0123456789"
    with pytest.raises(InvalidProfile) as raised:
        two.create_profile("writer", connections=f"first={key}")
    assert key not in str(raised.value)


def test_history_and_rollback_know_them(two: Session) -> None:
    """They are a part of what a version says about the connections."""
    two.create_profile("writer", connections="first=one", model="all")
    two.edit_profile("writer", connections="first=two")
    (change,) = two.diff_profile("writer")
    assert (change.field, change.before, change.after) == ("connections", "first=one", "first=two")
    two.rollback_profile("writer", 1)
    profile = two.profile("writer")
    assert profile.model_for(profile.connections[0]) == "one"


def test_a_copy_has_them(two: Session) -> None:
    """A copy has everything else, too."""
    two.create_profile("writer", connections="first=one")
    two.duplicate_profile("writer", "copy")
    copy = two.profile("copy")
    assert copy.model_for(copy.connections[0]) == "one"


def test_a_bundle_has_them(two: Session, tmp_path: Path) -> None:
    """They appear by alias. A bundle of profiles without them is one that 0.1.0 can import."""
    two.create_profile("plain", connections="first", model="all")
    two.create_profile("writer", connections="first=one,second", model="all")
    file = tmp_path / "bundle.json"
    file.write_text(two.export("first", "second").content, encoding="utf-8")
    documents = {each["alias"]: each for each in json.loads(file.read_text())["profiles"]}
    assert documents["writer"]["models"] == {"first": "one"}
    assert "models" not in documents["plain"]
    other = Session(home=tmp_path / "other", config_home=tmp_path / "keys")
    other.import_bundle(file, yes=True)
    profile = other.profile("writer")
    assert [profile.model_for(id) for id in profile.connections] == ["one", "all"]
    assert {row.state for row in two.plan_import(file).rows} == {"same"}


def test_a_store_stays_readable_for_0_1_0_until_it_has_them(two: Session) -> None:
    """The earlier file is then kept as a copy, and an older release refuses the new one instead of damaging it."""
    two.create_profile("plain", connections="first", model="all")
    assert schema_of(two) == 1
    before = two._context.store.path.read_bytes()
    two.create_profile("writer", connections="first=one")
    assert schema_of(two) == 2
    (copy,) = two._context.home.glob("connections.schema-1-*.json")
    assert copy.read_bytes() == before
    two.delete_profile("writer")
    assert schema_of(two) == 2


def test_a_store_of_0_1_0_is_read_and_written(two: Session, tmp_path: Path) -> None:
    """Its profiles have no models."""
    two.create_profile("plain", connections="first", model="all")
    home = tmp_path / "copied"
    shutil.copytree(two._context.home, home)
    other = Session(home=home, config_home=two._context.config_home)
    other.edit_profile("plain", connections="first=one")
    assert other.profiles()[0].models == {"first": "one"}


def test_they_are_found_and_shown(two: Session) -> None:
    """They appear in the list and in the data, and the filter finds them."""
    two.create_profile("writer", connections="first=one,second", model="all")
    (row,) = two.profiles("ONE")
    assert (row.model, row.data()["models"]) == ("one, all", {"first": "one"})
    assert "all, first=one" in str(two.show_profile("writer"))
