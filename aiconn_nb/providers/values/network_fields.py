"""The group "Network" of a connection's fields. `clients.network` puts them into effect.

Each value is a setting of the connection and never comes from the environment. Unset fields leave the SDK's default.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Final

from aiconn_nb.model import headers
from aiconn_nb.model.field import NETWORK_GROUP, Field

MOST_RETRIES: Final = 10
LONGEST: Final = 900
"""The maximum seconds for a call, or for the next piece of an answer, whatever the server sends meanwhile."""

_field: Final = partial(Field, group=NETWORK_GROUP)

HEADERS: Final = _field(
    headers.SETTING,
    "Extra headers",
    help="Sent with each request. One NAME: VALUE per line; a value may be a reference, such as $Gateway:Key.",
    type="headers",
    placeholder="X-Team: research",
)
CA_BUNDLE: Final = _field(
    "ca_bundle",
    "CA bundle",
    help="A PEM file with the certificate authorities to trust instead of the usual ones.",
    type="path",
    placeholder="~/certificates/company-ca.pem",
)
CLIENT_CERTIFICATE: Final = _field(
    "client_certificate",
    "Client certificate",
    help="A PEM file with the certificate that the server asks for. It may include the key.",
    type="path",
    placeholder="~/certificates/me.pem",
)
CLIENT_KEY: Final = _field(
    "client_key",
    "Client certificate's key",
    help="A PEM file with the private key, without a password. Only if the certificate's file does not include the key.",
    type="path",
    placeholder="~/certificates/me.key",
)
TIMEOUT: Final = _field(
    "timeout",
    "Timeout",
    help="Seconds to wait for the next byte before the request fails. If empty, the SDK decides (mostly 600).",
    type="number",
    least=0.1,
    most=LONGEST,
    placeholder="600",
)
RETRIES: Final = _field(
    "retries",
    "Retries",
    help="How often a failed request is sent again. If empty, twice.",
    type="integer",
    least=0,
    most=MOST_RETRIES,
    placeholder="2",
)
NETWORK: Final = (HEADERS, CA_BUNDLE, CLIENT_CERTIFICATE, CLIENT_KEY, TIMEOUT, RETRIES)
KEY_HEADERS: Final = ("authorization", "x-api-key", "api-key")
"""Headers that can carry a key."""


def key_header(*choices: str, help: str) -> Field:
    """The field for the header that carries a provider's key."""
    return _field("key_header", "Key header", help=help, choices=choices)


OPENAI_KEY_HEADER: Final = key_header(
    *KEY_HEADERS, help="Only if a gateway expects the key in this header, without Bearer. The default is Authorization."
)


def problems(settings: Mapping[str, object]) -> dict[str, str]:
    """Rules between the fields; see `Provider.problems`."""
    if "client_key" in settings and "client_certificate" not in settings:
        return {"client_certificate": "is missing: client_key needs it"}
    return {}
