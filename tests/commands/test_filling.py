"""What a prompt takes from the notebook, and what it leaves alone."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiconn_nb import CommandError, Secret
from aiconn_nb.commands.filling import fill, left_as_is

CANARY = "sk-canary00112233"
NAMES = {
    "topic": "rain",
    "n": 3,
    "row": {"city": "Paris", "days": [1, 2]},
    "here": SimpleNamespace(place=SimpleNamespace(name="Oslo"), _hidden="no"),
    "größe": 3,
    "place": SimpleNamespace(straße=5),
    "key": Secret(CANARY),
}


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("Explain {topic}.", "Explain rain."),
        ("{n} times {topic}{topic}", "3 times rainrain"),
        ("{row[city]} {row['city']} {row[days][1]} {row[days][-1]}", "Paris Paris 2 2"),
        ("{here.place.name}", "Oslo"),
        ('{"json": {"topic": 1}}', '{"json": {"topic": 1}}'),
        ('{"n": {n}} {{n} {n}}', '{"n": 3} {3 3}'),
        (r"\frac{a}{b} and {unknown}", r"\frac{a}{b} and {unknown}"),
        ("{{topic}} {topic!r} {topic:>9} { topic }", "{{topic}} {topic!r} {topic:>9} { topic }"),
        ("{here._hidden} {topic.__class__}", "{here._hidden} {topic.__class__}"),
        ("{}", "{}"),
        ("{größe} {place.straße} {Größe}", "3 5 {Größe}"),
    ],
)
def test_only_names_of_the_notebook_are_filled_in(text: str, filled: str) -> None:
    """Every other brace stays as it is."""
    assert fill(text, NAMES) == filled


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Explain {topc} to {topic}, ({topc})!", ("{topc}",)),
        ("{one} and {two}", ("{one}", "{two}")),
        (r"\frac{a}{b} f{x} ${x} x^{n} {{x}} {a}{b}", ()),
        ('{"a": {"b": 1}} {} {1} {a b} {a.b} {a:b} {topic[x]}', ()),
        ("if (x) {return} {f}(x)", ()),
    ],
)
def test_a_name_that_is_not_there_is_told(text: str, left: tuple[str, ...]) -> None:
    """One that stands for itself; what is code, JSON or LaTeX is none."""
    assert left_as_is(text, NAMES) == left


@given(st.text(alphabet=st.sampled_from("{}[]ab.'\" \n\\0_"), max_size=60))
def test_without_a_name_that_is_there_nothing_changes(text: str) -> None:
    """Whatever braces do."""
    assert fill(text, {}) == text


@pytest.mark.parametrize("place", ["{row[town]}", "{here.nothing}", "{row[days][9]}", "{n[0]}"])
def test_what_is_not_there_is_an_error_that_names_the_place(place: str) -> None:
    """Rather than a question that makes no sense."""
    with pytest.raises(CommandError, match="could not be filled in") as caught:
        fill(f"Tell me of {place}", NAMES)
    assert place in caught.value.what


def test_a_secret_is_not_sent() -> None:
    """Not even masked."""
    with pytest.raises(CommandError, match="is a secret"):
        fill("My key is {key}", NAMES)
