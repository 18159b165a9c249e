"""A bundle to share contains everything that may go into it, and never a key."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest

from aiconn_nb import BundleError, ConnectionNotFound, Secret, Session
from aiconn_nb.errors import BundleNotWritten, BundleTooLarge
from aiconn_nb.model.connection import Connection
from aiconn_nb.providers.plug_ins.fake import FakeProvider, registry_of

from .bundles import GATEWAY, new_session

CANARY = "canary-4e1d-key"


@pytest.fixture
def session() -> Session:
    """Return a session that knows only the fake provider."""
    return new_session()


def test_references_and_what_is_not_sensitive_go_into_it(session: Session) -> None:
    """The bundle also lists the keys that the receiver needs, with the fields that need them."""
    session.create("a", "fake", name="Team", settings={"api_key": "$Team:Key", "region": "$$north", "retries": 3})
    session.create("b", "fake", settings={"api_key": "$TEAM:KEY", "endpoint": GATEWAY}, active=False)
    assert session.export().data() == {
        "aiconn_bundle": 1,
        "connections": [
            {
                "alias": "a",
                "name": "Team",
                "provider": "fake",
                "active": True,
                "settings": {"api_key": "$Team:Key", "region": "$$north", "retries": 3},
            },
            {
                "alias": "b",
                "name": "b",
                "provider": "fake",
                "active": False,
                "settings": {"api_key": "$TEAM:KEY", "endpoint": GATEWAY},
            },
        ],
        "keys": [{"key": "Team:Key", "needed_by": ["a.api_key", "b.api_key"]}],
    }


def test_headers_go_into_it(work: Path, tmp_path: Path) -> None:
    """All lines of the headers can be imported again, and the bundle lists the keys that the receiver must supply for them."""
    session = Session()
    session.create("a", "ollama", settings={"headers": "X-Team: $Team:Token\nX-Kind: plain"})
    bundle = session.export(to="headers.json")
    assert bundle.left_out == ()
    assert bundle.data()["keys"] == [{"key": "Team:Token", "needed_by": ["a.headers X-Team"]}]
    other = Session(home=tmp_path / "other", config_home=tmp_path / "keys")
    other.import_bundle("headers.json", yes=True)
    assert other.get("a").settings == session.get("a").settings


def test_a_sealed_or_resolved_value_never_does(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """The field is listed as to be supplied. No id, user or time of this machine is included either."""
    monkeypatch.setenv("Team__Key", CANARY)
    session.create("a", "fake", settings={"api_key": CANARY})
    session.create("b", "fake", settings={"api_key": "$Team:Key", "region": "$Team:Other"})
    session.set_secret("Team:Other", Secret(CANARY))
    bundle = session.export()
    made = session.get("a")
    token = made.settings["api_key"].token  # type: ignore[union-attr]
    for text in (bundle.text, str(bundle), *bundle._repr_mimebundle_().values()):
        for forbidden in (CANARY, token, made.id, made.modified_by, "sealed:"):
            assert forbidden not in text
    assert bundle.data()["connections"][0]["to_be_supplied"] == ["api_key"]
    assert bundle.left_out == ("a.api_key is sealed.",)


@pytest.mark.parametrize(
    "value",
    [
        "https://user:pass@gateway.example",
        "https://gateway.example?api-key=x1",
        "https://gateway.example/v1?x=1&Signature=abc",
        "https://gateway.example/#access_token=abc",
        "https://gateway.example/sk-abcdefghijkl",
        f"https://gateway.example/{CANARY}",
        f"https://gateway.example/{CANARY.replace('-', '%2D')}",
    ],
)
def test_a_literal_that_has_a_key_in_it_is_left_out_and_said(session: Session, value: str) -> None:
    """The key is recognised by its shape, by its place in a URL, or because this machine knows it."""
    session.set_secret("Known:Key", Secret(CANARY))
    with session._context.store.change() as change:  # an older release or another program may have left it
        change.put(Connection(alias="a", name="a", provider="fake", settings={"api_key": "$K:K", "endpoint": value}))
    bundle = session.export("a")
    assert bundle.left_out == ("a.endpoint looks like a key, or has one in it.",)
    assert value not in str(bundle)
    assert bundle.data()["connections"][0]["to_be_supplied"] == ["endpoint"]


def test_a_key_in_a_name_or_behind_a_dollar_is_left_out(session: Session) -> None:
    """Users make such mistakes."""
    with session._context.store.change() as change:
        settings = {"api_key": "$sk-abcdefghijklmnop"}
        change.put(Connection(alias="a", name="sk-abcdefghijklmnop", provider="fake", settings=settings))
    bundle = session.export()
    assert "abcdefghijklmnop" not in str(bundle)
    assert len(bundle.left_out) == 2


def test_a_setting_that_no_field_asks_for_stays_here(session: Session) -> None:
    """The fields are the allow-list, and a connection without its provider has none."""
    with session._context.store.change() as change:
        change.put(Connection(alias="a", name="a", provider="fake", settings={"api_key": "$K:K", "old": CANARY}))
        change.put(Connection(alias="b", name="b", provider="unheard-of", settings={"api_key": CANARY}))
    bundle = session.export()
    assert [each["alias"] for each in bundle.data()["connections"]] == ["a"]
    assert CANARY not in str(bundle)
    assert "b: " in bundle.left_out[0]


def test_profiles_that_use_the_connections_come_along_by_alias() -> None:
    """A profile is exported with those of its connections that are exported, or not at all."""
    session = Session()
    for alias in ("one", "two"):
        session.create(alias, "demo")
    session.create_profile("chat", connections=["one", "two"], model="demo-chat", temperature=0.5, tags=["x"])
    session.create_profile("other", connections=["two"], model="demo-chat")
    bundle = session.export("one")
    assert bundle.data()["profiles"] == [
        {
            "alias": "chat",
            "name": "chat",
            "capability": "chat",
            "connections": ["one"],
            "model": "demo-chat",
            "options": {"temperature": 0.5},
            "tags": ["x"],
        }
    ]
    assert bundle.left_out == ("connections of the profile chat that are not exported.",)
    assert "profiles" not in session.export(profiles=False).data()


def test_it_is_written_whole_or_not_at_all(session: Session, work: Path) -> None:
    """An existing file is replaced only on demand, and the mode of the file follows the umask."""
    session.create("a", "fake", settings={"api_key": "$K:K"})
    former = os.umask(0o027)
    try:
        written = session.export(to="b.json")
    finally:
        os.umask(former)
    assert stat.S_IMODE((work / "b.json").stat().st_mode) == 0o640
    assert json.loads((work / "b.json").read_text()) == written.data()
    assert "Written to b.json." in str(written)
    (work / "b.json").write_text("mine")
    with pytest.raises(BundleNotWritten) as raised:
        session.export(to="b.json")
    assert (raised.value.path, raised.value.problem) == ("b.json", "")
    assert (work / "b.json").read_text() == "mine"
    session.export(to="b.json", overwrite=True)
    for place in (".", "nowhere/b.json", "x" * 300, "b\0.json"):
        with pytest.raises(BundleError):
            session.export(to=place)
    assert [path.name for path in work.iterdir()] == ["b.json"]


def test_an_unknown_alias_names_the_nearest(session: Session) -> None:
    """The error suggests the nearest alias."""
    session.create("gateway", "fake", settings={"api_key": "$K:K"})
    with pytest.raises(ConnectionNotFound) as raised:
        session.export("gatevay")
    assert raised.value.nearest == "gateway"


def test_what_is_exported_is_imported_again(session: Session, work: Path, tmp_path: Path) -> None:
    """Another machine gets the same connection. The machine that has it already gets nothing new."""
    session.create("a", "fake", name="Tëam", settings={"api_key": "$Team:Key", "region": "$$north", "retries": 3})
    session.export(to="b.json")
    assert [row.state for row in session.plan_import("b.json").rows] == ["same"]
    other = Session(home=tmp_path / "home", config_home=tmp_path / "keys", registry=registry_of(FakeProvider()))
    other.apply_import(other.plan_import("b.json"))
    assert dict(other.get("a").settings) == dict(session.get("a").settings)
    assert other.export().data() == session.export().data()


def test_what_could_not_be_imported_is_not_exported(session: Session, work: Path) -> None:
    """Hidden characters are removed from a name. A setting with them keeps its connection out, which a note says."""
    session.create("a", "fake", name="Lab \U0001f469\u200d\U0001f52c", settings={"api_key": "$K:K"})
    session.create("b", "fake", settings={"api_key": "$K:K", "region": "north\u200b"})
    session.create("c", "fake", settings={"api_key": "$K:K", "region": "n" * 5000})
    bundle = session.export(to="b.json")
    assert [(each["alias"], each["name"]) for each in bundle.data()["connections"]] == [
        ("a", "Lab \U0001f469\U0001f52c")
    ]
    assert bundle.left_out[0].startswith("b: ")
    assert bundle.left_out[1].startswith("c: ")
    assert "connections[0].settings.region" in bundle.left_out[1]
    assert [row.state for row in session.plan_import("b.json").rows] == ["changed"]


def test_a_bundle_that_would_be_too_large_is_said(session: Session) -> None:
    """The error comes before anything is written."""
    with session._context.store.change() as change:
        for number in range(300):
            settings = {"api_key": f"$K:{'k' * 3900}"}
            change.put(Connection(alias=f"a{number}", name="A", provider="fake", settings=settings))
    with pytest.raises(BundleTooLarge):
        session.export()
    assert len(session.export("a1", "a2").data()["connections"]) == 2
