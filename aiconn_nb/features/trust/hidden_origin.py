"""The origin of an endpoint from a secret."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

from aiconn_nb.model.origin import Origin


@dataclass(frozen=True, slots=True)
class HiddenOrigin(Origin):
    """An origin from a secret, such as an endpoint in a user secret. It is neither displayed nor stored."""

    words: str
    """The display form: the references that it comes from."""

    def __str__(self) -> str:
        return f"hidden:{sha256(self.plain.encode()).hexdigest()[:32]}"

    @property
    def shown(self) -> str:
        return self.words
