"""Redirects to another origin are not followed: neither a key nor a prompt goes to a host that the connection does not name.

The HTTP clients of the SDKs drop only ``Authorization`` on such a redirect. They still send keys in other headers, the
organization and the prompt.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urljoin

from aiconn_nb.errors import FailureKind
from aiconn_nb.model.origin import origin_of

from ..base import Failure
from ..failures.this_machine import chain_of

_CHECK = "Check the endpoint and the proxy. A login page may be in the way."
REFUSED = "aiconn-refused-redirect"
"""The response header that records the refused origin."""


def stay(response: Any) -> None:
    """A response hook for httpx or httpx2: it turns a redirect to another origin into an ordinary response.

    Without a ``Location`` the client does not follow it, and the SDK raises an error for its status.
    """
    location = response.headers.get("location")
    if location is None or not 300 <= response.status_code < 400:
        return
    asked = str(response.request.url)
    there = origin_of(urljoin(asked, location))
    if there is None or there != origin_of(asked):
        del response.headers["location"]
        response.headers[REFUSED] = str(there or "another host")


async def stay_async(response: Any) -> None:
    """Do the same for an asynchronous client."""
    stay(response)


def refused_redirect(error: BaseException) -> Failure | None:
    """The meaning of an SDK's error that is a refused redirect; None for all others."""
    if any(type(each).__name__ == "TooManyRedirects" for each in chain_of(error)):
        return Failure(FailureKind.UNREACHABLE, "the endpoint redirects without end", advice=_CHECK)
    response = getattr(error, "response", None)
    if isinstance(response, dict):  # botocore, which follows none
        about = response.get("ResponseMetadata", {})
        location = about.get("HTTPHeaders", {}).get("location")
        there = (
            origin_of(location) or "another path" if location and 300 <= about.get("HTTPStatusCode", 0) < 400 else None
        )
    else:
        headers = getattr(response, "headers", None)
        there = headers.get(REFUSED) if headers is not None and hasattr(headers, "get") else None
    if not there:
        return None
    return Failure(
        FailureKind.UNREACHABLE,
        f"the endpoint redirects to {there}, which was not followed",
        advice="If the key belongs there, make that the endpoint; else check the endpoint and the proxy.",
    )
