"""The use-cases, and the only place where the four columns meet."""

from __future__ import annotations

from .session import Session, kernel_session

__all__ = ["Session", "kernel_session"]
