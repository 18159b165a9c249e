"""Endpoints that say whose key it is: proof of a key where the list of models is public."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from aiconn_nb.errors import FailureKind


@dataclass(frozen=True, slots=True)
class KeyEndpoint:
    """A GET that is answered to a good key alone, and what is in its answer."""

    path: str
    """Below the base URL where it has no slash before it, else from the origin."""
    members: frozenset[str]
    """One of these is in the answer, or in its ``data``; a server that answers every request alike has none."""
    hosts: Mapping[str, str] | None = None
    """API host -> the same provider's host that has the endpoint, where it is another one."""


OPENROUTER: Final = KeyEndpoint("key", frozenset({"label", "limit", "usage", "is_free_tier"}))
"""https://openrouter.ai/docs/api-reference/limits"""
HUGGING_FACE: Final = KeyEndpoint(
    "/api/whoami-v2", frozenset({"auth", "fullname", "orgs"}), {"router.huggingface.co": "https://huggingface.co"}
)
"""https://huggingface.co/docs/hub/api"""
KEY_ENDPOINTS: Final = (OPENROUTER, HUGGING_FACE)
"""Those that are asked of a server that only speaks the protocol: it may be one of these behind another name."""


def key_is_known(client: Any, version: str = "") -> bool:
    """Whether a key endpoint knows the key that an SDK's client (openai, anthropic) was made with.

    ``version`` is what the SDK adds to its base URL. False where the server has none. Raises the SDK's error where the key
    is refused.
    """
    return any(knows(client, each, version) for each in KEY_ENDPOINTS)


def knows(client: Any, endpoint: KeyEndpoint, version: str = "") -> bool:
    """The same for one key endpoint."""
    return _known(client, _url(str(client.base_url).rstrip("/") + version, endpoint), endpoint)


def _url(base: str, endpoint: KeyEndpoint) -> str:
    parts = urlsplit(base)
    if endpoint.path.startswith("/"):
        origin = (endpoint.hosts or {}).get(parts.hostname or "", f"{parts.scheme}://{parts.netloc}")
        return origin + endpoint.path
    return f"{base}/{endpoint.path}"


def _known(client: Any, url: str, endpoint: KeyEndpoint) -> bool:
    try:
        answer = client.get(url, cast_to=object)
    except Exception as error:
        from .failures import kind_of_status

        # Only "your key is wrong" is an answer; anything else says that there is no such endpoint here.
        status = getattr(error, "status_code", None)
        if isinstance(status, int) and kind_of_status(status) is FailureKind.AUTHENTICATION:
            raise
        return False
    data = answer.get("data", answer) if isinstance(answer, dict) else None
    return isinstance(data, dict) and not endpoint.members.isdisjoint(data)
