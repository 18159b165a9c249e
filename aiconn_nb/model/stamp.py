"""A stamp identifies the state of a file without reading it."""

from __future__ import annotations

import os
import time
from typing import Final

Stamp = tuple[int, int, int, int, int]
"""Device, inode, size, modification and change time in nanoseconds."""

_SETTLED: Final = 2_000_000_000
"""The age in nanoseconds at which a stamp is reliable: coarse file systems store times in steps of up to two seconds."""


def stamp_of(found: os.stat_result) -> Stamp:
    """The stamp of a stat result."""
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns


def is_settled(stamp: Stamp, moment: int | None = None) -> bool:
    """Whether any later change will change the stamp. A change within the same step of the file system's clock may not.

    ``moment`` is when the file was read, or reading began, in nanoseconds as in `time.time_ns`; now by default.
    """
    now = time.time_ns() if moment is None else moment
    return all(abs(now - time_of) > _SETTLED for time_of in stamp[3:])
