"""The test of a connection fails at the rung of its cause and says what is wrong."""

from __future__ import annotations

import _thread
import socket
from collections.abc import Iterator
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from aiconn_nb import FailureKind, Session
from aiconn_nb.features.checks import ladder
from aiconn_nb.features.checks.results import Rung, Tested, Tests
from aiconn_nb.model.capability import Capability
from aiconn_nb.model.field import Field
from aiconn_nb.model.plausible import implausible
from aiconn_nb.model.secret import Secret
from aiconn_nb.providers.base import ChatRequest, Delta, Finish, Model
from aiconn_nb.providers.plug_ins.fake import FakeProvider, registry_of


class Listening:
    """A port that accepts connections and never answers."""

    def __init__(self) -> None:
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.socket.getsockname()[1]}"


@pytest.fixture
def listening() -> Listening:
    """Yield a listening port, which is closed at the end of the test."""
    server = Listening()
    yield server  # type: ignore[misc]
    server.socket.close()


def climb(provider: FakeProvider, endpoint: str, *, key: str = "good-key-1", model: str | None = None) -> Tested:
    """Test one connection of a fake provider and return the result."""
    session = Session(registry=registry_of(provider))
    if "a" in session.aliases():
        session.delete("a")
    session.create("a", "fake", settings={"api_key": key, "endpoint": endpoint})
    return session.test("a", model=model)[0]


def states(tested: Tested) -> list[tuple[str, str]]:
    """Return the state of each rung."""
    return [(rung.name, rung.state) for rung in tested.rungs]


def test_a_connection_that_works_climbs_every_rung(listening: Listening) -> None:
    """A provider without an SDK skips that rung."""
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
    """Such a model cannot chat."""
    tested = climb(FakeProvider(), listening.url, model="fake-embedding")
    assert tested.rungs[-1].detail == "fake-embedding answered with 2 dimensions"


def test_an_inactive_connection_fails_at_the_first_rung(session: Session) -> None:
    """The rung says how to enable it."""
    session.create("a", "demo", active=False)
    failed = session.test("a")[0].failed
    assert failed is not None
    assert failed.name == "active"
    assert "enable a" in failed.hint


def test_a_missing_reference_fails_before_the_network(session: Session) -> None:
    """The rung names the reference."""
    session.create("a", "openai", settings={"api_key": "$Missing:Key"})
    failed = session.test("a")[0].failed
    assert failed is not None
    assert failed.name == "references"
    assert "$Missing:Key" in failed.detail


def test_a_placeholder_fails_before_the_network(listening: Listening) -> None:
    """The placeholder is never sent."""
    provider = FakeProvider()
    failed = climb(provider, listening.url, key="sk-your-api-key-here").failed
    assert failed is not None
    assert (failed.name, failed.detail) == ("plausible", "api_key is a placeholder.")
    assert provider.calls == []


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]"])
def test_a_closed_port_is_not_reachable(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The rung names host and port as a URL does. A proxy does not hide that, as requests to this machine pass it by."""
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")

    def refuse(way: object, timeout: float) -> None:
        raise ConnectionRefusedError(111, "Connection refused")

    monkeypatch.setattr(socket, "create_connection", refuse)
    failed = climb(FakeProvider(), f"http://{host}:9").failed
    assert failed is not None
    assert failed.name == "reachable"
    assert failed.detail == f"{host}:9: Connection refused."


@pytest.mark.parametrize("kind", [FailureKind.AUTHENTICATION, FailureKind.OUT_OF_CREDIT, FailureKind.PROVIDER_FAULT])
def test_a_refusal_fails_the_authentication(listening: Listening, kind: FailureKind) -> None:
    """The rung has the provider's words without the key."""
    provider = FakeProvider(failures={"models": kind}, words="no access with good-key-1")
    failed = climb(provider, listening.url).failed
    assert failed is not None
    assert failed.name == "authenticated"
    assert "no access with ••••••••" in failed.detail


@pytest.mark.parametrize(
    ("provider", "words"),
    [
        (FakeProvider(has_models=False), "this endpoint has no model list"),
        (FakeProvider(failures={"models": FailureKind.NOT_FOUND}, words="no such path"), "a: not found: no such path"),
        (FakeProvider(failures={"models": FailureKind.PERMISSION}, words="not yours"), "a: permission: not yours"),
        (FakeProvider(public=True), "the list of models is public, and says nothing about the key"),
        (
            FakeProvider(failures={"models": FailureKind.PROVIDER_FAULT}, words="Loading model"),
            "a: provider fault: Loading model",
        ),
        (FakeProvider(failures={"models": FailureKind.RATE_LIMITED}, words="slow down"), "a: rate limited: slow down"),
    ],
    ids=["none", "404", "403", "public", "loading", "429"],
)
def test_what_says_nothing_of_the_key_is_neither_passed_nor_failed(
    listening: Listening, provider: FakeProvider, words: str
) -> None:
    """The verdict is "cannot tell", in the server's words, and a named model decides."""
    tested = climb(provider, listening.url)
    assert (tested.verdict, tested.ok, tested.failed) == ("unknown", False, None)
    assert dict(states(tested))["authenticated"] == "unknown"
    assert tested.summary == f"cannot tell: {words}"
    refused = FailureKind.PERMISSION, FailureKind.PROVIDER_FAULT, FailureKind.RATE_LIMITED
    if provider.failures.get("models") in refused:
        assert tested.rungs[-1].detail == "the list was not given"
    assert climb(provider, listening.url, model="fake-chat").verdict == "ok"


@pytest.mark.parametrize(
    ("kind", "proves"),
    [
        (FailureKind.AUTHENTICATION, False),
        (FailureKind.OUT_OF_CREDIT, False),
        (FailureKind.PROVIDER_FAULT, None),
        (FailureKind.TIMEOUT, None),
        (FailureKind.RATE_LIMITED, None),
    ],
)
def test_a_failure_of_the_moment_refuses_neither_key_nor_model(
    listening: Listening, kind: FailureKind, proves: bool | None
) -> None:
    """Like a call, a test saves only what is still true a moment later."""
    assert climb(FakeProvider(failures={"models": kind, "accepts_key": kind}), listening.url).proves is proves
    asked = climb(FakeProvider(failures={"chat": kind}), listening.url, model="fake-chat").answers("fake-chat")
    assert asked == ({} if proves is None else {("fake-chat", each): False for each in Capability})


@pytest.mark.parametrize("kind", [FailureKind.AUTHENTICATION, FailureKind.PROVIDER_FAULT, FailureKind.TIMEOUT])
def test_a_refused_list_does_not_end_a_test_that_names_a_model(listening: Listening, kind: FailureKind) -> None:
    """One token decides, either way."""
    refused = {"models": kind}
    assert climb(FakeProvider(failures=refused), listening.url, model="fake-chat").verdict == "ok"
    both = refused | {"chat": FailureKind.AUTHENTICATION}
    failed = climb(FakeProvider(failures=both), listening.url, model="fake-chat").failed
    assert failed is not None
    assert failed.name == "model"


@pytest.mark.parametrize(("known", "verdict"), [(True, "ok"), (False, "failed"), (None, "unknown")])
def test_an_endpoint_for_keys_decides_where_the_list_is_public(
    listening: Listening, known: bool | None, verdict: str
) -> None:
    """If there is such an endpoint, it gives the provider's own word on the key."""
    assert climb(FakeProvider(public=True, knows_key=known), listening.url).verdict == verdict


@pytest.mark.parametrize(
    "words",
    [
        "Your API key was reported as leaked. Please use another API key.",
        "This organization has been disabled.",
        "Account suspended",
        "Country, region, or territory not supported",
        "User location is not supported for the API use.",
        "Access denied due to Virtual Network/Firewall rules.",
    ],
)
def test_a_permission_that_is_gone_for_good_fails(listening: Listening, words: str) -> None:
    """The test fails even if a model is named: nothing will work with this key or from here."""
    provider = FakeProvider(failures={"models": FailureKind.PERMISSION}, words=words)
    for model in (None, "fake-chat"):
        failed = climb(provider, listening.url, model=model).failed
        assert failed is not None
        assert failed.name == "authenticated"


class Keyless(FakeProvider):
    """A provider that needs no key."""

    fields = (Field("endpoint", "Endpoint", type="url", default="https://fake.example"),)


def test_without_a_key_the_list_is_enough(listening: Listening) -> None:
    """There is nothing to prove in this case, and an empty list does not tell."""
    session = Session(registry=registry_of(Keyless(public=True)))
    session.create("a", "fake", settings={"endpoint": listening.url})
    tested = session.test("a")[0]
    assert states(tested)[-2:] == [("authenticated", "skipped"), ("models", "passed")]
    assert tested.verdict == "ok"
    session = Session(registry=registry_of(Keyless(public=True, listed=())))
    assert session.test("a")[0].verdict == "unknown"


class KeyOptional(FakeProvider):
    """A provider that takes a key but does not need one."""

    fields = (
        Field("api_key", "API key", sensitive=True),
        Field("endpoint", "Endpoint", type="url", default="https://fake.example"),
    )


def test_a_public_list_that_was_asked_for_without_a_key_says_so(listening: Listening) -> None:
    """The verdict says so as well: the provider takes keys, and none was proven."""
    session = Session(registry=registry_of(KeyOptional(public=True)))
    session.create("a", "fake", settings={"endpoint": listening.url})
    tested = session.test("a")[0]
    rung = next(rung for rung in tested.rungs if rung.name == "authenticated")
    assert (tested.verdict, rung.state, rung.detail) == ("ok", "skipped", "no key was sent")
    assert "no key was sent" in tested.summary


def test_a_gateway_gives_keys_of_any_shape(listening: Listening) -> None:
    """At the provider's own host, another provider's key is stopped before it is sent."""

    class Shaped(FakeProvider):
        key_shapes = ("google",)

    assert climb(Shaped(), listening.url, key="sk-ant-0123456789").verdict == "ok"
    failed = climb(Shaped(), "https://fake.example", key="sk-ant-0123456789").failed
    assert failed is not None
    assert (failed.name, failed.detail) == ("plausible", "api_key looks like a key of anthropic.")


def test_a_model_that_says_nothing_in_time_cannot_be_told(
    listening: Listening, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The model may be loading. The test ends all the same."""
    over = Event()

    class Slow(FakeProvider):
        def chat(self, client: Any, request: ChatRequest) -> Iterator[Delta | Finish]:
            over.wait(30)
            yield Delta("late")

    monkeypatch.setattr(ladder, "TOKEN_WITHIN", 0.05)
    tested = climb(Slow(public=True), listening.url, model="fake-chat")
    over.set()
    assert (tested.rungs[-1].name, tested.rungs[-1].state, tested.verdict) == ("model", "unknown", "unknown")


def test_a_name_server_that_does_not_answer_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """The system's own look-up has no time limit."""
    over = Event()
    monkeypatch.setattr(ladder, "CONNECT_TIMEOUT", 0.05)
    monkeypatch.setattr(socket, "getaddrinfo", lambda *given, **more: over.wait(30) or [])
    failed = climb(FakeProvider(), "http://nowhere.invalid").failed
    over.set()
    assert failed is not None
    assert (failed.name, failed.detail) == ("reachable", "nowhere.invalid:80: no answer.")


def test_where_a_proxy_is_set_the_call_itself_finds_the_way(monkeypatch: pytest.MonkeyPatch) -> None:
    """The SDKs read the proxy variables differently, so a test that read them its own way would raise false alarms."""
    monkeypatch.setenv("ALL_PROXY", "http://user:pass/word@127.0.0.1:9")
    assert climb(FakeProvider(), "http://nowhere.invalid").verdict == "ok"
    failed = climb(FakeProvider(failures={"models": FailureKind.UNREACHABLE}), "http://nowhere.invalid").failed
    assert failed is not None
    assert failed.name == "reachable"


def test_a_fault_of_ours_is_a_failed_rung_of_one_connection(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """It does not end the tests of the others, and it shows no value."""
    for alias in ("a", "b"):
        session.create(alias, "demo")
    monkeypatch.setattr(ladder, "require_sdk", None)
    monkeypatch.setattr(
        ladder.Ladder,
        "_is_plausible",
        lambda self: 1 / 0 if self._connection.alias == "a" else ladder.Outcome("passed"),
    )
    found = session.test("a", "b")
    assert found[0].failed is not None
    assert found[0].failed.detail == "internal error: ZeroDivisionError."
    assert [rung.name for rung in found[1].rungs][-1] != "plausible"


def test_a_terminal_tells_the_three_verdicts_apart() -> None:
    """The exit status and the data for programs differ."""
    ok, failed, unknown = (
        Tested("a", (Rung("authenticated", "passed"),)),
        Tested("b", (Rung("authenticated", "failed", "no"),)),
        Tested("c", (Rung("authenticated", "unknown", "public"),)),
    )
    assert [Tests(each).exit_status for each in ([ok], [ok, unknown], [unknown, failed, ok])] == [0, 3, 1]
    assert [each["verdict"] for each in Tests([ok, failed, unknown]).data()] == ["ok", "failed", "unknown"]
    assert str(Tests([ok, failed, unknown])).endswith("1 of 3 passed, 1 failed, of 1 the test cannot tell.")


def test_a_model_that_does_not_exist_names_the_nearest(listening: Listening) -> None:
    """The name comes from the live list."""
    lost = {"chat": FailureKind.NOT_FOUND, "embed": FailureKind.NOT_FOUND}
    failed = climb(FakeProvider(failures=lost), listening.url, model="fake-chta").failed
    assert failed is not None
    assert failed.name == "model"
    assert "'fake-chat'" in failed.hint


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
        ('"abcdefgh"', "is in quotation marks, which are not part of it"),
        ("“abcdefgh”", "is in quotation marks, which are not part of it"),
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
    """The value is recognised before it is sent anywhere."""
    assert implausible(Secret(value), ("openai",)) == problem


def test_the_progress_of_a_failing_connection_ends_at_its_rung(session: Session, work: Path) -> None:
    """The rungs above are not tried."""
    session.create("a", "openai", settings={"api_key": "$Missing:Key"})
    assert [rung.name for rung in session.test("a")[0].rungs] == ["active", "sdk", "references"]


def test_ctrl_c_does_not_wait_for_the_tests_that_are_under_way(listening: Listening) -> None:
    """A silent server once kept several tests for half a minute after Ctrl-C, while one test ended at once."""
    go_on = Event()
    left: list[bool] = []

    class Silent(FakeProvider):
        """A provider whose list of models comes once the test is over."""

        def models(self, client: Any) -> list[Model]:
            _thread.interrupt_main()
            left.append(go_on.wait(30))
            return []

    session = Session(registry=registry_of(Silent()))
    for alias in ("a", "b"):
        session.create(alias, "fake", settings={"api_key": "good-key-1", "endpoint": listening.url})
    with pytest.raises(KeyboardInterrupt):
        session.test("a", "b")
    assert left == []
    go_on.set()


def test_a_host_that_cannot_be_one_is_told_as_that(session: Session) -> None:
    """This was once an internal error."""
    session.create("a", "openai-compatible", settings={"endpoint": f"http://{'a' * 64}.example/v1"})
    failed = session.test("a")[0].failed
    assert failed is not None
    assert (failed.name, failed.detail.partition(": ")[2]) == ("reachable", "this cannot be the name of a host.")


def test_a_failed_step_is_not_named_by_the_word_for_success(session: Session) -> None:
    """This holds in the table, the summary and the error of a rotation. The attribute keeps its name."""
    from aiconn_nb.features.checks.ladder import Ladder
    from aiconn_nb.ui.render import as_text, view_of

    names = [
        each.name for each in Ladder(session._context, session.create("x", "demo").connection, "demo-chat").climb()
    ]
    assert len(names) == 9
    for name in names:
        failed = Tested("a", (Rung(name, "failed", "No."),))
        assert failed.rungs[0].name == name != failed.rungs[0].title
        assert failed.rungs[0].title in failed.summary
        assert failed.rungs[0].title in as_text(view_of(failed), 200)
        assert failed.rungs[0].data()["rung"] == name
        assert Rung(name, "passed").title == name


@pytest.mark.parametrize(
    ("kind", "verb", "rung", "title"),
    [
        (FailureKind.OUT_OF_CREDIT, "models", "authenticated", "no credit"),
        (FailureKind.OUT_OF_CREDIT, "chat", "model", "no credit"),
        (FailureKind.PERMISSION, "chat", "model", "no permission"),
    ],
)
def test_a_known_key_that_may_not_is_not_called_unauthenticated(
    listening: Listening, kind: FailureKind, verb: str, rung: str, title: str
) -> None:
    """The provider knows the key, and another one would fail as well."""
    failed = climb(
        FakeProvider(failures={verb: kind}), listening.url, model="fake-chat" if verb == "chat" else None
    ).failed
    assert failed is not None
    assert (failed.name, failed.title) == (rung, title)
