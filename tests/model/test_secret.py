"""A secret shows itself nowhere; other people's texts are freed of it."""

from __future__ import annotations

import base64
import copy
import json
import pickle
import traceback

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiconn_nb.model.secret import MASK, MASK_LIKE, Sealed, Secret, holds_key, readable, redact, shape_of

CANARY = "canary-7f3a-secret"


def test_a_secret_is_judged_without_being_revealed() -> None:
    """The words are the judge's own."""
    assert Secret("word").judged(lambda text: "is a word" if text.isalpha() else "") == "is a word"
    assert Secret("no word").judged(lambda text: "is a word" if text.isalpha() else "") == ""


def test_a_secret_shows_no_character_of_its_value() -> None:
    """repr, str, format and HTML show the same mask for every value."""
    secret = Secret(CANARY)
    assert repr(secret) == "Secret(••••••••)"
    assert str(secret) == "••••••••"
    assert f"{secret}" == f"{secret:>20}" == "••••••••"
    assert secret._repr_html_() == "••••••••"


def test_a_secret_refuses_to_be_written_down() -> None:
    """Pickling, copying and JSON raise an error."""
    secret = Secret(CANARY)
    for carry in (pickle.dumps, copy.copy, copy.deepcopy, json.dumps):
        with pytest.raises(TypeError) as raised:
            carry(secret)  # type: ignore[operator]
        assert CANARY not in str(raised.value)


def test_a_secret_has_no_attribute_that_holds_the_value() -> None:
    """Completion and inspection read attributes, and none of them is the value."""
    secret = Secret(CANARY)
    shown = [repr(getattr(secret, name)) for name in dir(secret) if name != "reveal"]
    assert not [text for text in shown if CANARY in text]
    assert not hasattr(secret, "__dict__")


def test_a_traceback_that_prints_locals_does_not_show_a_secret() -> None:
    """IPython's Verbose mode prints the repr of every local."""
    secret = Secret(CANARY)
    try:
        raise ValueError(str(secret))
    except ValueError as error:
        text = "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format())
    assert "secret = Secret(••••••••)" in text
    # The test's own source names the constant, never its value.
    assert "7f3a" not in text.replace(f"CANARY = {CANARY!r}", "")


def test_reveal_is_the_way_out() -> None:
    """Only this method returns the value."""
    assert Secret(CANARY).reveal() == "canary-7f3a-secret"


@pytest.mark.parametrize(
    "text",
    [
        CANARY,
        f"Incorrect API key provided: {CANARY}.",
        base64.b64encode(CANARY.encode()).decode(),
        '{"key": "canary-7f3a-secret"}',
        "?key=canary-7f3a-secret&x=1",
    ],
)
def test_redact_removes_a_known_secret_in_every_spelling(text: str) -> None:
    """It is found as plain text, in JSON, in a URL and in base64."""
    cleaned = redact(text, [Secret(CANARY)])
    assert CANARY not in cleaned
    assert MASK in cleaned


def test_redact_removes_escaped_spellings() -> None:
    """A key with characters that JSON and URLs escape is found in its escaped form."""
    secret = Secret('k"e/y+ü=1')
    assert redact(r"a k\"e/y+\u00fc=1 b", [secret]) == "a •••••••• b"
    assert redact("a k%22e%2Fy%2B%C3%BC%3D1 b", [secret]) == "a •••••••• b"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("key sk-proj-abcdefghijklmnop was refused", "key •••••••• was refused"),
        ("key sk-ant-api03-abcdefgh-ijkl was refused", "key •••••••• was refused"),
        ("AIzaSyA1234567890abcdefghijklmnopq", "••••••••"),
        ("AKIAIOSFODNN7EXAMPLE", "••••••••"),
        ("Authorization: Bearer abcdef0123456789", "Authorization: ••••••••"),
        ("proxy http://user:hunter22@proxy:8080/", "proxy http://••••••••@proxy:8080/"),
        ("proxy http://user:hunt?er#22@proxy:8080/", "proxy http://••••••••@proxy:8080/"),
        ("GET https://host/v1?a=1&sig=abc123 failed", "GET https://host/v1?a=1&sig=•••••••• failed"),
        ("GET https://host/v1?next=sk-proj-abcdefgh failed", "GET https://host/v1?next=•••••••• failed"),
        ("the token eyJhbGciOiJI.eyJzdWIiOiIx.c2ln expired", "the token •••••••• expired"),
        ("invalid dsn: user=me password=hunter22 dbname=x", "invalid dsn: user=me password=•••••••• dbname=x"),
        ("UID=me;PWD='hunter 22';SERVER=db", "UID=me;PWD=••••••••;SERVER=db"),
        ("{'user': 'me', 'password': 'hunter22'}", "{'user': 'me', 'password': ••••••••}"),
        ("access denied for 'me' (using password: YES)", "access denied for 'me' (using password: YES)"),
        ("see https://host/docs?page=2 and user@host", "see https://host/docs?page=2 and user@host"),
        ("the model gpt-4o does not exist", "the model gpt-4o does not exist"),
    ],
)
def test_redact_removes_whatever_looks_like_a_key(text: str, expected: str) -> None:
    """Well-known shapes are removed even if the value is unknown."""
    assert redact(text) == expected


@given(st.text(min_size=6), st.text(), st.text())
def test_redacted_text_never_holds_the_secret(value: str, before: str, after: str) -> None:
    """This holds for any value and any text around it."""
    stripped = value.strip()
    cleaned = redact(before + value + after, [Secret(value)])
    if len(stripped) >= 4 and stripped not in MASK * 3 and stripped not in before + MASK + after:
        assert stripped not in cleaned


@pytest.mark.parametrize(
    ("text", "owner"),
    [
        ("sk-ant-api03-abcdefgh", "anthropic"),
        ("sk-abcdefgh12345678", "openai"),
        ("AIzaSyA1234567890abcdefghijklmnopq", "google"),
        ("AKIAIOSFODNN7EXAMPLE", "amazon"),
        ("org-abcdefgh", None),
        ("", None),
    ],
)
def test_a_key_is_recognised_by_its_shape(text: str, owner: str | None) -> None:
    """The longest prefix decides: sk-ant- is Anthropic's, not OpenAI's."""
    assert shape_of(text) == owner
    assert shape_of(Secret(text)) == owner


@pytest.mark.parametrize(
    "text", ["***", "••••••••", "sk-****abcd", "xxxx", "...", "<your key>", "[redacted]", "hidden"]
)
def test_a_mask_is_recognised(text: str) -> None:
    """A mask is not a value."""
    assert MASK_LIKE.fullmatch(text)


@pytest.mark.parametrize("text", ["sk-abcdefgh", "made-up-key", "a*b", "x", "org-1"])
def test_a_value_is_not_taken_for_a_mask(text: str) -> None:
    """Ordinary values are accepted."""
    assert not MASK_LIKE.fullmatch(text)


def test_sealed_text_is_not_shown_either() -> None:
    """Sealed values compare by their tokens, and their repr shows nothing."""
    assert Sealed("token") == Sealed("token") != Sealed("other")
    assert repr(Sealed("token")) == "Sealed()"


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("sk-proj-abcdefghijklmnop", True),
        ("my key is sk-proj-abcdefghijklmnop", True),
        ("$sk-proj-abcdefghijklmnop", True),
        ("risk-assessment-of-2026", False),
        ("", False),
    ],
)
def test_a_text_with_a_key_in_it_is_recognised(text: str, holds: bool) -> None:
    """The key may be anywhere in a name, an alias or an option, which are shown openly."""
    assert holds_key(text) is holds


def test_words_of_others_become_one_short_line() -> None:
    """The text is redacted and has no control characters. A key that is cut at the end is not partly shown."""
    assert readable("a\n\tb\x1b[31m sk-proj-abcdefgh\u202e.") == f"a b [31m {MASK} ."
    assert readable("x " * 1000, most=20) == "x x x x x x x x x x…"
    assert "half" not in readable(
        " " * 9_990 + "half-of-a-key-that-is-longer", [Secret("half-of-a-key-that-is-longer")]
    )


def test_a_very_long_word_is_redacted_like_any_other() -> None:
    """The time grows linearly with the length. A picture in base64 would otherwise take minutes."""
    assert redact("A" * 400_000 + " sk-ab**********yz!") == "A" * 400_000 + f" {MASK}!"
