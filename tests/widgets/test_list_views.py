"""The views of the list contain what the page needs, as plain values."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiconn_nb.features.checks.results import Rung, Tested
from aiconn_nb.features.connections import COLUMNS, Column, ConnectionRow, Connections
from aiconn_nb.model.connection import Connection
from aiconn_nb.ui.widgets import list_views as views

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
LATER = datetime(2026, 11, 23, 12, 5, tzinfo=UTC)
PASSED = Tested(
    "openai-dev", (Rung("active", "passed", seconds=0.25), Rung("models", "passed", "3 models", seconds=1.0))
)
DOUBTFUL = Tested(
    "openai-dev",
    (
        Rung("authenticated", "unknown", "The list is public.", "Name a model.", 0.5),
        Rung("models", "passed", "3 models"),
    ),
)
FAILED = Tested(
    "openai-dev", (Rung("active", "passed"), Rung("references", "failed", "It was not found.", "Add it.", 0.5))
)


def row(name: str = "OpenAI dev", alias: str = "openai-dev", provider: str = "openai", **more: object) -> ConnectionRow:
    """Return a row of the list from which the view is made."""
    id = "0b7c1c6e-6f3b-4f0a-9d7e-0c9e5b0f8a11"
    is_of = {"active": True, "modified": NOON, "version": 1, "modified_by": ""}
    made = Connection(
        alias=alias, name=name, provider=provider, id=id, **{key: more.pop(key, value) for key, value in is_of.items()}
    )  # type: ignore[arg-type]
    return ConnectionRow(connection=made, **more)  # type: ignore[arg-type]


def view_of(*rows: ConnectionRow, **more: object) -> views.Plain:
    """Return the view of these rows."""
    values: dict[str, object] = {
        "provider_names": {"openai": "OpenAI"},
        "capabilities": {"openai": ["chat", "embedding"]},
        "tests": {},
        "running": {},
        "turn": 1,
    }
    found = Connections(rows, environment="Development")
    return views.list_view(found, **{**values, **more})  # type: ignore[arg-type]


def test_a_row_says_what_is_the_case_and_leaves_the_rest_out() -> None:
    """Most rows of a long list resolve, are not in use and were not tested, and these facts take no space."""
    assert views.row_view(row(), None) == {
        "id": "0b7c1c6e-6f3b-4f0a-9d7e-0c9e5b0f8a11",
        "alias": "openai-dev",
        "name": "OpenAI dev",
        "provider": "openai",
        "active": True,
        "modified": "2026-11-23T12:00:00.000Z",
        "version": 1,
    }


def test_a_row_names_what_is_missing_and_marks_what_is_in_use() -> None:
    """References are shown as they were written."""
    view = views.row_view(row(missing=("$OpenAI:ApiKey", "$OpenAI:Project"), resolves=False, in_use=True), None)
    assert view["resolves"] == {"tone": "bad", "text": "$OpenAI:ApiKey, $OpenAI:Project", "rank": 1, "missing": True}
    assert view["used"] is True


@given(
    name=st.text(max_size=200),
    missing=st.lists(st.text(max_size=120), max_size=4),
    alias=st.from_regex(r"[a-z0-9][a-z0-9-]{0,99}", fullmatch=True),
    provider=st.from_regex(r"[a-z0-9][a-z0-9-]{0,40}", fullmatch=True),
    test=st.sampled_from([None, (PASSED, NOON), (FAILED, NOON)]),
)
def test_a_row_is_never_longer_than_600_bytes(
    name: str, missing: list[str], alias: str, provider: str, test: tuple[Tested, datetime] | None
) -> None:
    """Long names are cut, whatever they are, but the id and the state are not."""
    tested = views.test_view("2026-11-23T12:01:00.000Z", test, None)
    view = views.row_view(row(name, alias, provider, missing=tuple(missing), in_use=True), tested)
    assert len(json.dumps(view, ensure_ascii=False).encode()) <= 600
    assert view["id"] == row().id
    assert view["active"] is True


@pytest.mark.parametrize(
    ("last", "running", "told"),
    [
        (None, None, None),
        ((PASSED, LATER), None, ("good", "passed · 1.2\u00a0s", 2, "2026-11-23T12:05:00.000Z", None)),
        ((FAILED, LATER), None, ("bad", "unresolved · 0.5\u00a0s", 0, "2026-11-23T12:05:00.000Z", None)),
        ((DOUBTFUL, LATER), None, ("warn", "cannot tell · 0.5\u00a0s", 1, "2026-11-23T12:05:00.000Z", None)),
        ((PASSED, LATER), "Authenticating", ("running", "Authenticating…", 3, None, True)),
    ],
)
def test_the_last_test_is_told_with_result_time_and_age(
    last: tuple[Tested, datetime] | None, running: str | None, told: tuple[object, ...] | None
) -> None:
    """While a test runs, the view only says how far it is."""
    view = views.test_view("2026-11-23T12:00:00.000Z", last, running)
    assert (view and tuple(view.get(key) for key in ("tone", "text", "rank", "when", "busy"))) == told


def test_a_test_from_before_the_last_change_says_so() -> None:
    """The test was about another state than the stored one."""
    told = views.test_view("2026-11-23T12:05:00.000Z", (PASSED, NOON), None)
    assert told is not None
    assert (told["outdated"], told["tone"]) == (True, "old")


def test_why_a_test_failed_stands_beside_the_rows() -> None:
    """It is the first failing rung with what to do, and it is left out while the connection is tested again."""
    tests = {row().id: (FAILED, LATER)}
    assert view_of(row(), tests=tests)["failures"] == {
        row().id: {"tone": "bad", "what": "unresolved: It was not found.", "hint": "Add it."}
    }
    assert view_of(row(), tests=tests, running={row().id: "Starting"})["failures"] == {}


def test_a_provider_that_is_not_installed_is_shown_by_its_id() -> None:
    """Such a provider no longer has a name."""
    assert view_of(row(), provider_names={"openai": "OpenAI", "gone": ""})["providers"] == {
        "gone": "gone",
        "openai": "OpenAI",
    }


def test_only_rows_that_differ_are_sent_again() -> None:
    """The result contains the indices of the changed rows."""
    other = row(alias="other")
    assert views.changes(view_of(row(), other), view_of(row(), row(alias="other", active=False))) == [1]
    assert views.changes(view_of(row(), other), view_of(row(), other)) == []


def test_a_new_failure_of_an_unchanged_row_is_a_change() -> None:
    """The words of a failure are beside the rows."""
    before, after = view_of(row()), view_of(row())
    after["failures"] = {row().id: {"tone": "bad", "what": "sdk: ", "hint": ""}}
    assert views.changes(before, after) == [0]


@pytest.mark.parametrize("other", [view_of(), view_of(row(), provider_names={}), {"kind": "error"}, {}])
def test_where_more_than_rows_differs_the_whole_is_sent(other: views.Plain) -> None:
    """This happens for another header, other rows, or no list at all."""
    assert views.changes(other, view_of(row())) is None


def test_what_changed_meanwhile_is_told_as_two_values() -> None:
    """The value that this page shows or wants is beside the stored one, and equal values are left out."""
    stored = Connection(
        alias="openai-dev",
        name="New name",
        provider="openai",
        active=False,
        version=3,
        modified=NOON,
        modified_by="ann@host",
    )
    seen = {"id": stored.id, "version": 2, "name": "OpenAI dev", "alias": "openai-dev", "active": True}
    told = views.difference_view(seen, stored, None)
    assert told["rows"] == [["Name", "OpenAI dev", "New name"], ["Active", "on", "off"]]
    assert views.difference_view(seen, stored, False)["rows"][1] == ["Active", "off", "off"]


def test_a_test_that_cannot_tell_says_why_beneath_its_row() -> None:
    """The test is neither passed nor failed, and the view names what would decide it."""
    id = row().id
    assert view_of(row(), tests={id: (DOUBTFUL, LATER)})["failures"] == {
        id: {"tone": "warn", "what": "authenticated: The list is public.", "hint": "Name a model."}
    }


def test_a_column_that_rows_have_no_field_for_is_a_cell(monkeypatch: pytest.MonkeyPatch) -> None:
    """A new column needs only one entry among the columns, and the page finds its values by the path."""
    monkeypatch.setattr(views, "_CELLS", [("saved_by", lambda row: row.connection.modified_by)])
    assert views.row_view(row(modified_by="a@b" * 40), None)["cells"] == {"saved_by": ("a@b" * 40)[:40]}
    saved_by = Column(key="saved_by", title="Saved by", kind="text")
    assert (views.path_of(saved_by), views.path_of(COLUMNS[0])) == ("cells.saved_by", "alias")


@pytest.mark.parametrize(("text", "excess", "cut"), [("Team", 50, "Team"), ("A longer name", 4, "A longer nam…")])
def test_a_short_text_is_not_cut(text: str, excess: int, cut: str) -> None:
    """It has no ellipsis either, which would say that something is missing."""
    assert views.cut(text, excess) == cut
