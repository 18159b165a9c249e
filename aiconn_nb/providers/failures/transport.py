"""Errors below a provider's protocol: in the connection, or before a request is sent.

The HTTP libraries of the SDKs (httpx, httpx2, urllib3) are recognized by their class names, so that none of them has to be
imported.
"""

from __future__ import annotations

from dataclasses import replace

from aiconn_nb.errors import FailureKind
from aiconn_nb.model.pattern import late
from aiconn_nb.model.plausible import odd_characters
from aiconn_nb.model.secret import Secret

from ..base import Failure, Settings
from .this_machine import chain_of

UNSENDABLE = Failure(FailureKind.AUTHENTICATION, "the key has characters that cannot be sent")
BROKE_OFF = "the answer broke off before its end"
"""The message of a `ConnectionError` for a stream that ends without its closing event."""
BROKEN = "the connection was broken"
_DROPPED = frozenset(
    {"ReadError", "WriteError", "RemoteProtocolError", "ConnectionClosedError", "ConnectionResetError"}
)
_TRIED_ALL = "All connection attempts failed"
"""anyio's message for each failure to connect, of the asynchronous clients."""
_NUMBER = late(r"^\[Errno -?\d+\] ")


def _unsendable(error: BaseException) -> Failure:
    """The failure of a key that cannot be sent, with the kind of its odd characters if it is known."""
    kind = odd_characters(error.object[error.start : error.end]) if isinstance(error, UnicodeEncodeError) else ""
    return replace(UNSENDABLE, words=f"{UNSENDABLE.words}: {kind}") if kind else UNSENDABLE


def require_sendable(settings: Settings, *fields: str) -> None:
    """Raise `MachineFault` for a key that no header can hold. The HTTP library would raise an error that repeats the key."""
    for key in map(settings.get, fields):
        if isinstance(key, Secret) and not key.satisfies(lambda text: text == text.strip() and text.isprintable()):
            from .this_machine import MachineFault

            kind = odd_characters(key.reveal()) or "white space around it"
            raise MachineFault(replace(UNSENDABLE, words=f"{UNSENDABLE.words}: {kind}"))


def is_dropped(error: BaseException) -> bool:
    """Whether the server closed the connection before it answered. It may have been closed already when the request was sent."""
    return any(type(each).__name__ in _DROPPED for each in chain_of(error))


def transport_failure(error: BaseException) -> Failure | None:
    """Classify a transport error, or return None for any other error."""
    names = {kind.__name__ for kind in type(error).__mro__}
    words = _NUMBER.sub("", str(error)) or BROKEN  # an asynchronous client loses the reason
    if words == _TRIED_ALL and any(isinstance(each, ConnectionRefusedError) for each in chain_of(error)):
        words = "Connection refused"
    if names & {"LocalProtocolError", "UnicodeEncodeError"}:
        # h11 refuses a header with a line break, httpx one beyond ASCII. The only free text in our headers is the key, and
        # the library's message repeats it.
        return _unsendable(error)
    if names & {"DecodingError", "DecodeError"}:  # httpx, urllib3
        return Failure(
            FailureKind.PROVIDER_FAULT, "the answer could not be read: it is not compressed as its headers say"
        )
    if names & {"TimeoutException", "TimeoutError"}:
        return Failure(FailureKind.TIMEOUT, "no answer in time")
    if isinstance(error, OSError) or names & {"TransportError", "ProtocolError", "HTTPError"}:
        return Failure(FailureKind.UNREACHABLE, words)
    return None
