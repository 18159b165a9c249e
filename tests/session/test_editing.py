"""Creating, changing and deleting: what may be saved, and what is said where it may not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from aiconn_nb import (
    Connection,
    ConnectionChanged,
    ConnectionExists,
    ConnectionInUse,
    ConnectionNotFound,
    InvalidConnection,
    ProviderNotFound,
    Secret,
    Session,
)
from aiconn_nb.model.secret import Sealed

CANARY = "canary-1f9b-key"


def stored(isolated: Path) -> str:
    """Return the content of all files in the store's folder."""
    return "".join(path.read_text() for path in (isolated / "home").rglob("*") if path.is_file())


def depend(session: Session, profile: str, *aliases: str) -> None:
    """Save a profile that depends on connections."""
    session.create_profile(profile, connections=aliases, model="demo-chat")


def test_a_reference_is_stored_as_written(session: Session) -> None:
    """It is resolved when it is used, not when it is saved."""
    made = session.create("openai-dev", "openai", name="OpenAI", settings={"api_key": "$OpenAI:ApiKey"})
    assert dict(session.get("openai-dev").settings) == {"api_key": "$OpenAI:ApiKey"}
    assert made.warnings[0].startswith("api_key: $OpenAI:ApiKey ")


def test_an_edit_does_not_claim_what_another_kernel_saved(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """If another kernel saves the same change just before, nothing is left to change."""
    session.create("a", "demo")
    store = session._context.store
    change = store.change

    def after_another_save() -> object:
        monkeypatch.setattr(store, "change", change)
        session.edit("a", name="The same name")
        return change()

    monkeypatch.setattr(store, "change", after_another_save)
    assert session.edit("a", name="The same name").verb == "nothing to change"


def test_a_sensitive_literal_is_sealed_before_it_reaches_the_disk(session: Session, isolated: Path) -> None:
    """Neither the store nor any result contains it. Opened with the key, it is unchanged."""
    made = session.create("a", "openai", settings={"api_key": CANARY})
    setting = session.get("a").settings["api_key"]
    assert isinstance(setting, Sealed)
    assert session._context.vault.open(setting).reveal() == "canary-1f9b-key"
    assert CANARY not in stored(isolated) + str(made) + repr(session.get("a")) + json.dumps(made.data())
    assert "api_key" not in made.data()["warnings"]


def test_two_dollars_store_a_literal(session: Session) -> None:
    """``$$x`` is the text ``$x``, which is sealed in a sensitive field."""
    session.create("a", "openai", settings={"api_key": "$$Not:AReference", "organization": "$$org"})
    settings = session.get("a").settings
    assert isinstance(settings["api_key"], Sealed)
    assert session._context.vault.open(settings["api_key"]).reveal() == "$Not:AReference"
    assert settings["organization"] == "$$org"


def test_everything_that_is_wrong_is_said_at_once(session: Session) -> None:
    """One error lists all problems by field, with the nearest name for an unknown one, and repeats no value."""
    with pytest.raises(InvalidConnection) as raised:
        session.create("Open AI", "openai", name=" ", settings={"organisation": CANARY, "endpoint": "example.org"})
    problems = raised.value.problems
    assert problems.keys() == {"alias", "name", "organisation", "endpoint", "api_key"}
    assert ("open-ai" in problems["alias"], "'organization'" in problems["organisation"]) == (True, True)
    assert CANARY not in str(raised.value)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("api_key", "$"),
        ("api_key", "***"),
        ("api_key", "aiconn:1:gAAAAA"),
        ("organization", "sk-abcdefgh12345678"),
        ("endpoint", "https://me:pass@example.org"),
    ],
)
def test_a_value_that_cannot_be_meant_is_refused(session: Session, key: str, value: str) -> None:
    """Masks, sealed text, and keys in displayed fields are refused."""
    settings = {"api_key": "$K", key: value}
    with pytest.raises(InvalidConnection) as raised:
        session.create("a", "openai", settings=settings)
    assert raised.value.problems.keys() == {key}
    assert session.aliases() == []


def test_an_alias_is_taken_once(session: Session) -> None:
    """The second of two equal aliases is refused."""
    session.create("demo", "demo")
    with pytest.raises(ConnectionExists):
        session.create("demo", "demo", name="Another")


def test_an_unknown_provider_names_the_nearest(session: Session) -> None:
    """Nothing is saved."""
    with pytest.raises(ProviderNotFound) as raised:
        session.create("a", "opanai")
    assert raised.value.id == "opanai"
    assert "'openai'" in raised.value.hint


def test_what_is_not_named_stays(session: Session) -> None:
    """An edit of one setting leaves the sealed key, the name and the rest unchanged."""
    session.create("a", "openai", name="A", settings={"api_key": CANARY, "organization": "org-1"})
    before = session.get("a")
    session.edit("a", settings={"organization": "org-2"})
    after = session.get("a")
    assert after.settings["api_key"] == before.settings["api_key"]
    assert (after.name, after.settings["organization"], after.version) == ("A", "org-2", 2)
    session.edit("a", settings={"organization": None})
    assert "organization" not in session.get("a").settings


def test_a_required_setting_cannot_be_taken_away(session: Session) -> None:
    """The connection would be unusable."""
    session.create("a", "openai", settings={"api_key": "$K"})
    with pytest.raises(InvalidConnection) as raised:
        session.edit("a", settings={"api_key": None})
    assert raised.value.problems.keys() == {"api_key"}


def test_a_provider_never_changes(session: Session) -> None:
    """The error belongs to that field."""
    session.create("a", "demo")
    with pytest.raises(InvalidConnection) as raised:
        session.edit("a", provider="openai")
    assert raised.value.problems.keys() == {"provider"}


def test_an_edit_of_what_somebody_else_saved_is_refused(session: Session) -> None:
    """Two kernels do not lose each other's changes."""
    session.create("a", "demo")
    other = Session()
    other.edit("a", name="Theirs")
    with pytest.raises(ConnectionChanged):
        session.edit("a", name="Ours", expected_version=1)
    assert session.get("a").name == "Theirs"


def test_profiles_follow_a_rename(session: Session) -> None:
    """They depend on the connection, not on its alias. So does the connection in use."""
    session.create("a", "demo")
    depend(session, "writer", "a")
    session.use("a")
    session.rename("a", "b")
    assert session.dependents("b") == ("writer",)
    assert session.using().alias == "b"


def test_a_duplicate_has_the_same_references_and_sealed_values(session: Session) -> None:
    """Its alias and id differ."""
    session.create("a", "openai", name="A", settings={"api_key": CANARY, "organization": "$Org"})
    session.duplicate("a", "b")
    a, b = session.get("a"), session.get("b")
    assert dict(a.settings) == dict(b.settings)
    assert (b.name, a.id == b.id) == ("A (copy)", False)


def test_deleting_what_profiles_depend_on_is_refused_and_names_them(session: Session) -> None:
    """The error proposes disabling. ``force`` deletes and names the broken profiles."""
    session.create("a", "demo")
    depend(session, "writer", "a")
    depend(session, "coder", "a")
    with pytest.raises(ConnectionInUse) as raised:
        session.delete("a")
    assert (raised.value.aliases, raised.value.profiles) == (("a",), ("coder", "writer"))
    assert session.delete("a", force=True).warnings == ("Profiles left broken: coder, writer.",)
    assert session.aliases() == []


def test_several_are_deleted_all_or_none(session: Session) -> None:
    """With one mistyped alias, none is deleted."""
    session.create("one", "demo")
    session.create("two", "demo")
    with pytest.raises(ConnectionNotFound) as raised:
        session.delete("one", "tow")
    assert raised.value.nearest == "two"
    assert session.aliases() == ["one", "two"]


def test_a_deletion_is_undone(session: Session) -> None:
    """The sealed key is restored, too."""
    session.create("a", "openai", settings={"api_key": CANARY})
    before = session.get("a")
    session.delete("a")
    session.undelete("a")
    assert dict(session.get("a").settings) == dict(before.settings)
    with pytest.raises(ConnectionNotFound):
        session.undelete("never")


def test_switching_off_names_the_profiles_that_use_it(session: Session) -> None:
    """It can be enabled again."""
    session.create("a", "demo")
    depend(session, "writer", "a")
    assert session.disable("a").warnings == (
        "Profiles that use it: writer.",
        "Without an active connection now: writer.",
    )
    assert session.get("a").active is False
    session.enable("a")
    assert session.get("a").active is True


def test_typed_values_are_converted(session: Session) -> None:
    """Text and numbers give the same setting. An invalid value is refused without repeating it."""
    session.create("a", "demo", settings={"latency": "0.5"})
    session.create("b", "demo", settings={"latency": 0.5})
    assert session.get("a").settings["latency"] == session.get("b").settings["latency"] == 0.5
    with pytest.raises(InvalidConnection) as raised:
        session.create("c", "demo", settings={"latency": "half a second"})
    assert raised.value.problems.keys() == {"latency"}


def test_a_secret_may_be_given_as_one(session: Session, isolated: Path) -> None:
    """The prompt does so."""
    session.create("a", "openai", settings={"api_key": Secret(CANARY)})
    assert isinstance(session.get("a").settings["api_key"], Sealed)
    assert CANARY not in stored(isolated)


def test_get_answers_what_is_stored(session: Session) -> None:
    """The result is frozen. An unknown alias names the nearest."""
    session.create("openai-dev", "demo")
    assert isinstance(session.get("openai-dev"), Connection)
    with pytest.raises(ConnectionNotFound) as raised:
        session.get("openai-dve")
    assert raised.value.nearest == "openai-dev"


@pytest.mark.parametrize("number", [12345678901, 1234567.25])
def test_a_key_that_is_a_number_is_sealed_too(session: Session, isolated: Path, number: float) -> None:
    """A key of digits that is passed as a number is still a key."""
    session.create("a", "demo", settings={"api_key": number})
    assert isinstance(session.get("a").settings["api_key"], Sealed)
    assert str(number) not in stored(isolated)


@pytest.mark.parametrize(
    ("provider", "given", "saved"),
    [
        ("openai", "https://api.openai.com", "https://api.openai.com/v1"),
        ("openai", "https://api.openai.com/v1/chat/completions", "https://api.openai.com/v1"),
        ("openai-compatible", "https://openrouter.ai", "https://openrouter.ai/api/v1"),
        ("openai-compatible", "http://localhost:1/v1/v1", "http://localhost:1/v1"),
        ("openai-compatible", "http://localhost:1/v1/embeddings?x=1", "http://localhost:1/v1?x=1"),
        ("anthropic", "https://api.anthropic.com/v1/messages", "https://api.anthropic.com"),
        ("anthropic", "https://gateway.example/anthropic/v1", "https://gateway.example/anthropic"),
        (
            "google",
            "https://generativelanguage.googleapis.com/v1beta/models/m:generateContent",
            "https://generativelanguage.googleapis.com/v1beta",
        ),
        ("ollama", "http://localhost:11434/api/chat", "http://localhost:11434"),
        (
            "amazon",
            "https://bedrock.eu-west-1.amazonaws.com",
            "https://bedrock-runtime.eu-west-1.amazonaws.com",
        ),
        (
            "microsoft-foundry",
            "https://r.services.ai.azure.com/api/projects/p/openai/v1/responses",
            "https://r.services.ai.azure.com/api/projects/p",
        ),
    ],
)
def test_an_endpoint_that_is_certainly_wrong_is_corrected_with_a_note(
    session: Session, provider: str, given: str, saved: str
) -> None:
    """Users copy the URL of an operation from documentation or a portal. A second save changes nothing."""
    needed = {"ollama": {}, "amazon": {"region": "eu-west-1"}}.get(provider, {"api_key": "made-up-key-0123456789"})
    note = f"endpoint: saved as {saved}, the base URL of what was given."
    made = session.create("a", provider, settings={"endpoint": given, **needed})
    assert (made.connection.settings["endpoint"], made.warnings) == (saved, (note,))
    assert session.edit("a", settings={"endpoint": given}).warnings == (note,)
    assert session.edit("a", settings={"endpoint": saved}).warnings == ()


def test_the_target_uri_of_a_deployment_gives_its_version_too(session: Session) -> None:
    """That version is known to work there. A version that was set before stays. The deployment is named, as it is the model."""
    uri = "https://r.openai.azure.com/openai/deployments/gpt-4o/chat/completions?api-version=2025-01-01-preview"
    made = session.create("a", "microsoft-foundry", settings={"endpoint": uri, "api_key": "made-up-key-0123456789"})
    assert made.connection.settings["endpoint"] == "https://r.openai.azure.com"
    assert made.connection.settings["api_version"] == "2025-01-01-preview"
    assert "The deployment in it is gpt-4o" in made.warnings[1]
    session.edit("a", settings={"api_version": "2024-10-21"})
    assert session.edit("a", settings={"endpoint": uri}).connection.settings["api_version"] == "2024-10-21"


@pytest.mark.parametrize(
    "given", ["http://localhost:1", "http://localhost:1/models", "https://gateway.example/openai/v1/"]
)
def test_an_endpoint_that_may_be_meant_is_saved_as_it_is(session: Session, given: str) -> None:
    """A test finds out whether it works."""
    made = session.create("a", "openai-compatible", settings={"endpoint": given})
    assert (made.connection.settings["endpoint"], made.warnings) == (given, ())
