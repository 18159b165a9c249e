"""Parse JSON without an exception that keeps the text."""

from __future__ import annotations

import json
from typing import Any, Final

NOT_JSON: Final = object()
"""The result for a text that is not JSON."""


def parsed(text: str | bytes) -> Any:
    """The value of a JSON text, or `NOT_JSON`.

    ``json`` raises an exception with the whole text, which may repeat a key. It would be the context of the next exception, and
    once `distributed` is imported, an exception is pickled with its context.
    """
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return NOT_JSON


def parsed_or_text(text: str | bytes) -> Any:
    """The value of a JSON text; any other text as it is."""
    value = parsed(text)
    if value is not NOT_JSON:
        return value
    return text.decode("utf-8", "replace") if isinstance(text, bytes) else text
