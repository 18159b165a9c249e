"""The commands answer the typical first attempts of a newcomer with what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from aiconn_nb import AiconnError, Secret, Session
from aiconn_nb.errors import (
    BundleMalformed,
    BundleNotRead,
    ConfigurationAsBundle,
    ConnectionExists,
    ConnectionNotFound,
    InvalidConnection,
    InvalidProfile,
    NoCommand,
    NoConnectionVersion,
    NoOption,
    NoProvider,
    NoSubcommand,
    ProfileExists,
    ProfileNotFound,
)
from aiconn_nb.model.nearest import meant

from .test_commands import say


@pytest.fixture
def session(session: Session) -> Session:
    """Return a session with a connection and a profile of it that is not a default."""
    session.create("openai-dev", "demo")
    session.create_profile("writer", connections="openai-dev", model="demo-brief")
    return session


def told(session: Session, line: str) -> str:
    """Return the repr of the error with which a command fails: its class and fields."""
    with pytest.raises(AiconnError) as raised:
        say(session, line)
    return repr(raised.value)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (
            "new openai-dev --provider demo --name Other",
            ConnectionExists(alias="openai-dev", differences=("name is 'openai-dev' there, and 'Other' here",)),
        ),
        (
            "profile new writer --connection openai-dev --model m",
            ProfileExists(alias="writer", differences=("model is 'demo-brief' there, and 'm' here",)),
        ),
    ],
)
def test_who_takes_an_alias_twice_is_told_how_to_change_what_has_it(
    session: Session, line: str, expected: AiconnError
) -> None:
    """The user often meant to change it."""
    assert told(session, line) == repr(expected)


@pytest.mark.parametrize(
    ("group", "expected"),
    [
        ("", ConnectionExists(alias="openai-dev", is_undeleting=True)),
        ("profile ", ProfileExists(alias="writer", is_undeleting=True)),
    ],
)
def test_who_brings_one_back_under_a_taken_alias_is_told_to_make_room(
    session: Session, group: str, expected: AiconnError
) -> None:
    """An entry is restored under its own alias, so there is none to choose."""
    say(session, "profile delete writer --yes")
    say(session, "delete openai-dev --yes")
    session.create("openai-dev", "demo")
    session.create_profile("writer", connections="openai-dev", model="demo-brief")
    assert told(session, f"{group}undelete {'writer' if group else 'openai-dev'}") == repr(expected)


@pytest.mark.parametrize(
    "command",
    [
        "show",
        "edit --name X",
        "rename new",
        "duplicate new",
        "delete --yes",
        "enable",
        "disable",
        "use",
        "test",
        "models",
        "explain",
        "history",
        "diff",
        "trust",
        "export",
        "rotate",
    ],
)
def test_a_profile_where_a_connection_is_wanted_is_pointed_to(session: Session, command: str) -> None:
    """Every command does so: the alias belongs to the other kind, and the error names that kind's command if there is one."""
    name, _, rest = command.partition(" ")
    same = {"show", "edit", "rename", "duplicate", "delete", "history", "diff"}
    assert told(session, f"{name} WRITER {rest}") == repr(
        ConnectionNotFound(alias="WRITER", elsewhere="writer", instead=f"profile {name}" if name in same else "")
    )


@pytest.mark.parametrize(
    "command",
    [
        "show",
        "edit --name X",
        "rename new",
        "duplicate new",
        "delete --yes",
        "default",
        "history",
        "diff",
        "rollback 1",
    ],
)
def test_a_connection_where_a_profile_is_wanted_is_pointed_to(session: Session, command: str) -> None:
    """The reverse holds as well."""
    name, _, rest = command.partition(" ")
    assert told(session, f"profile {name} openai-dev {rest}") == repr(
        ProfileNotFound(alias="openai-dev", elsewhere="openai-dev", instead="" if name == "default" else name)
    )


def test_an_environment_that_has_no_file_is_told_once(
    session: Session, work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Such an environment is allowed but may be a slip, so list and env note what is read in that case."""
    (work / "appsettings.json").write_text("{}")
    (work / "appsettings.Production.json").write_text("{}")
    monkeypatch.setenv("AICONN_ENVIRONMENT", "Prodction")
    note = (
        "There is no appsettings.Prodction.json in this folder, so appsettings.json alone is read. "
        f"{meant('Production')}"
    )
    for line in ("list", "env"):
        assert str(say(session, line)).splitlines()[-1] == f"Warning: {note}"
    assert "no appsettings.Nope.json in" in str(say(Session(environment="Nope"), "list"))


def test_nothing_is_said_of_an_environment_that_needs_no_file(
    session: Session, work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There is no note for the default environment, for one with user secrets, and in a folder without files, which has another
    note."""
    note = "There is no appsettings."
    assert str(say(session, "list")).count(note) == 0  # all references resolve without one
    (work / "appsettings.json").write_text("{}")
    assert note not in str(say(session, "list"))
    session.set_secret("A:B", Secret("made-up"), environment="Staging")
    monkeypatch.setenv("AICONN_ENVIRONMENT", "Staging")
    assert note not in str(say(session, "list")) + str(say(session, "env"))
    (work / "appsettings.testing.json").write_text("{}")
    monkeypatch.setenv("AICONN_ENVIRONMENT", "Testing")
    assert "appsettings.testing.json, which is not read" in (listed := str(say(session, "list")))
    assert note not in listed


def test_without_any_file_in_the_folder_none_is_said_to_be_read(
    session: Session, work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder that the user names may lack the base file."""
    (work / "config").mkdir()
    monkeypatch.setenv("AICONN_CONFIG_ROOT", "config")
    monkeypatch.setenv("AICONN_ENVIRONMENT", "Nope")
    assert "There is no appsettings.Nope.json in config, and no appsettings.json either." in str(say(session, "env"))


def test_without_a_provider_those_that_are_installed_are_named(session: Session) -> None:
    """The error gives the ids that --provider takes, and the usage still shows it as required."""
    assert told(session, "new a") == repr(
        NoProvider(
            providers=(
                "amazon",
                "anthropic",
                "anthropic-bedrock",
                "anthropic-foundry",
                "anthropic-vertex",
                "cohere",
                "databricks",
                "deepseek",
                "demo",
                "fireworks",
                "google",
                "google-vertex",
                "groq",
                "huggingface",
                "litellm",
                "llama-cpp",
                "lm-studio",
                "microsoft-foundry",
                "mistral",
                "moonshot",
                "ollama",
                "openai",
                "openai-compatible",
                "openrouter",
                "perplexity",
                "qwen",
                "snowflake",
                "together",
                "vllm",
                "xai",
                "zai",
            )
        )
    )
    assert "%aiconn new ALIAS --provider PROVIDER [--name NAME]" in str(say(session, "help new"))


@pytest.mark.parametrize("name", ["appsettings.json", "appsettings.Staging.json"])
@pytest.mark.parametrize("text", ['{"OpenAI": {"ApiKey": "made-up"}}', "// with a comment\n{}"])
def test_a_configuration_file_is_no_bundle(session: Session, work: Path, name: str, text: str) -> None:
    """The error says what the file is and what import takes. For a missing file, it only says that the file is missing."""
    missing = BundleNotRead(path=name, problem="No such file or directory")
    assert told(session, f"import {name}") == repr(missing)
    (work / name).write_text(text)
    assert told(session, f"import {name}") == repr(ConfigurationAsBundle(path=name))


def test_any_other_json_is_told_what_import_takes(session: Session, work: Path) -> None:
    """A bundle of a newer release is a bundle and needs no such advice."""
    (work / "other.json").write_text('{"a": 1}')
    (work / "newer.json").write_text('{"aiconn_bundle": 99, "connections": []}')
    for name, is_bundle in (("other", False), ("newer", True)):
        with pytest.raises(BundleMalformed) as raised:
            say(session, f"import {name}.json")
        assert raised.value.is_bundle is is_bundle


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("create a", NoCommand(word="create", nearest="new")),
        ("add a", NoCommand(word="add", nearest="new")),
        ("rm a", NoCommand(word="rm", nearest="delete")),
        ("remove a", NoCommand(word="remove", nearest="delete")),
        (
            "profile create a",
            NoSubcommand(
                group="profile",
                known=(
                    "list",
                    "show",
                    "new",
                    "edit",
                    "rename",
                    "duplicate",
                    "delete",
                    "undelete",
                    "default",
                    "history",
                    "diff",
                    "rollback",
                ),
                word="create",
                nearest="new",
            ),
        ),
        (
            "profile rm a",
            NoSubcommand(
                group="profile",
                known=(
                    "list",
                    "show",
                    "new",
                    "edit",
                    "rename",
                    "duplicate",
                    "delete",
                    "undelete",
                    "default",
                    "history",
                    "diff",
                    "rollback",
                ),
                word="rm",
                nearest="delete",
            ),
        ),
        ("undelete OPENAI-dev", ConnectionExists(alias="openai-dev", is_itself=True)),
        ("profile undelete writer", ProfileExists(alias="writer", is_itself=True)),
        ("diff openai-dev 99", NoConnectionVersion(alias="openai-dev", version=99, oldest=1, newest=1)),
        (
            "rollback openai-dev 99",
            NoConnectionVersion(alias="openai-dev", version=99, oldest=1, newest=1),
        ),
    ],
)
def test_what_other_tools_call_it_and_what_never_was_is_told_as_it_is(
    session: Session, line: str, expected: AiconnError
) -> None:
    """The error gives our word for it and does not claim that something was removed."""
    assert told(session, line) == repr(expected)


def test_an_edit_that_changes_nothing_says_so(session: Session) -> None:
    """Such an edit makes no new version, and --unset takes tags, too."""
    assert "saved" not in str(say(session, "profile edit writer --unset tags temperature"))
    assert "writer · nothing to change" in str(say(session, "profile edit writer --unset tags"))
    assert "openai-dev · nothing to change" in str(say(session, "edit openai-dev --unset api_key"))
    for word in ("tags", "tag"):
        say(session, "profile edit writer --tag x y")
        assert "writer · saved" in str(say(session, f"profile edit writer --unset {word}"))
        assert session.profile("writer").tags == ()


def test_what_is_missing_is_explained_once(session: Session, work: Path) -> None:
    """The field, the searched places and the note on the folder appear once. A script reads ``ok``."""
    session.create("claude", "anthropic", settings={"api_key": "$Anthropic:ApiKey"})
    explained = say(session, "explain claude")
    assert not explained.ok
    last = str(explained).splitlines()[-3:]
    for line, fact in zip(
        last,
        ("api_key: $Anthropic:ApiKey", "user secrets (Development), user secrets", "appsettings.json"),
        strict=True,
    ):
        assert (fact in line, str(explained).count(fact)) == (True, 1)
    assert "'%aiconn secret set Anthropic:ApiKey'" in last[0]
    resolved = say(session, "resolve $Anthropic:ApiKey")
    assert not resolved.ok
    assert str(resolved).splitlines()[-3:] == [last[0].removeprefix("api_key: "), *last[1:]]
    session.set_secret("Anthropic:ApiKey", Secret("made-up"))
    assert say(session, "explain claude").ok
    assert say(session, "resolve $Anthropic:ApiKey").ok


@pytest.mark.parametrize(
    ("line", "option"),
    [
        ("edit openai-dev latency=3", ""),
        ("edit openai-dev --latency 3", "--latency"),
        ("new b --provider openai --api-key $OpenAI:ApiKey", "--api-key"),
    ],
)
def test_a_setting_without_set_is_told_where_settings_go(session: Session, line: str, option: str) -> None:
    """A setting that is written as an option or as a word is answered with --set and never repeated."""
    with pytest.raises(NoOption) as raised:
        say(session, line)
    assert (raised.value.option, raised.value.nearest) == (option, None)
    assert raised.value.advice == "Settings follow --set: --set KEY=VALUE"


@pytest.mark.parametrize(
    ("provider", "setting", "hint"),
    [
        ("openai", "base_url=https://x.example/v1", "Did you mean 'endpoint'?"),
        ("openai", "API_BASE=https://x.example/v1", "Did you mean 'endpoint'?"),
        ("microsoft-foundry", "azure_endpoint=https://x.example", "Did you mean 'endpoint'?"),
        ("amazon", "aws_region=eu-central-1", "Did you mean 'region'?"),
        ("openai", "max_retries=3", "Did you mean 'retries'?"),
        ("openai", "model=gpt-5", "%aiconn profile new ALIAS --connection A --model M"),
        ("demo", "base_url=https://x.example/v1", "It has: api_key, latency, fail_with."),
    ],
)
def test_a_setting_by_the_name_that_an_sdk_gives_it_is_pointed_to(
    session: Session, provider: str, setting: str, hint: str
) -> None:
    """Migrated code has the SDK's names. A provider without such a setting lists its own."""
    with pytest.raises(InvalidConnection) as raised:
        say(session, f"new b --provider {provider} --set {setting}")
    assert hint in raised.value.problems[setting.partition("=")[0]]


def test_connections_of_a_profile_that_are_not_there_are_listed_as_clauses(session: Session) -> None:
    """Each clause is a part of one sentence."""
    with pytest.raises(InvalidProfile) as raised:
        say(session, "profile new p --connection zzz,qqq --model m")
    assert raised.value.problems["connections"] == "there is no connection 'zzz'; there is no connection 'qqq'"


def test_a_list_has_no_column_that_says_nothing(session: Session) -> None:
    """The column of names appears once a name differs from its alias, and that of tags once a profile has some."""
    assert [" name " in str(say(session, line)).splitlines()[0] for line in ("list", "profile list")] == [False, False]
    assert " tags " not in str(say(session, "profile list"))
    say(session, "edit openai-dev --name 'The account'")
    say(session, "profile edit writer --name 'The writer' --tag prose")
    assert [" name " in str(say(session, line)).splitlines()[0] for line in ("list", "profile list")] == [True, True]
    assert " tags " in str(say(session, "profile list"))


def test_of_several_tests_those_that_passed_are_a_row_each(session: Session) -> None:
    """All steps of a failed test are shown, and so are those of a connection that is tested alone."""
    session.create("down", "demo", settings={"fail_with": "authentication"})
    steps = [line.split()[:2] for line in str(say(session, "test openai-dev down")).splitlines()[2:]]
    assert steps[0] == ["openai-dev", "all"]
    assert steps[1] == ["down", "active"]
    assert len(str(say(session, "test openai-dev")).splitlines()) > 8


def test_use_without_a_name_says_how_the_client_gets_one(session: Session) -> None:
    """Without a name, the command only makes the connection the current one."""
    assert "'%aiconn use openai-dev as client'" in str(say(session, "use openai-dev"))
    assert "binds" not in str(say(session, "use openai-dev as client"))
