"""Asking: chat, comparison, embedding, failover and what it all cost."""

from __future__ import annotations

from .core import Core


class AskingVerbs(Core):
    """The verbs that ask a model something."""
