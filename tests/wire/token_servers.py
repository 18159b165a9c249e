"""Token endpoints of the clouds, as servers of the tests, and the APIs that accept their tokens."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from .servers import Answer, Asked, Reply, refuses, says


class Tokens:
    """A token endpoint that makes a new token for each exchange: ``made-up-token-1``, ``made-up-token-2``, ..."""

    def __init__(self, lifetime: float = 3600) -> None:
        self.lifetime = lifetime
        self.exchanged: list[Asked] = []

    def __call__(self, asked: Asked, reply: Reply) -> None:
        """Answer one exchange (RFC 6749, section 5.1)."""
        self.exchanged.append(asked)
        body = {"access_token": self.last, "token_type": "Bearer", "expires_in": self.lifetime}
        says(body)(asked, reply)

    @property
    def last(self) -> str:
        """Return the latest token."""
        return f"made-up-token-{len(self.exchanged)}"

    def guard(self, works: Answer) -> Answer:
        """Answer as an API that accepts the latest token only."""

        def answer(asked: Asked, reply: Reply) -> None:
            is_good = bool(self.exchanged) and asked.headers.get("authorization") == f"Bearer {self.last}"
            (works if is_good else refuses(401, "no such token"))(asked, reply)

        return answer


def form(asked: Asked) -> dict[str, str]:
    """Return the fields of a form that was sent."""
    return {key: values[0] for key, values in parse_qs(asked.body.decode()).items()}


def claims(token: str, pem: str) -> Mapping[str, Any]:
    """Return the claims of a JSON web token, after checking its signature (RS256)."""
    key = serialization.load_pem_private_key(pem.encode(), None)
    assert isinstance(key, RSAPrivateKey)
    signed, _, signature = token.rpartition(".")
    key.public_key().verify(_bytes(signature), signed.encode(), padding.PKCS1v15(), hashes.SHA256())
    found: Mapping[str, Any] = json.loads(_bytes(signed.partition(".")[2]))
    return found


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
