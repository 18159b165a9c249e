"""Base URLs: what people paste in their place, and what they probably meant. Pure functions; nothing is asked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit, urlunsplit

MOST = 5
"""Other addresses that are tried at most."""

_OPERATION = re.compile(
    # What follows a base URL in a request. "/models" alone is the base URL of Azure AI inference, so it needs a version.
    r"(?:/chat/completions|/completions|/embeddings|/responses|(?<=/v1)/models|(?<=/v1beta)/models(?:/[^/]*)?)/*$"
)
_VERSIONED = re.compile(r"/v[0-9]+[a-z0-9]*(?:/openai)?$")
_TWICE = re.compile(r"/v1(?:/v1)+$")
THIS_MACHINE: Final = ("localhost", "127.0.0.1", "::1")
"""Hosts that are this machine, whatever a name server says."""


@dataclass(frozen=True, slots=True)
class Correction:
    """A setting that is certainly not what was meant, and what is saved in its place."""

    field: str
    value: str
    note: str
    """What was changed, as a sentence without the value of any reference."""


def origin_of(url: str) -> str:
    """``https://host:port`` of a URL."""
    parts = urlsplit(url.strip())
    return f"{parts.scheme}://{parts.netloc}"


def path_of(url: str) -> str:
    """The path of a URL without slashes at its end; '' where there is none."""
    return urlsplit(url.strip()).path.rstrip("/")


def at(url: str, path: str) -> str:
    """The same origin with another path, without query and fragment."""
    parts = urlsplit(url.strip())
    return urlunsplit((parts.scheme, parts.netloc, path, "", ""))


def openai_base(url: str) -> str:
    """The base URL that is meant where the URL of an operation, a doubled version or the bare host was pasted."""
    url = url.strip()
    path = path_of(url)
    cut = _TWICE.sub("/v1", _OPERATION.sub("", path))
    if not cut:
        cut = _documented_path((urlsplit(url).hostname or "").lower())
    return url if cut == path else at(url, cut)


def _documented_path(host: str) -> str:
    """The path at which a host serves OpenAI's protocol, where its documentation has one path only; else ''."""
    from .presets import PATHS  # which are built on what is here

    return PATHS.get(host, "")


def other_openai_bases(url: str) -> Sequence[str]:
    """Base URLs at the same origin where OpenAI's protocol is often served, likeliest first."""
    path = path_of(url)
    paths = [] if _VERSIONED.search(path) else [f"{path}/v1"]
    paths += ["/v1", "/api/v1", "/openai/v1", "/api", path.removesuffix("/v1")]
    return [at(url, each) for each in dict.fromkeys(paths) if each != path][:MOST]


def corrected(field: str, written: str, meant: str) -> list[Correction]:
    """The correction of a URL, or none where it is what was meant already."""
    if written.strip() == meant:
        return []
    return [Correction(field, meant, f"{field}: saved as {meant}, the base URL of what was given.")]
