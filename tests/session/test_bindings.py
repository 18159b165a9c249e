"""A rotation binds clients again to the new key, and any other change only says that they are stale."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from aiconn_nb import RotationFailed, Secret, Session
from aiconn_nb.errors import FailureKind
from aiconn_nb.providers.plug_ins.fake import FakeProvider, registry_of

OLD, NEW, HELD = "old-key-000011112222", "new-key-333344445555", "held-key-6666777788"


class Offline(FakeProvider):
    """A provider without a network, so that its list proves a key."""

    def endpoint(self, settings: Any) -> Any:
        return None


class Notebook:
    """The names of a notebook, and a session that binds clients to them."""

    def __init__(self, provider: FakeProvider) -> None:
        self.session = Session(registry=registry_of(provider))
        self.names: dict[str, Any] = {}

    def use_as(self, alias: str, name: str) -> None:
        """Do what ``%aiconn use ALIAS as NAME`` does."""
        self.session.use_as(alias, name, self.names.__setitem__, lambda client: self.names.get(name) is client)

    def key(self, name: str) -> str:
        """Return the key of the client that is bound to a name."""
        value: Secret = self.names[name].settings["api_key"]
        return value.reveal()


@pytest.fixture
def provider() -> Offline:
    """Return the provider of this test's notebook."""
    return Offline()


@pytest.fixture
def notebook(provider: Offline) -> Notebook:
    """Return a notebook with the connection ``a``, bound to ``client``."""
    made = Notebook(provider)
    made.session.create("a", "fake", settings={"api_key": OLD})
    made.use_as("a", "client")
    return made


def test_a_rotation_binds_the_client_anew_and_says_so(notebook: Notebook) -> None:
    """The old key may be invalid in a minute, and the name has a client with the new one."""
    done = notebook.session.rotate("a", NEW)
    assert notebook.key("client") == NEW
    assert "client was bound again, to the client with the new key." in done.notes


def test_every_client_with_the_old_key_is_bound_anew(notebook: Notebook) -> None:
    """This includes clients of other connections that use the same user secret."""
    session = notebook.session
    session.set_secret("Fake:ApiKey", Secret(OLD))
    for alias in ("b", "c"):
        session.create(alias, "fake", settings={"api_key": "$Fake:ApiKey"})
        notebook.use_as(alias, f"client_{alias}")
    session.rotate("b", NEW)
    assert [notebook.key(name) for name in ("client", "client_b", "client_c")] == [OLD, NEW, NEW]


def test_a_rotation_that_fails_leaves_the_client_alone(notebook: Notebook, provider: Offline) -> None:
    """The name has the same object as before."""
    before = notebook.names["client"]
    provider.failures["models"] = FailureKind.AUTHENTICATION
    with pytest.raises(RotationFailed):
        notebook.session.rotate("a", NEW)
    assert notebook.names["client"] is before


def test_a_name_that_has_something_else_now_is_not_touched(notebook: Notebook) -> None:
    """The name belongs to the user."""
    notebook.names["client"] = "mine"
    done = notebook.session.rotate("a", NEW)
    assert notebook.names["client"] == "mine"
    assert done.notes == ("'%aiconn rollback a 1' restores the previous one.",)


def test_a_client_of_another_environment_is_not_bound_anew(notebook: Notebook, work: Path) -> None:
    """A notebook that silently continued with another account would be worse."""
    for name in ("appsettings.json", "appsettings.Production.json"):
        (work / name).write_text("{}")
    before = notebook.names["client"]
    told = notebook.session.environment("Production").notes
    assert "client still has what Development gave it; '%aiconn use a as client' makes a new one." in told
    notebook.session.rotate("a", NEW)
    assert notebook.names["client"] is before


def test_use_says_what_is_of_another_environment(work: Path) -> None:
    """The message names the bound name and the exported variables, each with the origin of its values."""
    for name, key in (("Development", "key-of-development"), ("Staging", "key-of-staging")):
        (work / f"appsettings.{name}.json").write_text(f'{{"Fake": {{"ApiKey": "{key}"}}}}')
    (work / "appsettings.json").write_text("{}")
    notebook = Notebook(Offline())
    session = notebook.session
    session.create("oai", "fake", settings={"api_key": "$Fake:ApiKey"})
    session.use_as("oai", "c", notebook.names.__setitem__, lambda client: True, export=True)
    assert (session.using().bound, session.using().warnings) == ("c", ())
    session.environment("Staging")
    using = session.using()
    assert (using.environment, using.bound, using.variables) == ("Staging", "c", ("FAKE_API_KEY",))
    assert using.sources == ("api_key from appsettings.Staging.json:1",)
    exported, bound = using.warnings
    for told in (exported, bound):
        assert "Development" in told
        assert "api_key from appsettings.Development.json:1" in told
    assert "'%aiconn use oai as c --env'" in bound
    assert "'%aiconn use oai --env'" in exported
    assert bound.startswith("c ")
    # The message appears without an alias, too. After the line that it names, nothing is left to say.
    session.use_none()
    assert [each[:2] for each in session.using().warnings] == ["c "]
    session.use_as("oai", "c", notebook.names.__setitem__, lambda client: True, export=True)
    assert session.using().warnings == ()
    session.use_none()


@pytest.mark.parametrize(
    "change",
    [
        lambda session: session.edit("a", settings={"region": "us"}).warnings,
        lambda session: session.edit("a", settings={"api_key": NEW}).warnings,
    ],
    ids=["edit", "key"],
)
def test_another_change_only_says_that_the_client_is_stale(notebook: Notebook, change: Any) -> None:
    """The message also says how to make a new client."""
    before = notebook.names["client"]
    assert "client still has what a was; '%aiconn use a as client' makes a new one." in change(notebook.session)
    assert notebook.names["client"] is before


@pytest.mark.parametrize(("verb", "named"), [("disable", True), ("delete", False)])
def test_a_client_that_cannot_be_made_anew_is_only_told(notebook: Notebook, verb: str, named: bool) -> None:
    """`use` would fail: an inactive connection must be enabled first, and a deleted one is gone."""
    before = notebook.names["client"]
    (told,) = getattr(notebook.session, verb)("a").warnings
    assert ("client still holds" in told, "%aiconn use" in told, "%aiconn enable a" in told) == (True, False, named)
    assert notebook.names["client"] is before


def test_a_secret_and_a_rollback_make_clients_stale_too(notebook: Notebook) -> None:
    """It does not matter where the key changed."""
    session = notebook.session
    session.edit("a", settings={"api_key": "$Fake:ApiKey", "region": "eu"})
    session.set_secret("Fake:ApiKey", Secret(OLD))
    notebook.use_as("a", "client")
    stale = "client still has what a was; '%aiconn use a as client' makes a new one."
    assert stale in session.set_secret("Fake:ApiKey", Secret(NEW)).warnings
    notebook.use_as("a", "client")
    assert stale in session.rollback("a", 1).warnings


def test_whatever_else_changes_it_says_so_too(notebook: Notebook, work: Path) -> None:
    """The other changes are a notebook that runs again with other values, a bundle, and a removed secret."""
    session = notebook.session
    stale = "client still has what a was; '%aiconn use a as client' makes a new one."
    updated = {"api_key": "$Fake:ApiKey", "region": "eu"}
    assert stale in session.create("a", "fake", settings=updated, update=True).warnings
    session.set_secret("Fake:ApiKey", Secret(OLD))
    notebook.use_as("a", "client")
    assert stale in session.remove_secret("Fake:ApiKey").warnings
    session.restore_secret("Fake:ApiKey")
    session.export("a", to="bundle.json")
    session.edit("a", settings={"region": "us"})
    notebook.use_as("a", "client")
    assert stale in session.apply_import(session.plan_import("bundle.json")).warnings


def test_a_change_of_the_name_is_none_of_the_client(notebook: Notebook) -> None:
    """A new alias does not affect the client either, which would be the same."""
    assert notebook.session.edit("a", name="Another name").warnings == ()
    assert notebook.session.rename("a", "b").warnings == ()


@pytest.fixture
def exported(notebook: Notebook) -> Iterator[Session]:
    """Yield a session whose connection ``a`` is exported and no longer bound to a name."""
    session = notebook.session
    session.set_secret("Fake:ApiKey", Secret(HELD))
    session.edit("a", settings={"api_key": "$Fake:ApiKey"})
    notebook.names.clear()
    session.use("a", export=True)
    assert os.environ["FAKE_API_KEY"] == HELD
    yield session
    session.use_none()
    os.environ.pop("FAKE_API_KEY", None)


EXPORTED = "this kernel's environment still has what a was; '%aiconn use a --env' exports it again."


@pytest.mark.parametrize(
    "change",
    [
        lambda session: session.edit("a", settings={"region": "us"}),
        lambda session: session.set_secret("Fake:ApiKey", Secret(NEW)),
        lambda session: session.rollback("a", 1),
        lambda session: session.remove_secret("Fake:ApiKey"),
    ],
    ids=["edit", "secret set", "rollback", "secret remove"],
)
def test_exported_variables_are_told_like_a_client(exported: Session, change: Any) -> None:
    """They are not set again: a process that silently continued with another account would be worse."""
    assert EXPORTED in change(exported).warnings
    assert os.environ["FAKE_API_KEY"] == HELD


@pytest.mark.parametrize("gone", ["use", "none", "environment"])
def test_variables_that_were_put_back_are_not_told(exported: Session, gone: str) -> None:
    """Variables that another program changed are not mentioned either."""
    if gone == "use":
        exported.use("a")
    elif gone == "none":
        exported.use_none()
    else:
        os.environ["FAKE_API_KEY"] = "of-the-user"
    assert exported.edit("a", settings={"region": "us"}).warnings == ()


def test_another_environment_leaves_them_stale(exported: Session, work: Path) -> None:
    """They are treated like a client."""
    for name in ("appsettings.json", "appsettings.Production.json"):
        (work / name).write_text("{}")
    told = exported.environment("Production").notes
    assert any("this kernel's environment still has what Development gave it" in note for note in told)


def test_a_rotation_exports_the_new_key(exported: Session) -> None:
    """As for a client, the old key may be invalid in a minute."""
    done = exported.rotate("a", NEW)
    assert os.environ["FAKE_API_KEY"] == NEW
    assert "this kernel's environment has the new key now." in done.notes


def test_a_rotation_of_another_connection_does_not(exported: Session) -> None:
    """The variables of the other connection are not exported."""
    exported.create("other", "fake", settings={"api_key": OLD})
    exported.rotate("other", NEW)
    assert os.environ["FAKE_API_KEY"] == HELD
