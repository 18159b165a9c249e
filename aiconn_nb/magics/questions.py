"""A line that ends in a question mark: to IPython it asks for help on its last word, to a reader it asks the model."""

from __future__ import annotations

import re
from typing import Final

_LINE: Final = re.compile(
    r"^([ \t]*(?:[A-Za-z_]\w*[ \t]*=[ \t]*)?)%aiconn[ \t]+((?:ask|compare|embed)[ \t].*\?)[ \t]*$"
)


def keep_questions(lines: list[str]) -> list[str]:
    """Hand such a line of ``%aiconn ask`` to the magic as it stands, before IPython sees the question mark."""
    if lines and lines[0].startswith("%%"):
        return lines
    return [_as_call(line) for line in lines]


def _as_call(line: str) -> str:
    found = _LINE.match(line)
    return f"{found[1]}get_ipython().run_line_magic('aiconn', {found[2]!r})\n" if found else line
