"""Base URLs: what users often paste instead, and what they probably meant. Pure functions, without network access."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple
from urllib.parse import parse_qsl, urlsplit

from aiconn_nb.model.pattern import late

MOST = 5
"""The maximum number of other addresses to try."""

_OPERATION = late(
    # The part of a request's URL after the base URL. "/models" alone is the base URL of Azure AI inference, so it needs a version.
    r"(?:/chat/completions|/completions|/embeddings|/responses|(?<=/v1)/models|(?<=/v1beta)/models(?:/[^/]*)?)/*$"
)
_VERSIONED = late(r"/v[0-9]+[a-z0-9]*(?:/openai)?$")
_TWICE = late(r"/v1(?:/v1)+$")
THIS_MACHINE: Final = ("localhost", "127.0.0.1", "::1")
"""Hosts that are this machine, regardless of the name server."""


class Correction(NamedTuple):
    """A setting that is certainly wrong, and its replacement on save."""

    field: str
    value: str
    note: str
    """What was changed, as a sentence without the value of any reference."""


def origin_of(url: str) -> str:
    """``https://host:port`` of a URL."""
    parts = urlsplit(url.strip())
    return f"{parts.scheme}://{parts.netloc}"


def path_of(url: str) -> str:
    """The path of a URL without trailing slashes; '' if there is none."""
    return urlsplit(url.strip()).path.rstrip("/")


def at(url: str, path: str) -> str:
    """The same origin and query with another path, without a fragment."""
    return urlsplit(url.strip())._replace(path=path, fragment="").geturl()


def without_query(url: str) -> tuple[str, list[tuple[str, str]]]:
    """A URL without its query and fragment, and the query: the SDKs append their path to whatever they get.

    >>> without_query("https://gateway.example/v1?tag=a&tag=b")
    ('https://gateway.example/v1', [('tag', 'a'), ('tag', 'b')])
    """
    parts = urlsplit(url.strip())
    return parts._replace(query="", fragment="").geturl(), parse_qsl(parts.query, keep_blank_values=True)


def openai_base(url: str) -> str:
    """The base URL that the user meant by the URL of an operation, a doubled version or the bare host."""
    url = url.strip()
    path = path_of(url)
    cut = _TWICE.sub("/v1", _OPERATION.sub("", path))
    if not cut:
        cut = _documented_path((urlsplit(url).hostname or "").lower())
    return url if cut == path else at(url, cut)


def _documented_path(host: str) -> str:
    """The path of OpenAI's protocol on a host whose documentation has only one; else ''."""
    from ..presets import PATHS  # a late import: the presets import this module

    return PATHS.get(host, "")


def other_openai_bases(url: str) -> Sequence[str]:
    """Base URLs at the same origin that often serve OpenAI's protocol, most likely first."""
    path = path_of(url)
    paths = [] if _VERSIONED.search(path) else [f"{path}/v1"]
    paths += ["/v1", "/api/v1", "/openai/v1", "/api", path.removesuffix("/v1")]
    return [at(url, each) for each in dict.fromkeys(paths) if each != path][:MOST]


def corrected(field: str, written: str, meant: str) -> list[Correction]:
    """The correction of a URL, or none if it is right."""
    if written.strip() == meant:
        return []
    return [Correction(field, meant, f"{field}: saved as {meant}, the base URL of what was given.")]
