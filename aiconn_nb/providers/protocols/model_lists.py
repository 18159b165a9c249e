"""Model lists as servers return them: in an envelope, as a bare array, or with invalid entries."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..failures.classifying import SaidError, Unreadable
from ..failures.json_text import NOT_JSON, parsed
from ..failures.told import is_page, says_an_error

NO_LIST = "the answer is not a list of models"
_PAGE_LENGTH = 2000
"""The number of characters of a web page that are searched for its title."""


def listed_in(content: bytes | str) -> list[Mapping[str, Any]]:
    """The entries of a model list, each with an ``id``.

    OpenAI puts them under ``data``, Together and GitHub return a bare array, Ollama and llama.cpp use ``models``, Databricks
    ``endpoints``. An entry without an id is left out, because it cannot be called. Raises `Unreadable`, and
    `SaidError` for an error in place of a list.
    """
    body = parsed(content)
    if body is NOT_JSON:
        raise Unreadable(NO_LIST, _page_in(content))
    entries = _entries(body)
    if entries is None:
        raise SaidError(body) if says_an_error(body) else Unreadable(NO_LIST)
    found = [each for each in map(_entry, entries) if each is not None]
    if entries and not found:
        raise Unreadable(NO_LIST)
    return found


def next_page(content: bytes | str) -> dict[str, str]:
    """The query for the next page of a list; empty if there is none. Cohere returns twenty models at a time."""
    body = parsed(content)
    if not isinstance(body, Mapping):
        return {}
    token, last = body.get("next_page_token"), body.get("last_id")
    if isinstance(token, str) and token:
        return {"page_token": token}
    if body.get("has_more") is True and isinstance(last, str) and last:
        return {"after" if body.get("object") == "list" else "after_id": last}  # OpenAI's name, and Anthropic's
    return {}


def _page_in(content: bytes | str) -> str | None:
    """The beginning of a body that is a web page; None for any other."""
    begun = content[:_PAGE_LENGTH]
    text = begun.decode("utf-8", "replace") if isinstance(begun, bytes) else begun
    return text if is_page(text) else None


def _entries(body: object) -> list[Any] | None:
    if isinstance(body, list):
        return body or None  # any server may send an empty one
    if not isinstance(body, dict):
        return None
    for key in ("data", "models", "endpoints"):
        if isinstance(body.get(key), list):
            return list(body[key])
    return [] if "data" in body and body["data"] is None else None


def _entry(listed: object) -> Mapping[str, Any] | None:
    if not isinstance(listed, dict):
        return None
    id = next(
        (listed[key] for key in ("id", "name", "model") if isinstance(listed.get(key), str) and listed[key]), None
    )
    return None if id is None else {**listed, "id": id}
