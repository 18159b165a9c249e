"""Extracts JSON or code from a reply."""

from __future__ import annotations

import json
import re
from math import isfinite
from typing import Any, Final, NoReturn

from aiconn_nb.errors import NotJson

_FENCE: Final = re.compile(
    r"^([ \t]*+)(`{3,}|~{3,})[ \t]*+([^\s`]*+)[^\n`]*+\n(.*?)(?:^(?:\1)?[ ]{0,3}\2[`~]*[ \t]*$|\Z)", re.S | re.M
)
"""Indentation, fence, language, content. A fence in a list is indented like the list. With backtracking, a long line that opens
no block would take minutes."""


def code_in(text: str) -> str:
    """Return the code of a reply: its fenced blocks joined by newlines, or the whole text without fences."""
    blocks = _blocks(text)
    return "\n\n".join(code for _, code in blocks) if blocks else text.strip()


def _blocks(text: str) -> list[tuple[str, str]]:
    """Return the language and code of each fenced block, without the indentation of the fence."""
    found = _FENCE.finditer(text.replace("\r\n", "\n"))
    return [(each[3].lower(), _moved(each[4].rstrip("\n"), len(each[1]))) for each in found]


def _moved(code: str, left: int) -> str:
    """Return code with up to ``left`` columns of indentation removed."""
    return "\n".join(line[min(left, len(line) - len(line.lstrip())) :] for line in code.split("\n"))


def json_in(text: str) -> Any:
    """Return the JSON of a reply, fenced or not. Raises `AiconnError` with the position of a syntax error."""
    if not text.lstrip().startswith(("{", "[")):
        # Some chat templates begin the thinking themselves; the reply then has only its end.
        text = text.rpartition("</think>")[2]
    said = [code for language, code in _blocks(text) if language == "json"]
    where = ""
    try:
        return json.loads(said[0] if len(said) == 1 else code_in(text), parse_constant=_refused, parse_float=_finite)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
    except (ValueError, RecursionError):
        where = "it cannot be read"
    raise NotJson(where=where)


def _refused(constant: str) -> NoReturn:
    raise ValueError(constant)  # NaN and the like: Python reads them, JSON does not allow them


def _finite(number: str) -> float:
    """Return the number. Raises `ValueError` for one that Python reads as infinite."""
    value = float(number)
    return value if isfinite(value) else _refused(number)
