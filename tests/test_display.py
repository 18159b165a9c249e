"""Tables and cards have three formats, and no text in them acts as markup."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from html.parser import HTMLParser
from io import StringIO
from typing import ClassVar, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from IPython.core.formatters import DisplayFormatter

from aiconn_nb import Session
from aiconn_nb.model.moment import at
from aiconn_nb.session.results import Rows
from aiconn_nb.ui.render import Card, Cell, Said, Side, SideBySide, Table, View, as_text, plain, printable, view_of
from aiconn_nb.ui.render.html import as_html
from aiconn_nb.ui.render.view import Tone

TABLE = Table(("alias", "name"), (("a", Cell("Ärger", "good")), ("bb", "日本")), title="Both", notes=("A note.",))


def test_a_table_as_text() -> None:
    """Columns are aligned, and wide characters count as two."""
    assert as_text(TABLE) == "Both\nalias  name\n------------\na      Ärger\nbb     日本\nA note."


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("\U0001f469\u200d\U0001f52c", 4),
        ("\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645", 7),
        ("\u0928\u092e\u0938\u094d\u0924", 4),
    ],
    ids=["emoji", "Persian", "Hindi"],
)
def test_a_word_is_shown_as_it_is_spelled(text: str, columns: int) -> None:
    """Its joiners and marks stay and take no column of their own."""
    assert printable(f"So {text}.\n") == f"So {text}.\n"
    assert as_text(Table(("a", "b"), ((text, "x"),))).splitlines()[-1] == f"{text}  x"
    assert as_text(Table(("a", "b"), ((text, "x"),))).splitlines()[0] == f"a{' ' * (columns + 1)}b"


@pytest.mark.parametrize("format", ["\u200b", "\u202e", "\u2066", "\ufeff", "\U000e0041"])
def test_a_character_that_hides_or_turns_text_is_replaced(format: str) -> None:
    """Otherwise a reader would see another text than the real one."""
    assert printable(f"a{format}b") == plain(f"a{format}b") == "a\ufffdb"


WIDE = Table(
    ("alias", "resolves in Development", "name", "modified"),
    (
        (
            "openai-development",
            Cell("no: $OpenAI:ApiKey, $OpenAI:Organization", "bad"),
            "A name of five words",
            "3 min ago",
        ),
        ("demo", "yes", "日本 日本 日本 日本", "just now"),
    ),
)


def test_a_table_fits_into_a_terminal() -> None:
    """The widest columns shrink between words, and narrow ones stay. A pipe has no width."""
    assert as_text(WIDE, 70) == (
        "alias               resolves in           name            modified\n"
        "                    Development\n"
        "-------------------------------------------------------------------\n"
        "openai-development  no: $OpenAI:ApiKey,   A name of five  3 min ago\n"
        "                    $OpenAI:Organization  words\n"
        "demo                yes                   日本 日本 日本  just now\n"
        "                                          日本"
    )
    assert as_text(WIDE, 200) == as_text(WIDE)
    assert max(map(len, as_text(WIDE).splitlines())) == 93


def test_what_is_copied_out_of_a_table_stands_in_it_whole() -> None:
    """Aliases and references stay whole even if they are wider than the terminal."""
    for width in (1, 20, 40):
        words = as_text(WIDE, width).split()
        assert {"openai-development", "$OpenAI:ApiKey,", "$OpenAI:Organization", "Development"} <= set(words)
    marked = Table(("alias", "what"), ((Cell("▸ openai-development", "code"), "A text of some words"),))
    assert as_text(marked, 30).splitlines()[2:] == [
        "▸ openai-development  A text of",
        "                      some words",
    ]


@given(
    st.lists(st.lists(st.text(alphabet="ab日 ", max_size=90), min_size=3, max_size=3), min_size=1, max_size=3),
    st.integers(1, 200),
)
def test_a_table_of_any_width_says_the_same(rows: list[list[str]], width: int) -> None:
    """Every letter is there, and no line is wider than the terminal unless the words and narrow columns are."""
    table = Table(("a", "b", "c"), tuple(map(tuple, rows)))
    shown = as_text(table, width)
    letters = [sorted(each for each in text if each not in "- \n") for text in (shown, as_text(table))]
    assert letters[0] == letters[1]
    if all(len(word) <= 6 for row in rows for text in row for word in text.split()) and width >= 3 * 12 + 4:
        assert all(len(line) + sum(each in "日" for each in line) <= width for line in shown.splitlines())


def test_an_answer_fits_into_the_terminal_it_is_shown_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """IPython in a terminal asks for the repr. A kernel's stdout, a pipe and a file are no terminals and have no width."""

    class Terminal(StringIO):
        def isatty(self) -> bool:
            return True

    class Wide(Rows[str]):
        def data(self) -> list[str]:
            return [*self]

    @view_of.register(Wide)
    def _(wide: Wide) -> View:
        return Table(("a", "b"), tuple((each, each) for each in wide))

    answer = Wide(["word " * 11])
    whole = str(answer)
    assert repr(answer) == answer._repr_mimebundle_()["text/plain"] == whole
    monkeypatch.setattr("sys.stdout", Terminal())
    monkeypatch.setenv("COLUMNS", "40")
    assert repr(answer) == answer._repr_mimebundle_()["text/plain"] != whole
    assert max(map(len, repr(answer).splitlines())) <= 40
    assert str(answer) == whole


def test_an_empty_table_says_so() -> None:
    """The message replaces a header without rows."""
    empty = Table(("a",), (), empty="No connection matches.")
    assert as_text(empty) == "No connection matches."
    assert "No connection matches." in as_html(empty)


def test_a_card_as_text() -> None:
    """A card has a title and labelled values below."""
    card = Card("openai-dev", (("provider", "OpenAI"), ("active", Cell("yes", "good"))), ("Look.",))
    assert as_text(card) == "openai-dev\n  provider  OpenAI\n  active    yes\nLook."


TEXTS = SideBySide(
    (Side("writer", "One.\n\tTwo *2*.", Cell("3 → 4 tokens", "quiet")), Side("other", Cell("failed", "bad")))
)


def test_a_text_without_blanks_is_cut_where_a_line_is_full() -> None:
    """Every Japanese text is like this. Each character of a long one is examined once, and a neighbour that fits stays
    unchanged."""
    shown = as_text(Table(("a", "b"), ((Cell("x  y", "code"), "日" * 20_000),)))
    lines = shown.splitlines()
    assert lines[2] == "x  y  " + "日" * 30
    assert len(lines) == 2 + 667
    assert lines[-1] == " " * 6 + "日" * 20


def test_texts_side_by_side_as_text() -> None:
    """A terminal shows them one below the other, with their line breaks."""
    assert as_text(TEXTS) == "writer\n------\nOne.\n        Two *2*.\n3 → 4 tokens\n\nother\n-----\nfailed"


def test_texts_side_by_side_as_html() -> None:
    """The grid has as many columns as fit, and the text is unchanged, with its line breaks."""
    shown = as_html(TEXTS)
    assert "grid-template-columns:repeat(auto-fit,minmax(min(100%,18em),1fr))" in shown
    assert ">One.\n\tTwo *2*.</div>" in shown
    assert "<img" not in as_html(SideBySide((Side("a", "<img src=x>", "<img>"),), ("<img>",)))


def test_control_characters_do_not_reach_a_terminal() -> None:
    """Otherwise a name could recolour the terminal or move the cursor."""
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
    """With any name, the HTML has only our own tags and contains the text unchanged."""
    parsed = _Tags()
    parsed.feed(as_html(Table((text,), ((text,), (Cell(text, "bad"),)), title=text, notes=(text,))))
    assert parsed.tags <= {"div", "table", "thead", "tbody", "tr", "th", "td", "span"}
    assert parsed.text.count(text) >= 5


def test_a_moment_is_said_in_utc() -> None:
    """It is exact to the minute. A saved notebook is read on another day and in another place."""
    zone = timezone(timedelta(hours=2))
    assert at(datetime(2026, 11, 25, 1, 30, 59, tzinfo=zone)) == "2026-11-24 23:30 UTC"


def test_a_short_name_is_not_broken_at_its_hyphens() -> None:
    """An option in help, an alias and a model stay on one line, but a text still wraps."""
    table = as_html(Table(("model",), ((Cell("gpt-4.1-mini", "code"),), ("a text-like cell",))))
    assert table.count("white-space:nowrap") == 1
    card = as_html(Card("map", (("--max-tokens", "the most"), ("a label of words", "x"))))
    assert card.count("white-space:nowrap") == 1


COLOURED: list[View] = [
    TABLE,
    Table(("a",), tuple((Cell("x", tone),) for tone in get_args(Tone)), notes=(Cell("A note.", "quiet"),)),
    Card("Card", (("label", Cell("x", "warn")),)),
    Said("`code`\n\n```\nblock\n```\n\n> quoted\n\n| a |\n| - |\n| b |", "foot", "markdown"),
    SideBySide((Side("a", "text", "foot"), Side("b", Cell("x", "bad"), Cell("y", "quiet")))),
]


@pytest.mark.parametrize("view", COLOURED, ids=lambda view: type(view).__name__)
def test_every_colour_follows_that_of_the_page(view: View) -> None:
    """A text is mixed once with the colour of the text around it. No colour is a variable: in VS Code, those of JupyterLab
    have the values of its light theme on a dark page."""
    html = as_html(view)
    assert all("currentColor" in colour for colour in re.findall(r"[\";]color:([^;\"]*)", html))
    assert re.findall(r"var\(--jp-[^,]*color[^,]*", html) == []

    class Nested(HTMLParser):
        open: ClassVar[list[bool]] = []

        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            self.open.append("currentColor" in (dict(attrs).get("style") or ""))
            assert sum(self.open) <= 1

        def handle_endtag(self, tag: str) -> None:
            self.open.pop()

    Nested().feed(html)


def test_a_result_has_its_html_under_the_name_that_apps_ask_for(session: Session) -> None:
    """Panel and Shiny do not know MIME bundles. A notebook still gets each format once."""
    session.create("a", "demo", settings={"latency": 0.0})
    for result in (session.connections(), session.ask("hi", profile="a", model="demo-chat"), session.usage()):
        formats, _ = DisplayFormatter().format(result)
        assert sorted(formats) == ["text/html", "text/plain"]
        assert result._repr_html_() == formats["text/html"]
