"""The Markdown of a model becomes HTML that can neither run nor fetch anything."""

from __future__ import annotations

import re
from html import unescape
from html.parser import HTMLParser
from random import Random

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from aiconn_nb import AiconnError
from aiconn_nb.features.asking.comparison import Compared, Comparison
from aiconn_nb.features.asking.reply import Reply
from aiconn_nb.ui.render import Card, Cell, Said, Side, SideBySide, Table, as_text, bundle_of, view_of
from aiconn_nb.ui.render.html import as_html
from aiconn_nb.ui.render.prose import as_prose

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
    *("strong", "em", "s", "a", "span"),
}
ATTRIBUTES = {"class", "style", "href", "title", "role", "aria-level", "target", "rel", "start", "scope", "dir"}
STARTS = ("http://", "https://", "mailto:", "HTTP")


class _Read(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str]] = []
        self.open: list[str] = []
        self.typeset: list[str] = []
        """The texts in which a front end would look for mathematics."""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += [(key, value or "") for key, value in attrs]
        if tag not in ("hr", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in ("hr", "br"):
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if not {"code", "pre"} & set(self.open):
            self.typeset.append(data)


def check(html: str) -> None:
    """Check that every element is allowed and closed, that no attribute does anything, and that there is nothing to typeset."""
    read = _Read(html)
    assert read.tags <= TAGS
    assert {key for key, _ in read.attributes} <= ATTRIBUTES
    assert not [value for key, value in read.attributes if key == "href" and not value.startswith(STARTS)]
    assert not [value for key, value in read.attributes if key == "style" and "url" in value]
    assert {value for key, value in read.attributes if key == "class"} <= {"mathjax_ignore tex2jax_ignore"}
    assert read.open == []
    assert not [each for each in read.typeset if len(each) > 1 and ("$" in each or "\\" in each)]


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("It is **wet**.", "It is <strong>wet</strong>."),
        ("# Rain", 'role="heading" aria-level="1" dir="auto" style="margin:0 0 8px;font-weight:600">Rain</div>'),
        ("- one\n- two", "<li>one</li>\n<li>two</li>"),
        ("3. three", '<ol start="3"'),
        ("a `b` c", "a <code>b</code> c"),
        ("```python\nprint('<hi>')\n```", "print(&#x27;&lt;hi&gt;&#x27;)\n</pre>"),
        ("```\nnot closed yet", "not closed yet</pre>"),
        ("| a |\n|--:|\n| 1 |", ';text-align:right" dir="auto">1</td>'),
        ("<b>bold</b> & more", "&lt;b&gt;bold&lt;/b&gt; &amp; more"),
    ],
)
def test_markdown_is_shown_as_it_is_meant(text: str, part: str) -> None:
    """HTML in the text is shown as text."""
    assert part in as_prose(text)


@pytest.mark.parametrize(
    "text",
    ["See ![a map](https://x.example/a.png?q=secret)", "See ![a map]\n\n[a map]: https://x.example/a.png?q=secret"],
)
def test_an_image_becomes_a_link(text: str) -> None:
    """An image would be fetched as soon as it is shown, and would tell its server what the model was talked into."""
    shown = as_prose(text)
    assert "<img" not in shown
    assert "See <a href=" in shown
    assert 'rel="noopener noreferrer">a map</a>' in shown


@pytest.mark.parametrize(
    "address",
    ["javascript:alert(1)", "vbscript:x", "data:text/html,x", "file:///etc/passwd", "command:x", "/lab?reset", "x"],
)
def test_an_address_that_does_something_is_no_link(address: str) -> None:
    """The text stays as it was written."""
    assert "<a" not in as_prose(f"[look]({address}) <{address}>")


@pytest.mark.parametrize(
    "address", ["http:/lab", "http:lab", "HTTPS:/lab", "https:?a=1", "http:\\\\lab", "http:/\\lab"]
)
def test_an_address_without_a_host_is_no_link(address: str) -> None:
    """A browser would look for it on the notebook's own server."""
    assert "<a" not in as_prose(f"[look]({address}) <{address}>")
    assert "<a" in as_prose("[look](HTTPS://x.example/lab)")


@given(st.text(alphabet="ab <>!&\"'`*_~[]()#|-:\\\n\t/$=+1.", max_size=120) | st.text(max_size=60))
@example("![x](y)")
@example("\\\n1")
@example("<img src=x onerror=y>")
@example("[a](b 'c')")
@example("[]()")
def test_nothing_in_it_is_fetched_or_run(text: str) -> None:
    """Any text yields only the tags of a text, each of them closed, and no attribute that does anything."""
    check(as_prose(text))


PIECES = (
    *(
        "`",
        "``",
        "```",
        "~~~",
        "\n",
        "\n\n",
        " ",
        "    ",
        "\t",
        "\r",
        "\x0c",
        "\u2028",
        "\0",
        "- ",
        "1. ",
        "> ",
        "# ",
        "===",
    ),
    *(
        "a",
        "*",
        "**",
        "_",
        "~~",
        "|",
        "| a | b |\n|---|:-:|\n",
        "![x](u)",
        "<img src=x>",
        "<!--",
        "-->",
        "<",
        ">",
        "&lt;",
    ),
    *(
        "</div>",
        "</pre>",
        "</code>",
        "<script>",
        "</style>",
        "<svg onload=x>",
        "&#60;b&#62;",
        '"',
        "'",
        "!",
        "[",
        "]",
        "](",
    ),
    *(
        "[x]: u",
        "[x]: https://x.example 't'",
        "[a](https://x.example)",
        "[a](javascript:x)",
        "<https://x.example>",
        "www.x.example",
    ),
    *(
        "<javascript:x>",
        "mailto:a@x.example",
        "[a](data:text/html,x)",
        "$",
        "$$",
        "\\",
        "\\(",
        "\\)",
        "\\[",
        "\\]",
        "\\begin{a}",
    ),
    *(
        "\\end{a}",
        "\\href{javascript:x}{y}",
        "\\def\\a{b}",
        "\\style{color:red}{x}",
        "mermaid",
        "é",
        "\ud83d",
        "\u202e",
    ),
)


def test_no_text_makes_markup(thorough: bool) -> None:
    """CI tries a hundred thousand texts, each as an answer with its footer, beside others, in a table and in a card."""
    made = Random(9)
    for number in range(100_000 if thorough else 2_000):
        text, name = ("".join(made.choices(PIECES, k=made.randrange(1, size))) for size in (25, 6))
        reply = Reply(text, name, "c", profile=name, left=(name,))
        bundle = bundle_of(reply)
        assert set(bundle) == {"text/plain", "text/html"}
        check(bundle["text/html"])
        "".join(bundle.values()).encode()  # otherwise a kernel could not send it
        if number % 10 == 0:
            compared = Compared(name, reply, AiconnError(name, text) if number % 3 else None)
            for view in (
                view_of(Comparison([compared], text)),
                Table((name,), ((Cell(text, "code"),),), title=name, notes=(text,)),
                Card(name, ((name, text),), (Cell(name, "bad"),)),
            ):
                check(as_html(view))
                as_text(view).encode()


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("So $a_1 * b_1$ is", "So <code>$a_1 * b_1$</code> is"),
        ("So \\(a_1 * b_1\\) is", "So <code>\\(a_1 * b_1\\)</code> is"),
        ("So $$a_1 * b_1$$ is", "So <code>$$a_1 * b_1$$</code> is"),
        ("It is:\n\\[\na\n= b\n- c\n\\]\nThus", ">\\[\na\n= b\n- c\n\\]\n</pre>"),
        ("$$\na\n\n= b\n$$", ">$$\na&#10;\n= b\n$$</pre>"),
        ("\\begin{align}\na &= b\n\\end{align}", ">\\begin{align}\na &amp;= b\n\\end{align}</pre>"),
        ("- so:\n  \\[\n  x\n  \\]\n- y", ">\\[\nx\n\\]\n</pre>"),
        ("from $5 to $6", "from <span>$</span>5 to <span>$</span>6"),
        ("$ *a*", "<span>$</span> <em>a</em>"),
    ],
)
def test_a_formula_is_shown_as_it_was_written(text: str, part: str) -> None:
    """Its stars and underscores belong to it. Money is no formula."""
    assert part in as_prose(text)


@pytest.mark.parametrize("command", ["def", "gdef", "let", "newcommand", "renewcommand", "newenvironment", "global"])
@pytest.mark.parametrize(
    "around", ["$%s$", "$$%s$$", "\\(%s\\)", "\\[%s\\]", "\\begin{a}%s\\end{a}", "%s", "*a* $%s $ b$"]
)
def test_mathematics_defines_nothing_for_the_notebook(command: str, around: str) -> None:
    """MathJax keeps definitions: a ``\\sum`` would mean something else in the next answer and in the user's own text."""
    check(as_prose(around % f"\\{command}\\sum{{x}}"))
    check(as_html(Said(around % f"\\{command}\\sum{{x}}", around % f"\\{command}\\sum{{x}}", "text")))


def test_two_references_in_a_table_are_no_formula() -> None:
    """A front end looks for mathematics in HTML as well."""
    check(as_html(Table(("key",), (("$OpenAI:ApiKey",), ("$A:B and $C:D",)))))


def test_a_long_text_is_shown_as_text() -> None:
    """A text longer than a book's chapter is not read as Markdown, and nothing of it is lost."""
    text = "*a* $x$\n" * 20_000
    shown = as_prose(text)
    check(shown)
    assert "<em>" not in shown
    assert shown.count("*a*") == 20_000


def test_an_exclamation_mark_before_an_address_stays() -> None:
    """Only the exclamation mark of an image is removed."""
    assert "Look!<a" in as_prose("Look!<http://x.example>")


def test_only_what_a_model_wrote_is_read_as_markdown() -> None:
    """An error, a name or a footer beside it is text."""
    shown = as_html(SideBySide((Side("*a*", "*b*", "*c*", is_markdown=True), Side("x", "*d*"))))
    assert "*a*" in shown
    assert "<em>b</em>" in shown
    assert "*c*" in shown
    assert "*d*" in shown


EXPORTED = "one\n\n![pixel](https://tracker.example/a.png)\n \t\n# two\r\n\r\n- three\n"
VIEWS = {
    "text": Said(EXPORTED, form="text"),
    "code": Said(EXPORTED, form="code"),
    "a fenced block": Said(
        f"```\n{EXPORTED}```\n\nand\n\n    {EXPORTED.replace(chr(10), chr(10) + '    ')}\n\n- a\n\n  b"
    ),
    "a long text": Said(EXPORTED * 2000),
    "a card": Card(EXPORTED, (("a", Cell(EXPORTED, "code")),), (EXPORTED,)),
    "side by side": SideBySide((Side("a", EXPORTED), Side("b", f"```\n{EXPORTED}```", is_markdown=True))),
}


@pytest.mark.parametrize("view", VIEWS.values(), ids=VIEWS)
def test_a_notebook_exported_as_markdown_keeps_it_html(view: Said | Card | SideBySide) -> None:
    """HTML in Markdown ends at a blank line: what comes behind would be Markdown again, which loads an image."""
    from markdown_it import MarkdownIt

    html = as_html(view)
    exported = MarkdownIt("commonmark").parse(f"before\n\n{html}\n\nbehind")
    assert [each.type for each in exported if each.level == 0 and each.nesting >= 0] == [
        "paragraph_open",
        "html_block",
        "paragraph_open",
    ]
    assert "one\n\n![pixel]" in unescape(html)


def test_a_blank_line_is_shown() -> None:
    """It is spelled as a character reference, which a browser shows as a line break."""
    assert "a&#10;\nb" in as_html(Said("a\n\nb", form="code"))


def test_each_block_runs_in_the_direction_of_its_own_letters() -> None:
    """An Arabic or Hebrew answer begins at the right, an English paragraph of it at the left, and code always at the left."""
    html = as_prose("سماء **زرقاء**.\n\nIn English.\n\n- א\n\n> ב\n\n| ג |\n|---|\n| d |\n\n```\nx = 1\n```")
    assert [tag for tag in re.findall(r"<(\w+)[^>]* dir=\"auto\"", html) if tag != "p"] == [
        "ul",
        "blockquote",
        "th",
        "td",
    ]
    assert html.count('<p dir="auto"') == html.count("<p ") == 3
    assert '<pre dir="ltr"' in html
    assert re.search(r"text-align:left|(padding|border)-(left|right)", html) is None
