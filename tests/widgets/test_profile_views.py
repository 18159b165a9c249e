"""The views of profiles contain what the page needs, as plain values."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiconn_nb.features.connections.results import ConnectionRow
from aiconn_nb.features.profiles.health import Health, Kind, Link, State
from aiconn_nb.features.profiles.options import OPTIONS
from aiconn_nb.features.profiles.results import ProfileRow
from aiconn_nb.features.use.results import ModelRow, Models
from aiconn_nb.model.connection import Connection
from aiconn_nb.model.nearest import meant
from aiconn_nb.model.profile import Capability, Profile
from aiconn_nb.providers.values.model_options import SERVICE_TIER, with_choices
from aiconn_nb.ui.widgets import profile_form_views as form_views
from aiconn_nb.ui.widgets import profile_views as views
from aiconn_nb.ui.widgets.form_conflict import profile_sides
from aiconn_nb.ui.widgets.form_views import meanwhile_view

NOON = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
READY = Health(Kind.READY, "openai-dev answers", "openai-dev")
PROFILE = Profile(
    alias="writer",
    name="Writer",
    capability=Capability.CHAT,
    connections=("id-1", "id-2"),
    model="gpt-5",
    options={"temperature": 0.5, "system": "Be kind."},
    tags=("prose", "slow"),
    id="p-1",
    modified=NOON,
    modified_by="ann@host",
    version=3,
)


def row(**more: object) -> ProfileRow:
    """Return a row of the answer from which the view is made."""
    values: dict[str, object] = {
        "alias": "writer",
        "name": "Writer",
        "capability": Capability.CHAT,
        "connections": (Link("openai-dev", "ready"),),
        "model": "gpt-5",
        "default": False,
        "health": READY,
        "id": "0b7c1c6e-6f3b-4f0a-9d7e-0c9e5b0f8a11",
        "modified": NOON,
    }
    return ProfileRow(**{**values, **more})  # type: ignore[arg-type]


# ---- the list ---------------------------------------------------------------------------------------------------------


def test_a_row_says_what_is_the_case_and_leaves_the_rest_out() -> None:
    """A row without tags and default whose connection is ready spends no space on these facts."""
    assert views.row_view(row()) == {
        "id": "0b7c1c6e-6f3b-4f0a-9d7e-0c9e5b0f8a11",
        "alias": "writer",
        "name": "Writer",
        "capability": "chat",
        "links": [{"alias": "openai-dev"}],
        "model": "gpt-5",
        "health": {"tone": "good", "rank": 0, "text": "ready"},
        "modified": "2026-11-25T12:00:00.000Z",
        "version": 1,
    }


def test_a_row_marks_the_default_and_names_the_tags() -> None:
    """The tags keep the order in which they were given."""
    view = views.row_view(row(default=True, tags=("b", "a")))
    assert (view["default"], view["tags"]) == (True, ["b", "a"])


def test_the_connections_stand_in_order_and_what_is_not_ready_says_so() -> None:
    """The page only draws the states and does not determine them."""
    links = (
        Link("a", "inactive"),
        Link("b", "gone"),
        Link("c", "unresolved"),
        Link("d", "untrusted host"),
        Link("e", "ready"),
    )
    assert views.row_view(row(connections=links))["links"] == [
        {"alias": "a", "state": "inactive"},
        {"alias": "b", "state": "gone"},
        {"alias": "c", "state": "unresolved"},
        {"alias": "d", "state": "untrusted host"},
        {"alias": "e"},
    ]


@pytest.mark.parametrize(
    ("health", "told"),
    [
        (READY, {"tone": "good", "rank": 0, "text": "ready"}),
        (
            Health(Kind.FALLS_BACK, "a is inactive; b answers", "b"),
            {"tone": "warn", "rank": 2, "text": "falls back to b", "more": "a is inactive; b answers"},
        ),
        (
            Health(Kind.ALL_INACTIVE, "a is inactive"),
            {"tone": "bad", "rank": 3, "text": "all inactive", "more": "a is inactive"},
        ),
        (
            Health(Kind.GONE, "b answers, but a is gone", "b"),
            {"tone": "warn", "rank": 2, "text": "a connection is gone", "more": "b answers, but a is gone"},
        ),
        (
            Health(Kind.UNLISTED, "a does not list the model x", "a"),
            {"tone": "warn", "rank": 2, "text": "its model is not offered", "more": "a does not list the model x"},
        ),
        (
            Health(Kind.UNREADY, "a does not resolve here"),
            {"tone": "bad", "rank": 3, "text": "cannot answer here", "more": "a does not resolve here"},
        ),
    ],
)
def test_health_is_told_in_words(health: Health, told: views.Plain) -> None:
    """Every kind has a few words, and a sentence if they leave something open."""
    assert views.health_view(health) == told


@given(
    name=st.text(max_size=200),
    model=st.text(max_size=200),
    alias=st.from_regex(r"[a-z0-9][a-z0-9-]{0,99}", fullmatch=True),
    links=st.lists(
        st.builds(
            Link,
            st.from_regex(r"[a-z0-9][a-z0-9-]{0,99}", fullmatch=True),
            st.sampled_from(["ready", "inactive", "gone", "unresolved", "untrusted host", "no provider", "no SDK"]),
        ),
        min_size=1,
        max_size=12,
    ),
    tags=st.lists(st.text(min_size=1, max_size=50), max_size=20),
    words=st.text(max_size=1200),
)
def test_a_row_is_never_longer_than_800_bytes(
    name: str, model: str, alias: str, links: list[Link], tags: list[str], words: str
) -> None:
    """Long texts are cut, whatever they are, but the id is not, and the number of omitted parts is given."""
    health = Health(Kind.FALLS_BACK, words, links[0].alias)
    made = row(
        name=name, model=model, alias=alias, connections=tuple(links), tags=tuple(tags), health=health, default=True
    )
    view = views.row_view(made)
    assert len(json.dumps(view, ensure_ascii=False).encode()) <= 800
    assert view["id"] == made.id
    assert len(view["links"]) + view.get("more_links", 0) == len(links)
    assert len(view.get("tags", [])) + view.get("more_tags", 0) == len(tags)


# ---- the form ---------------------------------------------------------------------------------------------------------


def test_a_capability_is_told_with_the_options_it_knows_and_no_others() -> None:
    """Chat has a temperature with its range; embedding has dimensions and the purpose of its texts. They keep their order."""
    chat = form_views.capability_view(Capability.CHAT, "writer", OPTIONS[Capability.CHAT][:3])
    embedding = form_views.capability_view(Capability.EMBEDDING, "", OPTIONS[Capability.EMBEDDING])
    keys = ["connections", "model", "temperature", "max_tokens", "system", "tags"]
    assert [each["key"] for each in chat["fields"]] == keys
    assert (chat["fields"][2]["least"], chat["fields"][2]["most"]) == (0, 2)
    assert [each["key"] for each in embedding["fields"] if each.get("group")] == ["dimensions", "input_type"]
    assert (chat["default"], embedding["default"]) == ("writer", "")


def test_every_option_of_the_session_can_be_drawn() -> None:
    """A new option would not be left out silently."""
    for options in OPTIONS.values():
        for option in options:
            assert form_views.option_view(option)["type"] in ("slider", "whole", "lines", "plain")


def test_an_option_with_few_values_names_them() -> None:
    """The values are in its help and among its choices."""
    told = form_views.option_view(with_choices(SERVICE_TIER, "auto", "flex"))
    assert told["type"] == "plain"
    assert "auto, flex" in told["help"]


@pytest.mark.parametrize(
    ("is_so", "state", "tone"),
    [
        ({}, "ready", "good"),
        ({"resolves": False, "missing": ("$A:Key",)}, "inactive", "none"),
        ({"resolves": False, "missing": ("$A:Key",)}, "unresolved", "bad"),
        ({"untrusted": "sends $A:Key to https://a.example"}, "untrusted host", "bad"),
    ],
)
def test_a_connection_to_choose_says_its_state(is_so: dict[str, object], state: str, tone: str) -> None:
    """An inactive connection is marked as such first, because it would not be asked at all."""
    made = Connection(alias="a", name="A", provider="openai", active=state != "inactive")
    one = ConnectionRow(connection=made, **is_so)  # type: ignore[arg-type]
    told = form_views.connection_view(one, "OpenAI", [Capability.CHAT])
    assert (told["state"], told["tone"], told["provider"], told["can"]) == (state, tone, "OpenAI", ["chat"])


def test_every_state_of_a_connection_has_words() -> None:
    """A list may meet any of them."""
    assert set(views.STATES) == set(get_args(State))


def test_what_is_stored_is_told_as_the_texts_of_the_inputs() -> None:
    """An option that is not sent is an empty text."""
    told = form_views.stored_view(PROFILE, is_default=True)
    texts = {key: setting["text"] for key, setting in told["settings"].items()}
    assert {key: text for key, text in texts.items() if text or key == "max_tokens"} == {
        "model": "gpt-5",
        "tags": "prose, slow",
        "temperature": "0.5",
        "max_tokens": "",
        "system": "Be kind.",
    }
    assert (told["kind"], told["connections"], told["active"]) == ("chat", ["id-1", "id-2"], True)
    assert told["version"] == 3
    assert "by" not in told


def test_what_somebody_saved_meanwhile_is_told_by_what_differs() -> None:
    """The view contains name, connections and texts. The page does not ask about unchanged values."""
    theirs = replace(
        PROFILE, name="Author", connections=("id-2",), model="gpt-6", options={"temperature": 0.5}, version=4
    )
    content = {"name": "Writer", "connections": ["id-1"], "models": {"id-1": "own"}, "fields": {"model": "gpt-5"}}
    sides = profile_sides(content, PROFILE, theirs, {"system": "System prompt"}, str.upper)
    assert list(sides) == [
        ("name", "Name", "Writer", "Writer", "Author"),
        ("field-connections", "Connections", "ID-1=own", "ID-1 → ID-2", "ID-2"),
        ("field-model", "model", "gpt-5", "gpt-5", "gpt-6"),
        ("field-system", "System prompt", "", "Be kind.", ""),
    ]
    assert meanwhile_view("profile", PROFILE, PROFILE) is None
    gone, saved = meanwhile_view("profile", PROFILE, None), meanwhile_view("profile", PROFILE, theirs)
    assert (gone and gone["mark"], saved and saved["mark"]) == ("gone", "4")


def test_the_live_list_has_what_the_capability_needs_or_may_be_able_to() -> None:
    """A provider that does not say what a model can do does not exclude the model."""
    connection = Connection(alias="a", name="A", provider="openai", id="id-1")
    models = Models(
        [
            ModelRow("chat-1", "Chat One", (Capability.CHAT,)),
            ModelRow("vectors", "", (Capability.EMBEDDING,)),
            ModelRow("who-knows", "who-knows", ()),
        ],
        alias="a",
    )
    assert form_views.models_view(connection, models, Capability.CHAT) == {
        "id": "id-1",
        "models": [{"id": "chat-1", "note": "Chat One"}, {"id": "who-knows", "note": ""}],
        "line": "a lists 2 models for chat.",
    }
    none = form_views.models_view(connection, Models([], alias="a"), Capability.CHAT)
    assert (none["models"], none["line"]) == ([], "a answered, and lists no model for chat.")


@pytest.mark.parametrize(
    ("model", "listed", "told"),
    [
        ("gpt-5", ["gpt-5"], ""),
        ("llama3", ["llama3:latest"], ""),
        ("gpt-5", [], ""),
        ("", ["gpt-5"], ""),
        (
            "gpt-55",
            ["gpt-5", "other"],
            f"a does not list this model. {meant('gpt-5')} "
            "You can save it anyway: a deployment or a new model may be missing there.",
        ),
    ],
)
def test_a_model_that_is_not_listed_is_pointed_out_with_the_nearest(model: str, listed: list[str], told: str) -> None:
    """It is a warning, and nothing is said if nothing is known."""
    connection = Connection(alias="a", name="A", provider="openai")
    assert form_views.unlisted(connection, model, listed) == told
