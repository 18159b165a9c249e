"""``.env``: off until a person says so, shown wherever a value's place is, and never with its value."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from aiconn_nb import InvalidConnection, ReferenceNotFound, Session, UntrustedHost
from aiconn_nb.errors import SettingsUnusable
from aiconn_nb.features.doctor import Grade

KEY = "made-up-canary-0123456789"


@pytest.fixture(autouse=True)
def _folder(work: Path) -> None:
    (work / "appsettings.json").write_text("{}")
    (work / ".env").write_text(f"# mine\nOpenAI__ApiKey={KEY}\nAICONN_DOTENV=1\n")


def answers(session: Session) -> bool:
    """Return whether the file resolves a reference."""
    return session.resolve("$OpenAI:ApiKey").ok


def test_a_folder_cannot_switch_its_own_file_on(session: Session) -> None:
    """Neither its presence nor its content enables it."""
    assert not answers(session)
    session.create("gpt", "openai", settings={"api_key": "$OpenAI:ApiKey"})
    with pytest.raises(ReferenceNotFound):
        session.use("gpt")


@pytest.mark.parametrize("written", ["1", "true", " ON ", '"1"'])
def test_the_variable_switches_it_on(session: Session, monkeypatch: pytest.MonkeyPatch, written: str) -> None:
    """It applies to every folder, and also to a running session."""
    monkeypatch.setenv("AICONN_DOTENV", written)
    assert answers(session)
    monkeypatch.setenv("AICONN_DOTENV", "")
    assert not answers(session)


def test_a_user_switches_it_on_for_one_folder(
    session: Session, isolated: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every session of the user then reads that file and no other, also through a link to the folder."""
    other = isolated / "other"
    other.mkdir()
    (other / "appsettings.json").write_text("{}")
    (other / ".env").write_text(f"OpenAI__ApiKey={KEY}\n")
    session.dotenv(on=True)
    assert answers(session)
    assert answers(Session())
    monkeypatch.chdir(other)
    assert not answers(session)
    (isolated / "link").symlink_to(isolated / "work")
    monkeypatch.chdir(isolated / "link")
    assert answers(session)
    session.dotenv(on=False)
    assert not answers(Session())


def test_zero_has_the_last_word(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """The variable has precedence over the user's settings."""
    session.dotenv(on=True)
    monkeypatch.setenv("AICONN_DOTENV", "0")
    assert not answers(session)
    assert "AICONN_DOTENV" in session.dotenv().what


def test_without_settings_files_it_is_the_one_of_the_working_folder(session: Session, work: Path) -> None:
    """A folder with a ``.env`` and without appsettings.json is common."""
    (work / "appsettings.json").unlink()
    session.dotenv(on=True)
    assert answers(session)


def test_explain_resolve_the_list_of_secrets_and_doctor_name_the_line(session: Session) -> None:
    """None of them shows the value."""
    session.dotenv(on=True)
    session.create("gpt", "openai", settings={"api_key": "$OpenAI:ApiKey"})
    line = next(each for each in session.explain("gpt") if each.key == "api_key")
    assert line.source == ".env:2"
    assert session.resolve("$OpenAI:ApiKey")[0].source == ".env:2"
    assert ".env" in session.explain("gpt").places
    rows = [(each.key, each.place) for each in session.secrets() if each.place]
    assert rows == [("OpenAI:ApiKey", ".env:2"), ("AICONN_DOTENV", ".env:3")]
    findings = [each.words for each in session.doctor() if each.part == "environment" and ".env" in each.words]
    assert len(findings) == 2
    shown = [session.explain("gpt"), session.resolve("$OpenAI:ApiKey"), session.secrets(), session.doctor()]
    assert KEY not in json.dumps([each.data() for each in shown]) + "".join(map(str, shown))


def test_doctor_names_a_file_that_is_not_read_and_one_that_is_broken(session: Session, work: Path) -> None:
    """An unread file is not a problem. A broken one is."""
    assert any(".env" in each.words for each in session.doctor())
    assert session.doctor().problems == ()
    session.dotenv(on=True)
    (work / ".env").write_text("A='unclosed\n")
    assert [each.grade for each in session.doctor().problems if ".env" in each.words][:1] == [Grade.PROBLEM]


def test_a_host_may_not_come_from_it(session: Session, work: Path) -> None:
    """Its values are secret, and only sensitive fields take secrets."""
    session.dotenv(on=True)
    (work / ".env").write_text("Gateway__Url=https://stranger.example/v1\n")
    with pytest.raises(InvalidConnection):
        session.create("gate", "openai", settings={"api_key": "$My:Key", "endpoint": "$Gateway:Url"})


def test_a_host_that_moves_into_it_gets_no_other_key(
    session: Session, work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is a file of the project, whose author must not get a key of the user."""
    monkeypatch.setenv("MINE", "made-up-key-of-mine")
    (work / "appsettings.json").write_text('{"Gateway": {"Url": "https://gateway.example/v1"}}')
    session.create("gate", "openai", settings={"api_key": "$MINE", "endpoint": "$Gateway:Url"})
    session.trust("gate")
    session.use("gate")
    session.dotenv(on=True)
    (work / ".env").write_text("Gateway__Url=https://stranger.example/v1\n")
    with pytest.raises(UntrustedHost) as raised:
        session.use("gate")
    assert "stranger" not in str(raised.value)


def test_a_damaged_settings_file_switches_nothing_on_and_is_kept(session: Session) -> None:
    """It may contain the user's decisions."""
    session.dotenv(on=True)
    path = session._context.home / "settings.json"
    path.write_text("{")
    assert not answers(session)
    with pytest.raises(SettingsUnusable) as raised:
        session.dotenv(on=True)
    assert raised.value.path == str(path)
    assert path.read_text() == "{"
    assert session.dotenv().what == raised.value.what
    assert raised.value.what in [each.words for each in session.doctor().problems]


def test_what_a_newer_release_keeps_beside_it_stays(session: Session) -> None:
    """The file holds all settings of the user."""
    path = session._context.home / "settings.json"
    session.dotenv(on=True)
    path.write_text(json.dumps({**json.loads(path.read_text()), "other": {"a": 1}}))
    session.dotenv(on=False)
    assert json.loads(path.read_text()) == {"dotenv_folders": [], "other": {"a": 1}}
    assert path.stat().st_mode & 0o777 == 0o600
