"""Markdown of a model: what a notebook may render of it."""

from __future__ import annotations

import re

import mistune
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from nbconvert.filters import markdown2html

from aiconn_nb.session.asking.harmless import harmless
from aiconn_nb.session.asking.reply import Reply


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("![x](https://evil.example/?q=1)", "[x](https://evil.example/?q=1)"),
        ("!![x](u)", "[x](u)"),
        ("<img src=x onerror=alert(1)>", "&lt;img src=x onerror=alert(1)>"),
        ("a < b and **bold**", "a < b and **bold**"),
        ("```html\n<img src=x>\n```\n<b>", "```html\n<img src=x>\n```\n&lt;b>"),
        ("$a<b$", "$a< b$"),  # TeX would read &lt; letter by letter
        ("```mermaid\nA --> B\n```", "```mermaid\nA --> B\n```"),
        ('```mermaid\nA@{ img: "https://evil.example" }\n```', '```text\nA@{ img: "https://evil.example" }\n```'),
    ],
)
def test_an_image_is_a_link_and_html_is_text(text: str, shown: str) -> None:
    """An image would be fetched when it is shown, from wherever the model was talked into."""
    assert harmless(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "Use `vector<int>` or ``<b>``, and `#![no_std]`.",
        "```html\n<img src=x>\n\n![i](u)\n```",
        "~~~\n<b>\n~~~",
        "1. First:\n   ```html\n   <div>\n   ```\n2. Then `<b>`:\n\n   ```cpp\n   #include <stdio.h>\n\n   int x;\n   ```",
        "- **Step**\n    ```python\n    a<b\n    ```\n  - nested\n    ```js\n    <A/>\n    ```",
        "It costs $5.\n\n```php\n<?php echo $x; ?>\n```\nand $6.",
        "| a | b |\n|---|---|\n| `<b>` | `x<y` |",
    ],
)
def test_code_stays_as_it_is(text: str) -> None:
    """It is read, and copied."""
    assert harmless(text) == text


def test_a_block_that_is_still_open_is_closed() -> None:
    """The answer broke off in it, and the footer would be code."""
    text = "As it comes:\n1. a\n   ```html\n   <im"
    assert harmless(text) == f"{text}\n   ```"
    shown = Reply("```python\nx = 1\n", "m", "c", partial=True).bundle()["text/markdown"]
    assert shown.startswith("```python\nx = 1\n```\n\n<small")


@pytest.mark.parametrize(
    "text",
    [
        "`\n\n{}\n\n`",  # a span ends with its paragraph
        "\\`{}\\`",
        "a `\n- b ` c ` {}",
        "| ` | {} | ` |",
        "[a](u`) {} `",
        "http://a.example/`{}`",
        "``` `x\n{}",
        "```\n```\t\n{}",
        " ```\na\n```\n{}\n```\n```",
        "1. a\n   ```\n   b\n{}",
        "> ```\nx\n\n{}\n\n> ```",
        "- ```\n\n{}\n- ```",
        "para\n    ~~~\n    {}\n    ~~~",
        "a | b\n---|---\n``` | c\n{}\n```",
        "[\n```\n]: u\n{}\n```",
        "\\begin{{a}}\n```\n\\end{{a}}\n{}\n```",
        "```\n```\r\n{}\r\n```",
        "$ `\n1. $ ` {} `",
    ],
)
@pytest.mark.parametrize("markup", ["![x](u)", "<img src=x>"])
def test_what_is_code_only_to_some_is_none(text: str, markup: str) -> None:
    """A fence or a span that another renderer does not see would be a way round."""
    assert markup not in harmless(text.format(markup))


PIECES = (
    *(
        "`",
        "``",
        "```",
        "````",
        "~~~",
        "\n",
        "\n\n",
        " ",
        "   ",
        "    ",
        "\t",
        "- ",
        "1. ",
        "2. ",
        "> ",
        ": ",
        "a",
        "*",
    ),
    *(
        "|",
        "| a | b |\n|---|---|\n",
        "![x](u)",
        "<img src=x>",
        "!",
        "[",
        "]",
        "](",
        "[x]: u",
        "\\",
        "$",
        "$$",
        "http://x/",
    ),
    *("```\n", "\n```\n", "   ```\n", "    ```\n", "~~~\n", "`<img src=x>`", "\\begin{a}", "\\end{a}", "\r", "- a\n"),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=20).map("".join))
@example("!a\n:  ```\n```\n   <img src=x>\n")
@example("a\n:  - b\n```text\n\n> <img src=x>\n")
@example("`$    a\n\t\n`<img src=x>`- a\n")
def test_no_renderer_finds_an_image(text: str) -> None:
    """Neither a plain one nor nbconvert's, which takes mathematics out. (A browser's tests ask JupyterLab's.)"""
    shown = harmless(text)
    plain = str(mistune.create_markdown(escape=False, plugins=["table", "strikethrough", "url"])(shown))
    for html in (plain, markdown2html(shown)):
        assert not re.search(r"<img", html), shown


@pytest.mark.parametrize("piece", ["` `` ", "a`", "```\n", "<", "![", "[a](u`", "- a\n", "   ```\n   x\n", "`a`"])
def test_a_long_answer_is_read_once(piece: str) -> None:
    """Nothing in it makes the reading take ever longer."""
    assert len(harmless(piece * 5_000)) >= len(piece) * 2_500
