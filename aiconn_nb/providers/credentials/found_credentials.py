"""Credentials that this machine supplies, such as a session token of AWS or a token of Entra ID.

No setting holds them. The code that finds them notes them here, so that they are removed from errors and logs like configured
ones.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import Final

from aiconn_nb.model.secret import Secret

REMEMBERED: Final = 50
"""The number of credentials to remember; the oldest are dropped first. Tokens are renewed about every hour."""
SHORTEST: Final = 8
"""Characters. A shorter text is not a credential, and would be removed from every message."""


class Found:
    """The credentials that were found last. Iterating is safe while another thread adds one."""

    def __init__(self, most: int = REMEMBERED) -> None:
        # Copied and extended in single steps, so that it needs no lock, which a forked process could inherit while it is held.
        self._kept: deque[Secret] = deque(maxlen=most)

    def __iter__(self) -> Iterator[Secret]:
        return iter(tuple(self._kept))

    def add(self, secret: Secret) -> None:
        """Remember a credential, unless it is known."""
        if not any(map(secret.same_as, tuple(self._kept))):
            self._kept.append(secret)

    def note(self, *values: str | None) -> None:
        """Remember these credentials, except None and short ones."""
        for value in values:
            if value and len(value) >= SHORTEST:
                self.add(Secret(value))

    def note_variables(self, names: Iterable[str]) -> None:
        """Remember the values of these environment variables."""
        self.note(*(os.environ.get(name) for name in names))

    def noting(self, token: Callable[[], str]) -> Callable[[], str]:
        """Wrap a token source: each token is remembered before it is used."""

        def noted() -> str:
            value = token()
            self.note(value)
            return value

        return noted


FOUND: Final = Found()
"""The credentials of this process."""
