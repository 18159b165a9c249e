"""`require` meets the needs of a notebook that a project file beside it declares."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from aiconn_nb import ConnectionNotFound, NeedsNotMet, NoProjectFile, ReferenceNotFound, Secret, Session, UntrustedHost
from aiconn_nb.errors import BundleError, NotAHost
from aiconn_nb.features.requirements import Lack
from aiconn_nb.model.profile import Capability

PROJECT: dict[str, Any] = {
    "aiconn_bundle": 1,
    "connections": [
        {"alias": "gpt", "name": "GPT", "provider": "openai", "settings": {"api_key": "$OpenAI:ApiKey"}},
        {"alias": "here", "name": "Here", "provider": "demo", "settings": {"latency": 0.0}},
    ],
    "profiles": [
        {
            "alias": "tutor",
            "name": "Tutor",
            "capability": "chat",
            "connections": ["here", "gpt"],
            "model": "demo-chat",
            "models": {"gpt": "gpt-5-mini"},
        }
    ],
    "defaults": {"chat": "tutor"},
}


@pytest.fixture
def project(work: Path) -> Path:
    """Write the project file in the working folder, and return its path."""
    file = work / "aiconn.json"
    file.write_text(json.dumps(PROJECT))
    return file


def lacks(found: Any) -> list[tuple[str, str, Lack]]:
    """Return (kind, alias, lack) of each need that is not met."""
    return [(each.kind, each.alias, each.lack) for each in found.unmet]


def test_everything_that_is_missing_is_shown_at_once(session: Session, project: Path) -> None:
    """Looking saves nothing."""
    found = session.require()
    assert lacks(found) == [
        ("connection", "gpt", Lack.MISSING),
        ("connection", "here", Lack.MISSING),
        ("profile", "tutor", Lack.MISSING),
        ("default", "tutor", Lack.NO_DEFAULT),
    ]
    assert not found.ok
    assert session.aliases() == []


def test_what_a_missing_connection_will_need_is_said_as_well(session: Session, work: Path) -> None:
    """Before the import, a student sees at once that a key is needed and where it would go."""
    gateway_of(work)
    session.create("here", "demo")
    (need,) = session.require().unmet
    assert (need.lack, need.remedy) == (Lack.MISSING, "%aiconn require --yes")
    session.require(yes=True)
    assert [each.lack for each in session.require().unmet] == [Lack.UNRESOLVED, Lack.UNTRUSTED]
    assert all(each.words in need.words for each in session.require().unmet)


def test_an_alias_that_is_taken_becomes_free_by_its_remedy(session: Session, project: Path) -> None:
    """The notebook uses the alias, so another name for the imported entry would not help it."""
    session.create("gpt", "demo")
    session.create_profile("tutor", connections=["gpt"], model="demo-embedding", capability="embedding")
    session.create("own", "demo")
    taken = [each for each in session.require(yes=True).unmet if each.lack is Lack.TAKEN]
    assert [(each.kind, each.alias, each.remedy) for each in taken] == [
        ("connection", "gpt", "%aiconn rename gpt my-gpt"),
        ("profile", "tutor", "%aiconn profile rename tutor my-tutor"),
    ]
    session.rename("gpt", "my-gpt")
    session.rename_profile("tutor", "my-tutor")
    assert lacks(session.require(yes=True)) == [("connection", "gpt", Lack.UNRESOLVED)]
    assert session.profile("tutor").capability is Capability.CHAT


@pytest.mark.filterwarnings("ignore::aiconn_nb.model.notices.AliasRenamed")
def test_an_entry_that_was_renamed_is_not_missing(session: Session, project: Path) -> None:
    """The notebook still finds it under its former alias, so an import would give it a second one."""
    session.require(yes=True)
    session.rename("here", "mine")
    session.rename_profile("tutor", "my-tutor")
    found = session.require(yes=True)
    assert lacks(found) == [("connection", "gpt", Lack.UNRESOLVED)]
    assert {(each.kind, each.alias) for each in found} == {
        ("connection", "gpt"),
        ("connection", "mine"),
        ("profile", "my-tutor"),
        ("default", "my-tutor"),
    }
    assert found.done == ()
    assert session.aliases() == ["gpt", "mine"]
    assert len([note for note in found.notes if "was renamed" in note]) == 2


def test_a_profile_that_is_not_the_one_of_the_file_does_not_become_the_default(session: Session, project: Path) -> None:
    """It only has the same alias. The file's profile was not imported, because one of its connections clashes."""
    session.create("gpt", "demo")
    session.create_profile("tutor", connections=["gpt"], model="demo-brief")
    found = session.require(yes=True)
    assert ("profile", "tutor", Lack.TAKEN) in lacks(found)
    assert session.default_alias() == ""
    assert ("default", "tutor", Lack.NO_DEFAULT) in lacks(found)
    assert [each.remedy for each in found if each.kind == "default"] == [""]


def test_a_profile_is_not_linked_to_a_connection_that_only_has_the_alias(session: Session, project: Path) -> None:
    """The profile of the file is imported once its own connection can be, and then is linked to that one."""
    session.create("gpt", "demo")
    assert session.require(yes=True).done == ("connection here",)
    session.rename("gpt", "my-gpt")
    assert "profile tutor" in session.require(yes=True).done
    assert session.get("gpt").id in session.profile("tutor").connections


def test_yes_takes_in_what_needs_no_secret(session: Session, project: Path) -> None:
    """Only the key is left, with the command that keeps it. The second time there is nothing to do."""
    found = session.require(yes=True)
    assert found.done == (
        "connection gpt",
        "connection here",
        "profile tutor",
        "tutor is the default for chat",
    )
    assert lacks(found) == [("connection", "gpt", Lack.UNRESOLVED)]
    assert found.unmet[0].remedy.endswith("secret set OpenAI:ApiKey")
    session.set_secret("OpenAI:ApiKey", Secret("sk-canary-0123456789"))
    again = session.require(yes=True)
    assert (again.ok, again.done) == (True, ())
    assert session.profile("tutor").model_for(session.get("gpt").id) == "gpt-5-mini"
    assert session.default_alias() == "tutor"


def gateway_of(work: Path, endpoint: str = "https://gateway.example.com/v1") -> None:
    """Write a project file with a connection whose host is not the provider's own, and the user's own key for it."""
    settings = {"endpoint": endpoint, "api_key": "$Team:ApiKey"}
    gateway = {"alias": "gateway", "name": "Gateway", "provider": "openai-compatible", "settings": settings}
    (work / "aiconn.json").write_text(json.dumps({"aiconn_bundle": 1, "connections": [gateway]}))


@pytest.mark.parametrize(
    "host", ["https://gateway.example.com", "gateway.example.com", "HTTPS://Gateway.Example.com:443/v1"]
)
def test_a_host_that_is_spelled_is_trusted(session: Session, work: Path, host: str) -> None:
    """The same call imports it, because before the import there is no alias to trust. The second time there is nothing to allow."""
    gateway_of(work)
    session.set_secret("Team:ApiKey", Secret("sk-canary-of-the-user-0123"))
    found = session.require(yes=True, trust=[host])
    assert (found.ok, found.exit_status) == (True, 0)
    assert found.allowed == ("gateway may send $Team:ApiKey to https://gateway.example.com",)
    again = session.require(yes=True, trust=host)
    assert (again.ok, again.allowed) == (True, ())


@pytest.mark.parametrize(
    "host", ["https://other.example.com", "http://gateway.example.com", "https://gateway.example.com:8443"]
)
def test_another_host_than_the_spelled_one_is_not_trusted(session: Session, work: Path, host: str) -> None:
    """The file must not decide who gets a key."""
    gateway_of(work)
    session.set_secret("Team:ApiKey", Secret("sk-canary-of-the-user-0123"))
    found = session.require(yes=True, trust=[host])
    assert lacks(found) == [("connection", "gateway", Lack.UNTRUSTED)]
    assert found.allowed == ()
    with pytest.raises(UntrustedHost):
        session.use("gateway")


def test_only_the_connections_of_the_notebook_may_send_keys_to_a_spelled_host(session: Session, work: Path) -> None:
    """Another connection in the store keeps its question."""
    gateway_of(work)
    session.require(yes=True)
    session.rename("gateway", "mine")
    gateway_of(work)
    session.set_secret("Team:ApiKey", Secret("sk-canary-of-the-user-0123"))
    session.set_secret("Other:ApiKey", Secret("sk-canary-of-the-user-4567"))
    session.edit("mine", settings={"api_key": "$Other:ApiKey"})
    assert session.untrusted("mine") is not None
    session.require("gateway", yes=True, trust="gateway.example.com")
    assert session.untrusted("gateway") is None
    assert session.untrusted("mine") is not None


def test_a_spelled_host_from_a_secret_is_trusted_and_not_shown(session: Session, work: Path) -> None:
    """The user knows the host, and the allowance names the reference."""
    gateway_of(work, "$Team:Endpoint")
    session.require(yes=True)
    (work / "aiconn.json").unlink()
    session.set_secret("Team:ApiKey", Secret("sk-canary-of-the-user-0123"))
    session.set_secret("Team:Endpoint", Secret("https://gateway.example.com/v1"))
    (allowed,) = session.require("gateway", trust="gateway.example.com").allowed
    assert "gateway.example.com" not in allowed
    assert session.untrusted("gateway") is None


@pytest.mark.parametrize("host", ["", "https://", "https://evil.example\\@gateway.example.com", "a b", "ftp://x"])
def test_a_host_that_programs_read_differently_is_refused(session: Session, work: Path, host: str) -> None:
    """The error comes before anything is imported."""
    gateway_of(work)
    with pytest.raises(NotAHost):
        session.require(yes=True, trust=[host])
    assert session.aliases() == []


def test_the_needs_name_the_variable_that_gives_a_value(session: Session, project: Path) -> None:
    """A job cannot be asked for a secret, and its error names the variable, too."""
    from aiconn_nb.ui.magics.notebook_console import NotebookConsole
    from aiconn_nb.ui.shell.table import run

    class Unwatched(NotebookConsole):
        can_ask = False

    (need,) = session.require(yes=True).unmet
    assert (need.reference, need.variable) == ("$OpenAI:ApiKey", "OpenAI__ApiKey")
    assert need.data()["variable"] == "OpenAI__ApiKey"
    with pytest.raises(NeedsNotMet) as raised:
        run(session, ["require"], Unwatched(None))
    assert raised.value.variables == ("OpenAI__ApiKey",)
    assert "OpenAI__ApiKey" in raised.value.hint


def test_a_deleted_profile_is_restored_by_its_remedy(session: Session) -> None:
    """A deleted connection behaves in the same way."""
    session.create("c", "demo")
    session.create_profile("p", connections=["c"], model="demo-chat")
    session.delete_profile("p")
    session.delete("c")
    needs = [(each.kind, each.alias, each.lack, each.remedy) for each in session.require("p", "c")]
    assert needs == [
        ("profile", "p", Lack.MISSING, "%aiconn profile undelete p"),
        ("connection", "c", Lack.MISSING, "%aiconn undelete c"),
    ]


def test_yes_changes_nothing_that_is_there(session: Session, project: Path) -> None:
    """A differing connection and another default are used as they are, and the result says so."""
    session.create("here", "demo", settings={"latency": 0.25})
    session.create_profile("mine", connections=["here"], model="demo-chat", default=True)
    found = session.require(yes=True)
    assert session.get("here").settings["latency"] == 0.25
    assert session.default_alias() == "mine"
    differing = {(each.kind, each.alias) for each in found if each.lack is Lack.DIFFERS}
    assert differing == {("connection", "here"), ("default", "tutor")}


def test_yes_trusts_no_host(session: Session, work: Path) -> None:
    """No key of this machine goes to a host that came with a file."""
    (work / "appsettings.json").write_text(json.dumps({"Team": {"ApiKey": "sk-canary-0123456789"}}))
    gateway = {
        "alias": "gateway",
        "name": "Gateway",
        "provider": "openai-compatible",
        "settings": {"endpoint": "https://gateway.example.com/v1", "api_key": "$Team:ApiKey"},
    }
    (work / "aiconn.json").write_text(json.dumps({"aiconn_bundle": 1, "connections": [gateway]}))
    session.set_secret("Team:ApiKey", Secret("sk-canary-of-the-user-0123"))
    found = session.require(yes=True)
    assert lacks(found) == [("connection", "gateway", Lack.UNTRUSTED)]
    session.trust("gateway")
    assert session.require().ok


def test_an_alias_that_belongs_to_something_else(session: Session, project: Path) -> None:
    """It is not overwritten, and the result says what to do."""
    session.create("gpt", "demo")
    assert ("connection", "gpt", Lack.TAKEN) in lacks(session.require(yes=True))
    assert session.get("gpt").provider == "demo"


def test_a_connection_that_is_switched_off(session: Session, project: Path) -> None:
    """It stays off, because a user switched it off for a reason."""
    session.require(yes=True)
    session.disable("here")
    found = session.require(yes=True)
    assert ("connection", "here", Lack.INACTIVE) in lacks(found)
    assert not session.get("here").active


def test_aliases_choose(session: Session, project: Path) -> None:
    """A profile comes with its connections. What the file lacks is looked for in the store."""
    session.create("own", "demo")
    assert [each.alias for each in session.require("here", "own")] == ["here", "own"]
    assert {each.alias for each in session.require("tutor")} == {"gpt", "here", "tutor"}
    (need,) = session.require("nothing-of-the-kind")
    assert need.lack is Lack.MISSING


def test_what_several_aliases_need_is_one_need(session: Session) -> None:
    """A connection of two profiles is examined, counted and shown once."""
    session.create("own", "demo")
    for alias in ("first", "second"):
        session.create_profile(alias, connections="own", model="demo-chat")
    assert [each.alias for each in session.require("first", "own", "second", "FIRST")] == ["first", "own", "second"]


def test_without_a_project_file_and_without_aliases(session: Session) -> None:
    """The error says how to write one."""
    with pytest.raises(NoProjectFile):
        session.require()


def test_a_folder_above_has_another_notebooks_file(
    session: Session, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only the file of the working folder itself or a named file counts."""
    below = project.parent / "below"
    below.mkdir()
    monkeypatch.chdir(below)
    with pytest.raises(NoProjectFile):
        session.require()
    assert len(session.require(file="../aiconn.json")) == 4


@pytest.mark.parametrize(
    "defaults", [{"chat": "nobody"}, {"chat": 1}, {"speech": "tutor"}, {"embedding": "tutor"}, ["tutor"]]
)
def test_defaults_that_are_none(defaults: Any, session: Session, project: Path) -> None:
    """The file is refused as a whole."""
    project.write_text(json.dumps({**PROJECT, "defaults": defaults}))
    with pytest.raises(BundleError):
        session.require(yes=True)
    assert session.aliases() == []


def test_export_writes_what_require_reads(session: Session, work: Path, tmp_path: Path) -> None:
    """The file has the default, but no key. `require` asks for the key, or names the reference that has one here."""
    key = "sk-canary-0123456789-of-the-export"
    session.create("gpt", "openai", settings={"api_key": Secret(key)})
    session.create("here", "demo", settings={"latency": 0.0})
    session.create_profile("tutor", connections=["here"], model="demo-chat", default=True)
    session.export(to="aiconn.json")
    assert key not in (work / "aiconn.json").read_text()
    other = Session(home=tmp_path / "other", config_home=tmp_path / "keys")
    found = other.require(yes=True)
    assert lacks(found) == [("connection", "gpt", Lack.UNSET)]
    assert found.unmet[0].remedy == "%aiconn edit gpt --prompt api_key"
    assert other.default_alias(Capability.CHAT) == "tutor"
    other.set_secret("OpenAI:ApiKey", "sk-canary-0123456789-of-a-student")
    assert other.require().unmet[0].remedy == "%aiconn edit gpt --set api_key=$OpenAI:ApiKey"


def test_an_import_makes_a_default_only_where_there_is_none(session: Session, project: Path) -> None:
    """The plan says so in advance."""
    assert [row.becomes_default for row in session.plan_import(project).rows] == [False, False, True]
    session.import_bundle(project, yes=True)
    assert session.default_alias() == "tutor"


def test_an_unknown_alias_that_the_project_file_has(session: Session, project: Path) -> None:
    """The error says so. For an alias that is not in the file, the error is unchanged."""
    with pytest.raises(ConnectionNotFound) as raised:
        session.use("gpt")
    assert raised.value.declared_in == "aiconn.json"
    with pytest.raises(ConnectionNotFound) as raised:
        session.use("other")
    assert raised.value.declared_in == ""
    project.write_text("no JSON")
    with pytest.raises(ConnectionNotFound) as raised:
        session.use("gpt")
    assert raised.value.declared_in == ""


def test_a_notebook_that_a_program_runs_stops(session: Session, project: Path) -> None:
    """If a user can answer, the table is shown, and the cell does not fail."""
    from aiconn_nb.ui.magics.notebook_console import NotebookConsole
    from aiconn_nb.ui.shell.table import run

    class Watched(NotebookConsole):
        can_ask = True

    class Unwatched(NotebookConsole):
        can_ask = False

    assert len(run(session, ["require"], Watched(None))) == 4  # type: ignore[arg-type]
    with pytest.raises(NeedsNotMet) as raised:
        run(session, ["require"], Unwatched(None))
    assert len(raised.value.needs) == 4


@pytest.mark.parametrize("state", ["inactive", "deleted", "unresolved"])
def test_a_profile_without_a_connection_that_can_answer(session: Session, state: str) -> None:
    """The need is not met, and the doctor says so, too."""
    if state == "unresolved":
        session.create("own", "openai", settings={"api_key": "$OpenAI:ApiKey"})
    else:
        session.create("own", "demo")
    session.create_profile("tutor", connections=["own"], model="demo-chat")
    if state == "inactive":
        session.disable("own")
    elif state == "deleted":
        session.delete("own", force=True)
    found = session.require("tutor")
    assert ("profile", "tutor", Lack.UNUSABLE) in lacks(found)
    (need,) = (each for each in found.unmet if each.kind == "profile")
    assert need.remedy == ("%aiconn undelete own" if state == "deleted" else "")  # the connection's row has one
    assert "tutor" in {each.part for each in session.doctor().problems}


@pytest.mark.parametrize("state", ["inactive", "deleted"])
def test_a_profile_of_which_one_connection_can_answer(session: Session, state: str) -> None:
    """The need is met, whichever connection is left."""
    session.create("first", "demo")
    session.create("second", "demo")
    session.create_profile("tutor", connections=["first", "second"], model="demo-chat")
    session.disable("first") if state == "inactive" else session.delete("first", force=True)
    (need,) = (each for each in session.require("tutor") if each.kind == "profile")
    assert need.is_met


def test_yes_links_a_profile_again_to_a_connection_that_was_deleted(session: Session, project: Path) -> None:
    """The need says so in advance. The profile then works, with its model for this connection."""
    session.require(yes=True)
    former = session.get("gpt").id
    session.delete("gpt", "here", force=True)
    planned = session.require()
    (need,) = (each for each in planned if each.kind == "profile")
    assert (need.lack, need.is_offered, need.relinked) == (Lack.UNUSABLE, True, ("here", "gpt"))
    assert need.remedy == "%aiconn require --yes"
    found = session.require(yes=True)
    assert found.done == ("connection gpt", "connection here", "profile tutor, linked to here, gpt again")
    assert lacks(found) == [("connection", "gpt", Lack.UNRESOLVED)]
    linked = session.profile("tutor")
    assert linked.connections == (session.get("here").id, session.get("gpt").id)
    assert dict(linked.models) == {session.get("gpt").id: "gpt-5-mini"}
    assert former not in linked.connections
    assert session.require(yes=True).done == ()


def test_a_fallback_that_was_deleted_is_linked_again_and_shown_before(session: Session, project: Path) -> None:
    """The profile answers without it, so the need is met, and the import is an offer."""
    session.require(yes=True)
    session.delete("gpt", force=True)
    (need,) = (each for each in session.require() if each.kind == "profile")
    assert (need.is_met, need.lack, need.relinked) == (True, Lack.DIFFERS, ("gpt",))
    assert need.remedy == "%aiconn require --yes"
    session.require(yes=True)
    assert session.profile("tutor").connections == (session.get("here").id, session.get("gpt").id)


@pytest.mark.parametrize("change", ["name", "order", "option", "own model", "other provider"])
def test_a_profile_that_differs_otherwise_stays_as_it_is(session: Session, project: Path, change: str) -> None:
    """The user changed it, or the new connection is another kind of account."""
    session.require(yes=True)
    if change == "name":
        session.edit_profile("tutor", name="My tutor")
    elif change == "order":
        session.edit_profile("tutor", connections=["gpt", "here"])
    elif change == "option":
        session.edit_profile("tutor", options={"temperature": 0.25})
    elif change == "own model":
        session.edit_profile("tutor", connections=["here", "gpt=gpt-5"])
    session.delete("gpt", "here", force=True)
    if change == "other provider":
        session.create("gpt", "demo")
    before = session.profile("tutor")
    (need,) = (each for each in session.require() if each.kind == "profile")
    assert (need.is_offered, need.relinked) == (False, ())
    assert [each for each in session.require(yes=True).done if each.startswith("profile")] == []
    assert session.profile("tutor") == before


def test_an_alias_chosen_links_its_profile_again(session: Session, project: Path) -> None:
    """An alias that was not chosen leaves the profile alone."""
    session.require(yes=True)
    session.delete("gpt", "here", force=True)
    assert session.require("gpt", yes=True).done == ("connection gpt",)
    assert session.require("tutor", yes=True).done == ("connection here", "profile tutor, linked to here, gpt again")


@pytest.mark.parametrize("state", ["free", "taken", "two", "forgotten"])
def test_the_remedy_of_a_profile_whose_connection_is_gone_repairs_it(
    session: Session, state: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The remedy is `undelete` if this can help, and otherwise an edit with the model that the connection had."""
    session.create("own", "demo")
    session.create_profile("tutor", connections=["own=demo-brief"], model="demo-chat")
    session.delete("own", force=True)
    if state == "taken":
        session.create("own", "demo")
    elif state == "two":
        session.create("own", "demo")
        session.delete("own")
    elif state == "forgotten":
        monkeypatch.setattr("aiconn_nb.store.snapshot.Snapshot.deleted", ())
    (need,) = (each for each in session.require("tutor").unmet if each.kind == "profile")
    assert (
        need.remedy
        == {
            "free": "%aiconn undelete own",
            "taken": "%aiconn profile edit tutor --connection own=demo-brief",
            "two": "%aiconn profile edit tutor --connection ALIAS",
            "forgotten": "%aiconn profile edit tutor --connection ALIAS",
        }[state]
    )


def test_an_edit_as_the_remedy_keeps_the_connections_that_are_there(session: Session) -> None:
    """The deleted connection is left out if nothing has its alias."""
    session.create("off", "demo", active=False)
    session.create("own", "demo")
    session.create_profile("tutor", connections=["own", "off"], model="demo-chat")
    session.delete("own", force=True)
    session.create("own", "demo")
    (need,) = (each for each in session.require("tutor").unmet if each.kind == "profile")
    assert need.remedy == "%aiconn profile edit tutor --connection own,off"


def test_a_named_connection_that_was_deleted_can_be_restored(session: Session) -> None:
    """The remedy says how."""
    session.create("own", "demo")
    session.delete("own")
    (need,) = session.require("own")
    assert (need.lack, need.remedy) == (Lack.MISSING, "%aiconn undelete own")


def unresolved_endpoint(session: Session) -> None:
    """Create a connection whose key and endpoint are references without a value. The field of the endpoint is shown."""
    session.create("gate", "openai", settings={"api_key": "$OpenAI:ApiKey", "endpoint": "$OpenAI:Endpoint"})


def test_a_shown_field_takes_no_user_secret_so_none_is_proposed(session: Session) -> None:
    """The remedy of its reference is a settings file or a variable. That of the key beside it is a user secret."""
    unresolved_endpoint(session)
    found = {each.reference: each for each in session.require("gate").unmet}
    assert {each: need.is_shown for each, need in found.items()} == {"$OpenAI:ApiKey": False, "$OpenAI:Endpoint": True}
    assert found["$OpenAI:ApiKey"].remedy == "%aiconn secret set OpenAI:ApiKey"
    assert found["$OpenAI:Endpoint"].remedy == ""
    assert "OpenAI__Endpoint" in found["$OpenAI:Endpoint"].words
    assert "secret set OpenAI:Endpoint" not in str(session.doctor())


def test_a_reference_of_a_key_and_of_a_shown_field_is_shown(session: Session) -> None:
    """One value serves both, so it cannot be a user secret."""
    session.create("gate", "openai", settings={"api_key": "$OpenAI:Both", "organization": "$OpenAI:Both"})
    (need,) = session.require("gate").unmet
    assert (need.is_shown, need.remedy) == (True, "")


def test_a_reference_in_a_header_may_be_a_user_secret(session: Session) -> None:
    """Headers take secrets by reference."""
    headers = "X-Team: $Headers:Team"
    session.create("gate", "openai", settings={"api_key": "$OpenAI:ApiKey", "headers": headers})
    found = {each.reference: each.remedy for each in session.require("gate").unmet}
    assert found["$Headers:Team"] == "%aiconn secret set Headers:Team"


def test_the_errors_of_a_shown_field_propose_no_user_secret(session: Session) -> None:
    """A use, `explain` and a test say the same as the need."""
    session.create("gate", "openai-compatible", settings={"endpoint": "$OpenAI:Endpoint"})
    with pytest.raises(ReferenceNotFound) as raised:
        session.use("gate")
    assert raised.value.is_shown
    told = [raised.value.hint, str(session.explain("gate")), str(session.test("gate"))]
    assert [("OpenAI__Endpoint" in each, "secret set" in each) for each in told] == [(True, False)] * 3


def settings_of_production(work: Path) -> None:
    """Write settings files that have values for all references, in Production as well."""
    (work / "appsettings.json").write_text(json.dumps({"OpenAI": {"ApiKey": "sk-canary-0123456789"}}))
    (work / "appsettings.Production.json").write_text("{}")


@pytest.mark.parametrize(("environment", "named"), [("Prodution", "Production"), ("production", "production")])
def test_a_mistyped_environment_is_a_warning(
    environment: str, named: str, project: Path, work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rest of the files may meet all needs. The exit status does not change, because the name may be intended."""
    settings_of_production(work)
    monkeypatch.setenv("AICONN_ENVIRONMENT", environment)
    if environment == "production" and (work / "appsettings.production.json").exists():
        pytest.skip("this disk knows no case")
    session = Session()
    found = session.require(yes=True)
    (note,) = found.notes
    assert (found.ok, found.exit_status) == (True, 0)
    assert named in note
    assert f"Warning: {note}" in " ".join(str(found).split())
    assert found.data()["notes"] == [note]
    session.disable("here")
    unmet = session.require()
    assert (unmet.ok, unmet.notes) == (False, (note,))
    assert f"Warning: {note}" in " ".join(str(unmet).split())
    assert session.require("gpt").notes == (note,)


@pytest.mark.parametrize("has_settings", [True, False])
def test_an_environment_that_is_meant_has_no_warning(
    has_settings: bool, project: Path, work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A notebook without settings files gets no warning either, because it may need none."""
    if has_settings:
        settings_of_production(work)
        monkeypatch.setenv("AICONN_ENVIRONMENT", "Production")
    assert Session().require(yes=True).notes == ()


def test_a_notebook_that_stops_says_that_its_environment_is_mistyped(
    project: Path, work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The name may be the reason why a need is not met."""
    from aiconn_nb.ui.magics.notebook_console import NotebookConsole
    from aiconn_nb.ui.shell.table import run

    class Unwatched(NotebookConsole):
        can_ask = False

    settings_of_production(work)
    monkeypatch.setenv("AICONN_ENVIRONMENT", "Prodution")
    session = Session()
    with pytest.raises(NeedsNotMet) as raised:
        run(session, ["require"], Unwatched(None))
    assert raised.value.notes == session.require().notes != ()


def test_each_verb_that_resolves_warns_of_a_mistyped_environment(work: Path, tmp_path: Path) -> None:
    """They are `use`, `explain`, `require` and the list. An environment without a file is allowed, but may be a mistake."""
    (work / "appsettings.json").write_text('{"OpenAI": {"ApiKey": "x-0123456789abcdef"}}')
    (work / "appsettings.Production.json").write_text("{}")
    session = Session(
        home=tmp_path / "home", config_home=tmp_path / "keys", config_root=work, environment="Prodution", environ={}
    )
    session.create("a", "openai", settings={"api_key": "$OpenAI:ApiKey"})
    note = session._context.environment_note(session._context.configuration())
    assert "Production" in note
    assert note in session.use("a").warnings
    assert note in session.explain("a").notes
    assert note in session.require("a").notes
    assert session.connections().aside == note
    assert note not in session.explain("a", environment="Production").notes


def test_a_script_stops_at_what_is_not_met(session: Session, work: Path) -> None:
    """One word after the call is enough. A result with an unmet need is also false."""
    session.create("class", "openai", settings={"api_key": "$Course:ApiKey"})
    with pytest.raises(NeedsNotMet) as raised:
        session.require("class").raise_if_unmet()
    assert raised.value.variables == ("Course__ApiKey",)
    assert not session.require("class")
    (work / "appsettings.json").write_text('{"Course": {"ApiKey": "value-of-the-course"}}')
    found = session.require("class")
    assert found
    assert found.raise_if_unmet() is found


def test_tests_are_true_if_all_are_proven(session: Session) -> None:
    """``if aiconn_nb.test(...)`` thus means what it says."""
    session.create("good", "demo")
    session.create("bad", "demo", settings={"fail_with": "authentication"})
    assert session.test("good")
    assert not session.test("good", "bad")


def test_a_sealed_key_that_does_not_open_is_a_need(session: Session) -> None:
    """The connection cannot be used, whatever was known about it before."""
    session.create("gpt", "openai", settings={"api_key": Secret("sk-canary-0123456789-for-the-needs")})
    session._context.config_home.joinpath("master.key").unlink()
    found = session.require("gpt")
    assert lacks(found) == [("connection", "gpt", Lack.UNOPENED)]
    assert [each.remedy for each in found] == ["%aiconn edit gpt --prompt api_key"]


def test_the_import_that_is_advised_is_for_what_was_named(session: Session, project: Path) -> None:
    """The advice does not concern the whole file, because the user asked about one entry."""
    (need,) = session.require("here")
    assert need.remedy == "%aiconn require here --yes"


def test_a_broken_settings_file_is_the_need(session: Session, work: Path) -> None:
    """It appears once and not as a missing value for each reference, because the value may be in the file."""
    (work / "appsettings.json").write_text('{"OpenAI": {"ApiKey": "x"},,}')
    session.create("gpt", "openai", settings={"api_key": "$OpenAI:ApiKey", "timeout": "$OpenAI:Timeout"})
    (need,) = session.require("gpt")
    assert (need.lack, need.reference, need.remedy) == (Lack.UNRESOLVED, "", "")
    assert "appsettings.json, line 1, column 28" in need.words


def test_a_former_alias_names_what_was_renamed(session: Session) -> None:
    """As for every other command, nothing is missing, and a note gives the present name."""
    session.create("gateway", "openai-compatible", settings={"endpoint": "http://localhost:1/v1"})
    session.rename("gateway", "local")
    found = session.require("gateway")
    assert [(each.alias, each.is_met) for each in found] == [("local", True)]
    assert "local" in found.notes[0]


def test_each_need_is_shown_once(session: Session) -> None:
    """A connection of two named profiles, or one that is named beside its profile, is one need."""
    session.create("here", "demo")
    for alias in ("writer", "tutor"):
        session.create_profile(alias, connections=["here"], model="demo-chat")
    found = session.require("writer", "tutor", "here", "HERE")
    assert [(each.kind, each.alias) for each in found] == [
        ("profile", "writer"),
        ("connection", "here"),
        ("profile", "tutor"),
    ]


def test_all_that_was_not_checked_is_one_line(session: Session) -> None:
    """The line has the commands that check it. A class meets it on the first day."""
    session.create("a", "openai", settings={"api_key": "$Made:Up"})
    session.create("b", "openai", settings={"api_key": "$Made:Up"})
    session.set_secret("Made:Up", Secret("made-up-key-0123456789"))
    _, *notes = str(session.require("a", "b")).splitlines()
    assert [re.findall(r"'([^']+)'", note) for note in notes] == [["%aiconn test a", "%aiconn test b"]]
