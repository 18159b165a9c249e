"""The test of a connection: which rung fails for which cause, and what it says."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from aiconn_nb import FailureKind, Session
from aiconn_nb.model.secret import Secret
from aiconn_nb.providers.fake import FakeProvider, registry_of
from aiconn_nb.session.connections.plausible import implausible
from aiconn_nb.session.connections.tested import Tested


class Listening:
    """A port that takes connections and never answers."""

    def __init__(self) -> None:
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.socket.getsockname()[1]}"


@pytest.fixture
def listening() -> Listening:
    """Closed at the end of the test."""
    server = Listening()
    yield server  # type: ignore[misc]
    server.socket.close()


def climb(provider: FakeProvider, endpoint: str, *, key: str = "good-key-1", model: str | None = None) -> Tested:
    """Test one connection with a fake."""
    session = Session(registry=registry_of(provider))
    session.create("a", "fake", settings={"api_key": key, "endpoint": endpoint})
    return session.test("a", model=model)[0]


def states(tested: Tested) -> list[tuple[str, str]]:
    """What each rung found."""
    return [(rung.name, rung.state) for rung in tested.rungs]


def test_a_connection_that_works_climbs_every_rung(listening: Listening) -> None:
    """A provider without an SDK does not need that rung."""
    tested = climb(FakeProvider(), listening.url, model="fake-chat")
    assert states(tested) == [
        ("active", "passed"),
        ("sdk", "skipped"),
        ("references", "passed"),
        ("plausible", "passed"),
        ("trusted host", "passed"),
        ("reachable", "passed"),
        ("authenticated", "passed"),
        ("models", "passed"),
        ("model", "passed"),
    ]
    assert tested.ok


def test_an_embedding_model_is_asked_for_a_vector(listening: Listening) -> None:
    """It cannot chat."""
    tested = climb(FakeProvider(), listening.url, model="fake-embedding")
    assert tested.rungs[-1].detail == "fake-embedding answered with 2 dimensions"


def test_an_inactive_connection_fails_at_the_first_rung(session: Session) -> None:
    """And says how to enable it."""
    session.create("a", "demo", active=False)
    failed = session.test("a")[0].failed
    assert failed is not None
    assert (failed.name, failed.detail, failed.hint) == (
        "active",
        "a is switched off.",
        "'%aiconn enable a' switches it on.",
    )


def test_a_missing_reference_fails_before_the_network(session: Session) -> None:
    """Naming it."""
    session.create("a", "openai", settings={"api_key": "$Missing:Key"})
    failed = session.test("a")[0].failed
    assert failed is not None
    assert failed.name == "references"
    assert "$Missing:Key" in failed.detail


def test_a_placeholder_fails_before_the_network(listening: Listening) -> None:
    """It is never sent."""
    provider = FakeProvider()
    failed = climb(provider, listening.url, key="sk-your-api-key-here").failed
    assert failed is not None
    assert (failed.name, failed.detail) == ("plausible", "api_key is a placeholder.")
    assert provider.calls == []


def test_a_closed_port_is_not_reachable() -> None:
    """The rung names host and port."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    failed = climb(FakeProvider(), f"http://127.0.0.1:{port}").failed
    assert failed is not None
    assert failed.name == "reachable"
    assert failed.detail == f"127.0.0.1:{port}: Connection refused."


@pytest.mark.parametrize("kind", [FailureKind.AUTHENTICATION, FailureKind.RATE_LIMITED, FailureKind.PROVIDER_FAULT])
def test_a_refusal_fails_the_authentication(listening: Listening, kind: FailureKind) -> None:
    """In the provider's words, without the key."""
    provider = FakeProvider(failures={"models": kind}, words="no access with good-key-1")
    failed = climb(provider, listening.url).failed
    assert failed is not None
    assert failed.name == "authenticated"
    assert failed.detail == f"a: {kind.label}: no access with ••••••••"


@pytest.mark.parametrize(
    ("provider", "authenticated"),
    [
        (FakeProvider(has_models=False), "unknown"),
        (FakeProvider(failures={"models": FailureKind.NOT_FOUND}), "unknown"),
        (FakeProvider(failures={"models": FailureKind.PERMISSION}), "passed"),
    ],
)
def test_an_endpoint_without_a_model_list_cannot_tell(
    listening: Listening, provider: FakeProvider, authenticated: str
) -> None:
    """That is no failure."""
    tested = climb(provider, listening.url)
    assert states(tested)[-2:] == [("authenticated", authenticated), ("models", "unknown")]
    assert tested.ok


def test_a_model_that_does_not_exist_names_the_nearest(listening: Listening) -> None:
    """From the live list."""
    failed = climb(FakeProvider(failures={"chat": FailureKind.NOT_FOUND}), listening.url, model="fake-chta").failed
    assert failed is not None
    assert (failed.name, failed.hint) == ("model", "Did you mean 'fake-chat'?")


def test_several_are_tested_at_once_and_tell_their_progress(session: Session) -> None:
    """The answers come in the order of the aliases."""
    for alias in ("c", "a", "b"):
        session.create(alias, "demo")
    told: list[tuple[str, str]] = []
    tests = session.test("c", "a", "b", progress=lambda alias, rung: told.append((alias, rung.name)))
    assert [tested.alias for tested in tests] == ["c", "a", "b"]
    assert len(told) == 24
    assert tests.ok
    assert session.test(all=True).data()[0]["alias"] == "a"


def test_a_draft_is_tested_before_it_is_saved(session: Session) -> None:
    """Nothing is stored."""
    assert session.test_draft("demo", {"latency": "0"}).ok
    assert not session.test_draft("demo", {"fail_with": "authentication"}).ok
    assert session.aliases() == []


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        (" ", "is blank"),
        ('"abcdefgh"', "stands in quotation marks, which are not part of it"),
        ("“abcdefgh”", "stands in quotation marks, which are not part of it"),
        ("abcdefgh\n", "has white space around it"),
        ("abcd efgh", "has white space in it"),
        ("****", "is a mask, not the value itself"),
        ("sk-your-api-key-here", "is a placeholder"),
        ("<your key>", "is a mask, not the value itself"),
        ("YOUR_API_KEY", "is a placeholder"),
        ("changeme", "is a placeholder"),
        ("sk-xxxxxxxx", "is a placeholder"),
        ("abc\u200bdef", "has invisible characters in it"),
        ("schlüssel", "has characters that no key has"),
        ("sk-ant-api03-abcdefgh", "looks like a key of anthropic"),
        ("sk-proj-abcdefgh12345678", ""),
        ("made-up-openai-development-key", ""),
        ("0123456789abcdef0123456789abcdef", ""),
    ],
)
def test_an_implausible_value_is_recognised(value: str, problem: str) -> None:
    """Before it is sent anywhere."""
    assert implausible(Secret(value), ("openai",)) == problem


def test_the_progress_of_a_failing_connection_ends_at_its_rung(session: Session, work: Path) -> None:
    """What lies above is not tried."""
    session.create("a", "openai", settings={"api_key": "$Missing:Key"})
    assert [rung.name for rung in session.test("a")[0].rungs] == ["active", "sdk", "references"]
