"""How long deleted or replaced entries can be restored, and when they are purged.

If the clock were far ahead for a single save, that save would purge what was deleted an hour ago. So a save only marks due entries,
and a later save purges them: a day after the mark at the earliest, and only if they are still due.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

KEPT_FOR: Final = timedelta(days=30)
GRACE: Final = timedelta(days=1)
"""The minimum time between the mark and the purge."""


def is_due(since: datetime, moment: datetime) -> bool:
    """Whether an entry has been kept long enough. ``since``: when it was deleted or replaced."""
    return moment - since > KEPT_FOR


def marked(mark: datetime | None, moment: datetime) -> datetime:
    """The time of the mark of a due entry, or now. A wrong clock made a mark in the future, so that one is replaced."""
    return mark if mark is not None and mark <= moment else moment


def is_ripe(mark: datetime | None, moment: datetime) -> bool:
    """Whether a due entry may be purged."""
    return moment - marked(mark, moment) >= GRACE
