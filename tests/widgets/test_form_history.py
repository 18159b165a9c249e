"""The form shows the history without a browser: the versions, their differences, and the way back."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from aiconn_nb import Session
from aiconn_nb.model.field import Field
from aiconn_nb.providers.testing import FakeProvider, registry_of
from aiconn_nb.ui.widgets.connection_form import ConnectionForm

OLD, NEW = "canary-old-3f6a9d12c5", "canary-new-8b1e7f40a9"

Pages = Callable[..., Any]


@pytest.fixture
def stored(session: Session) -> Session:
    """Return a session with a connection of four versions: created, key replaced, renamed, renamed with an organization."""
    session.create("openai-dev", "openai", name="First", settings={"api_key": OLD})
    session.edit("openai-dev", settings={"api_key": NEW})
    session.edit("openai-dev", name="Second", new_alias="openai")
    session.edit("openai", name="Third", settings={"organization": "org-1"})
    return session


def test_every_version_says_what_it_changed_when_and_who_did(stored: Session, page_of: Pages) -> None:
    """The newest version is first, and the current one is marked. The first version lists no changes, and fields have the form's
    own names."""
    page = page_of(ConnectionForm("openai", session=stored))
    (told,) = page.ask("history")
    assert (told["kind"], told["place"]) == ("panel", "history")
    assert [(each["title"], each["chip"], each["help"], len(each["answers"])) for each in told["items"]] == [
        ("Version 4", "now", "", 0),
        ("Version 3", "", "", 2),
        ("Version 2", "", "", 2),
        ("Version 1", "", "Created.", 2),
    ]
    assert told["items"][0]["changes"] == [
        ["Name", "Second", "Third"],
        ["Organization", "not set", "org-1"],
    ]
    now = stored.get("openai")
    assert told["items"][0]["at"] == now.modified.isoformat()
    assert told["items"][0]["by"] == now.modified_by


def test_a_secret_that_was_replaced_is_only_changed(stored: Session, page_of: Pages) -> None:
    """Neither the old nor the new secret leaves the kernel, with the history or with a comparison."""
    page = page_of(ConnectionForm("openai", session=stored))
    (told,) = page.ask("history")
    assert told["items"][2]["changes"] == [["API key", "changed, sealed"]]
    (differs,) = page.ask("history", compare=[1])
    assert differs["items"][3]["table"]["rows"] == [
        ["Alias", "openai-dev", "openai"],
        ["Name", "First", "Third"],
        ["API key", "sealed", "sealed, another"],
        ["Organization", "not set", "org-1"],
    ]
    assert OLD not in page.everything
    assert NEW not in page.everything


def test_the_same_button_opens_and_closes_a_comparison(stored: Session, page_of: Pages) -> None:
    """Its data name the versions that are compared then. The page remembers none of it."""
    page = page_of(ConnectionForm("openai", session=stored))
    for left, opened in (([], [1]), ([2], [2, 1]), ([2, 1], [2])):
        (told,) = page.ask("history", compare=left)
        compare = told["items"][3]["answers"][1]
        assert (compare["intent"], sorted(compare["data"]["compare"])) == ("history", sorted(opened))
        assert compare["expanded"] is (1 in left)
        assert [each["table"] is not None for each in told["items"]] == [False, False, 2 in left, 1 in left]


def test_a_value_that_became_a_secret_later_is_hidden_in_old_versions_too(page_of: Pages) -> None:
    """A plug-in may make a field sensitive in a later release."""

    class Early(FakeProvider):
        fields = (Field("api_key", "API key", required=True),)

    early = Session(registry=registry_of(Early()))
    early.create("one", "fake", settings={"api_key": OLD})
    early.edit("one", settings={"api_key": NEW})
    early.edit("one", settings={"api_key": "$Fake:Value"})
    page = page_of(ConnectionForm("one", session=Session(registry=registry_of(FakeProvider()))))
    (told,) = page.ask("history")
    assert told["items"][0]["changes"] == [["API key", "sealed", "$Fake:Value"]]
    assert told["items"][1]["changes"] == [["API key", "sealed", "sealed"]]
    assert OLD not in json.dumps(told)
    assert NEW not in json.dumps(told)


def test_a_roll_back_makes_a_new_version_with_the_old_secret(stored: Session, page_of: Pages) -> None:
    """Everything is restored except the alias, including the sealed value. The form continues with the stored state."""
    page = page_of(ConnectionForm("openai", session=stored))
    told = page.ask("rollback", to=1, version=4)
    assert [(each["kind"], each["version"]) for each in told] == [("saved", 5)]
    assert told[0]["note"]["what"] == "openai is as it was in version 1. That is version 5."
    now = stored.get("openai")
    assert (now.version, now.name, sorted(now.settings)) == (5, "First", ["api_key"])
    assert stored.account("openai")._settings["api_key"].reveal() == OLD  # type: ignore[union-attr]
    assert page.widget.view["stored"]["version"] == 5
    assert OLD not in page.everything


def test_what_was_typed_is_over_after_a_roll_back(stored: Session, page_of: Pages) -> None:
    """The page asked before. A page that loads again does not get the text back."""
    page = page_of(ConnectionForm("openai", session=stored))
    page.ask("check", turn=1, dirty=True, provider="openai", name="Typed", alias="", open=False, fields={})
    assert page.ask("hello")[0]["draft"]["name"] == "Typed"
    page.ask("rollback", to=1, version=4)
    assert page.ask("hello")[0]["draft"] is None


def test_what_somebody_saved_meanwhile_is_not_rolled_back_unseen(stored: Session, page_of: Pages) -> None:
    """A note says so, the form shows the new state, and nothing is overwritten."""
    page = page_of(ConnectionForm("openai", session=stored))
    stored.edit("openai", name="Theirs")
    (told,) = page.ask("rollback", to=1, version=4)
    assert (told["kind"], told["what"]) == ("note", "openai was saved in the meantime. Nothing was rolled back.")
    assert stored.get("openai").name == "Theirs"
    assert page.widget.view["stored"]["version"] == 5


def test_an_alias_that_somebody_else_has_now_stops_no_roll_back(stored: Session, page_of: Pages) -> None:
    """A roll back leaves the present alias unchanged."""
    stored.create("openai-dev", "demo")
    page = page_of(ConnectionForm("openai", session=stored))
    assert page.ask("rollback", to=1, version=4)[0]["kind"] == "saved"
    assert (stored.get("openai").version, stored.get("openai").name) == (5, "First")


@pytest.mark.parametrize(
    ("intent", "content"),
    [
        ("history", {"compare": [9]}),
        ("rollback", {"to": 9, "version": 4}),
        ("history", {"compare": [True]}),
        ("rollback", {}),
    ],
)
def test_a_version_that_is_not_there_is_an_error(
    intent: str, content: dict[str, Any], stored: Session, page_of: Pages
) -> None:
    """The answer is one note, and nothing is saved."""
    page = page_of(ConnectionForm("openai", session=stored))
    assert [each["kind"] for each in page.ask(intent, **content)] == ["note"]
    assert stored.get("openai").version == 4


def test_a_deleted_one_has_no_history_here(stored: Session, page_of: Pages) -> None:
    """A roll back first offers to restore the connection."""
    page = page_of(ConnectionForm("openai", session=stored))
    stored.delete("openai")
    assert [each["id"] for each in page.ask("history")] == ["ask"]
    assert [each["id"] for each in page.ask("rollback", to=1, version=4)] == ["ask"]


def test_a_new_one_has_none(session: Session, page_of: Pages) -> None:
    """There is nothing to ask about."""
    page = page_of(ConnectionForm(session=session))
    assert page.ask("history") == []
