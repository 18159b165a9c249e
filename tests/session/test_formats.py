"""Code and JSON are extracted from answers as models really write them."""

from __future__ import annotations

import pytest

from aiconn_nb.errors import NotJson
from aiconn_nb.features.asking.formats import code_in, json_in

F = "```"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (f"{F}python\r\nx = 1\r\ny = 2\r\n{F}\r\n", "x = 1\ny = 2"),
        (f"1. First:\n   {F}python\n   if x:\n       y = 1\n   {F}\n", "if x:\n    y = 1"),
        (f"- First:\n\n    {F}python\n    x = 1\n\n    y = 2\n    {F}\n", "x = 1\n\ny = 2"),
        (f"  {F}\n x = 1\n  {F}", "x = 1"),
        (f"{F}\n'''\n    {F}\n    x\n    {F}\n'''\n{F}", f"'''\n    {F}\n    x\n    {F}\n'''"),
        (f"{F}\na = '''\n    {F}py\n    '''\n{F}", f"a = '''\n    {F}py\n    '''"),
    ],
)
def test_code_stands_at_the_margin(text: str, code: str) -> None:
    """This includes code in a list, whose indentation does not belong to it, and Windows line ends."""
    assert code_in(text) == code


def test_json_is_looked_for_where_it_is_said_to_be() -> None:
    """The text has other code beside it."""
    text = f'Save this:\n{F}json\n{{"a": 1}}\n{F}\nand then:\n{F}bash\ncat a.json\n{F}'
    assert json_in(text) == {"a": 1}


@pytest.mark.parametrize("text", ["NaN", '{"a": Infinity}', "[-Infinity]", "1e999"])
def test_what_only_python_reads_is_no_json(text: str) -> None:
    """Such a value could not be written as JSON again."""
    with pytest.raises(NotJson):
        json_in(text)


@pytest.mark.parametrize("line", [f"{F}{'a' * 200_000}", f"{F}{' ' * 200_000}", f"{F}{'a b' * 70_000}"])
def test_a_long_line_after_a_fence_takes_no_minutes(line: str) -> None:
    """It opens no block, because it ends in another fence: a model wrote its JSON on one line."""
    assert code_in(line + F) == line + F
