"""Errors about a bundle."""

from __future__ import annotations

from .base import AiconnError


class BundleError(AiconnError):
    """A bundle cannot be read, is none, or cannot be written. Names the place in it, never what stands there."""
