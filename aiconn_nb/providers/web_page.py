"""A web page as the response to an API request comes from a proxy, a firewall or a login page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aiconn_nb.errors import FailureKind

from .base import Failure
from .told import is_page, title_of

_BLOCKING = (403, 451)
"""A page with one of these statuses is not the provider's verdict on the key. One with 401, 404 or 5xx may be."""


def blocked(error: BaseException) -> Failure | None:
    """The meaning of an SDK's error if a blocking page was returned; None for any other."""
    status, headers, body = _response(error)
    if status not in _BLOCKING:
        return None
    kind = next((str(value) for name, value in headers.items() if str(name).lower() == "content-type"), "")
    if "html" not in kind.lower() and not is_page(body):
        return None
    title = f" “{named}”" if (named := title_of(body)) else ""
    return Failure(
        FailureKind.UNREACHABLE, f"a web page{title} was answered, not by the API: a proxy or firewall blocks the way"
    )


def _response(error: BaseException) -> tuple[int, Mapping[str, Any], str]:
    """Status, headers and the beginning of the body, from the attributes in which the SDKs keep them."""
    response: Any = getattr(error, "response", None)
    if isinstance(response, dict):  # botocore
        about = response.get("ResponseMetadata", {})
        words = str(response.get("Error", {}).get("Message", ""))
        return int(about.get("HTTPStatusCode") or 0), about.get("HTTPHeaders", {}), words[:2000]
    status = getattr(response, "status_code", None) or getattr(error, "code", None)
    try:
        body = str(response.text)[:2000]
    except Exception:  # a streamed body that is gone
        body = ""
    return (status if isinstance(status, int) else 0), getattr(response, "headers", None) or {}, body
