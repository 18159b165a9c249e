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
    """This holds in any order, within any text, and for any characters."""
    text = value
    for write in writers:
        text = write(text)
    assert written(value).search(f"{before}{text}{behind}")


@settings(max_examples=200, deadline=None)
@given(VALUES.filter(lambda text: len(text.encode()) >= 8), st.binary(max_size=4), st.binary(max_size=4))
def test_base64_hides_nothing(value: str, before: bytes, behind: bytes) -> None:
    """This holds for the value and for longer texts that contain it, in both alphabets."""
    raw = before + value.encode() + behind
    assert written(value).search(base64.b64encode(raw).decode())
    assert written(value).search(base64.urlsafe_b64encode(raw).decode())


CODES: Sequence[Callable[[str], str]] = (
    lambda text: "".join(f"%{byte:02x}" for byte in text.encode()),
    lambda text: quote("".join(f"%{byte:02X}" for byte in text.encode())),
    lambda text: "".join(f"\\x{byte:02x}" for byte in text.encode()),
    lambda text: json.dumps("".join(f"\\u{ord(each):04x}" for each in text)),
    lambda text: "".join(f"\\u{ord(each):04X}" for each in text),
    lambda text: "".join(f"&#{ord(each)};" for each in text),
    lambda text: html.escape("".join(f"&#x{ord(each):X};" for each in text)),
    lambda text: text.encode().hex(),
    lambda text: text.encode().hex().upper(),
    lambda text: base64.b64encode(base64.b64encode(text.encode())).decode(),
    lambda text: base64.urlsafe_b64encode(b"ab" + base64.b64encode(b"user:" + text.encode() + b"!")).decode(),
)


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("value", ["made-up-key-0123", "zJkLmNoP/é+", "a-long-made-up-key-" + "0123456789" * 4])
def test_a_code_for_every_letter_hides_nothing(value: str, code: Callable[[str], str]) -> None:
    """This also holds for a key without a special character."""
    assert written(value).search(f"before {code(value)} behind")
    left = written(value).sub("", f"{code(value)} behind").removesuffix(" behind")
    assert len(left) < 24  # what else is in the text, such as a user's name
    assert not written(value).search(code("another-value-9"))


@pytest.mark.parametrize("text", ["", "abcdefg", "YWJj", "a%20b", "sk-another", "\\" * 500])
def test_nothing_is_found_where_it_is_not(text: str) -> None:
    """The search is fast, too: a run of backslashes counts as one."""
    assert not written('sk-"ab\\\\c/1+').search(text)
    assert not written("\\" * 30 + "x").search(text)
