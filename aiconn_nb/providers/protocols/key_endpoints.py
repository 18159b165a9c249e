"""Endpoints that identify a key: they prove a key even if the model list is public."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit

from aiconn_nb.errors import FailureKind


class KeyEndpoint(NamedTuple):
    """A GET that only a valid key can do, and the content of its response."""

    path: str
    """The path: below the base URL without a leading slash, else from the origin."""
    members: frozenset[str]
    """One of these is in the response, or in its ``data``. A server that answers every request alike has none of them."""
    hosts: Mapping[str, str] | None = None
    """API host -> the same provider's host that has the endpoint, if it is another one."""


OPENROUTER: Final = KeyEndpoint("key", frozenset({"label", "limit", "usage", "is_free_tier"}))
"""https://openrouter.ai/docs/api-reference/limits"""
HUGGING_FACE: Final = KeyEndpoint(
    "/api/whoami-v2", frozenset({"auth", "fullname", "orgs"}), {"router.huggingface.co": "https://huggingface.co"}
)
"""https://huggingface.co/docs/hub/api"""
KEY_ENDPOINTS: Final = (OPENROUTER, HUGGING_FACE)
"""The endpoints to try on a server with a compatible protocol: it may be one of these under another name."""


def key_is_known(client: Any, version: str = "") -> bool:
    """Whether a key endpoint knows the key of an SDK's client (openai, anthropic).

    ``version`` is the part that the SDK appends to its base URL. False if the server has no such endpoint. Raises the SDK's
    error if the key is refused.
    """
    return any(knows(client, each, version) for each in KEY_ENDPOINTS)


def knows(client: Any, endpoint: KeyEndpoint, version: str = "") -> bool:
    """Do the same for one key endpoint."""
    base = str(client.base_url).rstrip("/") + version
    url = f"{base}/{endpoint.path}"
    if endpoint.path.startswith("/"):
        parts = urlsplit(base)
        url = (endpoint.hosts or {}).get(parts.hostname or "", f"{parts.scheme}://{parts.netloc}") + endpoint.path
    try:
        answer = client.get(url, cast_to=object)
    except Exception as error:
        from ..failures.classifying import kind_of_status

        # Only a refused key counts; any other error means that there is no such endpoint here.
        status = getattr(error, "status_code", None)
        if isinstance(status, int) and kind_of_status(status) is FailureKind.AUTHENTICATION:
            raise
        return False
    data = answer.get("data", answer) if isinstance(answer, dict) else None
    return isinstance(data, dict) and not endpoint.members.isdisjoint(data)
