"""Model lists as servers return them: in an envelope, as a bare array, or with invalid entries."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .json_text import NOT_JSON, parsed

NO_LIST = "the answer is not a list of models"
_PAGE_LENGTH = 2000
"""The number of characters of a web page that are searched for its title."""


class NoModelList(Exception):
    """A response that is not a model list. Its message is the server's own, if the response has one."""

    page: str = ""
    """The beginning of the web page, if one came instead."""


def listed_in(content: bytes | str) -> list[Mapping[str, Any]]:
    """The entries of a model list, each with an ``id``.

    OpenAI puts them under ``data``, Together and GitHub return a bare array, Ollama and llama.cpp use ``models``, Databricks
    ``endpoints``. An entry without an id is left out, because it cannot be called. Raises `NoModelList`.
    """
    body = parsed(content)
    if body is NOT_JSON:
        failed = NoModelList(NO_LIST)
        failed.page = page_in(content)
        raise failed
    entries = _entries(body)
    if entries is None:
        raise NoModelList(_told(body) or NO_LIST)
    found = [each for each in map(_entry, entries) if each is not None]
    if entries and not found:
        raise NoModelList(NO_LIST)
    return found


def page_in(content: bytes | str) -> str:
    """The beginning of a body that is a web page; '' for any other."""
    begun = content[:_PAGE_LENGTH]
    text = begun.decode("utf-8", "replace") if isinstance(begun, bytes) else begun
    return (
        text if text.lstrip("\ufeff \t\r\n").lower().startswith(("<!doctype html", "<html", "<head", "<body")) else ""
    )


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


def _told(body: object) -> str:
    """The message of a server that sent no list, but status 200."""
    error = body.get("error") if isinstance(body, dict) else None
    words = error.get("message") if isinstance(error, dict) else error
    return words if isinstance(words, str) else ""
