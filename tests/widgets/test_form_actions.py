"""The form can try a prompt, insert a cell and replace a key once the new one is proven, all with the stored state."""

from __future__ import annotations

import threading
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from aiconn_nb import ConnectionForm, FailureKind, ProfileForm, Session
from aiconn_nb.providers.testing import FakeProvider, registry_of
from aiconn_nb.ui.widgets import form_actions, front_end

PageOf = Callable[..., Any]
OLD, NEW = "canary-old-7f3d9c2e81b64a05", "canary-new-7f3d9c2e81b64a05"


class Offline(FakeProvider):
    """A provider without a host to reach, whose list of models proves a key."""

    models_without_key = "refused"

    def endpoint(self, settings: Any) -> Any:
        return None


def asked(page: Any, intent: str, **content: Any) -> list[dict[str, Any]]:
    """Send an intent, and return all answers, including those of its thread."""
    since = len(page.sent)
    page.ask(intent, **content)
    for thread in threading.enumerate():
        if thread.name == "aiconn-form-action":
            thread.join(20)
    return [each for each in page.told(since) if each["kind"] != "done"]


def test_a_prompt_is_tried_with_what_is_stored(session: Session, page_of: PageOf) -> None:
    """The answer is a text in a message."""
    session.create("demo", "demo", settings={"latency": 0.0})
    session.create_profile("tutor", connections=["demo"], model="demo-chat")
    page = page_of(ProfileForm("tutor", session=session))
    (empty,) = asked(page, "try")
    assert [each["name"] for each in empty["inputs"]] == ["prompt"]
    assert [each["intent"] for each in empty["answers"]] == ["try"]
    waiting, tried = asked(page, "try", values={"prompt": "Why is the sky blue?"})
    assert ([each["off"] for each in waiting["answers"]], "text" in waiting) == ([True], False)
    assert (tried["kind"], tried["id"], bool(tried["text"])) == ("panel", "try", True)
    assert "tutor" in tried["foot"]
    page = page_of(ConnectionForm("demo", session=session))
    assert [each["name"] for each in asked(page, "try")[0]["inputs"]] == ["model", "prompt"]
    assert asked(page, "try", values={"prompt": "Hello", "model": "demo-chat"})[-1]["text"]


def test_without_a_model_a_connection_says_what_it_needs(session: Session, page_of: PageOf) -> None:
    """The error is that of `ask`."""
    session.create("demo", "demo")
    tried = asked(page_of(ConnectionForm("demo", session=session)), "try", values={"prompt": "Hello", "model": ""})[-1]
    assert (tried["kind"], "text" in tried, bool(tried["error"])) == ("panel", False, True)


def test_a_key_in_the_prompt_is_not_sent(page_of: PageOf) -> None:
    """The key is one that this machine knows."""
    session = Session(registry=registry_of(Offline()))
    session.create("a", "fake", settings={"api_key": OLD})
    page = page_of(ConnectionForm("a", session=session))
    tried = asked(page, "try", values={"prompt": f"What is {OLD}?", "model": "m"})[-1]
    assert "text" not in tried
    assert OLD not in page.everything


def test_where_no_cell_can_be_inserted_the_line_is_told(
    session: Session, page_of: PageOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The user can copy the line."""
    monkeypatch.setattr(form_actions, "front_end", lambda: None)
    session.create("demo", "demo")
    session.create_profile("tutor", connections=["demo"], model="demo-chat")
    (inserted,) = asked(page_of(ConnectionForm("demo", session=session)), "insert")
    assert (inserted["tone"], inserted["copy"][1]) == ("info", "%aiconn use demo as client")
    (inserted,) = asked(page_of(ProfileForm("tutor", session=session)), "insert")
    assert inserted["copy"][1] == "%%aiconn ask tutor\nWhy is the sky blue?"


@pytest.mark.parametrize(
    ("in_front", "done", "why"),
    [
        ({"kernel": {"id": "mine"}}, True, ""),
        ({"kernel": {"id": "other"}}, False, form_actions.OTHER_NOTEBOOK),
        ({}, False, form_actions.NO_NOTEBOOK),
        (None, False, form_actions.NO_NOTEBOOK),
    ],
)
def test_a_cell_is_only_inserted_in_the_notebook_of_this_kernel(
    in_front: dict[str, Any] | None,
    done: bool,
    why: str,
    session: Session,
    page_of: PageOf,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """JupyterLab may not have named a notebook yet, which differs from naming another one."""
    monkeypatch.setattr(front_end, "_kernel_id", lambda: "mine")
    front = front_end.FrontEnd()
    front._know(True)
    front._app = SimpleNamespace(
        sessions=SimpleNamespace(current_session=in_front), commands=SimpleNamespace(execute=lambda *_: None)
    )
    monkeypatch.setattr(form_actions, "front_end", lambda: front)
    session.create("demo", "demo")
    (inserted,) = asked(page_of(ConnectionForm("demo", session=session)), "insert")
    assert (inserted["what"], "copy" in inserted) == (why or form_actions.INSERTED, not done)
    front._timer.cancel()


def test_a_key_is_rotated_in_the_form(page_of: PageOf) -> None:
    """The rotation is planned, the new key is typed, tested and kept, and neither key is in what leaves the kernel."""
    session = Session(registry=registry_of(Offline()))
    session.create("a", "fake", settings={"api_key": OLD})
    form = ConnectionForm("a", session=session)
    page = page_of(form)
    (plan,) = asked(page, "rotate", field="api_key")
    assert (plan["kind"], plan["id"]) == ("panel", "rotate")
    assert [(each["name"], each["kind"], each["label"]) for each in plan["inputs"]] == [
        ("api_key", "key", ["New API key"]),
        ("model", "text", ["Model to ask, if the test cannot tell"]),
    ]
    send = plan["answers"][0]
    assert (send["intent"], send["data"]) == ("rotate", {"field": "api_key"})
    answers = asked(page, "rotate", field="api_key", values={"api_key": NEW, "model": ""})
    assert (answers[-1]["kind"], answers[-1]["tone"], form.view["stored"]["version"]) == ("note", "good", 2)
    assert [each["id"] for each in answers if each["kind"] == "close"] == ["test", "rotate"]
    assert OLD not in page.everything
    assert NEW not in page.everything


def test_a_new_key_that_fails_changes_nothing(page_of: PageOf) -> None:
    """The failed step stays visible, and the panel stays open with the reason; a test that never began is closed."""
    fake = Offline(failures={"models": FailureKind.AUTHENTICATION}, words=f"bad key {NEW}")
    session = Session(registry=registry_of(fake))
    session.create("a", "fake", settings={"api_key": OLD})
    page = page_of(ConnectionForm("a", session=session))
    answers = asked(page, "rotate", field="api_key", values={"api_key": NEW, "model": ""})
    assert (answers[-1]["id"], bool(answers[-1]["error"]), session.get("a").version) == ("rotate", True, 1)
    test = answers[-2]
    assert (test["id"], test["steps"][-1]["state"], "stale" in test) == ("test", "failed", False)
    (blank,) = asked(page, "rotate", field="api_key", values={"api_key": " ", "model": ""})
    assert (blank["id"], bool(blank["error"])) == ("rotate", True)
    assert NEW not in page.everything


ON_BOTH: list[tuple[str, dict[str, Any]]] = [
    ("try", {}),
    ("try", {"values": {"prompt": "Hello"}}),
    ("insert", {}),
    ("history", {}),
    ("history", {"compare": [1]}),
]
ON_CONNECTIONS: list[tuple[str, dict[str, Any]]] = [
    ("rotate", {"field": "api_key"}),
    ("rotate", {"field": "api_key", "values": {"api_key": NEW}}),
    ("disable", {}),
    ("trust", {"answers": ["openai", "https://api.openai.com"]}),
]


@pytest.mark.parametrize(("intent", "content"), [*ON_BOTH, *ON_CONNECTIONS])
def test_an_action_on_a_deleted_connection_is_answered(
    intent: str, content: dict[str, Any], session: Session, page_of: PageOf
) -> None:
    """The answer says that the connection is gone, so the page does not wait for another one."""
    session.create("demo", "demo")
    page = page_of(ConnectionForm("demo", session=session))
    session.delete("demo")
    (answer,) = asked(page, intent, **content)
    assert (answer["title"], answer["answers"][0]["data"]) == ("demo was deleted in the meantime", {"restore": True})


@pytest.mark.parametrize(("intent", "content"), ON_BOTH)
def test_an_action_on_a_deleted_profile_is_answered(
    intent: str, content: dict[str, Any], session: Session, page_of: PageOf
) -> None:
    """A profile behaves like a connection here."""
    session.create("demo", "demo")
    session.create_profile("tutor", connections=["demo"], model="demo-chat")
    page = page_of(ProfileForm("tutor", session=session))
    session.delete_profile("tutor")
    (answer,) = asked(page, intent, **content)
    assert (answer["title"], answer["answers"][0]["data"]) == ("tutor was deleted in the meantime", {"restore": True})
