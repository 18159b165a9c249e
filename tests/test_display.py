"""Tables and cards in three spellings, with nothing of anybody's markup in effect."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiconn_nb.display import Card, Cell, Side, SideBySide, Table, age, as_html, as_markdown, as_text

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


TEXTS = SideBySide(
    (Side("writer", "One.\n\tTwo *2*.", Cell("3 → 4 tokens", "quiet")), Side("other", Cell("failed", "bad"))), "Asked"
)


def test_texts_side_by_side_as_text() -> None:
    """One below the other in a terminal, with their line breaks."""
    assert as_text(TEXTS) == "Asked\n\nwriter\n------\nOne.\n        Two *2*.\n3 → 4 tokens\n\nother\n-----\nfailed"


def test_texts_side_by_side_as_markdown() -> None:
    """Quoted, and without effect."""
    assert as_markdown(TEXTS) == (
        "**Asked**\n\n**writer**\n\n> One.  \n>         Two \\*2\\*.  \n\n3 → 4 tokens\n\n**other**\n\n> failed  "
    )


def test_texts_side_by_side_as_html() -> None:
    """In a grid that has as many columns as there is room for; text as it is, with its line breaks."""
    shown = as_html(TEXTS)
    assert "grid-template-columns:repeat(auto-fit,minmax(min(100%,18em),1fr))" in shown
    assert ">One.\n\tTwo *2*.</div>" in shown
    assert "<img" not in as_html(SideBySide((Side("a", "<img src=x>", "<img>"),), "<img>", ("<img>",)))


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
