"""Moments as results tell them. Not how long ago: a saved notebook is read on another day."""

from __future__ import annotations

from datetime import UTC, datetime


def at(moment: datetime) -> str:
    """A moment to the minute: ``2026-11-25 06:00 UTC``."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def iso(moment: datetime) -> str:
    """A moment as JSON has it: ``2026-11-25T06:00:00Z``."""
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")
