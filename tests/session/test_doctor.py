"""`doctor` reports in one place on everything on which this package depends here."""

from __future__ import annotations

import errno
import json
import os
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from aiconn_nb import Secret, Session, StoreCorrupt
from aiconn_nb.features.doctor import Grade
from aiconn_nb.model.connection import now

KEY = "sk-canary-0123456789-for-the-doctor"


def found(session: Session, part: str) -> list[str]:
    """Return the problems of a part."""
    return [each.words for each in session.doctor().problems if each.part == part]


def test_nothing_is_wrong_with_a_new_store(session: Session, work: Path) -> None:
    """Every part is named all the same, and nothing is written."""
    (work / "appsettings.json").write_text("{}")
    report = session.doctor()
    assert report.problems == ()
    parts = {each.part for each in report}
    assert parts >= {"versions", "front end", "store", "master key", "environment", "network"}
    assert not session._context.home.exists()


def test_a_broken_settings_file_is_named_with_its_line(session: Session, work: Path) -> None:
    """The rest of the report is complete."""
    (work / "appsettings.json").write_text('{\n  "OpenAI": {"ApiKey": }\n}')
    (problem,) = found(session, "environment")
    assert "appsettings.json" in problem
    assert "2" in problem


def test_a_settings_file_that_leads_nowhere_is_a_problem(session: Session, work: Path) -> None:
    """It fails every lookup, so it is not treated as a missing file."""
    (work / "appsettings.json").symlink_to("nowhere")
    (work / "appsettings.Development.json").mkdir()
    assert len(found(session, "environment")) == 2


def test_folders_that_can_be_made_are_no_problem(session: Session, tmp_path: Path) -> None:
    """A new account has no ~/.local/share, which the first save creates."""
    deep = Session(home=tmp_path / "new" / "local" / "share" / "aiconn", config_home=tmp_path / "keys")
    assert found(deep, "store") == []


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT, errno.EROFS])
def test_folders_that_take_no_more_are_problems(session: Session, monkeypatch: pytest.MonkeyPatch, code: int) -> None:
    """A full disk or a quota, which permissions do not show, is found for the store and the keys. Nothing stays there."""
    session.create("a", "demo")
    before = {*session._context.home.iterdir(), *session._context.config_home.glob("*")}

    def full(descriptor: int) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "fsync", full)
    problems = [each.words.partition(" cannot ")[2] for each in session.doctor().problems]
    assert problems == [
        f"be written ({os.strerror(code)}): nothing can be saved",
        f"be written ({os.strerror(code)}): no key can be saved",
    ]
    assert {*session._context.home.iterdir(), *session._context.config_home.glob("*")} == before


def test_a_key_that_is_there_needs_no_folder_that_takes_files(session: Session, tmp_path: Path) -> None:
    """A container or a hub gives the key in a variable or a read-only folder: only user secrets cannot be saved."""
    (tmp_path / "file").touch()
    environ = {"AICONN_MASTER_KEY": Fernet.generate_key().decode()}
    away = Session(home=tmp_path / "home", config_home=tmp_path / "file" / "keys", environ=environ)
    away.create("a", "demo", settings={"api_key": KEY})
    grades = [each.grade for each in away.doctor() if each.part == "master key" and "cannot be written" in each.words]
    assert grades == [Grade.NOTE]


def test_a_key_that_does_not_open_what_is_sealed(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each connection and each user secret is named, with the command that asks for its value again. Nothing is overwritten."""
    session.create("gpt", "openai", settings={"api_key": Secret(KEY)})
    session.create("claude", "anthropic", settings={"api_key": "$Anthropic:ApiKey"})
    session.set_secret("Anthropic:ApiKey", Secret(f"{KEY}-other"), all=True)
    session._context.config_home.joinpath("master.key").unlink()
    monkeypatch.setenv("AICONN_MASTER_KEY", "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=")
    remedies = {(each.part, each.remedy) for each in session.doctor().problems}
    assert remedies == {
        ("master key", "%aiconn secret set Anthropic:ApiKey --all"),
        ("gpt", "%aiconn edit gpt --prompt api_key"),
        ("claude", "%aiconn secret set Anthropic:ApiKey"),
    }


def test_a_master_key_that_is_missing_is_a_problem(session: Session) -> None:
    """It is not treated as a key to be created: what it sealed does not open, and nothing can be sealed."""
    session.create("gpt", "openai", settings={"api_key": Secret(KEY)})
    session._context.config_home.joinpath("master.key").unlink()
    assert len(found(session, "master key")) == 1
    assert len(found(session, "gpt")) == 1


def test_a_connection_that_does_not_resolve_and_one_that_is_off(session: Session) -> None:
    """They appear under their aliases, with a remedy."""
    session.create("gpt", "openai", settings={"api_key": "$OpenAI:ApiKey"})
    session.create("here", "demo")
    session.create("elsewhere", "openai", settings={"api_key": "$Elsewhere:ApiKey"})
    session.disable("here", "elsewhere")
    report = session.doctor()
    problems = {each.part: each.remedy for each in report.problems}
    assert problems["gpt"].endswith("secret set OpenAI:ApiKey")
    assert problems.keys().isdisjoint({"here", "elsewhere"})  # they were switched off on purpose
    notes = {each.part: each.remedy for each in report if each.grade is Grade.NOTE and each.remedy.endswith("here")}
    assert notes["here"].endswith("enable here")


def test_the_report_counts_and_punctuates_as_a_reader_expects(session: Session, work: Path) -> None:
    """The count of one profile is singular, and no colon follows a full stop."""
    session.create("here", "demo")
    session.create_profile("writer", connections=["here"], model="demo-chat")
    words = [each.words for each in session.doctor() if each.part == "store"]
    assert "1 connection, 1 profile, " in words[0]
    (work / "appsettings.json").write_text('{"A": 1,, "B": 2}')
    assert ".:" not in str(session.doctor())


def test_proxy_variables_are_named_and_not_shown(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """They may contain a password. The report says what the SDKs read differently."""
    monkeypatch.setenv("HTTPS_PROXY", f"http://someone:{KEY}@proxy.example.com:nan")
    monkeypatch.setenv("NO_PROXY", "127.0.0.0/8")
    report = session.doctor()
    assert found(session, "network")
    assert [each.grade for each in report if each.part == "network"].count(Grade.NOTE) == 1
    assert KEY not in json.dumps(report.data()) + str(report)


@pytest.mark.parametrize(
    ("variables", "named"),
    [
        ({"REQUESTS_CA_BUNDLE": "ca.pem"}, ["REQUESTS_CA_BUNDLE", "SSL_CERT_FILE"]),
        ({"CURL_CA_BUNDLE": "ca.pem"}, ["CURL_CA_BUNDLE", "SSL_CERT_FILE"]),
        ({"SSL_CERT_DIR": "."}, ["SSL_CERT_DIR", "REQUESTS_CA_BUNDLE"]),
        ({"https_proxy": "http://a.example", "HTTPS_PROXY": "http://b.example"}, ["HTTPS_PROXY", "https_proxy"]),
    ],
    ids=lambda value: next(iter(value)),
)
def test_variables_that_only_some_sdks_read_are_noted(
    session: Session, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], named: list[str]
) -> None:
    """A company sets the one that its tools read. A variable is named as it is spelled."""
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "AWS_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    report = [each for each in session.doctor() if each.part == "network"]
    (note,) = [each.words for each in report if each.grade is Grade.NOTE]
    assert all(name in note for name in named)
    assert all(name in report[0].words for name in variables)


def test_a_clock_that_is_behind(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """A save dated in the future reveals it."""
    session.create("here", "demo")
    monkeypatch.setattr("aiconn_nb.features.doctor.machine.now", lambda: now() - timedelta(days=3))
    assert len(found(session, "clock")) == 1


def test_the_report_has_no_home_folder_and_no_secret(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """The report goes into a bug report."""
    home = session._context.home.parent
    monkeypatch.setenv("HOME", str(home))
    session.create("gpt", "openai", settings={"api_key": Secret(KEY)})
    session.set_secret("OpenAI:ApiKey", Secret(f"{KEY}-other"))
    text = json.dumps(session.doctor().data())
    assert str(home) not in text
    assert KEY not in text


def test_a_store_that_cannot_be_read_is_one_finding(session: Session) -> None:
    """The other parts are examined all the same."""
    session.create("here", "demo")
    session._context.store.path.write_text('{"store": {"schema": 99}}')
    report = session.doctor()
    assert [each.part for each in report.problems] == ["store"]
    assert "network" in {each.part for each in report}


def test_words_of_other_programs_have_no_home_folder_and_no_key(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A plug-in that cannot be loaded may say anything."""
    home = session._context.home.parent
    monkeypatch.setenv("HOME", str(home))
    reason = f"cannot import {home}/plug-ins/own.py with {KEY}"
    monkeypatch.setattr(type(session._context.registry), "broken", lambda _: {"own": reason})
    (problem,) = found(session, "providers")
    assert "~/plug-ins/own.py" in problem
    assert str(home) not in problem
    assert KEY not in problem


@pytest.mark.parametrize("kind", [PermissionError, ValueError])
def test_a_part_that_cannot_be_examined_is_a_finding(
    session: Session, monkeypatch: pytest.MonkeyPatch, kind: type[Exception]
) -> None:
    """An example is a folder that may not be entered. The other parts are examined all the same."""

    def fails(_: object) -> object:
        raise kind(f"no access with {KEY}")

    monkeypatch.setattr(type(session._context.registry), "broken", fails)
    session.create("here", "demo")
    (problem,) = found(session, "providers")
    assert KEY not in problem
    assert "here" in {each.part for each in session.doctor()}


def test_a_store_that_is_empty_because_it_was_damaged_is_a_problem(session: Session) -> None:
    """It is a problem until the next save, and the damaged file remains a note."""
    session.create("a", "demo")
    session._context.store.path.write_text("damaged")
    with pytest.raises(StoreCorrupt):
        session.connections()
    assert found(session, "store") == ["it is empty since a damaged one was set aside"]
    session.create("b", "demo")
    assert found(session, "store") == []
    (note,) = [each.words for each in session.doctor() if each.part == "store" and each.grade is Grade.NOTE]
    assert "connections.damaged-" in note
