"""The list of providers has groups, so that thirty are as quick to survey as eight."""

from __future__ import annotations

from pathlib import Path

import pytest

from aiconn_nb import Session
from aiconn_nb.errors import StoreError
from aiconn_nb.providers import account


def groups(session: Session) -> dict[str, str]:
    """Return the group of each provider."""
    return {row.id: row.group for row in session.providers()}


def test_providers_come_in_groups_by_name(session: Session) -> None:
    """The recently used ones come first, and then the installed ones."""
    session.create("a", "demo")
    session.create("b", "groq", settings={"api_key": "$Groq:ApiKey"})
    rows = session.providers()
    assert [row.id for row in rows][:2] == ["groq", "demo"]  # the latest first
    assert [row.group for row in rows] == sorted(
        (row.group for row in rows), key=["recently used", "installed", "local", "SDK not installed", "broken"].index
    )
    for group in ("installed", "local"):
        names = [row.name.lower() for row in rows if row.group == group]
        assert names == sorted(names)
        assert names
    assert (groups(session)["vllm"], groups(session)["mistral"]) == ("local", "installed")


def test_a_store_that_cannot_be_read_hides_no_provider(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """Looking at the providers needs no connection."""

    def unreadable() -> None:
        raise StoreError("made-up.json cannot be read.")

    monkeypatch.setattr(session._context.store, "read", unreadable)
    assert "recently used" not in groups(session).values()
    assert "openai" in groups(session)


def test_a_provider_without_its_sdk_is_below_the_others(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """It can be chosen all the same."""
    real = account.is_installed
    monkeypatch.setattr(account, "is_installed", lambda name: name != "openai" and real(name))
    found = groups(session)
    assert (found["mistral"], found["vllm"], found["anthropic"]) == (
        "SDK not installed",
        "SDK not installed",
        "installed",
    )


def test_each_sdk_is_looked_for_once(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """Most providers share an SDK, so a long list is as quick as a short one."""
    looked: list[str] = []
    monkeypatch.setattr(account, "is_installed", lambda name: looked.append(name))
    session.providers()
    assert (
        looked.count("openai") == 2
    )  # Foundry's provider, which needs another module as well, looks for it separately


def test_the_table_names_each_group_once(session: Session) -> None:
    """The name is a heading at the first of its rows."""
    shown = str(session.providers())
    assert (shown.count("installed"), shown.count("local")) == (1, 1)
    assert {each["group"] for each in session.providers().data()} == {"installed", "local"}


def test_what_is_set_here_is_known_by_field(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """Such a value is a variable of the provider with a value, under the name that its ecosystem reads."""
    monkeypatch.setenv("OPENAI_API_KEY", "made-up-0123456789")
    monkeypatch.setenv("ANTHROPIC_API_KEY", " ")
    monkeypatch.setenv("GOOGLE_API_KEY", "made-up-0123456789")
    found = session.set_here(["openai", "anthropic", "google", "nobody"])
    assert found == {"openai": {"api_key": "$OPENAI_API_KEY"}, "google": {"api_key": "$GOOGLE_API_KEY"}}


def test_the_usual_name_comes_before_a_variable(session: Session, work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A team that keeps its keys in settings files means those."""
    monkeypatch.setenv("OPENAI_API_KEY", "made-up-0123456789")
    (work / "appsettings.json").write_text('{"OpenAI": {"ApiKey": "made-up-9876543210"}}')
    assert session.set_here(["openai"]) == {"openai": {"api_key": "$OpenAI:ApiKey"}}


def test_a_field_that_is_shown_is_offered_no_secret(
    session: Session, work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All values of a ``.env`` file are secret, even an endpoint."""
    monkeypatch.setenv("AICONN_DOTENV", "1")
    (work / ".env").write_text("OPENAI_API_KEY=made-up-0123456789\nOPENAI_BASE_URL=https://gateway.example/v1\n")
    assert session.set_here(["openai-compatible"]) == {"openai-compatible": {"api_key": "$OPENAI_API_KEY"}}
    monkeypatch.setenv("OPENAI_BASE_URL", "https://gateway.example/v1")
    monkeypatch.setenv("AICONN_DOTENV", "0")
    assert session.set_here(["openai-compatible"]) == {"openai-compatible": {"endpoint": "$OPENAI_BASE_URL"}}
