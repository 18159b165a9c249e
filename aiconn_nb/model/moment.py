"""Times in results. They are absolute, because a saved notebook is read on another day."""

from __future__ import annotations

from datetime import UTC, datetime


def at(moment: datetime) -> str:
    """A time to the minute: ``2026-11-25 06:00 UTC``."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def iso(moment: datetime) -> str:
    """A time for JSON: ``2026-11-25T06:00:00Z``."""
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")
