"""A failed attempt to use a connection, as errors and answers report it."""

from __future__ import annotations

from typing import Any, NamedTuple

from .base import clause


class Attempt(NamedTuple):
    """A connection that did not answer or could not be tried."""

    connection: str
    kind: str
    """A `FailureKind`. If nothing was sent: ``inactive``, ``gone``, ``unusable``, or ``resting`` for a connection that failed
    within the last minute."""
    words: str
    """The reason from the error, without the name of the connection."""
    seconds: float = 0.0
    brief: str = ""
    """The reason in one or two words, if ``kind`` does not say it: ``unresolved``, ``untrusted host``."""

    @property
    def label(self) -> str:
        """The reason in one or two words."""
        return self.brief or self.kind.replace("_", " ")

    def data(self) -> dict[str, Any]:
        """Return the attempt as JSON data."""
        return {
            "connection": self.connection,
            "kind": self.kind,
            "words": self.words,
            "seconds": round(self.seconds, 3),
        }

    def __str__(self) -> str:
        return f"{self.connection}: {clause(self.words)}"
