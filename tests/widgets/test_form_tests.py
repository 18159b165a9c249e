"""The form tests its draft in a thread before it is saved."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, ClassVar

import pytest

from aiconn_nb import FailureKind, Session
from aiconn_nb.errors import Unexpected
from aiconn_nb.providers.testing import FakeProvider, registry_of
from aiconn_nb.ui.widgets.connection_form import ConnectionForm

KEY = "canary-7f3d9c2e81b64a05"


class Offline(FakeProvider):
    """A provider without a host to reach."""

    def endpoint(self, settings: Any) -> Any:
        return None


def holding(**fields: str) -> dict[str, Any]:
    """Return what a page sends of a form to test it."""
    return {"turn": 3, "provider": "fake", "name": "", "alias": "", "open": False, "active": True, "fields": fields}


def climbed(page: Any, **content: Any) -> list[dict[str, Any]]:
    """Test the draft, wait for the thread, and return the answers."""
    since = len(page.sent)
    page.ask("test", **content)
    for thread in threading.enumerate():
        if thread.name == "aiconn-form-action":
            thread.join(10)
    return [each for each in page.told(since) if each["kind"] != "done"]


def test_each_rung_is_told_as_it_is_done_and_nothing_is_saved(page_of: Callable[..., Any]) -> None:
    """The test uses the draft and not what is stored, and it needs no name."""
    session = Session(registry=registry_of(Offline()))
    answers = climbed(page_of(ConnectionForm(session=session)), **holding(api_key=KEY))
    assert {(each["kind"], each["id"]) for each in answers} == {("panel", "test")}
    states = [[step["state"] for step in each["steps"]] for each in answers]
    assert [(each[-1], len(each)) for each in states[:-1]] == [("running", number) for number in range(1, 10)]
    assert [step["title"] for step in answers[-1]["steps"]] == [
        "Active", "SDK installed", "References", "Plausible values", "Trusted host", "Reachable", "Authenticated", "Models",
    ]  # fmt: skip
    assert (answers[-1]["title"], answers[-1]["turn"]) == ("The test passed", 3)
    assert session.aliases() == []


def test_a_failing_draft_says_at_which_rung_and_what_to_do(page_of: Callable[..., Any]) -> None:
    """The provider's message is redacted, whatever it repeats."""
    fake = Offline(failures={"models": FailureKind.AUTHENTICATION}, words=f"bad key {KEY}")
    page = page_of(ConnectionForm(session=Session(registry=registry_of(fake))))
    answers = climbed(page, **holding(api_key=KEY))
    failed = answers[-1]["steps"][-1]
    assert (answers[-1]["title"], failed["title"], failed["state"]) == ("The test failed", "Authenticated", "failed")
    assert failed["hint"]
    assert KEY not in page.everything


def test_an_edit_is_tested_over_what_is_stored(page_of: Callable[..., Any]) -> None:
    """The test uses the sealed key that the page never saw, and the change is not saved."""
    fake = Offline()
    session = Session(registry=registry_of(fake))
    session.create("one", "fake", settings={"api_key": KEY})
    answers = climbed(page_of(ConnectionForm("one", session=session)), **holding(region="eu"))
    assert answers[-1]["title"] == "The test passed"
    assert fake.clients[-1].settings["region"] == "eu"
    assert fake.clients[-1].settings["api_key"].reveal() == KEY
    assert "region" not in session.get("one").settings


def test_what_could_not_be_saved_is_told_at_its_field(page_of: Callable[..., Any]) -> None:
    """A test reports the same problems as a save."""
    page = page_of(ConnectionForm(session=Session(registry=registry_of(Offline()))))
    answers = climbed(page, **holding(retries="many"))
    assert answers[-1]["problems"].keys() == {"api_key", "retries"}


def test_a_test_that_breaks_says_so(page_of: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """An unexpected error ends the wait and shows nothing of what was typed."""

    def broken(*args: Any, **keys: Any) -> None:
        raise RuntimeError(KEY)

    monkeypatch.setattr(Session, "test_draft", broken)
    page = page_of(ConnectionForm(session=Session(registry=registry_of(Offline()))))
    answers = climbed(page, **holding(api_key=KEY))
    assert answers[-1]["what"] == Unexpected(kind="RuntimeError").what
    assert KEY not in page.everything


def test_the_kernel_is_free_while_a_test_runs(page_of: Callable[..., Any]) -> None:
    """Another message is answered before the test is done."""

    class Slow(Offline):
        go: ClassVar = threading.Event()

        def models(self, client: Any) -> Any:
            self.go.wait(10)
            return super().models(client)

    page = page_of(ConnectionForm(session=Session(registry=registry_of(Slow()))))
    page.ask("test", **holding(api_key=KEY))
    (answer,) = [each for each in page.ask("check", **{**holding(), "turn": 4}) if each["kind"] == "checked"]
    assert answer["turn"] == 4
    Slow.go.set()


@pytest.mark.parametrize(("says_so", "kept"), [(True, True), (False, False)])
def test_the_result_outlives_the_save_of_what_was_tested(
    says_so: bool, kept: bool, page_of: Callable[..., Any]
) -> None:
    """The result belongs to the new connection and is not outdated if the page says that nothing has changed since."""
    session = Session(registry=registry_of(Offline()))
    page = page_of(ConnectionForm(session=session))
    climbed(page, **holding(api_key=KEY))
    page.ask("save", **{**holding(api_key=KEY), "name": "One", "turn": 4, "tested": says_so})
    one = session.get("one")
    last = session.last_test(one.id)
    assert (last is not None) is kept
    if last is not None:
        assert last[0].ok
        assert last[1] >= one.modified
    page.ask("save", **{**holding(), "name": "Two", "version": 1, "turn": 5, "tested": True})
    assert (session.last_test(one.id) is not None) is kept


def test_a_page_keeps_no_test_of_another_page(page_of: Callable[..., Any]) -> None:
    """Two pages show one form with separate drafts: a test on one page says nothing about what the other saves."""
    session = Session(registry=registry_of(Offline()))
    page = page_of(ConnectionForm(session=session))
    climbed(page, **holding(api_key=KEY))
    page.name = "another"
    page.ask("save", **{**holding(api_key="other-key-0123456789"), "name": "One", "tested": True})
    assert session.last_test(session.get("one").id) is None
