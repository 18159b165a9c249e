"""Recognize a wrong scheme in the endpoint: TLS to a server that speaks plain HTTP, or the reverse.

The HTTP libraries report what their parser failed on (``WRONG_VERSION_NUMBER``, an illegal status line), or that the server
closed the connection. Some servers explain it in a response with status 400.
"""

from __future__ import annotations

import socket
import ssl
from contextlib import suppress
from typing import Final
from urllib.parse import SplitResult, urlsplit

from aiconn_nb.errors import FailureKind
from aiconn_nb.model.pattern import late

from .base import Failure
from .this_machine import chain_of, proxy_of

_NOT_TLS: Final = late(
    r"(?i)wrong[_ ]version[_ ]number|record[_ ]layer[_ ]failure|unknown[_ ]protocol|packet[_ ]length[_ ]too[_ ]long"
)
"""OpenSSL's messages about a response that is not TLS."""
_ONLY_TLS: Final = late(
    r"(?i)plain http request was sent to (an? )?https port|http request to an https server|plain http to an ssl-enabled"
    r"|illegal request line|\\x15\\x03"
)
"""The messages about a plain request to a server with TLS: from nginx, Go and Apache, and from HTTP libraries that read a TLS alert
as a status line. h11 reports an illegal request line, others show the bytes."""


def wrong_scheme(error: BaseException, failure: Failure, endpoint: str | None) -> Failure | None:
    """Return the failure if the error shows that the endpoint's scheme is wrong; else None."""
    parts = _parts(endpoint)
    if parts is None or (endpoint and proxy_of(endpoint)):
        return None
    said = " ".join([failure.words, *(f"{each!s} {each!r}" for each in chain_of(error))])
    if parts.scheme == "https" and _NOT_TLS.search(said):
        return Failure(
            FailureKind.UNREACHABLE,
            f"{parts.netloc.rpartition('@')[2]} does not speak TLS",
            advice="Check the endpoint: http:// may be meant in place of https://.",
        )
    if parts.scheme == "http" and _ONLY_TLS.search(said):
        return needs_tls(parts)
    return None


def needs_tls(parts: SplitResult) -> Failure:
    """Return the failure of a plain request to a server that requires TLS."""
    return Failure(
        FailureKind.UNREACHABLE,
        f"{parts.netloc.rpartition('@')[2]} wants TLS",
        advice="Check the endpoint: https:// may be meant in place of http://.",
    )


def tls_behind(endpoint: str, seconds: float) -> Failure | None:
    """Return the failure of a plain request if the server accepts TLS. For servers that close the connection without a message."""
    parts = _parts(endpoint)
    if parts is None or parts.scheme != "http":
        return None
    # Nothing is sent over this connection, so its certificate does not matter.
    # The default context would open SSLKEYLOGFILE, which may fail.
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with (
        suppress(OSError, ValueError),
        socket.create_connection((parts.hostname or "", parts.port or 80), seconds) as plain,
        context.wrap_socket(plain, server_hostname=parts.hostname),
    ):
        return needs_tls(parts)
    return None


def _parts(endpoint: str | None) -> SplitResult | None:
    with suppress(ValueError):
        parts = urlsplit(endpoint or "")
        return parts if parts.hostname else None
    return None
