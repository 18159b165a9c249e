"""Regular expressions that are compiled when they are first used: a quick command needs few of those in its modules."""

from __future__ import annotations

import re
from typing import Any, cast


class _Late:
    """A pattern that compiles itself for the first method that is called, and keeps that method."""

    def __init__(self, pattern: str, flags: int) -> None:
        self.pattern = pattern
        self._flags = flags

    def __getattr__(self, name: str) -> Any:
        found = getattr(re.compile(self.pattern, self._flags), name)
        setattr(self, name, found)
        return found


def late(pattern: str, flags: int = 0) -> re.Pattern[str]:
    """``re.compile`` for a module: compiling all patterns of all modules takes longer than most commands.

    >>> late("[a-z]+", re.IGNORECASE).match("Key")[0]
    'Key'
    """
    return cast("re.Pattern[str]", _Late(pattern, flags))
