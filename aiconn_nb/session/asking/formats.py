"""What is to be taken out of an answer: JSON, or code."""

from __future__ import annotations

import json
import re
from typing import Any, Final

from aiconn_nb.model.errors import AiconnError

_FENCE: Final = re.compile(r"^[ ]{0,3}(`{3,}|~{3,})[^\n`]*\n(.*?)(?:^[ ]{0,3}\1[`~]*[ \t]*$|\Z)", re.S | re.M)


def code_in(text: str) -> str:
    """The code of an answer: its fenced blocks one below the other, or the whole where none is fenced."""
    blocks = [found[2].rstrip("\n") for found in _FENCE.finditer(text)]
    return "\n\n".join(blocks) if blocks else text.strip()


def json_in(text: str) -> Any:
    """The JSON of an answer, which may stand in a fence. Raises `AiconnError`, saying where it is none."""
    where = ""
    try:
        return json.loads(code_in(text))
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
    except (ValueError, RecursionError):
        where = "it cannot be read"
    raise AiconnError(
        f"The answer is no JSON ({where}).", "Ask for JSON and nothing else; --format text shows what came."
    )
