"""For the authors of plug-ins: the contracts of their classes, as test classes to inherit."""

from __future__ import annotations

from .sources import SourceContract
from .stores import StoreContract

__all__ = ["SourceContract", "StoreContract"]
