"""Tables and cards in three spellings, with nothing of anybody's markup in effect."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiconn_nb.display import Card, Cell, Table, age, as_html, as_markdown, as_text

TABLE = Table(("alias", "name"), (("a", Cell("Ärger", "good")), ("bb", "日本")), title="Both", notes=("A note.",))


def test_a_table_as_text() -> None:
    """Columns are aligned, wide characters counted as two."""
    assert as_text(TABLE) == "Both\nalias  name\n------------\na      Ärger\nbb     日本\nA note."


def test_a_table_as_markdown() -> None:
    """A pipe table."""
    assert as_markdown(TABLE) == (
        "**Both**\n\n| alias | name |\n| --- | --- |\n| a | Ärger |\n| bb | 日本 |\n\nA note."
    )


def test_an_empty_table_says_so() -> None:
    """Instead of a head without rows."""
    empty = Table(("a",), (), empty="No connection matches.")
    assert as_text(empty) == "No connection matches."
    assert as_markdown(empty) == "No connection matches."
    assert "No connection matches." in as_html(empty)


def test_a_card_as_text() -> None:
    """A title, and labelled values beneath."""
    card = Card("openai-dev", (("provider", "OpenAI"), ("active", Cell("yes", "good"))), ("Look.",))
    assert as_text(card) == "openai-dev\n  provider  OpenAI\n  active    yes\nLook."
    assert as_markdown(card) == "**openai\\-dev**\n\n- **provider**: OpenAI\n- **active**: yes\n\nLook."


def test_control_characters_do_not_reach_a_terminal() -> None:
    """A name could otherwise recolour it or move the cursor."""
    assert as_text(Card("a\x1b[31mb\rc")) == "a\ufffd[31mb\ufffdc"


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), min_size=1))
def test_markup_appears_as_text(text: str) -> None:
    """Whatever is in a name, the HTML has only our own tags, and the text stands in it unchanged."""
    parsed = _Tags()
    parsed.feed(as_html(Table((text,), ((text,), (Cell(text, "bad"),)), title=text, notes=(text,))))
    assert parsed.tags <= {"div", "table", "thead", "tbody", "tr", "th", "td", "span"}
    assert parsed.text.count(text) >= 5


@pytest.mark.parametrize("text", ["<img src=x onerror=alert(1)>", "**bold**", "a | b", "[x](javascript:1)", "$x$"])
def test_markdown_escapes_what_would_be_markup(text: str) -> None:
    """Each special character has a backslash before it."""
    line = as_markdown(Table(("c",), ((text,),))).splitlines()[-1]
    unescaped = line.replace("\\\\", "")
    for special in "<*|[$":
        if special in text:
            assert f"\\{special}" in unescaped


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [(-5, "just now"), (5, "just now"), (60, "1 min ago"), (7300, "2 h ago"), (200000, "2 d ago")],
)
def test_an_age_is_said_in_the_coarsest_unit(seconds: int, expected: str) -> None:
    """Also where clocks disagree."""
    moment = datetime(2026, 1, 2, tzinfo=UTC)
    assert age(moment - timedelta(seconds=seconds), moment) == expected
