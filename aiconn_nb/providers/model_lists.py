"""Lists of models as servers give them: in an envelope, bare, or with an entry that is none."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

NO_LIST = "the answer is no list of models"
_PAGE_LENGTH = 2000
"""Characters of a web page that are looked at for its title."""


class NoModelList(Exception):
    """An answer that is no list of models. Its message is the server's own, where the answer has one."""

    page: str = ""
    """The beginning of the web page that came instead, where one did."""


def listed_in(content: bytes | str) -> list[Mapping[str, Any]]:
    """The entries of a list of models, each with an ``id``.

    OpenAI puts them under ``data``, Together and GitHub answer a bare array, Ollama and llama.cpp say ``models``, Databricks
    ``endpoints``. An entry
    without an id is left out: it cannot be called. Raises `NoModelList`.
    """
    try:
        body = json.loads(content)
    except ValueError:
        failed = NoModelList(NO_LIST)
        failed.page = page_in(content)
        raise failed from None
    entries = _entries(body)
    if entries is None:
        raise NoModelList(_told(body) or NO_LIST)
    found = [each for each in map(_entry, entries) if each is not None]
    if entries and not found:
        raise NoModelList(NO_LIST)
    return found


def page_in(content: bytes | str) -> str:
    """The beginning of a body that is a web page; '' of any other."""
    begun = content[:_PAGE_LENGTH]
    text = begun.decode("utf-8", "replace") if isinstance(begun, bytes) else begun
    return (
        text if text.lstrip("\ufeff \t\r\n").lower().startswith(("<!doctype html", "<html", "<head", "<body")) else ""
    )


def _entries(body: object) -> list[Any] | None:
    if isinstance(body, list):
        return body or None  # an empty one may be the answer of anything
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


def _told(body: object) -> str:
    """What a server says in place of a list, with status 200 all the same."""
    error = body.get("error") if isinstance(body, dict) else None
    words = error.get("message") if isinstance(error, dict) else error
    return words if isinstance(words, str) else ""
