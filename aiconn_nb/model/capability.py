"""What a provider or a model can do."""

from __future__ import annotations

from enum import StrEnum

from aiconn_nb import errors

from .nearest import nearest


class Capability(StrEnum):
    """A capability of a provider or a model."""

    CHAT = "chat"
    EMBEDDING = "embedding"


def as_capability(text: Capability | str) -> Capability:
    """The capability of this name. Raises `CommandError`, naming the nearest."""
    try:
        return Capability(text)
    except ValueError:
        known = tuple(str(each) for each in Capability)
        raise errors.NoCapability(capability=str(text), known=known, nearest=nearest(str(text), known)) from None
