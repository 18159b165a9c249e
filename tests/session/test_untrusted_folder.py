"""A stranger's notebook folder can be opened safely: its files redirect no key of the user, and run nothing."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from aiconn_nb import Secret, Session, UntrustedHost
from aiconn_nb.errors import ConfigurationFileError, NoEnvironment

from .bundles import EVIL, GATEWAY, connection, key_of, new_session, take_in, write


@pytest.fixture
def own(work: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the user's own folder, in which the endpoint is configured and a kernel is started."""
    folder = work / "own"
    write(folder, "appsettings.json", {"Team": {"Url": GATEWAY}})
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def theirs(work: Path) -> Path:
    """Return a stranger's folder, whose files send the same names elsewhere."""
    folder = work / "theirs"
    write(folder, "appsettings.json", {"Team": {"Url": EVIL}})
    return folder


def allowed(session: Session, alias: str) -> Session:
    """Create a connection in the user's own folder, trust it there as a user would, and return the session."""
    session.create(alias, "fake", settings={"api_key": "$Team:Key", "endpoint": "$Team:Url"})
    session.trust(alias)
    assert key_of(session.client(alias)) == "made-up-key"
    return session


def assert_redirected(session: Session, alias: str, sent: str) -> None:
    """Check that the host is questioned and nothing is sent."""
    with pytest.raises(UntrustedHost) as raised:
        session.client(alias)
    assert (raised.value.host, raised.value.sent) == ("https://evil.example", (sent,))


def test_a_sealed_key_is_not_redirected(own: Path, theirs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The endpoint is a reference, to which a file of the folder gives the value."""
    session = new_session()
    session.create("a", "fake", settings={"api_key": "sealed-key", "endpoint": "$Team:Url"})
    session.trust("a")
    session.client("a")
    monkeypatch.chdir(theirs)
    assert_redirected(session, "a", "the sealed api_key")
    assert_redirected(new_session(), "a", "the sealed api_key")


def test_a_user_secret_is_not_redirected(own: Path, theirs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It takes precedence over the files, but does not belong to them."""
    session = new_session()
    session.set_secret("Team:Key", Secret("made-up-key"))
    allowed(session, "a")
    monkeypatch.chdir(theirs)
    assert_redirected(session, "a", "$Team:Key")


def test_a_variable_is_not_redirected(own: Path, theirs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """This holds even for a variable that only happens to be there."""
    monkeypatch.setenv("Team__Key", "made-up-key")
    session = allowed(new_session(), "a")
    monkeypatch.chdir(theirs)
    assert_redirected(session, "a", "$Team:Key")


def test_a_file_of_an_environment_redirects_nothing(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither a switch to it nor writing it while the kernel runs redirects a key."""
    monkeypatch.setenv("Team__Key", "made-up-key")
    session = allowed(new_session(), "a")
    write(own, "appsettings.Staging.json", {"Team": {"Url": EVIL}})
    session.client("a")
    session.environment("Staging")
    assert_redirected(session, "a", "$Team:Key")
    session.environment("Development")
    session.client("a")
    write(own, "appsettings.Development.json", {"Team": {"Url": EVIL}})
    assert_redirected(session, "a", "$Team:Key")
    session.trust("a")
    session.client("a")


def test_the_test_of_a_connection_asks_before_anything_is_sent(
    own: Path, theirs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A separate rung of the test says so."""
    monkeypatch.setenv("Team__Key", "made-up-key")
    session = allowed(new_session(), "a")
    monkeypatch.chdir(theirs)
    failed = session.test("a")[0].failed
    assert failed is not None
    assert failed.name == "trusted host"


def test_a_folder_may_spend_its_own_key(work: Path, theirs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A user here combined the two references, and one folder has both values, so there is no question in any folder."""
    session = new_session()
    session.create("a", "fake", settings={"api_key": "$Team:Key", "endpoint": "$Team:Url"})
    write(theirs, "appsettings.Development.json", {"Team": {"Key": "their-own-key"}})
    monkeypatch.chdir(theirs)
    assert key_of(session.client("a")) == "their-own-key"


def test_a_bundle_wires_nothing(work: Path, theirs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its references may belong to a key and an address that have nothing to do with each other."""
    write(theirs, "appsettings.json", {"Links": {"Home": EVIL}, "Team": {"Key": "folder-key"}})
    monkeypatch.chdir(theirs)
    session = new_session()
    take_in(session, work, connection(api_key="$Team:Key", endpoint="$Links:Home"))
    assert_redirected(session, "a", "$Team:Key")


def test_a_link_to_another_folder_is_not_the_folders_own(
    own: Path, theirs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A repository may contain links. A link to the user's own file would otherwise send its key elsewhere."""
    write(own, "appsettings.json", {"Team": {"Url": GATEWAY, "Key": "own-key"}})
    session = new_session()
    session.create("a", "fake", settings={"api_key": "$Team:Key", "endpoint": "$Team:Url"})
    assert key_of(session.client("a")) == "own-key"
    (theirs / "appsettings.json").unlink()
    (theirs / "appsettings.json").symlink_to(own / "appsettings.json")
    write(theirs, "appsettings.Development.json", {"Team": {"Url": EVIL}})
    monkeypatch.chdir(theirs)
    assert_redirected(session, "a", "$Team:Key")


def test_a_connection_that_is_made_in_the_folder_is_a_question(
    theirs: Path, work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If a file of the folder decides on the host, no user has typed it, and a lesson may well say what to type."""
    monkeypatch.setenv("My__Key", "made-up-key")
    monkeypatch.chdir(theirs)
    session = new_session()
    question = session.trust_question(None, "fake", {"api_key": "$My:Key", "endpoint": "$Team:Url"}, name="a")
    assert question is not None
    assert (question.alias, question.answers) == ("a", ("$My:Key → https://evil.example",))
    session.create("a", "fake", settings={"api_key": "$My:Key", "endpoint": "$Team:Url"})
    assert_redirected(session, "a", "$My:Key")
    session.create("b", "fake", settings={"api_key": "$My:Key", "endpoint": "$Team:Url"}, trusting=question.answers)


def test_an_edit_in_the_folder_is_a_question(own: Path, theirs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A key that is typed there does not go where the folder points."""
    monkeypatch.setenv("Team__Key", "made-up-key")
    session = allowed(new_session(), "a")
    monkeypatch.chdir(theirs)
    session.edit("a", settings={"api_key": "newly-typed-key"})
    assert_redirected(session, "a", "the sealed api_key")
    monkeypatch.chdir(own)
    session.edit("a", settings={"api_key": "typed-at-home"})
    assert key_of(session.client("a")) == "typed-at-home"


def test_nothing_in_the_folder_is_executed(theirs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither its modules with well-known names nor anything with the name of an entry point is run."""
    for name in ("openai", "boto3", "aiconn_nb_plugin", "sitecustomize", "appsettings", "json"):
        (theirs / f"{name}.py").write_text("raise SystemExit('executed')\n")
    (theirs / "evil-1.0.dist-info").mkdir()
    (theirs / "evil-1.0.dist-info" / "entry_points.txt").write_text("[aiconn_nb.providers]\nevil = openai:Evil\n")
    monkeypatch.chdir(theirs)
    monkeypatch.setattr(sys, "path", [entry for entry in sys.path if entry not in ("", str(theirs))])
    before = set(sys.modules)
    session = Session()
    session.create("a", "demo")
    session.connections()
    session.explain("a")
    session.test("a")
    session.environment()
    assert "evil" not in session.provider_ids()
    loaded = {
        name for name in set(sys.modules) - before if str(theirs) in (getattr(sys.modules[name], "__file__", "") or "")
    }
    assert loaded == set()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("appsettings.json", b'{"Team": {"Url": "canary-value" "x"}}'),
        ("appsettings.Development.json", b"\xff\xfe\x00"),
        ("appsettings.Development.json", b'{"a": "1", "A": "2"}'),
        ("appsettings.Development.json", b"[" * 1000),
    ],
)
def test_a_path_in_an_error_is_relative(
    theirs: Path, name: str, content: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A saved notebook does not show where it was, nor any value of a broken file."""
    (theirs / name).write_bytes(content)
    monkeypatch.chdir(theirs)
    session = new_session()
    session.create("a", "fake", settings={"api_key": "$Team:Key"})
    with pytest.raises(ConfigurationFileError) as raised:
        session.client("a")
    assert str(raised.value).startswith(name)
    for said in (str(raised.value), str(session.connections()), str(session.explain("a"))):
        assert str(theirs) not in said
        assert "canary-value" not in said


def test_a_folder_that_is_no_file_or_a_pipe_does_not_hang(theirs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The pipe has the name of a settings file."""
    os.mkfifo(theirs / "appsettings.Development.json")
    monkeypatch.chdir(theirs)
    session = new_session()
    session.create("a", "fake", settings={"api_key": "$Team:Key"})
    with pytest.raises(ConfigurationFileError) as raised:
        session.client("a")
    assert (raised.value.path, raised.value.line) == (str(theirs / "appsettings.Development.json"), None)


def test_an_environment_that_is_not_there_names_no_full_path(theirs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error shows only the folder as seen from the working folder."""
    (theirs / "lessons").mkdir()
    monkeypatch.chdir(theirs / "lessons")
    with pytest.raises(NoEnvironment) as raised:
        new_session().environment("Nowhere")
    assert (raised.value.environment, raised.value.folder) == ("Nowhere", "the folder above")


def test_the_host_of_another_azure_tenant_needs_trust(work: Path) -> None:
    """Anybody can have a resource below Azure's domain. A bundle that names one gets no key and no token of this machine."""
    session = Session()
    session.set_secret("Azure:Key", Secret("made-up-key-0123456789"))
    session.create(
        "own", "microsoft-foundry", settings={"endpoint": "https://own.openai.azure.com", "api_key": "$Azure:Key"}
    )
    assert session.untrusted("own") is None
    take_in(
        session,
        work,
        connection("key", "microsoft-foundry", endpoint="https://evil.openai.azure.com", api_key="$Azure:Key"),
        connection("machine", "microsoft-foundry", endpoint="https://evil.services.ai.azure.com"),
    )
    for alias, host in (("key", "https://evil.openai.azure.com"), ("machine", "https://evil.services.ai.azure.com")):
        with pytest.raises(UntrustedHost) as raised:
            session.client(alias)
        assert raised.value.host == host
