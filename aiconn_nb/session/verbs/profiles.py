"""Profiles: connections in order, a model and options, under one name."""

from __future__ import annotations

from .core import Core


class ProfileVerbs(Core):
    """The verbs on profiles."""
