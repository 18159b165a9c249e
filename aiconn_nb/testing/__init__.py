"""For the authors of plug-ins: the contracts that their classes keep, as test classes to inherit."""

from __future__ import annotations

from .sources import SourceContract

__all__ = ["SourceContract"]
