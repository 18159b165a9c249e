"""Redirects to another origin are not followed: neither a key nor a prompt goes to a host that the connection does not name.

The HTTP clients under the SDKs leave only ``Authorization`` behind. Keys in a header of their own, the organization and the
prompt go along.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urljoin, urlsplit

from aiconn_nb.errors import FailureKind

from .base import Failure

REFUSED = "aiconn-refused-redirect"
"""The header of a response under which the origin is remembered that was not followed."""
_PORTS = {"http": 80, "https": 443}


def stay(response: Any) -> None:
    """A hook for the responses of an httpx or httpx2 client: a redirect to another origin is an answer like any other.

    Without its ``Location`` it is not followed, and the SDK raises it as an error of its status.
    """
    location = response.headers.get("location")
    if location is None or not 300 <= response.status_code < 400:
        return
    asked = str(response.request.url)
    there = _origin(urljoin(asked, location))
    if there != _origin(asked):
        del response.headers["location"]
        response.headers[REFUSED] = there or "another host"


async def stay_async(response: Any) -> None:
    """The same for an asynchronous client."""
    stay(response)


def refused_redirect(error: BaseException) -> Failure | None:
    """What an SDK's error means where it is a redirect that was not followed; None for all others."""
    headers = getattr(getattr(error, "response", None), "headers", None)
    there = headers.get(REFUSED) if headers is not None and hasattr(headers, "get") else None
    if not there:
        return None
    return Failure(
        FailureKind.UNREACHABLE,
        f"the endpoint redirects to {there}, which was not followed",
        advice="If the key belongs there, make that the endpoint; else check the endpoint and the proxy.",
    )


def _origin(url: str) -> str:
    """Scheme, host and port of a URL, or '' where it has none of its own."""
    try:
        parts = urlsplit(url)
        port = parts.port or _PORTS.get(parts.scheme)
    except ValueError:
        return ""
    return f"{parts.scheme}://{(parts.hostname or '').lower()}:{port}"
