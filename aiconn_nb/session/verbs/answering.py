"""Several answers: comparison, embedding, the rehearsal of a failover, and the rotation of a key."""

from __future__ import annotations

from .core import Core


class AnsweringVerbs(Core):
    """The verbs that stand on asking."""
