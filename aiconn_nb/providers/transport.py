"""What goes wrong below a provider's own protocol: in the connection, or before a request leaves.

The HTTP libraries under the SDKs (httpx, httpx2, urllib3) are known by the names of their classes, so that none of them has to
be imported to ask.
"""

from __future__ import annotations

from aiconn_nb.errors import FailureKind

from .base import Failure

UNSENDABLE = Failure(FailureKind.AUTHENTICATION, "the key has characters that cannot be sent")
BROKE_OFF = "the answer broke off before its end"
"""What a provider raises a `ConnectionError` with where a stream ends without the event that should close it."""


def transport_failure(error: BaseException) -> Failure | None:
    """What an error of the transport means, or None where it is none."""
    names = {kind.__name__ for kind in type(error).__mro__}
    words = str(error) or type(error).__name__
    if names & {"LocalProtocolError", "UnicodeEncodeError"}:
        # h11 refuses a header with a line break, httpx one beyond ASCII; the only free text in our headers is the key, and
        # the library's words repeat it.
        return UNSENDABLE
    if names & {"TimeoutException", "TimeoutError"}:
        return Failure(FailureKind.TIMEOUT, "no answer in time")
    if isinstance(error, OSError) or names & {"TransportError", "ProtocolError", "HTTPError"}:
        return Failure(FailureKind.UNREACHABLE, words)
    return None
