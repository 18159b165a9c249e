"""Credentials that this machine supplies, such as a session token of AWS or a token of Entra ID.

No setting holds them, so that the places where they are found note them here. They are taken out of errors and logs like
configured ones.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import Final

from aiconn_nb.model.secret import Secret

REMEMBERED: Final = 50
"""Credentials that are remembered; of more than that the oldest are forgotten. Tokens are renewed every hour or so."""
SHORTEST: Final = 8
"""Letters. A shorter text is no credential, and would be taken out of every message."""


class Found:
    """The credentials that were found last. Iterating is safe while another thread notes one."""

    def __init__(self) -> None:
        # Copied and added to in single steps, so that no lock is needed, which a forked process could inherit while it is held.
        self._kept: deque[Secret] = deque(maxlen=REMEMBERED)

    def __iter__(self) -> Iterator[Secret]:
        return iter(tuple(self._kept))

    def note(self, *values: str | None) -> None:
        """Remember these; what is None, short or known is not remembered again."""
        for value in values:
            if value and len(value) >= SHORTEST:
                secret = Secret(value)
                if not any(secret.same_as(known) for known in self):
                    self._kept.append(secret)

    def note_variables(self, names: Iterable[str]) -> None:
        """Remember what these environment variables hold."""
        self.note(*(os.environ.get(name) for name in names))

    def noting(self, token: Callable[[], str]) -> Callable[[], str]:
        """The same source of tokens, each of which is remembered before it is used."""

        def noted() -> str:
            value = token()
            self.note(value)
            return value

        return noted


FOUND: Final = Found()
"""Those of this process."""
