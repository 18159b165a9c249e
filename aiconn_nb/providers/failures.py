"""What HTTP and Python say about a failure, whichever provider it came from."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping

from aiconn_nb.model.errors import FailureKind

from .base import Failure

_STATUSES = {
    401: FailureKind.AUTHENTICATION,
    402: FailureKind.OUT_OF_CREDIT,
    403: FailureKind.PERMISSION,
    404: FailureKind.NOT_FOUND,
    407: FailureKind.UNREACHABLE,  # it comes from a proxy on the way
    408: FailureKind.TIMEOUT,
    429: FailureKind.RATE_LIMITED,
    504: FailureKind.TIMEOUT,
}

_UNREACHABLE = ("ConnectError", "ConnectionError", "NetworkError", "ProtocolError", "ProxyError", "TransportError")
_UNREADABLE = (json.JSONDecodeError, UnicodeDecodeError, LookupError, AttributeError, TypeError)


def kind_of_status(status: int) -> FailureKind:
    """What an HTTP status of an error means."""
    if status in _STATUSES:
        return _STATUSES[status]
    return FailureKind.BAD_REQUEST if 400 <= status < 500 else FailureKind.PROVIDER_FAULT


def retry_after(headers: Mapping[str, str]) -> float | None:
    """The seconds that a response asks to wait, or None. ``headers`` is a mapping that ignores case.

    ``retry-after-ms`` is what OpenAI and Azure add; ``Retry-After`` has seconds or a date (RFC 9110, 10.2.3). A date is
    read against the response's own ``Date``, so that a wrong clock on this machine does not matter.
    """
    milliseconds, seconds = _number(headers.get("retry-after-ms")), _number(headers.get("retry-after"))
    if milliseconds is not None:
        return milliseconds / 1000
    if seconds is not None:
        return seconds
    import email.utils  # with what it brings along, too much for what is seldom needed

    try:
        until = email.utils.parsedate_to_datetime(headers.get("retry-after") or "")
        since = email.utils.parsedate_to_datetime(headers.get("date") or "")
        return max(0.0, (until - since).total_seconds())
    except (TypeError, ValueError):
        return None


def _number(text: str | None) -> float | None:
    try:
        number = float(text or "")
    except ValueError:
        return None
    return number if math.isfinite(number) and number >= 0 else None


def general_failure(error: BaseException) -> Failure:
    """What an error means that the provider does not know: one of Python's own, or of an HTTP library."""
    name = type(error).__name__
    try:
        said = str(error)
    except Exception:  # a plug-in's exception may be broken as well
        said = ""
    words = f"{name}: {said}" if said else name
    ancestors = [ancestor.__name__ for ancestor in type(error).__mro__]
    if any("timeout" in ancestor.lower() for ancestor in ancestors):
        return Failure(FailureKind.TIMEOUT, words)
    if isinstance(error, OSError) or any(ancestor in _UNREACHABLE for ancestor in ancestors):
        return Failure(FailureKind.UNREACHABLE, words)
    if isinstance(error, _UNREADABLE):
        return Failure(FailureKind.PROVIDER_FAULT, f"the answer could not be read ({name})")
    if isinstance(error, ValueError):
        return Failure(FailureKind.BAD_REQUEST, words)
    return Failure(FailureKind.PROVIDER_FAULT, words)
