"""The same rules decide to whom a question goes and how healthy a profile is."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from aiconn_nb import (
    AiconnError,
    ConnectionInactive,
    InvalidProfile,
    Session,
)
from aiconn_nb.errors import (
    Attempt,
    ConfigurationFileError,
    NoDefaultProfile,
    NoModelNamed,
    NoneUsable,
    NoTarget,
    NotOffered,
    OtherCapability,
)
from aiconn_nb.model.profile import Capability
from aiconn_nb.providers.base import Sdk
from aiconn_nb.providers.plug_ins.fake import FakeProvider, registry_of


@pytest.fixture
def session(session: Session) -> Session:
    """Return a session with two connections, and a profile that falls back from the first to the second."""
    session.create("a", "demo")
    session.create("b", "demo")
    session.create_profile("writer", connections="a,b", model="demo-chat", temperature=0.5)
    return session


def refused(call: Any) -> str:
    """Return the repr of the error with which a call ends: its class and fields."""
    with pytest.raises(AiconnError) as raised:
        call()
    return repr(raised.value)


# ---- profiles ---------------------------------------------------------------------------------------------------------


def test_a_profile_is_asked_through_its_active_connections_in_order(session: Session) -> None:
    """The target has the profile's model and options."""
    target = session.target("WRITER")
    assert [each.alias for each in target.connections] == ["a", "b"]
    assert (target.label, target.model, dict(target.options), target.skipped) == (
        "writer",
        "demo-chat",
        {"temperature": 0.5},
        (),
    )
    assert target.profile == session.profile("writer")
    assert session.target("writer", "other").model == "other"
    assert session.target("writer", "  ").model == "demo-chat"


def test_what_is_inactive_or_gone_is_skipped_and_named(session: Session) -> None:
    """The fallback answers."""
    session.create("c", "demo")
    session.edit_profile("writer", connections="c,a,b")
    session.delete("c", force=True)
    session.disable("a")
    target = session.target("writer")
    assert [each.alias for each in target.connections] == ["b"]
    assert target.skipped == (Attempt("c", "gone", "is gone"), Attempt("a", "inactive", "is inactive"))


def test_a_profile_without_an_active_connection_names_each_and_the_way_out(session: Session) -> None:
    """The error names what can be enabled. If nothing can, another connection is needed."""
    session.disable("a", "b")
    for gone, because in (
        ([], {"a": "is inactive", "b": "is inactive"}),
        (["a"], {"a": "is gone", "b": "is inactive"}),
        (["b"], {"a": "is gone", "b": "is gone"}),
    ):
        session.delete(*gone, force=True) if gone else None
        assert refused(lambda: session.target("writer")) == repr(NoneUsable(alias="writer", because=because))


def test_a_profile_is_for_its_capability(session: Session) -> None:
    """The error names the suitable profiles."""
    wrong = OtherCapability(alias="writer", capability=Capability.CHAT, wanted=Capability.EMBEDDING)
    assert refused(lambda: session.target("writer", capability="embedding")) == repr(wrong)
    session.create_profile("vectors", connections="a", model="demo-embedding", capability="embedding")
    assert session.target("vectors", capability="embedding").label == "vectors"
    with pytest.raises(OtherCapability) as raised:
        session.target("vectors")
    assert raised.value.profiles == ("writer",)


# ---- connections ------------------------------------------------------------------------------------------------------


def test_a_connection_is_a_target_with_a_model(session: Session) -> None:
    """It has no options and no fallback."""
    target = session.target("a", "demo-brief")
    assert (target.profile, [each.alias for each in target.connections]) == (None, ["a"])
    assert (target.label, target.model, dict(target.options)) == ("a", "demo-brief", {})
    assert refused(lambda: session.target("a")) == repr(NoModelNamed(alias="a", capability=Capability.CHAT))


def test_a_profile_wins_over_a_connection_of_the_same_alias(session: Session) -> None:
    """This always holds, even with a model."""
    session.rename_profile("writer", "a")
    assert session.target("a").profile == session.profile("a")
    assert session.target("a", "other").profile == session.profile("a")


def test_a_connection_must_be_active_and_able(session: Session) -> None:
    """An inactive or unable connection is refused."""
    session.create("claude", "anthropic", settings={"api_key": "$Anthropic:ApiKey"})
    unable = NotOffered(alias="claude", capability=Capability.EMBEDDING, provider="Anthropic")
    assert refused(lambda: session.target("claude", "m", Capability.EMBEDDING)) == repr(unable)
    session.disable("a")
    assert refused(lambda: session.target("a", "m")) == repr(ConnectionInactive(alias="a"))


def test_an_unknown_name_is_answered_with_the_nearest_of_both(session: Session) -> None:
    """The suggestion is a profile or a connection."""
    session.create("openai-dev", "demo")
    for typed, meant in (("writr", "writer"), ("openai-dve", "openai-dev"), ("zzz", None)):
        assert refused(partial(session.target, typed)) == repr(NoTarget(alias=typed, nearest=meant))


@pytest.mark.parametrize(("alias", "was"), [("writer", "profile"), ("c", "connection")])
def test_a_deleted_target_is_named_as_deleted(session: Session, alias: str, was: str) -> None:
    """Every call that asks says so, with the command that restores it."""
    session.create("c", "demo")
    session.create("writers", "demo")
    session.delete("c")
    session.delete_profile("writer")
    calls = [
        lambda: session.ask("Hi", profile=alias, model="demo-chat"),
        lambda: session.embed(["Hi"], profile=alias, model="demo-embed"),
        lambda: session.compare("Hi", alias, "a", model="demo-chat"),
        lambda: session.map([{"x": 1}], "{x}", profile=alias),
    ]
    for call in calls:
        with pytest.raises(NoTarget) as raised:
            call()
        assert (raised.value.is_deleted, raised.value.was) == (True, was)
        assert f"%aiconn {'profile ' if was == 'profile' else ''}undelete {alias}" in raised.value.hint


def test_a_target_of_the_project_file_is_named(session: Session, work: Path) -> None:
    """This holds for a connection and for a profile."""
    gpt = {"alias": "gpt", "name": "GPT", "provider": "demo", "settings": {}}
    (work / "aiconn.json").write_text(json.dumps({"aiconn_bundle": 1, "connections": [gpt]}))
    with pytest.raises(NoTarget) as raised:
        session.target("gpt", "demo-chat")
    assert raised.value.declared_in == "aiconn.json"


# ---- no one named -----------------------------------------------------------------------------------------------------


def test_without_a_name_the_default_is_asked(session: Session) -> None:
    """It is the default of the capability, and takes precedence over a connection in use."""
    session.use("b")
    session.default_profile("writer")
    assert session.target().label == "writer"
    assert session.target(None, "other").model == "other"
    assert session.target(None, "other").label == "writer"


def test_without_a_default_the_connection_in_use_is_asked_with_a_model(session: Session) -> None:
    """The error names what is missing."""
    session.use("b")
    assert session.target(None, "demo-brief").label == "b"
    assert session.target(None, "demo-embedding", "embedding").label == "b"
    session.delete_profile("writer")
    assert refused(session.target) == repr(NoDefaultProfile(capability=Capability.CHAT, profiles=(), in_use="b"))


def test_where_nobody_is_meant_the_error_says_what_to_do(session: Session) -> None:
    """The user can name one, make one the default, or create one."""
    assert refused(session.target) == repr(NoDefaultProfile(capability=Capability.CHAT, profiles=("writer",)))
    none = NoDefaultProfile(capability=Capability.EMBEDDING, profiles=())
    assert refused(lambda: session.target(capability="embedding")) == repr(none)


# ---- health -----------------------------------------------------------------------------------------------------------


def health(session: Session, alias: str = "writer") -> tuple[str, str, str]:
    """Return the health of a profile, and check that the list and the profile agree."""
    found = session.profile_health(alias)
    assert [row.health for row in session.profiles() if row.alias == alias] == [found]
    assert session.show_profile(alias).health == found
    return str(found.kind), found.words, found.answers


def test_a_profile_is_ready_falls_back_or_is_idle(session: Session) -> None:
    """The switches are checked one after the other, and each disabling says what is left."""
    assert health(session) == ("not checked", "a would answer; not checked: a, b", "a")
    assert session.disable("a").warnings == ("Profiles that use it: writer.",)
    assert health(session) == ("falls back", "a is inactive; b answers", "b")
    assert session.disable("b").warnings == (
        "Profiles that use it: writer.",
        "Without an active connection now: writer.",
    )
    assert health(session) == ("all inactive", "a is inactive, b is inactive", "")
    session.enable("b")
    assert health(session) == ("falls back", "a is inactive; b answers", "b")


def test_a_connection_that_is_gone_is_seen_wherever_it_stood(session: Session) -> None:
    """It appears by its last alias, as the fallback, as the first, or as the only active one."""
    assert session.delete("b", force=True).warnings == ("Profiles that continue with their other connections: writer.",)
    assert health(session) == ("gone", "a answers, but b is gone", "a")
    session.disable("a")
    assert health(session) == ("gone", "a is inactive, b is gone", "")
    session.enable("a")
    session.undelete("b")
    session.delete("a", force=True)
    assert health(session) == ("falls back", "a is gone; b answers", "b")
    assert session.delete("b", force=True).warnings == ("Profiles left broken: writer.",)
    assert health(session) == ("gone", "a is gone, b is gone", "")
    assert "a (gone) → b (gone)" in str(session.profiles())


def test_one_that_is_forgotten_is_named_by_the_start_of_its_id(session: Session) -> None:
    """Its alias is forgotten after 30 days."""
    id = session.get("b").id
    session.delete("b", force=True)
    with session._context.store.change() as change:
        change._connections.forget([id])
    assert health(session)[1] == f"a answers, but {id[:8]} is gone"


def test_a_reference_that_does_not_resolve_here_makes_it_fall_back(session: Session, work: Path) -> None:
    """The profile may be ready in another environment."""
    (work / "appsettings.json").write_text("{}")
    (work / "appsettings.Production.json").write_text('{"Key": "x"}')
    session.create("c", "demo", settings={"api_key": "$Key"})
    session.edit_profile("writer", connections="c,a")
    assert health(session) == ("falls back", "c does not resolve here; a answers", "a")
    session.edit_profile("writer", connections="c")
    assert health(session) == ("unready", "c does not resolve here", "")
    session.environment("Production")
    assert health(session) == ("not checked", "c would answer; not checked: c", "c")


def test_a_host_that_the_key_was_not_allowed_for_makes_it_fall_back(session: Session, work: Path) -> None:
    """This holds until the host is trusted."""
    (work / "appsettings.json").write_text('{"Gateway": "http://127.0.0.1:1"}')
    session.create("c", "openai-compatible", settings={"endpoint": "$Gateway", "api_key": "made-up-key"})
    session.edit_profile("writer", connections="c,a")
    session.trust("c")
    assert health(session)[0] == "not checked"
    (work / "appsettings.json").write_text('{"Gateway": "http://127.0.0.1:22"}')
    assert health(session) == ("falls back", "c would send a key to an untrusted host; a answers", "a")
    session.trust("c")
    assert health(session)[0] == "not checked"


def test_a_broken_file_is_said_once_for_the_whole_list(session: Session, work: Path) -> None:
    """The same holds for the list of connections."""
    (work / "appsettings.json").write_text("{")
    session.create("c", "demo", settings={"api_key": "$Key"})
    session.edit_profile("writer", connections="c,a")
    found = session.profiles()
    assert [row.health.kind for row in found] == ["falls back"]
    with pytest.raises(ConfigurationFileError) as raised:
        session.use("c")
    assert (Path(raised.value.path).name, raised.value.line) == ("appsettings.json", 1)
    assert found.notes == (raised.value.what,)


def test_a_model_is_known_to_be_missing_once_a_list_was_seen(session: Session) -> None:
    """The list may come from the test or be the live list, of any session in this environment, and counts until the connection
    changes."""
    session.edit_profile("writer", model="gpt-0")
    assert health(session)[0] == "not checked"
    session.test("a")
    assert health(session) == ("unlisted", "a does not list the model gpt-0", "a")
    assert Session().profile_health("writer").kind == "unlisted"
    session.edit_profile("writer", model="demo-embedding")
    assert health(session) == ("unlisted", "a lists the model demo-embedding, but not for chat", "a")
    session.edit("a", settings={"latency": 0.0})
    assert health(session)[0] == "not checked"
    session.models("a", capability="chat")
    assert health(session)[0] == "unlisted"
    session.edit_profile("writer", model="demo-brief")
    assert health(session)[0] == "not checked"
    assert "demo-embedding" in session.listed_models()


def test_a_provider_or_sdk_that_is_not_here_cannot_answer() -> None:
    """The profile is as good as before once the provider is available."""

    class NoSdk(FakeProvider):
        id = "far"
        sdk = Sdk(("no_such_module_of_ours",), "far")

    session = Session(registry=registry_of(FakeProvider(), NoSdk))
    session.create("near", "fake", settings={"api_key": "made-up-key"})
    session.create("far", "far", settings={"api_key": "made-up-key"})
    session.create_profile("writer", connections="far,near", model="m")
    assert health(session) == ("falls back", "far has an SDK that is not installed; near answers", "near")
    elsewhere = Session(registry=registry_of(NoSdk))
    assert health(elsewhere) == (
        "unready",
        "far has an SDK that is not installed, near has a provider that is not installed",
        "",
    )
    assert "far (no SDK here) → near (no provider here)" in str(elsewhere.profiles())
    elsewhere.edit_profile("writer", connections="near")
    with pytest.raises(InvalidProfile):
        elsewhere.edit_profile("writer", connections="nearer")
