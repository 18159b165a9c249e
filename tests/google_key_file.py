"""The JSON of a made-up service account of Google Cloud, whose token endpoint the test chooses."""

from __future__ import annotations

import json
from functools import cache

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa


@cache
def private_key() -> str:
    """Return a new RSA key as PEM."""
    return (
        rsa.generate_private_key(public_exponent=65537, key_size=2048)
        .private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        .decode()
    )


def key_file(token_url: str) -> str:
    """Return the whole text of a key file."""
    return json.dumps(
        {
            "type": "service_account",
            "project_id": "my-project-123",
            "private_key_id": "made-up",
            "private_key": private_key(),
            "client_email": "notebook@my-project-123.iam.gserviceaccount.com",
            "client_id": "1",
            "token_uri": token_url,
        }
    )
