"""Using connections: resolving, clients, exported variables, environments, explanations."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet

from aiconn_nb import (
    ConfigurationFileError,
    ConnectionInactive,
    MasterKeyError,
    NoConnectionInUse,
    ReferenceNotFound,
    Secret,
    Session,
    UnsealError,
)
from aiconn_nb.errors import BadEnvironmentName, Implausible, NoEnvironment, NoKeyToUnseal, UnusableSetting
from aiconn_nb.providers.plug_ins.fake import FakeProvider, registry_of


def write(folder: Path, name: str, content: object) -> None:
    """Write a configuration file."""
    (folder / name).write_text(json.dumps(content, indent=1))


@pytest.fixture
def fake() -> FakeProvider:
    """Return a provider that records its calls."""
    return FakeProvider()


@pytest.fixture
def session(fake: FakeProvider, work: Path) -> Session:
    """Return a session that knows only the fake, with one connection and its files."""
    write(work, "appsettings.json", {"Fake": {"ApiKey": "shared-key"}})
    write(work, "appsettings.Development.json", {"Fake": {"ApiKey": "development-key"}})
    write(work, "appsettings.Production.json", {"Fake": {"ApiKey": "production-key"}})
    session = Session(registry=registry_of(fake))
    session.create("a", "fake", settings={"api_key": "$Fake:ApiKey"})
    return session


def key_of(client: object) -> str:
    """Return the key that the client was built with."""
    return client.settings["api_key"].reveal()  # type: ignore[attr-defined,no-any-return]


def test_a_client_is_made_with_resolved_settings(session: Session) -> None:
    """Defaults are filled in, and the key is a secret."""
    session.use("a")
    client = session.client()
    assert key_of(client) == "development-key"
    assert client.settings["endpoint"] == "https://fake.example"


def test_the_same_connection_has_other_keys_in_another_environment(session: Session) -> None:
    """Only this session is switched."""
    other = Session(registry=registry_of(FakeProvider()))
    session.environment("Production")
    assert key_of(session.client("a")) == "production-key"
    assert key_of(other.client("a")) == "development-key"


def test_the_environment_of_a_broken_link_exists(session: Session, work: Path) -> None:
    """It is listed, and a lookup fails with the file's problem, not because the environment is unknown."""
    (work / "appsettings.Staging.json").symlink_to("nowhere")
    rows = {row.name: row.files for row in session.environment()}
    assert rows["Staging"] == ("appsettings.Staging.json",)
    line = session.resolve("$Fake:Key", environment="Staging")[0]
    assert "appsettings.Staging.json" in line.problem


def test_the_list_of_environments_says_why_no_reference_resolves(session: Session, work: Path) -> None:
    """A broken file of the current environment fails every lookup, so the list shows more than its name."""
    (work / "appsettings.Development.json").write_text("{,}")
    assert any("appsettings.Development.json, line 1" in note for note in session.environment().notes)


def test_a_secret_that_hides_a_file_is_named_although_another_does_not_open(
    session: Session, work: Path, isolated: Path
) -> None:
    """The list of environments opens no secret: it shows where values are, not what they are."""
    write(work, "appsettings.Staging.json", {"Fake": {"ApiKey": "x"}})
    session.set_secret("Fake:ApiKey", Secret("not-real-0000"), environment="Staging")
    (isolated / "keys" / "master.key").unlink()
    assert any("$Fake:ApiKey" in note for note in session.environment("Staging").notes)


def test_a_session_that_was_switched_survives_an_impossible_variable(
    session: Session, work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A variable that gets an invalid name later does not prevent listing and switching."""
    write(work, "appsettings.Staging.json", {})
    session.environment("Staging")
    monkeypatch.setenv("AICONN_ENVIRONMENT", "a/b")
    assert session.environment().current == "Staging"
    assert session.environment("Development").current == "Development"


def test_a_blank_environment_is_none(session: Session) -> None:
    """It is neither the current environment nor one with a file ``appsettings..json``."""
    with pytest.raises(BadEnvironmentName):
        session.resolve("$Fake:Key", environment="")
    with pytest.raises(BadEnvironmentName):
        session.set_secret("Fake:Key", Secret("not-real"), environment="")


def test_an_unknown_environment_names_the_nearest(session: Session) -> None:
    """The environments are those with a file."""
    with pytest.raises(NoEnvironment) as raised:
        session.environment("Productoin")
    assert "'Production'" in raised.value.hint
    assert [row.name for row in session.environment()] == ["Development", "Production"]
    assert session.environment().current == "Development"


def test_a_reference_that_does_not_resolve_fails_on_use(session: Session) -> None:
    """The error names the key, the environment, the searched places and the nearest key. The former connection stays in use."""
    session.use("a")
    session.create("b", "fake", settings={"api_key": "$Fake:ApiKay"})
    with pytest.raises(ReferenceNotFound) as raised:
        session.use("b")
    message = str(raised.value)
    for part in ("$Fake:ApiKay", "Development", "environment variables", "appsettings.json", "$Fake:ApiKey"):
        assert part in message
    assert "development-key" not in message
    assert session.using().alias == "a"


def test_an_inactive_connection_cannot_be_used(session: Session) -> None:
    """The error says how to enable it."""
    session.disable("a")
    with pytest.raises(ConnectionInactive) as raised:
        session.client("a")
    assert raised.value.alias == "a"


def test_without_a_connection_in_use_a_client_cannot_be_had(session: Session) -> None:
    """The error says to use one first."""
    with pytest.raises(NoConnectionInUse):
        session.client()


def test_a_broken_file_fails_every_use_and_says_where(session: Session, work: Path) -> None:
    """The error has file and line. The list still works, and reports it, too."""
    (work / "appsettings.Development.json").write_text('{\n "Fake": {"ApiKey": "canary-key"\n "x": 1}\n}')
    with pytest.raises(ConfigurationFileError) as raised:
        session.client("a")
    assert "appsettings.Development.json" in str(raised.value)
    assert raised.value.line == 3
    assert "canary" not in str(raised.value)
    listed = session.connections()
    assert not listed[0].resolves
    assert "appsettings.Development.json" in str(listed)


def test_a_blank_required_value_resolved_to_nothing(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is never sent."""
    monkeypatch.setenv("Fake__ApiKey", " ")
    with pytest.raises(UnusableSetting) as raised:
        session.client("a")
    assert raised.value.field == "api_key"


def test_user_secrets_lie_over_the_files_and_beneath_the_variables(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The secret for one environment hides the one for all, and the variable hides both."""
    session.set_secret("Fake:ApiKey", Secret("secret-for-all"), all=True)
    assert key_of(session.client("a")) == "secret-for-all"
    session.set_secret("$fake:apikey", Secret("secret-for-one"))
    assert key_of(session.client("a")) == "secret-for-one"
    monkeypatch.setenv("FAKE__APIKEY", "from-the-variable")
    assert key_of(session.client("a")) == "from-the-variable"
    assert [(row.key, row.environment) for row in session.secrets()] == [
        ("Fake:ApiKey", ""),
        ("fake:apikey", "Development"),
    ]
    session.remove_secret("Fake:ApiKey", all=True)
    assert [row.removed for row in session.secrets()] == [True, False]


def test_a_secret_that_cannot_be_opened_is_an_error_not_another_key(session: Session, isolated: Path) -> None:
    """A lower layer must not take over. The error asks for the value again."""
    session.set_secret("Fake:ApiKey", Secret("canary-key"))
    (isolated / "keys" / "master.key").unlink()
    (isolated / "keys" / "master.key").write_bytes(Fernet.generate_key())
    with pytest.raises(UnsealError) as raised:
        session.client("a")
    assert "Fake:ApiKey" in str(raised.value)


@pytest.mark.parametrize("needs", ["user secret", "connection", "former version", "variable"])
def test_no_second_master_key_is_made_while_the_first_is_missing(
    session: Session, isolated: Path, needs: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once the first key is back, it could not open values of the second. Nothing is changed."""
    key = isolated / "keys" / "master.key"
    if needs == "variable":
        monkeypatch.setenv("AICONN_MASTER_KEY", Fernet.generate_key().decode())
    if needs in ("user secret", "variable"):
        session.set_secret("Fake:ApiKey", Secret("first-value-0000"))
    else:
        session.create("b", "fake", settings={"api_key": "made-up-literal"})
    if needs == "former version":
        session.edit("b", settings={"api_key": "$Fake:ApiKey"})
    if needs == "variable":
        monkeypatch.delenv("AICONN_MASTER_KEY")
    else:
        key.rename(isolated / "away.key")
    for call in (
        lambda: session.create("c", "fake", settings={"api_key": "another-literal"}),
        lambda: session.set_secret("Other:Key", Secret("second-value-000")),
    ):
        with pytest.raises(MasterKeyError):
            call()
    assert not key.exists()
    assert "c" not in session.aliases()
    if needs != "variable":
        (isolated / "away.key").rename(key)
        session.create("c", "fake", settings={"api_key": "another-literal"})
        assert key_of(session.client("c")) == "another-literal"


def test_only_files_of_ours_need_the_master_key(session: Session, isolated: Path) -> None:
    """The store's folder may be a project with its own data: a table as a folder, as Spark writes it, and any rows."""
    home = Path(os.environ["AICONN_HOME"])
    (home / "data" / "table.jsonl").mkdir(parents=True)
    (home / "rows.jsonl").write_text('{"text": "aiconn:1:gAAAA"}')
    session.create("b", "fake", settings={"api_key": "made-up-literal"})
    assert key_of(session.client("b")) == "made-up-literal"


def test_a_former_secret_that_cannot_be_opened_is_not_brought_back(session: Session, isolated: Path) -> None:
    """The current value stays."""
    session.set_secret("Fake:ApiKey", Secret("first-value-0000"))
    key = isolated / "keys" / "master.key"
    key.write_bytes(Fernet.generate_key())
    session.set_secret("Fake:ApiKey", Secret("second-value-000"))
    with pytest.raises(UnsealError):
        session.restore_secret("Fake:ApiKey")
    assert key_of(session.client("a")) == "second-value-000"


def test_a_sealed_value_that_cannot_be_opened_is_never_sent(session: Session, isolated: Path) -> None:
    """The error names the field, and the stored value stays."""
    session.create("b", "fake", settings={"api_key": "made-up-literal"})
    before = session.get("b").settings["api_key"]
    (isolated / "keys" / "master.key").unlink()
    with pytest.raises(NoKeyToUnseal) as raised:
        session.client("b")
    assert raised.value.field == "api_key"
    assert session.get("b").settings["api_key"] == before


@pytest.mark.parametrize("character", ["\0", "\ud800"])
def test_a_value_that_no_variable_can_have_is_not_exported(session: Session, work: Path, character: str) -> None:
    """The error names the field, nothing is exported, and no command runs."""
    session.create("b", "fake", settings={"api_key": "$Odd:Key"})
    session.set_secret("Odd:Key", Secret(f"made-up{character}literal"))
    for call in (
        lambda: session.use("b", export=True),
        lambda: session.environ("b").__enter__(),
        lambda: session.run("b", ["true"]),
    ):
        with pytest.raises(Implausible) as raised:
            call()
        assert (raised.value.setting, raised.value.alias) == ("api_key", "b")
        assert "made-up" not in str(raised.value)
    assert "FAKE_API_KEY" not in os.environ


def test_exported_variables_are_put_back(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are restored by using another connection, by using none, and at the end of a with block."""
    monkeypatch.setenv("FAKE_API_KEY", "mine")
    monkeypatch.delenv("FAKE_REGION", raising=False)
    session.create("b", "fake", settings={"api_key": "$Fake:ApiKey", "region": "north"})
    session.use("b", export=True)
    assert (os.environ["FAKE_API_KEY"], os.environ["FAKE_REGION"]) == ("development-key", "north")
    assert session.using().variables == ("FAKE_API_KEY", "FAKE_REGION")
    session.use("a")
    assert os.environ["FAKE_API_KEY"] == "mine"
    assert "FAKE_REGION" not in os.environ
    with session.environ("b"):
        assert os.environ["FAKE_REGION"] == "north"
    assert "FAKE_REGION" not in os.environ


def test_a_leftover_variable_of_the_ecosystem_is_taken_away_meanwhile(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise this account's key would be used with another account's region."""
    monkeypatch.setenv("FAKE_REGION", "elsewhere")
    session.use("a", export=True)
    assert "FAKE_REGION" not in os.environ
    assert session.run("a", ["sh", "-c", 'test -z "$FAKE_REGION"']) == 0
    session.use_none()
    assert os.environ["FAKE_REGION"] == "elsewhere"


def test_a_variable_that_was_changed_meanwhile_is_left_alone(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """It belongs to the user then."""
    monkeypatch.setenv("FAKE_API_KEY", "mine")
    session.use("a", export=True)
    monkeypatch.setenv("FAKE_API_KEY", "newer")
    session.use_none()
    assert os.environ["FAKE_API_KEY"] == "newer"


def test_an_explanation_names_file_line_and_what_is_hidden(session: Session) -> None:
    """It never shows a secret."""
    line = session.explain("a")[0]
    assert (line.written, line.resolved, line.shown) == ("$Fake:ApiKey", True, "••••••••")
    assert line.source == "appsettings.Development.json:3"
    assert line.hidden == ("appsettings.json:3",)
    assert "development-key" not in str(session.explain("a")) + json.dumps(session.explain("a").data())
    assert session.explain("a", environment="Production")[0].source == "appsettings.Production.json:3"


def test_an_explanation_of_a_missing_reference_names_the_nearest(session: Session) -> None:
    """The explanation does not fail."""
    line = session.resolve("$Fake:ApiKee")[0]
    assert not line.resolved
    assert "$Fake:ApiKey" in line.hint
    assert session.resolve("Fake:ApiKey")[0].source == "appsettings.Development.json:3"


def test_the_list_says_what_does_not_resolve_and_what_is_in_use(session: Session) -> None:
    """It can be filtered by text, provider and state."""
    session.create("b", "fake", name="Second", settings={"api_key": "$Missing:Key"}, active=False)
    session.use("a")
    rows = session.connections()
    assert [(row.alias, row.resolves, row.missing, row.in_use) for row in rows] == [
        ("a", True, (), True),
        ("b", False, ("$Missing:Key",), False),
    ]
    assert [row.alias for row in session.connections("SECOND")] == ["b"]
    assert [row.alias for row in session.connections(active=True)] == ["a"]
    assert [row.alias for row in session.connections(provider="fake")] == ["a", "b"]


def test_a_command_runs_with_the_variables_and_answers_its_status(
    session: Session, capfd: pytest.CaptureFixture[str]
) -> None:
    """The session's own process keeps its environment."""
    status = session.run("a", ["sh", "-c", 'test "$FAKE_API_KEY" = development-key && exit 7'])
    assert status == 7
    assert "FAKE_API_KEY" not in os.environ


def test_use_with_a_name_resolves_once(isolated: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """``use x as y`` reads the store once and resolves the settings once, so the connection in use and the client match."""
    from aiconn_nb.features import core
    from aiconn_nb.store.store import Store

    session = Session()
    session.create("demo-dev", "demo", settings={"latency": 0.0})
    done: list[str] = []
    read, resolve = Store.read, core.resolve_explained

    def counted_read(self: Store) -> object:
        done.append("read")
        return read(self)

    def counted_resolve(*given: Any, **named: Any) -> object:
        done.append("resolve")
        return resolve(*given, **named)

    monkeypatch.setattr(Store, "read", counted_read)
    monkeypatch.setattr(core, "resolve_explained", counted_resolve)
    using, client = session.use_client("demo-dev")
    assert done == ["read", "resolve"]
    assert using.alias == "demo-dev"
    assert client.chat("hello")


def test_the_missing_settings_file_is_told_only_where_a_value_is_missing(isolated: Path) -> None:
    """A user with only secrets and variables needs no file, and is not warned every time."""
    from aiconn_nb.config.configuration import NO_SETTINGS
    from aiconn_nb.ui.render import as_text, view_of

    session = Session()
    session.create("demo-dev", "demo", settings={"api_key": "$Demo:Key"})

    def told() -> list[bool]:
        results = [
            session.explain("demo-dev"),
            session.resolve("$Demo:Key"),
            session.connections(),
            session.environment(),
        ]
        return ["no appsettings.json at or above" in as_text(view_of(each), 500).lower() for each in results]

    assert told() == [True, True, True, True]
    assert as_text(view_of(session.environment()), 500).count("at or above the working folder") == 1
    session.set_secret("Demo:Key", "made-up-key-0123456789")
    assert told() == [False, False, False, True]
    assert NO_SETTINGS not in session.use("demo-dev").warnings
    assert NO_SETTINGS not in session.using().warnings
    assert NO_SETTINGS in [each.words for each in session.doctor()]
    session.remove_secret("Demo:Key")
    assert NO_SETTINGS in session.using().warnings
