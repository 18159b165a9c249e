"""When two keys are the same key."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from aiconn_nb.model.casing import fold


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("OpenAI:ApiKey", "openai:APIKEY"),
        ("\u00e9", "\u00c9"),  # é É
        ("\u03c3", "\u03a3"),  # σ Σ
        ("\u03c2", "\u03a3"),  # ς Σ
        ("\u00b5", "\u039c"),  # µ (micro sign) and capital mu
        ("\u00ff", "\u0178"),  # ÿ Ÿ
        ("\u0561\u0562", "\u0531\u0532"),  # Armenian
        ("\u0450", "\u0400"),  # Cyrillic
        ("\u1f80", "\u1f88"),  # ᾀ ᾈ, whose full mapping is two letters
        ("\u1fb3", "\u1fbc"),  # ᾳ ᾼ, likewise
        ("\u01c6", "\u01c4"),  # ǆ Ǆ
        ("\u01c5", "\u01c4"),  # ǅ Ǆ
        ("\U00010428", "\U00010400"),  # Deseret, outside the first plane
        ("\U0001e922", "\U0001e900"),  # Adlam
        ("\u24d0", "\u24b6"),  # circled a
        ("\uff41", "\uff21"),  # full-width a
    ],
)
def test_these_are_equal(one: str, other: str) -> None:
    """Keys compare per character by simple upper-casing."""
    assert fold(one) == fold(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("\u00df", "ss"),  # ß
        ("\u00df", "SS"),
        ("\u1e9e", "\u00df"),  # capital sharp s: ß has no simple capital
        ("\u212a", "k"),  # Kelvin sign
        ("\u212a", "K"),
        ("\u212b", "\u00e5"),  # Angstrom sign
        ("\u2126", "\u03c9"),  # Ohm sign
        ("\u0131", "i"),  # dotless i
        ("\u0131", "I"),
        ("\u0130", "i"),  # capital I with dot
        ("\u0130", "I"),
        ("\u017f", "s"),  # long s
        ("\u017f", "S"),
        ("\ufb01", "fi"),  # ligature
        ("\u0149", "\u02bcN"),
        ("e\u0301", "\u00e9"),  # no normalisation
        ("\uff41", "a"),  # full-width
        ("A:B", "A::B"),
        ("A", "A "),
        ("A", "A:"),
        ("A", ":A"),
    ],
)
def test_these_are_different(one: str, other: str) -> None:
    """ß is not ss, the Kelvin sign is not k, ı is not I, and nothing is normalized, trimmed or collapsed."""
    assert fold(one) != fold(other)


@pytest.mark.parametrize("wrong", [str.lower, str.upper, str.casefold])
def test_no_method_of_str_would_do(wrong) -> None:  # type: ignore[no-untyped-def]
    """lower(), upper() and casefold() are each wrong for some letter."""
    pairs = [("\u03c2", "\u03c3"), ("\u00df", "SS"), ("\u212a", "k"), ("\u0131", "I")]
    assert [wrong(a) == wrong(b) for a, b in pairs] != [fold(a) == fold(b) for a, b in pairs]


@given(st.text())
@example("Straße \u212a \u0131\u017f 123")
def test_folding_is_per_character(text: str) -> None:
    """A text is folded character by character, keeps its length, and folding it again changes nothing."""
    assert fold(text) == "".join(fold(char) for char in text)
    assert len(fold(text)) == len(text)
    assert fold(fold(text)) == fold(text)


def test_only_ascii_letters_fold_into_ascii() -> None:
    """No letter outside ASCII equals one inside it: .NET excludes ı and ſ, the only two that would."""
    assert [hex(code) for code in range(0x80, 0x110000) if fold(chr(code)).isascii()] == []
