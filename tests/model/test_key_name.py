"""Names of configuration keys: a key in the place of a name, names of other languages, and names that lost their ``$``."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiconn_nb.model.key_name import before_equals, has_empty_part, has_key, reference_in, shown_name, without_syntax

KEYS = (
    "sk-proj-Abcdefghijklmnopqrstuvwxyz0123456789WXYZ",
    "sk-ant-api03-abcdefgh",
    "sk-0123456789abcdef",
    "sk-aaaaaaaaaaaaaaaaaaaaaaaa",
    "AIzaSyA0123456789abcdefghijk",
    "AKIAIOSFODNN7EXAMPLE",
    "hf_abcdefghijklmnopqrstuvwxyz012345",
    "gsk_0123456789abcdefghij",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln",
)
WORDS = st.sampled_from(
    ["OpenAI", "ApiKey", "Sk", "sk", "hf", "HF", "TOKEN", "Project", "proj", "Key", "Asia", "ASIA", "PACIFIC", "gsk", "xai",
     "team", "Settings", "dev", "2", "Azure", "secret", "learn"]
)  # fmt: skip


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("name", ["{}", "OpenAI:{}", "OpenAI:ApiKey={}", "OPENAI_API_KEY_{}", "{}:ApiKey", "a {}"])
def test_a_name_with_a_key_is_recognized_and_shown_without_it(name: str, key: str) -> None:
    """The key may be anywhere in the name."""
    given = name.format(key)
    assert has_key(given)
    assert key not in shown_name(f"${given}")
    assert "••••••••" in shown_name(f"${given}")


@pytest.mark.parametrize(
    "name",
    ["OpenAI:ApiKey", "HF_TOKEN", "Sk:Project", "sk-learn-settings", "gsk_settings", "ASIAPACIFICREGION", "Hf:Token"],
)
def test_an_ordinary_name_has_no_key(name: str) -> None:
    """Even one that begins like a key has none."""
    assert not has_key(name)
    assert shown_name(name) == name


@given(st.lists(WORDS, min_size=1, max_size=5), st.sampled_from([":", "_", "__", "-", "."]))
def test_names_made_of_words_have_no_key(words: list[str], between: str) -> None:
    """The words may be joined in any way. A number counts as a word, except after the prefix of a key."""
    name = between.join(words)
    if between == "-" and "2" in words:
        return
    assert not has_key(name)
    assert shown_name(name) == name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("{OPENAI_API_KEY}", "OPENAI_API_KEY"),
        ("${OPENAI_API_KEY}", "OPENAI_API_KEY"),
        ("{OPENAI_API_KEY:-none}", "OPENAI_API_KEY"),
        ("{{ OPENAI_API_KEY }}", "OPENAI_API_KEY"),
        ("{env:OPENAI_API_KEY}", "OPENAI_API_KEY"),
        ("{OpenAI:ApiKey}", "OpenAI:ApiKey"),
        ("(OPENAI_API_KEY)", "OPENAI_API_KEY"),
        ("env:OpenAI__ApiKey", "OpenAI:ApiKey"),
        ("%OPENAI_API_KEY%", "OPENAI_API_KEY"),
        ('os.environ["OPENAI_API_KEY"]', "OPENAI_API_KEY"),
        ("os.environ.get('OPENAI_API_KEY', '')", "OPENAI_API_KEY"),
        ('os.getenv("OPENAI_API_KEY")', "OPENAI_API_KEY"),
        ("process.env.OPENAI_API_KEY", "OPENAI_API_KEY"),
        ("OpenAI:ApiKey", ""),
        ("OPENAI_API_KEY", ""),
        ("a{b}", ""),
        ("{sk-0123456789abcdef}", ""),
        ("{sk_0123}", "sk_0123"),
    ],
)
def test_the_syntax_of_other_languages_is_removed_from_a_name(text: str, name: str) -> None:
    """A text with a key is not a name."""
    assert without_syntax(text) == name


def test_the_name_before_an_equals_sign_is_told() -> None:
    """A name that contains a key is not returned."""
    assert before_equals("OpenAI:ApiKey=sk-0123456789abcdef") == "OpenAI:ApiKey"
    assert before_equals("sk-0123456789abcdef=") == ""
    assert before_equals("OpenAI:ApiKey") == ""


@pytest.mark.parametrize(
    ("name", "is_empty"), [(":a", True), ("A:", True), ("A::B", True), ("A:B", False), ("A", False)]
)
def test_an_empty_part_is_found(name: str, is_empty: bool) -> None:
    """The empty part may be before, after or between colons."""
    assert has_empty_part(name) is is_empty


@given(st.from_regex(r"[A-Za-z0-9_-]{8}[0-9][a-z][0-9][A-Za-z0-9_-]{20}", fullmatch=True))
def test_a_random_key_is_not_taken_for_a_name(key: str) -> None:
    """This holds for any letters."""
    assert reference_in(key) == ""


@pytest.mark.parametrize(
    ("text", "reference"),
    [
        ("OpenAI:ApiKey", "$OpenAI:ApiKey"),
        (" OpenAI:ApiKey\n", "$OpenAI:ApiKey"),
        ("openai:apikey", "$openai:apikey"),
        ("OpenAI__ApiKey", "$OpenAI:ApiKey"),
        ("Azure:OpenAI:Key2", "$Azure:OpenAI:Key2"),
        ("OPENAI_API_KEY", "$OPENAI_API_KEY"),
        ("%HF_TOKEN%", "$HF_TOKEN"),
        ("team_key_x", "$Team_Key_X"),
        ("ollama", ""),
        ("EMPTY", ""),
        ("lm-studio", ""),
        ("my_password_1", ""),
        ("279a2e9d-83b3-c416-7e2d-f721593e42a0:fx", ""),
        ("123456:ABC-DEF1234ghIkl", ""),
        ("sk-0123456789abcdef", ""),
        ("NTNv7j0TuYARvmNMmWXo6fKvM4o6nv_aUi9ryX38ZH", ""),
        ("Ab1:xY9", ""),
        ("", ""),
    ],
)
def test_a_value_that_is_the_name_of_a_key_is_recognized(text: str, reference: str) -> None:
    """It is recognized by its shape, or because the key exists. A single word may be a dummy key, so it is not a name."""
    known = {"OLLAMA": "OLLAMA", "TEAM_KEY_X": "Team_Key_X", "EMPTY": "empty"}
    assert reference_in(text, lambda name: known.get(name.upper(), "")) == reference
