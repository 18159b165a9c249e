"""Responses to an API request that come from something on the way: a proxy, a firewall or a login page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aiconn_nb.errors import FailureKind

from ..base import Failure
from .this_machine import proxy_refusal
from .told import is_page, title_of

_BLOCKING = (403, 451)
"""A page with one of these statuses is not the provider's verdict on the key. One with 401, 404 or 5xx may be."""
_OF_WEB_SERVERS = ("basic", "digest", "negotiate", "ntlm", "kerberos")


def blocked(error: BaseException, endpoint: str | None) -> Failure | None:
    """The meaning of an SDK's error if something on the way responded in place of the server; None for any other."""
    status, headers, body = _response(error)
    if status == 407 and endpoint:
        return proxy_refusal(endpoint, status)
    title = f" “{named}”" if (named := title_of(body)) else ""
    if status == 511:
        return Failure(
            FailureKind.UNREACHABLE,
            f"this network wants a sign-in first{title}",
            advice="Open a web page in a browser of this network, and sign in there.",
        )
    if status == 401 and (scheme := _sign_in(headers, body)):
        return Failure(
            FailureKind.AUTHENTICATION,
            f"a web server in front of the API wants its own sign-in ({scheme}){title}",
            advice="It did not look at the key: ask those who run it how programs sign in there.",
        )
    if status not in _BLOCKING or not _is_page(headers, body):
        return None
    return Failure(
        FailureKind.UNREACHABLE, f"a web page{title} was answered, not by the API: a proxy or firewall blocks the way"
    )


def is_failing_page(error: BaseException) -> bool:
    """Whether a web page with a status of 5xx was returned: by the server, or by a proxy that cannot reach it."""
    status, headers, body = _response(error)
    return status >= 500 and _is_page(headers, body)


def _sign_in(headers: Mapping[str, Any], body: str) -> str:
    """The scheme of a page's challenge that no API has; else ''."""
    scheme = _header(headers, "www-authenticate").partition(" ")[0].rstrip(",")
    return scheme if scheme.lower() in _OF_WEB_SERVERS and _is_page(headers, body) else ""


def _is_page(headers: Mapping[str, Any], body: str) -> bool:
    return "html" in _header(headers, "content-type").lower() or is_page(body)


def _header(headers: Mapping[str, Any], named: str) -> str:
    return next((str(value) for name, value in headers.items() if str(name).lower() == named), "")


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
