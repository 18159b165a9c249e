"""What a newcomer writes at first, and is told then."""

from __future__ import annotations

from pathlib import Path

import pytest

from aiconn_nb import AiconnError, Secret, Session

from .test_commands import say


@pytest.fixture
def session(session: Session) -> Session:
    """A connection, and a profile of it that is nobody's default."""
    session.create("openai-dev", "demo")
    session.create_profile("writer", connections="openai-dev", model="demo-brief")
    return session


def told(session: Session, line: str) -> str:
    """The one or two lines that a command fails with."""
    with pytest.raises(AiconnError) as raised:
        say(session, line)
    return str(raised.value)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (
            "new openai-dev --provider demo",
            "There is a connection 'openai-dev' already.\n"
            "Choose another alias; 'edit openai-dev' changes the one that is there.",
        ),
        (
            "profile new writer --connection openai-dev --model m",
            "There is a profile 'writer' already.\n"
            "Choose another alias; 'profile edit writer' changes the one that is there.",
        ),
    ],
)
def test_who_takes_an_alias_twice_is_told_how_to_change_what_has_it(session: Session, line: str, message: str) -> None:
    """Often that was meant."""
    assert told(session, line) == message


@pytest.mark.parametrize(
    ("group", "message"),
    [
        ("", "There is a connection 'openai-dev' already.\n'rename openai-dev NEW' makes room for it."),
        ("profile ", "There is a profile 'writer' already.\n'profile rename writer NEW' makes room for it."),
    ],
)
def test_who_brings_one_back_under_a_taken_alias_is_told_to_make_room(
    session: Session, group: str, message: str
) -> None:
    """It comes back under its own, so there is none to choose."""
    say(session, "profile delete writer --yes")
    say(session, "delete openai-dev --yes")
    session.create("openai-dev", "demo")
    session.create_profile("writer", connections="openai-dev", model="demo-brief")
    assert told(session, f"{group}undelete {'writer' if group else 'openai-dev'}") == message


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
    """By every command: the alias is right, and it is of the other kind."""
    name, _, rest = command.partition(" ")
    assert told(session, f"{name} WRITER {rest}") == (
        "There is no connection 'WRITER'.\nThere is a profile of that name: 'profile show writer' shows it."
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
    """The other way round."""
    name, _, rest = command.partition(" ")
    assert told(session, f"profile {name} openai-dev {rest}") == (
        "There is no profile 'openai-dev'.\nThere is a connection of that name: 'show openai-dev' shows it."
    )


def test_an_environment_that_has_no_file_is_told_once(
    session: Session, work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is allowed, and may be a slip: list and env say what is read then, as a note."""
    (work / "appsettings.json").write_text("{}")
    (work / "appsettings.Production.json").write_text("{}")
    monkeypatch.setenv("AICONN_ENVIRONMENT", "Prodction")
    note = (
        "There is no appsettings.Prodction.json in this folder, so appsettings.json alone is read. "
        "Did you mean 'Production'?"
    )
    for line in ("list", "env"):
        assert str(say(session, line)).splitlines()[-1] == note
    assert "no appsettings.Nope.json in" in str(say(Session(environment="Nope"), "list"))


def test_nothing_is_said_of_an_environment_that_needs_no_file(
    session: Session, work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The default one, one with user secrets of its own, and where there are no files at all, which is said already."""
    note = "There is no appsettings."
    assert str(say(session, "list")).count(note) == 1
    (work / "appsettings.json").write_text("{}")
    assert note not in str(say(session, "list"))
    session.set_secret("A:B", Secret("made-up"), environment="Staging")
    monkeypatch.setenv("AICONN_ENVIRONMENT", "Staging")
    assert note not in str(say(session, "list")) + str(say(session, "env"))
    (work / "appsettings.testing.json").write_text("{}")
    monkeypatch.setenv("AICONN_ENVIRONMENT", "Testing")
    assert "There is appsettings.testing.json, which is not read" in (listed := str(say(session, "list")))
    assert note not in listed


def test_without_any_file_in_the_folder_none_is_said_to_be_read(
    session: Session, work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder that was named need not have the base file."""
    (work / "config").mkdir()
    monkeypatch.setenv("AICONN_CONFIG_ROOT", "config")
    monkeypatch.setenv("AICONN_ENVIRONMENT", "Nope")
    assert "There is no appsettings.Nope.json in config, and no appsettings.json either." in str(say(session, "env"))


def test_without_a_provider_those_that_are_installed_are_named(session: Session) -> None:
    """As ids, which --provider takes; the usage still says that it has to be there."""
    assert told(session, "new a") == (
        "new: no provider was named.\n"
        "Say --provider with one of amazon, anthropic, demo, google, microsoft-foundry, ollama, openai, openai-compatible; "
        "'providers' shows what each asks for."
    )
    assert "%aiconn new ALIAS --provider PROVIDER [--name NAME]" in str(say(session, "help new"))


@pytest.mark.parametrize("name", ["appsettings.json", "appsettings.Staging.json"])
@pytest.mark.parametrize("text", ['{"OpenAI": {"ApiKey": "made-up"}}', "// with a comment\n{}"])
def test_a_configuration_file_is_no_bundle(session: Session, work: Path, name: str, text: str) -> None:
    """It says what it is, and what import takes; one that is not there is only said not to be."""
    assert told(session, f"import {name}") == f"{name} was not read: No such file or directory.\nNothing was imported."
    (work / name).write_text(text)
    assert told(session, f"import {name}") == (
        f"{name} is a configuration file, and no bundle: references are looked up in it where it is.\n"
        "Nothing was imported. import takes what 'export -o FILE' wrote."
    )


def test_any_other_json_is_told_what_import_takes(session: Session, work: Path) -> None:
    """A bundle of a newer release is one, and needs no such advice."""
    (work / "other.json").write_text('{"a": 1}')
    (work / "newer.json").write_text('{"aiconn_bundle": 99, "connections": []}')
    assert told(session, "import other.json").splitlines()[1] == (
        "Nothing was imported. import takes what 'export -o FILE' wrote."
    )
    assert told(session, "import newer.json").splitlines()[1] == "Nothing was imported."
