"""How long deleted or replaced entries can be restored, and when they are purged.

If the clock were far ahead for a single save, that save would purge what was deleted an hour ago. So a save only marks due entries,
and a later save purges them: a day after the mark at the earliest, and only if they are still due.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

KEPT_FOR: Final = timedelta(days=30)
GRACE: Final = timedelta(days=1)
"""How long after its mark something is forgotten, at the earliest."""


def is_due(since: datetime, moment: datetime) -> bool:
    """Whether it was kept long enough at a moment. ``since``: when it was deleted or replaced."""
    return moment - since > KEPT_FOR


def marked(mark: datetime | None, moment: datetime) -> datetime:
    """When something that is due was found to be so: at its mark, or now. A mark of the future is one that a wrong clock made."""
    return mark if mark is not None and mark <= moment else moment


def is_ripe(mark: datetime | None, moment: datetime) -> bool:
    """Whether something that is due may be forgotten."""
    return moment - marked(mark, moment) >= GRACE
