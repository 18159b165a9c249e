"""What is to be taken out of an answer: JSON, or code."""

from __future__ import annotations

import json
import re
from typing import Any, Final

from aiconn_nb.errors import NotJson

_FENCE: Final = re.compile(
    r"^([ \t]*)(`{3,}|~{3,})[ \t]*([^\s`]*)[^\n`]*\n(.*?)(?:^(?:\1)?[ ]{0,3}\2[`~]*[ \t]*$|\Z)", re.S | re.M
)
"""Its indentation, its marks, its language, and what is in it. Within a list a fence is indented as far as the list is."""


def code_in(text: str) -> str:
    """The code of an answer: its fenced blocks one below the other, or the whole where none is fenced."""
    blocks = _blocks(text)
    return "\n\n".join(code for _, code in blocks) if blocks else text.strip()


def _blocks(text: str) -> list[tuple[str, str]]:
    """The language and the code of each fenced block, without the indentation that its fence has."""
    found = _FENCE.finditer(text.replace("\r\n", "\n"))
    return [(each[3].lower(), _moved(each[4].rstrip("\n"), len(each[1]))) for each in found]


def _moved(code: str, left: int) -> str:
    """Code moved to the left, no line farther than to the margin."""
    return "\n".join(line[min(left, len(line) - len(line.lstrip())) :] for line in code.split("\n"))


def json_in(text: str) -> Any:
    """The JSON of an answer, which may stand in a fence. Raises `AiconnError`, saying where it is none."""
    said = [code for language, code in _blocks(text) if language == "json"]
    where = ""
    try:
        return json.loads(said[0] if len(said) == 1 else code_in(text), parse_constant=_refused)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
    except (ValueError, RecursionError):
        where = "it cannot be read"
    raise NotJson(where=where)


def _refused(constant: str) -> None:
    raise ValueError(constant)  # NaN and the like, which Python reads and no one else
