"""A value is found in a text however it was written there."""

from __future__ import annotations

import base64
import html
import json
from collections.abc import Callable, Sequence
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aiconn_nb.model.spelling import written

WRITERS: Sequence[Callable[[str], str]] = (
    json.dumps,
    lambda text: json.dumps(text, ensure_ascii=False),
    lambda text: json.dumps(text).replace("/", "\\/"),
    repr,
    lambda text: repr(text.encode()),
    quote,
    quote_plus,
    lambda text: quote(text, safe="").lower() if text.islower() else quote(text, safe=""),
    html.escape,
)
VALUES = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), min_size=4, max_size=20)


@settings(max_examples=300, deadline=None)
@given(VALUES, st.lists(st.sampled_from(WRITERS), max_size=3), st.text(max_size=3), st.text(max_size=3))
def test_up_to_three_escapings_hide_nothing(
    value: str, writers: list[Callable[[str], str]], before: str, behind: str
) -> None:
    """In any order, within any text, for any characters."""
    text = value
    for write in writers:
        text = write(text)
    assert written(value).search(f"{before}{text}{behind}")


@settings(max_examples=200, deadline=None)
@given(VALUES.filter(lambda text: len(text.encode()) >= 8), st.binary(max_size=4), st.binary(max_size=4))
def test_base64_hides_nothing(value: str, before: bytes, behind: bytes) -> None:
    """Of itself, or of something longer with the value in it, in both alphabets."""
    raw = before + value.encode() + behind
    assert written(value).search(base64.b64encode(raw).decode())
    assert written(value).search(base64.urlsafe_b64encode(raw).decode())


@pytest.mark.parametrize("text", ["", "abcdefg", "YWJj", "a%20b", "sk-another", "\\" * 500])
def test_nothing_is_found_where_it_is_not(text: str) -> None:
    """Nor does it take long: a run of backslashes is one."""
    assert not written('sk-"ab\\\\c/1+').search(text)
    assert not written("\\" * 30 + "x").search(text)
