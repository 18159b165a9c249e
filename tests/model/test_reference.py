"""What a setting's text means."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiconn_nb.errors import InvalidReference
from aiconn_nb.model.reference import Literal, Reference, clean, escape, is_reference, parse


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("$OpenAI:ApiKey", Reference("OpenAI:ApiKey")),
        ("$A:", Reference("A:")),
        ("$:A", Reference(":A")),
        ("$A::B", Reference("A::B")),
        ("$A ", Reference("A ")),
        ("${A}", Reference("{A}")),
        ("$A:-default", Reference("A:-default")),
        ("$a$b", Reference("a$b")),
        ("$ ", Reference(" ")),
        ("$$A", Literal("$A")),
        ("$$", Literal("$")),
        ("$$$", Literal("$$")),
        ("plain", Literal("plain")),
        ("", Literal("")),
        (" $A", Literal(" $A")),
        ("a$B", Literal("a$B")),
    ],
)
def test_a_dollar_in_front_makes_a_reference(text: str, expected: Reference | Literal) -> None:
    """The whole rest is the key, unchanged. Two dollars are a literal one."""
    assert parse(text) == expected
    assert is_reference(text) == isinstance(expected, Reference)


def test_a_lone_dollar_is_an_error() -> None:
    """It has no key."""
    with pytest.raises(InvalidReference):
        parse("$")


@given(st.text())
def test_an_escaped_literal_reads_back(text: str) -> None:
    """A literal never becomes a reference."""
    assert parse(escape(text)) == Literal(text) or (text == "$" and parse(escape(text)) == Literal("$"))


@pytest.mark.parametrize(
    ("typed", "kept", "warned"),
    [
        ("  $A:B \n", "$A:B", False),
        ("plain", "plain", False),
        ("\u200b$A:B", "\u200b$A:B", True),
        ("\ufeff$A:B", "\ufeff$A:B", True),
        ("\u200bplain", "\u200bplain", False),
    ],
)
def test_a_pasted_value_is_cleaned(typed: str, kept: str, warned: bool) -> None:
    """Blanks around it are removed. Invisible characters before a dollar cause a warning."""
    text, warning = clean(typed)
    assert text == kept
    assert bool(warning) == warned


def test_a_literal_does_not_show_itself() -> None:
    """It may be a key."""
    assert repr(parse("canary")) == "Literal()"
