"""Health is what was checked: of every connection with its model, remembered for every kernel until something changes."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from aiconn_nb import Secret, Session
from aiconn_nb import files as files_of_ours
from aiconn_nb.errors import FailureKind, ProviderFailed
from aiconn_nb.features.profiles import Kind
from aiconn_nb.features.requirements import Lack
from aiconn_nb.model.connection import now
from aiconn_nb.model.profile import Capability
from aiconn_nb.providers.base import Model
from aiconn_nb.providers.plug_ins.fake import FakeProvider, registry_of

CHAT = frozenset({Capability.CHAT})


@pytest.fixture
def fake() -> FakeProvider:
    """Return a provider that lists one model, with or without a last day."""
    return FakeProvider()


@pytest.fixture(autouse=True)
def _reachable(monkeypatch: pytest.MonkeyPatch) -> None:
    """Treat the fake's host, which does not exist, as reachable."""
    monkeypatch.setattr("aiconn_nb.features.checks.ladder._not_connected", lambda host, port: "")


@pytest.fixture
def session(isolated: Path, fake: FakeProvider) -> Session:
    """Return a session with two connections and a profile of both."""
    made = Session(registry=registry_of(fake))
    for alias in ("a", "b"):
        made.create(alias, "fake", settings={"api_key": f"made-up-key-{alias}-0123"})
    made.create_profile("w", connections="a=fake-chat,b=other", model="")
    return made


def again(fake: FakeProvider) -> Session:
    """Return the session of another kernel with the same home."""
    return Session(registry=registry_of(fake))


def states(session: Session) -> list[str]:
    """Return the states of the profile's connections."""
    return [link.state for link in session.show_profile("w").row.connections]


def memory(session: Session) -> Path:
    """Return the path of the file that remembers the checks."""
    return session._context.home / "checks.json"


# ---- what a check is --------------------------------------------------------------------------------------------------


def test_not_checked_is_not_ready(session: Session) -> None:
    """Nothing was asked yet. As far as is known, the first connection would answer."""
    health = session.profile_health("w")
    assert (health.kind, health.answers, health.checked) == (Kind.NOT_CHECKED, "a", None)
    assert states(session) == ["not checked", "not checked"]


def test_health_covers_every_connection_with_its_model(session: Session, fake: FakeProvider) -> None:
    """The first one's list contains its model. The second one's model is in no list, and one answer of it is enough."""
    session.test("a", "b")
    assert states(session) == ["ready", "unlisted"]
    assert session.profile_health("w").kind is Kind.UNLISTED
    assert session.test("b", model="other").ok
    assert states(session) == ["ready", "ready"]
    health = session.profile_health("w")
    assert health.kind is Kind.READY
    assert health.checked is not None


def test_a_list_alone_proves_no_key(session: Session) -> None:
    """The list of models was fetched, but the key was not tested."""
    session.models("a")
    assert states(session)[0] == "not checked"


def test_a_deployment_that_no_list_names_is_ready_once_it_was_tested(session: Session, fake: FakeProvider) -> None:
    """The list of such a provider does not contain the names that are called."""
    fake.lists_what_it_calls = False  # type: ignore[misc]
    session.test("b")
    assert states(session)[1] == "not checked"
    session.test("b", model="other")
    assert states(session)[1] == "ready"


def test_an_answer_is_a_check(session: Session, fake: FakeProvider) -> None:
    """An answer of a fallback counts, too. A connection that was not asked stays unchecked."""
    session.ask("Hello?", profile="w")
    assert states(session) == ["ready", "not checked"]
    session.ask("Hello?", profile="b", model="other")
    assert states(again(fake)) == ["ready", "ready"]


@pytest.mark.parametrize("by_test", [True, False], ids=["test", "embed"])
def test_a_vector_is_no_check_of_chat(session: Session, fake: FakeProvider, by_test: bool) -> None:
    """A model that embeds may not chat. Its answer counts for a profile of embeddings alone, in every kernel."""
    fake.failures = {"chat": FailureKind.BAD_REQUEST}
    session.create_profile("v", connections="b=other", capability="embedding")
    if by_test:
        assert session.test("b", model="other").ok
    else:
        session.embed(["a"], profile="v")
    for each in (session, again(fake)):
        (chat, embedding) = (each.show_profile(alias).row.connections[-1].state for alias in ("w", "v"))
        assert (chat, embedding) == ("unlisted" if by_test else "not checked", "ready")


def test_a_token_is_no_check_of_embedding(session: Session) -> None:
    """A profile of embeddings with a model that has only chatted was not checked."""
    session.create_profile("v", connections="b=other", capability="embedding")
    session.ask("Hello?", profile="b", model="other")
    assert (states(session)[1], session.show_profile("v").row.connections[0].state) == ("ready", "not checked")


def test_an_awaited_answer_is_a_check(session: Session, fake: FakeProvider) -> None:
    """It counts like any other answer."""
    with ThreadPoolExecutor(1) as pool:  # a separate loop: Playwright's may be running here
        pool.submit(asyncio.run, session.aask("Hello?", profile="w")).result()
    assert states(again(fake)) == ["ready", "not checked"]


@pytest.mark.parametrize(
    ("kind", "state"),
    [
        (FailureKind.AUTHENTICATION, "refused"),
        (FailureKind.NOT_FOUND, "refused"),
        (FailureKind.OUT_OF_CREDIT, "refused"),
        (FailureKind.RATE_LIMITED, "ready"),
        (FailureKind.UNREACHABLE, "ready"),
        (FailureKind.TIMEOUT, "ready"),
    ],
)
def test_a_refusal_takes_a_check_away(session: Session, fake: FakeProvider, kind: FailureKind, state: str) -> None:
    """A refusal of the key or of the model removes it, but a failure that may be over a moment later does not."""
    session.ask("Hello?", profile="w")
    fake.failures = {"chat": kind}
    with pytest.raises(Exception):  # noqa: B017, PT011 - which one is told elsewhere
        session.ask("Hello?", profile="a", model="fake-chat")
    assert states(again(fake))[0] == state
    fake.failures = {}
    session.ask("Hello?", profile="a", model="fake-chat")
    assert states(again(fake))[0] == "ready"


def test_a_refusal_is_believed_for_an_hour(
    session: Session, fake: FakeProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The key in a variable may be another one by then, and a nightly job must not stay blocked by the night before."""
    fake.failures = {"chat": FailureKind.AUTHENTICATION}
    with pytest.raises(ProviderFailed):
        session.ask("Hello?", profile="a", model="fake-chat")
    assert session.require("a").unmet[0].lack is Lack.REFUSED
    later = now() + timedelta(minutes=61)
    monkeypatch.setattr("aiconn_nb.session.checked.now", lambda: later)
    assert states(again(fake))[0] == "not checked"
    assert again(fake).require("a").ok


# ---- for how long it holds --------------------------------------------------------------------------------------------


def test_a_changed_connection_is_not_checked(session: Session, fake: FakeProvider) -> None:
    """Another key is another account. Restored settings are checked as before, and a name changes nothing."""
    session.test("a")
    session.edit("a", settings={"region": "west"})
    assert states(again(fake))[0] == "not checked"
    session.rollback("a", 1)
    assert states(again(fake))[0] == "ready"
    session.rename("a", "c")
    session.edit("c", name="Another name")
    assert states(again(fake))[0] == "ready"
    session.edit("c", settings={"api_key": "made-up-key-of-another-account"})
    assert states(again(fake))[0] == "not checked"


def test_another_environment_is_not_checked(session: Session, fake: FakeProvider, work: Path) -> None:
    """A reference may resolve to another key there."""
    for name in ("appsettings.json", "appsettings.Production.json"):
        (work / name).write_text("{}")
    session.test("a")
    session.environment("Production")
    assert states(session)[0] == "not checked"
    session.environment("Development")
    assert states(session)[0] == "ready"


def test_another_value_of_a_reference_is_not_checked(
    session: Session, fake: FakeProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The endpoint leads elsewhere or the user secret is new, without a change of the connection."""
    monkeypatch.setenv("Fake__Endpoint", "https://one.example")
    session.set_secret("Fake:Key", Secret("made-up-key-0123456789"))
    session.edit("a", settings={"endpoint": "$Fake:Endpoint", "api_key": "$Fake:Key"})
    session.trust("a")
    session.ask("Hello?", profile="w")
    assert states(again(fake))[0] == "ready"
    monkeypatch.setenv("Fake__Endpoint", "https://two.example")
    assert session.connections("a")[0].checked is None
    monkeypatch.setenv("Fake__Endpoint", "https://one.example")
    assert states(again(fake))[0] == "ready"
    session.set_secret("Fake:Key", Secret("made-up-key-9876543210"))
    assert states(again(fake))[0] == "not checked"


# ---- the file ---------------------------------------------------------------------------------------------------------


def test_the_file_has_neither_a_key_nor_a_value(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """The text of a setting is not in it either: it has only ids, names of models, dates and digests."""
    monkeypatch.setenv("Fake__Endpoint", "https://secret-host.example")
    session.edit("a", settings={"endpoint": "$Fake:Endpoint"})
    session.trust("a")
    session.test("a", "b", model="fake-chat")
    text = memory(session).read_text()
    for word in ("made-up-key", "secret-host", "Fake:Endpoint", "endpoint", "api_key"):
        assert word not in text
    assert memory(session).stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xff\xfe",
        b'{"format": 1}',
        b'{"format": 1, "checks": []}',
        b'{"format": 1, "checks": {"x": {"y": 3}}}',
        b'{"format": 1, "checks": {"x": {"y": {"of": "m", "key": [true, "yesterday"]}}}}',
        b"[" * 100_000,
    ],
)
def test_a_damaged_file_says_nothing_and_is_replaced(session: Session, fake: FakeProvider, content: bytes) -> None:
    """Nothing fails because of it, and the next check writes a good one."""
    memory(session).write_bytes(content)
    assert states(session) == ["not checked", "not checked"]
    session.test("a")
    assert states(again(fake)) == ["ready", "not checked"]


@pytest.mark.parametrize("date", ["yesterday", "2026-11-29T14:00:00", None, 5, "9999-99-99T00:00:00+00:00"])
def test_a_check_without_a_date_is_none(session: Session, fake: FakeProvider, date: object) -> None:
    """The entry is ignored, but that of another connection holds."""
    session.test("a", "b", model="fake-chat")
    document = json.loads(memory(session).read_text())
    entry = document["checks"][session.get("a").id]["Development"]
    entry["key"][1] = date
    memory(session).write_text(json.dumps(document))
    rows = {row.alias: row for row in again(fake).connections()}
    assert rows["a"].checked is None
    assert rows["b"].checked is not None


def test_a_missing_file_says_nothing(session: Session, fake: FakeProvider) -> None:
    """A home of an earlier release has none."""
    session.test("a")
    memory(session).unlink()
    assert states(session) == ["not checked", "not checked"]


def test_a_newer_file_is_left_alone(session: Session) -> None:
    """A later release knows more, so the file is neither read nor replaced. This process remembers by itself."""
    memory(session).write_text('{"format": 2, "more": 1}')
    session.test("a")
    assert states(session)[0] == "ready"
    assert memory(session).read_text() == '{"format": 2, "more": 1}'


def test_a_full_disk_fails_no_test_and_no_answer(
    session: Session, fake: FakeProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    """This process remembers the check, and another one does not know it. Once there is room, the next check is written."""

    def full(*of: object, **named: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as on:
        on.setattr(files_of_ours, "replace", full)
        session.test("a")
        session.ask("Hello?", profile="w")
        assert states(session)[0] == "ready"
        assert states(again(fake))[0] == "not checked"
    session.test("a")
    assert states(again(fake))[0] == "ready"


def test_a_busy_file_is_not_waited_for(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another process holds the lock, so this one remembers by itself."""
    from aiconn_nb.session import checked

    monkeypatch.setattr(checked, "WAIT", 0.01)
    with files_of_ours.Lock(memory(session)).held(RuntimeError, RuntimeError):
        session.test("a")
    assert states(session)[0] == "ready"


def test_a_deleted_connection_leaves_nothing_behind(session: Session) -> None:
    """The next write omits it."""
    session.test("a", "b", model="fake-chat")
    gone = session.get("a").id
    session.delete("a", force=True)
    session.test("b")
    assert gone not in memory(session).read_text()


PROCESS = """
import sys
from aiconn_nb import Session
session = Session()
if sys.argv[1] == "check":
    session.test(sys.argv[2], model="demo-chat")
else:
    print(*(f"{link.alias}:{link.state}" for link in session.show_profile("w").row.connections))
"""


def test_other_processes_know_it(isolated: Path) -> None:
    """Two processes check one connection each at the same time. Neither loses what the other writes, and a third knows both."""
    session = Session()
    for alias in ("a", "b"):
        session.create(alias, "demo")
    session.create_profile("w", connections="a,b", model="demo-chat")
    run = [sys.executable, "-c", PROCESS]
    both = [subprocess.Popen([*run, "check", alias], env=dict(os.environ)) for alias in ("a", "b")]
    assert [each.wait() for each in both] == [0, 0]
    said = subprocess.run([*run, "show"], env=dict(os.environ), capture_output=True, text=True, check=True).stdout
    assert said.split() == ["a:ready", "b:ready"]
    assert states(session) == ["ready", "ready"]


# ---- a model's last day -----------------------------------------------------------------------------------------------


def with_last_day(fake: FakeProvider, day: str) -> None:
    """Give the model in the provider's list this last day."""
    fake.listed = (Model("fake-chat", "", CHAT, shutdown=day),)


@pytest.mark.parametrize(
    ("day", "kind", "state", "lack"),
    [
        ("2999-01-31", Kind.ENDING, "ready", Lack.ENDING),
        ("2020-01-31", Kind.SHUT_DOWN, "shut down", Lack.SHUT_DOWN),
        ("", Kind.READY, "ready", None),
    ],
)
def test_a_models_last_day_is_told_everywhere(
    session: Session, fake: FakeProvider, day: str, kind: Kind, state: str, lack: Lack | None
) -> None:
    """It appears in the list of models, in another kernel's health of a profile, in `require` and in the rehearsal."""
    with_last_day(fake, day)
    session.edit_profile("w", connections="a=fake-chat")
    session.test("a")
    other = again(fake)
    assert [row.shutdown for row in other.models("a")] == [day]
    health, (link,) = other.profile_health("w"), other.show_profile("w").row.connections
    assert (health.kind, link.state, link.shutdown) == (kind, state, day)
    need = next(each for each in other.require("w") if each.kind == "profile")
    assert (need.lack, need.is_met) == (lack, lack is not Lack.SHUT_DOWN)
    said = " ".join(other.failover("w").notes)
    assert (day in health.words, day in need.words, day in said) == (bool(day),) * 3 if day else (True,) * 3


def test_a_model_that_answers_behind_its_last_day_is_ready(session: Session, fake: FakeProvider) -> None:
    """Some providers postpone the day, and an answer is better than an announcement."""
    with_last_day(fake, "2020-01-31")
    session.test("a", model="fake-chat")
    assert states(session)[0] == "ready"


# ---- where it is shown ------------------------------------------------------------------------------------------------


def shown(session: Session) -> Mapping[str, Any]:
    """Return the same fact as each place shows it."""
    needs = {each.alias: each for each in session.require("w")}
    return {
        "list": {row.alias: row.check != "not checked" for row in session.connections()},
        "profile list": [link.state for link in session.profiles()[0].connections],
        "require": {alias: needs[alias].lack for alias in ("w", "a", "b")},
        "failover": " ".join(session.failover("w").notes),
    }


def test_every_place_says_the_same(session: Session, fake: FakeProvider) -> None:
    """The lists, `require` and the rehearsal agree before a check, after it, and once the key was refused."""
    none = dict.fromkeys(("w", "a", "b"), Lack.NOT_CHECKED)
    assert shown(session) == {
        "list": {"a": False, "b": False},
        "profile list": ["not checked", "not checked"],
        "require": none,
        "failover": "a is not checked, b is not checked.",
    }
    session.test("a", model="fake-chat")
    session.test("b", model="other")
    assert shown(again(fake)) == {
        "list": {"a": True, "b": True},
        "profile list": ["ready", "ready"],
        "require": dict.fromkeys(("w", "a", "b")),
        "failover": "",
    }
    fake.failures = {"models": FailureKind.AUTHENTICATION}
    session.test("b")
    found = shown(again(fake))
    assert found["profile list"] == ["ready", "refused"]
    assert found["require"] == {"w": Lack.REFUSED, "a": None, "b": Lack.REFUSED}
    assert not session.require("w").ok
    assert "b refused" in found["failover"]


def test_lists_filter_by_capability_and_by_what_does_not_resolve(session: Session, fake: FakeProvider) -> None:
    """This holds for connections and profiles. Tags are a column and a filter of profiles."""
    session.create("c", "fake", settings={"api_key": "$Absent:Key"})
    session.create_profile("v", connections="a,c", model="fake-chat", tags="prose,short")
    session.create_profile("u", connections="a", model="x", tags="prose")
    assert [row.alias for row in session.connections(resolves=False)] == ["c"]
    assert [row.alias for row in session.connections(resolves=True)] == ["a", "b"]
    assert [row.alias for row in session.connections(capability="chat")] == ["a", "b", "c"]
    assert [row.alias for row in session.profiles(resolves=False)] == ["v"]
    assert [row.alias for row in session.profiles(resolves=True)] == ["u", "w"]
    assert [row.alias for row in session.profiles(tags="prose")] == ["u", "v"]
    assert [row.alias for row in session.profiles(tags=["prose", "short"])] == ["v"]
    line = next(each for each in str(session.profiles()).splitlines() if each.lstrip().startswith("v "))
    assert "prose, short" in line


def test_a_fallback_that_cannot_answer_is_told(session: Session) -> None:
    """The fallback is active. One that was switched off on purpose is no fault of the profile."""
    session.edit("b", settings={"api_key": "$Absent:Key"})
    assert session.profile_health("w").kind is Kind.NO_FALLBACK
    session.disable("b")
    session.test("a")
    assert session.profile_health("w").kind is Kind.READY
