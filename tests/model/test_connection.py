"""The rules for aliases and names, and for a field's text."""

from __future__ import annotations

import copy
import dataclasses
import json
import pickle
from collections.abc import Callable
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiconn_nb.model.capability import Capability
from aiconn_nb.model.connection import Connection, alias_from, alias_problem, name_problem
from aiconn_nb.model.field import TYPES, Field, FieldType, NotOfType, convert
from aiconn_nb.model.nearest import did_you_mean, nearest
from aiconn_nb.model.profile import Profile


@pytest.mark.parametrize(
    ("name", "alias"),
    [
        ("OpenAI Development", "openai-development"),
        ("  A  &  B  ", "a-b"),
        ("Café Zürich", "cafe-zurich"),
        ("OpenAI (Europe) 2", "openai-europe-2"),
        ("日本", ""),
        ("---", ""),
        ("x" * 150, "x" * 100),
    ],
)
def test_an_alias_is_proposed_from_the_name(name: str, alias: str) -> None:
    """It is in lower case and has at most 100 characters. Each run of other characters becomes one dash, with none at the ends."""
    assert alias_from(name) == alias


@given(st.text())
def test_a_proposed_alias_is_allowed_or_empty(name: str) -> None:
    """This holds for any name."""
    assert not alias_from(name) or alias_problem(alias_from(name)) == ""


@pytest.mark.parametrize("alias", ["a", "9", "openai-dev", "a-", "a" * 100])
def test_these_aliases_are_allowed(alias: str) -> None:
    """An alias has letters, digits and dashes, and begins with a letter or digit."""
    assert alias_problem(alias) == ""


@pytest.mark.parametrize(
    ("alias", "problem"),
    [
        ("", "is missing"),
        ("a" * 101, "has 101 characters, at most 100 are allowed"),
        ("Open AI", "may only have a-z, 0-9 and -, and starts with a letter or digit (try open-ai)"),
        ("-a", "may only have a-z, 0-9 and -, and starts with a letter or digit (try a)"),
        ("<b>", "may only have a-z, 0-9 and -, and starts with a letter or digit (try b)"),
        ("ä\n", "may only have a-z, 0-9 and -, and starts with a letter or digit (try a)"),
    ],
)
def test_these_aliases_are_not(alias: str, problem: str) -> None:
    """The message has the rule and a valid proposal."""
    assert alias_problem(alias) == problem


def test_a_name_may_be_nearly_anything() -> None:
    """A name must not be blank, too long, or have control characters."""
    assert name_problem("<b>Ärger</b> 🎉") == ""
    assert name_problem(" ") == "is missing"
    assert name_problem("x" * 201) == "has 201 characters, at most 200 are allowed"
    assert name_problem("a\x1b[31m") == "has control characters"


def test_a_connection_cannot_be_changed_in_place() -> None:
    """Neither its fields nor its settings can be changed."""
    made = Connection(alias="a", name="A", provider="demo", settings={"api_key": "$K"})
    with pytest.raises(dataclasses.FrozenInstanceError):
        made.alias = "b"  # type: ignore[misc]
    with pytest.raises(TypeError):
        made.settings["api_key"] = "x"  # type: ignore[index]


@pytest.mark.parametrize(
    ("type", "text", "value"),
    [
        ("boolean", "true", True),
        ("boolean", " FALSE ", False),
        ("integer", " -12 ", -12),
        ("integer", "+7", 7),
        ("number", "1E5", 100000.0),
        ("number", " .5 ", 0.5),
        ("number", "1.", 1.0),
        ("text", "  kept as it is ", "  kept as it is "),
        ("url", "http://localhost:11434", "http://localhost:11434"),
        ("url", "https://[::1]:8080/v1", "https://[::1]:8080/v1"),
    ],
)
def test_text_is_converted_to_the_fields_type(type: FieldType, text: str, value: object) -> None:
    """The conversion has no culture and allows blanks around the value."""
    assert convert(text, Field("f", "F", type=type)) == value


@pytest.mark.parametrize(
    ("type", "text"),
    [
        ("boolean", "yes"),
        ("boolean", "1"),
        ("boolean", ""),
        ("integer", "1.0"),
        ("integer", "1_000"),
        ("integer", "1,000"),
        ("integer", "١"),
        ("integer", ""),
        ("number", "1,5"),
        ("number", "NaN"),
        ("number", "1_0.0"),
        ("url", "example.org"),
        ("url", "ftp://example.org"),
        ("url", "http://"),
        ("url", "http://a b"),
        ("url", "http://x:99999"),
    ],
)
def test_text_of_another_type_is_refused_without_repeating_it(type: FieldType, text: str) -> None:
    """This holds for every type."""
    with pytest.raises(NotOfType) as raised:
        convert(text, Field("f", "F", type=type))
    assert text in ("", "http://") or len(text) < 4 or text not in str(raised.value)


@pytest.mark.parametrize("type", get_args(FieldType))
def test_every_type_has_a_description_and_two_values(type: FieldType) -> None:
    """A rule that needs some value of a field takes one of them."""
    field = Field("f", "F", type=type)
    assert TYPES[type].wanted
    first, last = field.samples
    assert first != last
    assert [convert(str(each), field) for each in (first, last)] == [first, last]


@pytest.mark.parametrize(
    ("field", "samples"),
    [
        (Field("f", "F", type="integer", least=1024), (1024, 1025)),
        (Field("f", "F", type="integer", least=5, most=9), (5, 9)),
        (Field("f", "F", type="number", most=0.5), (0.5, 0.5)),
        (Field("f", "F", choices=("low", "medium", "high")), ("low", "high")),
    ],
)
def test_the_values_are_within_the_range_of_the_field(field: Field, samples: tuple[object, object]) -> None:
    """Choices and bounds come first."""
    assert field.samples == samples
    assert all(map(field.takes, samples))


def test_the_nearest_known_word_is_found() -> None:
    """Case is ignored, and no distant word is chosen."""
    known = ["openai-dev", "anthropic"]
    assert nearest("OpenAI-dve", known) == "openai-dev"
    assert did_you_mean("antropic", known) == "Did you mean 'anthropic'?"
    assert did_you_mean("zzz", known) == ""


STORED = (
    Connection(alias="a", name="A", provider="demo", settings={"latency": 0.5, "api_key": "$Demo:ApiKey"}),
    Profile(
        alias="p",
        name="P",
        capability=Capability.CHAT,
        connections=("a",),
        model="m",
        options={"top_p": 1},
        models={"a": "n"},
    ),
)


@pytest.mark.parametrize("stored", STORED)
def test_a_stored_value_can_be_copied_in_every_way(stored: Any) -> None:
    """Tracking tools do that with each argument and each entry of a run's configuration."""
    assert copy.copy(stored) == copy.deepcopy(stored) == pickle.loads(pickle.dumps(stored)) == stored
    fields = dataclasses.asdict(stored)
    assert type(stored)(**fields) == stored
    assert json.loads(json.dumps(fields, default=str))["alias"] == stored.alias


CHANGES: list[Callable[[Any], object]] = [
    lambda settings: settings.update(latency=1),
    lambda settings: settings.setdefault("region", "here"),
    lambda settings: settings.pop("latency"),
    lambda settings: settings.popitem(),
    lambda settings: settings.clear(),
    lambda settings: settings.__setitem__("latency", 1),
    lambda settings: settings.__delitem__("latency"),
    lambda settings: settings.__ior__({"latency": 1}),
]


@pytest.mark.parametrize("change", CHANGES)
def test_settings_do_not_change(change: Callable[[Any], object]) -> None:
    """Every change is a new version of the connection."""
    settings = STORED[0].settings
    for each in (settings, copy.deepcopy(settings), pickle.loads(pickle.dumps(settings))):
        with pytest.raises(TypeError):
            change(each)
        assert each == {"latency": 0.5, "api_key": "$Demo:ApiKey"}
