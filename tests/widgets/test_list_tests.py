"""The list starts tests of its connections in threads."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from aiconn_nb import FailureKind, Session
from aiconn_nb.providers.testing import FakeProvider, registry_of
from aiconn_nb.ui.widgets.connection_list import ConnectionList

PageOf = Callable[..., Any]


class Slow(FakeProvider):
    """A provider that answers when the test lets it, or when enough callers ask at once."""

    def __init__(self, together: int = 0) -> None:
        super().__init__()
        self.go = threading.Event()
        self.asked = threading.Event()
        self.together = threading.Barrier(together) if together else None

    def endpoint(self, settings: Any) -> Any:
        return None

    def models(self, client: Any) -> Any:
        self.asked.set()
        if self.together:
            self.together.wait(20)
        else:
            self.go.wait(20)
        return super().models(client)


@pytest.fixture
def wait() -> Iterator[Callable[[], None]]:
    """Yield a function that waits until the running tests are over."""

    def join() -> None:
        for thread in threading.enumerate():
            if thread.name == "aiconn-list-test":
                thread.join(20)

    yield join
    join()


def a_list(provider: FakeProvider, *aliases: str) -> ConnectionList:
    """Return a list of connections with this provider."""
    session = Session(registry=registry_of(provider))
    for alias in aliases:
        session.create(alias, "fake", settings={"api_key": "a-key-0123456789"})
    return ConnectionList(session)


def rows(page: Any) -> list[dict[str, Any]]:
    """Return rows as the page sends them back."""
    return [{"id": row["id"], "version": row["version"]} for row in page.widget.view["rows"]]


def result_of(page: Any, alias: str = "one") -> Any:
    """Return what the page sees of the last test."""
    return next(row.get("test") for row in page.widget.view["rows"] if row["alias"] == alias)


def test_the_kernel_is_free_while_a_test_runs(page_of: PageOf, wait: Callable[[], None]) -> None:
    """The intent is done at once, and the list answers others meanwhile. A second test of the same connection does not start."""
    slow = Slow()
    page = page_of(a_list(slow, "one"))
    page.ask("test", rows=rows(page))
    slow.asked.wait(20)
    page.ask("test", rows=rows(page))
    page.ask("switch", rows=rows(page), active=False)
    assert page.widget.session.get("one").active is False
    assert result_of(page)["busy"] is True
    slow.go.set()
    wait()
    assert result_of(page)["tone"] == "good"
    assert [call.verb for call in slow.calls].count("models") == 1


def test_tests_run_beside_each_other(page_of: PageOf, wait: Callable[[], None]) -> None:
    """Five tests that can only end together do end."""
    page = page_of(a_list(Slow(together=5), "one", "two", "three", "four", "five"))
    page.ask("test", rows=rows(page))
    wait()
    assert [result_of(page, row["alias"])["tone"] for row in page.widget.view["rows"]] == ["good"] * 5


def test_each_step_is_told_of_its_row_alone(page_of: PageOf, wait: Callable[[], None]) -> None:
    """The row shows the current step and then the result, and the list is not sent again."""
    slow = Slow()
    slow.go.set()
    page = page_of(a_list(slow, "one", "two"))
    page.ask("test", rows=rows(page)[:1])
    wait()
    told = [row for each in page.told() if each["kind"] == "rows" for row in each["rows"]]
    assert {row["alias"] for row in told} == {"one"}
    steps = list(dict.fromkeys(row["test"]["text"] for row in told if "busy" in row["test"]))
    assert steps[-5:] == [
        "Checking the values…",
        "Checking the host…",
        "Reaching the host…",
        "Authenticating…",
        "Listing models…",
    ]
    turns = [each["turn"] for each in page.told() if each["kind"] == "rows"]
    assert turns == sorted(set(turns))
    assert told[-1]["test"]["tone"] == "good"
    said = [each["said"] for each in page.told() if each["kind"] == "rows"]
    assert ("one" in said[-1], any(said[:-1])) == (True, False)


def test_a_failure_says_the_rung_and_what_to_do(page_of: PageOf, wait: Callable[[], None]) -> None:
    """The message is gone when the next test passes."""
    slow = Slow()
    slow.go.set()
    slow.failures = {"models": FailureKind.AUTHENTICATION}
    page = page_of(a_list(slow, "one"))
    page.ask("test", rows=rows(page))
    wait()
    (failure,) = page.widget.view["failures"].values()
    assert (result_of(page)["tone"], failure["tone"]) == ("bad", "bad")
    assert failure["what"].startswith("not authenticated: ")
    assert result_of(page)["text"].startswith("not authenticated")
    assert "authentication" in failure["what"]
    assert failure["hint"] == FailureKind.AUTHENTICATION.meaning.advice
    slow.failures = {}
    page.ask("test", rows=rows(page))
    wait()
    assert (page.widget.view["failures"], result_of(page)["tone"]) == ({}, "good")


def test_what_was_tested_in_one_environment_is_not_shown_in_another(
    page_of: PageOf, wait: Callable[[], None], work: Any
) -> None:
    """The result appears again after a switch back."""
    (work / "appsettings.json").write_text("{}")
    (work / "appsettings.Production.json").write_text("{}")
    slow = Slow()
    slow.go.set()
    page = page_of(a_list(slow, "one"))
    page.ask("test", rows=rows(page))
    wait()
    page.ask("environment", name="Production")
    assert result_of(page) is None
    page.ask("environment", name="Development")
    assert result_of(page)["tone"] == "good"


def test_a_connection_that_is_deleted_while_it_waits_is_forgotten(page_of: PageOf, wait: Callable[[], None]) -> None:
    """No thread fails because of it, and the next test works."""
    slow = Slow()
    page = page_of(a_list(slow, "one", "two"))
    page.ask("test", rows=rows(page))
    Session(registry=registry_of(slow)).delete("two")
    page.ask("refresh")
    slow.go.set()
    wait()
    assert [row["alias"] for row in page.widget.view["rows"]] == ["one"]
    assert result_of(page)["tone"] == "good"
    assert page.widget._tests.running == {}
