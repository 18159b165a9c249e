"""What the two sides of an encrypted connection disagree about: the scheme, the client's certificate, the version of TLS.

The HTTP libraries report what their parser failed on (``WRONG_VERSION_NUMBER``, an illegal status line), OpenSSL's name of the
alert, or that the server closed the connection. Some servers explain it in a response with status 400.
"""

from __future__ import annotations

import socket
import ssl
from contextlib import suppress
from typing import Final
from urllib.parse import SplitResult, urlsplit

from aiconn_nb.errors import FailureKind
from aiconn_nb.model.hint import command
from aiconn_nb.model.pattern import late

from ..base import Failure
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
_NO_CERTIFICATE: Final = late(r"(?i)alert certificate required|no required ssl certificate was sent")
"""The messages about a missing client certificate: of TLS 1.3, and nginx's."""
_BAD_CERTIFICATE: Final = late(
    r"(?i)alert (?P<alert>bad certificate|certificate (?:expired|revoked|unknown)|unsupported certificate|unknown ca)"
    r"|the ssl certificate error"
)
"""A server's messages about a client certificate that it does not accept."""
_NO_HANDSHAKE: Final = late(r"(?i)alert handshake failure")
_OUTDATED: Final = late(
    r"(?i)alert protocol version|(?P<said>unsupported protocol|unsafe legacy renegotiation disabled|no ciphers available"
    r"|(?:dh|ee|ca) key too small|ca md too weak|wrong signature type)"
)
"""What OpenSSL does not accept any more, and old servers and proxies still offer."""


def disagreement(error: BaseException, failure: Failure, endpoint: str | None, alias: str) -> Failure | None:
    """Return the failure if the error shows what the two sides disagree about; else None.

    ``alias`` is the connection for a command, or ''.
    """
    parts = _parts(endpoint)
    if parts is None:
        return None
    said = " ".join([failure.words, *(f"{each!s} {each!r}" for each in chain_of(error))])
    if endpoint and not proxy_of(endpoint) and (wrong := _wrong_scheme(parts, said)):
        return wrong
    if parts.scheme != "https":
        return None
    host = parts.netloc.rpartition("@")[2]
    if _NO_CERTIFICATE.search(said):
        return Failure(FailureKind.THIS_MACHINE, f"{host} wants a client certificate", advice=_name_certificate(alias))
    if refused := _BAD_CERTIFICATE.search(said):
        words = f"{host} does not accept the client certificate" + (f": {refused['alert']}" if refused["alert"] else "")
        return Failure(FailureKind.THIS_MACHINE, words, advice=_name_certificate(alias))
    if _NO_HANDSHAKE.search(said):
        return Failure(
            FailureKind.UNREACHABLE,
            f"{host} refuses to begin TLS (handshake failure)",
            advice=f"If it wants a client certificate: {_name_certificate(alias)}",
        )
    if outdated := _OUTDATED.search(said):
        return Failure(
            FailureKind.UNREACHABLE,
            f"{host} offers only outdated TLS: {outdated['said'] or 'protocol version'}",
            advice="Ask for TLS 1.2 or later where the server is run, or the company's proxy that opens TLS.",
        )
    return None


def _name_certificate(alias: str) -> str:
    if not alias:
        return "Set client_certificate to the file with the certificate and its key."
    return f"'{command('edit', alias, '--set', 'client_certificate=FILE')}' names the file with the certificate and its key."


def _wrong_scheme(parts: SplitResult, said: str) -> Failure | None:
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
