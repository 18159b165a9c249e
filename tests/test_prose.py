"""Markdown of a model as HTML."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from aiconn_nb.display import Side, SideBySide, as_html
from aiconn_nb.display.prose import as_prose

TAGS = {
    *(
        "p",
        "div",
        "ul",
        "ol",
        "li",
        "blockquote",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "pre",
        "code",
        "hr",
        "br",
    ),
    *("strong", "em", "s", "a"),
}
ATTRIBUTES = {"style", "href", "title", "role", "aria-level", "target", "rel", "start"}


class _Read(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str]] = []
        self.open: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += [(key, value or "") for key, value in attrs]
        if tag not in ("hr", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in ("hr", "br"):
            assert self.open.pop() == tag


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("It is **wet**.", "It is <strong>wet</strong>."),
        ("# Rain", 'role="heading" aria-level="1" style="margin:0 0 8px;font-weight:600">Rain</div>'),
        ("- one\n- two", "<li>one</li>\n<li>two</li>"),
        ("3. three", '<ol start="3"'),
        ("a `b` c", "a <code>b</code> c"),
        ("```python\nprint('<hi>')\n```", "print(&#x27;&lt;hi&gt;&#x27;)\n</pre>"),
        ("```\nnot closed yet", "not closed yet</pre>"),
        ("| a |\n|--:|\n| 1 |", ';text-align:right">1</td>'),
        ("<b>bold</b> & more", "&lt;b&gt;bold&lt;/b&gt; &amp; more"),
    ],
)
def test_markdown_is_shown_as_it_is_meant(text: str, part: str) -> None:
    """HTML in it is text."""
    assert part in as_prose(text)


@pytest.mark.parametrize(
    "text",
    ["See ![a map](https://x.example/a.png?q=secret)", "See ![a map]\n\n[a map]: https://x.example/a.png?q=secret"],
)
def test_an_image_becomes_a_link(text: str) -> None:
    """It would be fetched as soon as it is shown, and tell its server what the model was talked into."""
    shown = as_prose(text)
    assert "<img" not in shown
    assert "See <a href=" in shown
    assert 'rel="noopener noreferrer">a map</a>' in shown


@pytest.mark.parametrize(
    "address",
    ["javascript:alert(1)", "vbscript:x", "data:text/html,x", "file:///etc/passwd", "command:x", "/lab?reset", "x"],
)
def test_an_address_that_does_something_is_no_link(address: str) -> None:
    """It stays as it was written."""
    assert "<a" not in as_prose(f"[look]({address}) <{address}>")


@given(st.text(alphabet="ab <>!&\"'`*_~[]()#|-:\\\n\t/$=+1.", max_size=120) | st.text(max_size=60))
@example("![x](y)")
@example("\\\n1")
@example("<img src=x onerror=y>")
@example("[a](b 'c')")
def test_nothing_in_it_is_fetched_or_run(text: str) -> None:
    """Whatever the text is: no tag but those of a text, each of them closed, and no attribute that does anything."""
    read = _Read(as_prose(text))
    assert read.tags <= TAGS
    assert {key for key, _ in read.attributes} <= ATTRIBUTES
    assert not [
        value for key, value in read.attributes if key == "href" and value.lower().startswith(("javascript", "data:"))
    ]
    assert not [value for key, value in read.attributes if key == "style" and "url" in value]
    assert read.open == []


def test_a_table_of_empty_cells_stays_as_small_as_it_came() -> None:
    """Eight kilobytes would be seven megabytes of HTML: every row has all columns. It stays text."""
    shown = as_prose("|" + "a|" * 500 + "\n|" + "-|" * 500 + "\n" + "|x\n" * 2000)
    assert "<table" not in shown
    assert len(shown) < 12_000
    assert "<table" in as_prose("|a|b|\n|-|-|\n" + "|1|2|\n" * 200)


@pytest.mark.parametrize("command", ["def", "gdef", "let", "newcommand", "renewcommand", "newenvironment", "global"])
def test_mathematics_of_one_answer_defines_nothing_for_the_notebook(command: str) -> None:
    r"""MathJax keeps what was defined: a ``\sum`` would be something else in the next answer. Code stays as it is."""
    assert f"\\{command}" not in as_prose(f"$\\{command}\\sum{{x}}$ and $\\delta \\left($")
    assert "\\delta \\left(" in as_prose(f"$\\{command}\\sum{{x}}$ and $\\delta \\left($")
    assert f"\\{command}" in as_prose(f"`\\{command}`")


def test_an_exclamation_mark_before_an_address_stays() -> None:
    """Only that of an image goes."""
    assert "Look!<a" in as_prose("Look!<http://x.example>")


def test_only_what_a_model_wrote_is_read_as_markdown() -> None:
    """An error, a name or a footer beside it is text."""
    shown = as_html(SideBySide((Side("*a*", "*b*", "*c*", is_markdown=True), Side("x", "*d*"))))
    assert "*a*" in shown
    assert "<em>b</em>" in shown
    assert "*c*" in shown
    assert "*d*" in shown
