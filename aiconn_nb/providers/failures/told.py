"""Parse the body of an error response, in the formats of many servers."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from .json_text import parsed_or_text

_WORDS = (
    *("error", "message", "detail", "msg", "errors", "error_description", "error_message", "errorMessage", "Message"),
    *("error_msg", "base_resp", "status_msg", "description", "title", "reason"),
)
"""Where the message may be, most likely first."""
_CODES = ("code", "type", "status", "reason", "error_code", "error_type", "errorCode", "status_code", "__type")
_DEEPEST = 6
_MOST = 5
"""The maximum number of problems of a list to report; there may be one per text."""
_PARTS = 50
"""The maximum number of mappings in which codes are looked for, outermost first."""
_REPEATED = frozenset({"input"})
"""Where a server in Python repeats what it refuses: the user's own words say nothing about the account."""
_REPEATED_IN_WORDS = re.compile(r"""['"]input['"]: """)
_LONGEST = 10_000
"""The maximum number of characters of a page, and of a message. The relevant part of an error is at its beginning."""
_PAGE = re.compile(r"[\s\ufeff]*<(!doctype|html|head|body)\b", re.I)
A_PAGE = "a web page"
"""The beginning of the message that stands for a page."""
_TITLE = re.compile(r"<(title|h1)[^>]*>(.*?)</\1", re.I | re.S)
_TAG = re.compile(r"<[^>]*>")


@dataclass(frozen=True, slots=True)
class Told:
    """The content of an error response."""

    words: str = ""
    codes: tuple[str, ...] = ()
    """Codes, types and states, in lower case."""
    params: frozenset[str] = frozenset()
    """The parts of the parameter's path, such as ``stream_options`` and ``include_usage``; empty if it is not named."""
    retry_after: float | None = None
    """Seconds to wait, if the body has them."""

    @property
    def status(self) -> int | None:
        """The HTTP status within the body, as gateways send it in a response with status 200."""
        return next((int(code) for code in self.codes if re.fullmatch(r"[45]\d\d", code)), None)

    @property
    def text(self) -> str:
        """Message and codes as one text in lower case, for classification by words, up to where the message repeats the request."""
        own = _REPEATED_IN_WORDS.split(self.words[:_LONGEST], maxsplit=1)[0]
        return " ".join((own, *self.codes)).lower()

    def has(self, *parts: str) -> bool:
        """Whether a code contains one of these."""
        return any(part in code for code in self.codes for part in parts)


def told(body: object) -> Told:
    """Parse a body: a mapping, a list, JSON or plain text, a web page, or None."""
    if isinstance(body, bytes):
        body = body.decode("utf-8", "replace")
    if isinstance(body, str):
        body = parsed_or_text(body)
    if isinstance(body, str):
        return Told(_plain(body))
    parts = list(islice(_walked(body), _PARTS))
    return Told(
        _sentence(body),
        tuple(dict.fromkeys(code for part in parts for code in _codes(part))),
        frozenset(name for part in parts for name in _params(part)),
        next((seconds for part in parts for seconds in _seconds(part)), None),
    )


def said_with(error: Any) -> Told:
    """Parse the content of an SDK's error. Its ``body`` may be a part of the response's body, which is read if the part is mute."""
    said = told(error.body)
    response = getattr(error, "response", None)
    if response is None or (said.words and said.codes):
        return said
    try:
        whole = told(response.text)
    except Exception:  # the response was not read, or cannot be read
        return said
    return Told(said.words or whole.words, whole.codes or said.codes, whole.params | said.params, whole.retry_after)


def says_an_error(body: object) -> bool:
    """Whether JSON in place of an answer is an error: ``{"error": ...}`` in one of its forms."""
    if isinstance(body, list):
        return bool(body) and says_an_error(body[0])
    if not isinstance(body, Mapping):
        return False
    if body.get("error") or body.get("errors") or "error" in (body.get("object"), body.get("type")):
        return True
    minimax = body.get("base_resp")  # in its answers, too, with the code 0
    if isinstance(minimax, Mapping) and minimax.get("status_code"):
        return True
    return any(isinstance(body.get(key), str | list) and body[key] for key in ("message", "detail", "msg", "error_msg"))


def is_page(text: str) -> bool:
    """Whether a text is a web page."""
    return _PAGE.match(text) is not None


def title_of(page: str) -> str:
    """The title of a web page, or its first heading; '' if it has neither."""
    found = _TITLE.search(page[:_LONGEST])
    return " ".join(html.unescape(_TAG.sub(" ", found[2])).split()) if found else ""


def _plain(text: str) -> str:
    """Plain text unchanged; for a web page its title."""
    if not is_page(text):
        return text.strip()
    title = title_of(text)
    return f"{A_PAGE}: {title}" if title else A_PAGE


def _sentence(body: object, depth: int = 0) -> str:
    """The message in a value: its own, or those of its parts."""
    if isinstance(body, str):
        inner = parsed_or_text(body) if body.lstrip().startswith(("{", "[")) else body
        return _plain(body) if isinstance(inner, str) or depth > _DEEPEST else _sentence(inner, depth + 1) or body
    if depth > _DEEPEST:
        return ""
    if isinstance(body, list):
        return "; ".join(filter(None, (_sentence(each, depth + 1) for each in body[:_MOST])))
    if not isinstance(body, Mapping):
        return ""
    for key in _WORDS:
        if words := _sentence(body.get(key), depth + 1):
            where = ".".join(str(part) for part in body["loc"]) if isinstance(body.get("loc"), list) else ""
            return f"{where}: {words}" if where else words + _upstream(body, words, depth)
    return ""


def _upstream(body: Mapping[str, Any], words: str, depth: int) -> str:
    """The message of the provider behind a router: OpenRouter's own is only "Provider returned error"."""
    metadata = body.get("metadata")
    said = _sentence(metadata.get("raw"), depth + 1) if isinstance(metadata, Mapping) else ""
    return f": {said}" if said and said not in words else ""


def _walked(body: object, depth: int = 0) -> Iterator[Mapping[str, Any]]:
    """Yield each mapping in a body, outermost first."""
    if isinstance(body, str) and body.lstrip().startswith(("{", "[")):
        body = parsed_or_text(body)
    if depth > _DEEPEST:
        return
    if isinstance(body, Mapping):
        yield body
        for key, value in body.items():
            if key not in _REPEATED and isinstance(value, Mapping | list | str):
                yield from _walked(value, depth + 1)
    elif isinstance(body, list):
        for value in islice(body, _MOST):
            yield from _walked(value, depth + 1)


def _codes(part: Mapping[str, Any]) -> Iterator[str]:
    for key in _CODES:
        value = part.get(key)
        if isinstance(value, str | int) and not isinstance(value, bool) and len(str(value)) <= 100:
            yield str(value).lower()


def _params(part: Mapping[str, Any]) -> Iterator[str]:
    for key in ("param", "loc", "field", "parameter"):
        value = part.get(key)
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, str) and each != "None":  # LiteLLM, for no parameter
                yield from filter(None, re.split(r"[.\[\]/#'\"\s]+", each[:_LONGEST]))


def _seconds(part: Mapping[str, Any]) -> Iterator[float]:
    """The time to wait: Google's ``"retryDelay": "34.07s"`` (google.rpc.RetryInfo), or a number of seconds."""
    for key in ("retryDelay", "retry_after", "retry_after_seconds", "estimated_time"):
        found = re.fullmatch(r"(\d{1,9}(?:\.\d{1,20})?)s?", str(part.get(key)))
        if found:
            yield float(found[1])
