"""A connection that was tried in vain, as errors and answers tell of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .base import clause


@dataclass(frozen=True, slots=True)
class Attempt:
    """A connection that was tried and did not answer, or could not be tried."""

    connection: str
    kind: str
    """A `FailureKind`, or where nothing was sent ``inactive``, ``gone`` or ``unusable``, or ``resting`` for one that failed
    within the last minute."""
    words: str
    """The reason, as the error says it, without the name of the connection."""
    seconds: float = 0.0

    @property
    def label(self) -> str:
        """The reason in a word or two."""
        return self.kind.replace("_", " ")

    def data(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "connection": self.connection,
            "kind": self.kind,
            "words": self.words,
            "seconds": round(self.seconds, 3),
        }

    def __str__(self) -> str:
        return f"{self.connection}: {clause(self.words)}"
