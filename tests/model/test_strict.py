"""JSON of which nothing is believed: what is not exactly as it should be is malformed, and the place is named."""

from __future__ import annotations

from typing import Any

import pytest

from aiconn_nb.model.profile import Capability
from aiconn_nb.model.secret import Secret
from aiconn_nb.model.strict import Malformed, entries, exactly, moment_of, one_of, plain, shaped, text, text_of, typed


def problem(read: Any, *given: Any) -> str:
    """Return the message about something malformed."""
    with pytest.raises(Malformed) as raised:
        read(*given)
    return str(raised.value)


def test_an_object_has_exactly_its_keys() -> None:
    """An unknown key is not repeated, because a stranger's file may contain anything."""
    assert exactly({"a": 1, "b": 2}, {"a"}, {"b"}) == {"a": 1, "b": 2}
    assert problem(exactly, {"b": 2}, {"a"}, {"b"}) == "a is missing"
    assert problem(exactly, {"a": 1, "canary": 2}, {"a"}) == "it has a field that is not known here"
    assert problem(exactly, {"a": 1, "canary": 2}, {"a"}, {"b"}) == "it has a field that is not known here"
    assert problem(exactly, [], {"a"}) == "it is not an object"


@pytest.mark.parametrize(
    ("value", "kind", "said"),
    [
        (1, bool, "x is neither true nor false"),
        (True, int, "x is not a whole number"),
        (1.0, int, "x is not a whole number"),
        (None, str, "x is not text"),
        ((), list, "x is not a list"),
        ([], dict, "x is not an object"),
    ],
)
def test_a_type_is_meant_exactly(value: object, kind: type, said: str) -> None:
    """True is not a number, and a number is not a boolean."""
    assert problem(typed, {"x": value}, "x", kind) == said
    assert problem(shaped, {"x": value}, {"x": kind}) == said


def test_a_list_names_the_entry() -> None:
    """The error names the entry and the place within it. A missing list is empty."""
    assert entries({"x": ["a", "b"]}, "x", text_of) == ("a", "b")
    assert entries({}, "x", text_of) == ()
    assert problem(entries, {"x": ["a", 1]}, "x", text_of) == "x[1] is not text"
    assert problem(entries, {"x": [{"a": 1}]}, "x", lambda each: typed(each, "a", str)) == "x[0].a is not text"
    assert problem(entries, {"x": [1, 2]}, "x", int, 1) == "x has more than 1 entries"


@pytest.mark.parametrize("value", ["", "x", 0, -(2**63), 1.5, True])
def test_a_plain_value_passes_as_it_is(value: object) -> None:
    """Text, numbers and booleans stay unchanged."""
    assert plain(value) is value


@pytest.mark.parametrize("value", [None, [], {}, float("nan"), float("inf"), 2**64, Secret("canary"), b"x"])
def test_what_is_not_plain_is_refused(value: object) -> None:
    """A secret is refused above all, since it must be sealed first. No value is repeated."""
    assert "canary" not in problem(plain, value, "x")


def test_other_fields() -> None:
    """Length, choice and time are checked."""
    assert problem(text, {"x": "abc"}, "x", 2) == "x is longer than 2 characters"
    assert one_of(Capability, "chat", "x") is Capability.CHAT
    assert problem(one_of, Capability, "canary", "x") == "x is not one of chat, embedding"
    assert problem(one_of, Capability, [], "x") == "x is not one of chat, embedding"
    assert moment_of("2026-11-29T09:00:00+01:00", "x").isoformat() == "2026-11-29T09:00:00+01:00"
    for bad in ("", "2026-11-29T09:00:00", "canary"):
        assert problem(moment_of, bad, "x") == "x is not a time with a time zone"
