"""Sharing without keys: export, import, and which host a key may go to."""

from __future__ import annotations

from .core import Core


class SharingVerbs(Core):
    """The verbs on bundles and on trust."""
