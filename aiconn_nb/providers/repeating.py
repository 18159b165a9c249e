"""When a call that failed is sent again: one policy for all providers. The SDKs' own is switched off for these calls.

A server that says when to come back is waited for once, for a minute at most, and the wait is announced. A failure that may be gone
a moment later is tried twice more. Nothing is sent again once a part of an answer has come, or where another connection waits.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic, sleep
from typing import Final

from aiconn_nb.errors import FailureKind, ProviderFailed

PAUSES: Final = (0.5, 1.0)
"""Seconds before the second and the third try, where the server does not say."""
LONGEST: Final = 60.0
"""Seconds that a server may ask to wait. One that asks for more is not waited for."""
TOLD: Final = 1.0
"""Seconds that a wait must last to be worth a word."""
_PASSING: Final = frozenset({FailureKind.RATE_LIMITED, FailureKind.PROVIDER_FAULT, FailureKind.TIMEOUT})
"""Kinds that a time to wait makes worth another try."""
_SLICE: Final = 0.05
_LOG = logging.getLogger("aiconn_nb")


def pause(seconds: float) -> None:
    """Wait in slices: an interrupt that another thread asks for is seen only between two calls."""
    until = monotonic() + seconds
    while (left := until - monotonic()) > 0:
        sleep(min(left, _SLICE))


def announce(words: str) -> None:
    """Say that something waits. Without further ado Python shows a warning on stderr, which is below the cell in a notebook."""
    _LOG.warning("%s", words)


@dataclass(slots=True)
class Tries:
    """The tries of one call, from the first to the last."""

    label: str
    """Who is asked, for the announcement."""
    pause: Callable[[float], None]
    announce: Callable[[str], None] = announce
    made: int = 1
    waited: float | None = None
    """Seconds that the server asked for, once they were waited."""

    def again(self, failed: ProviderFailed) -> bool:
        """Whether to send the call again; the pause before it is over by then."""
        asked = failed.retry_after
        if self.made > len(PAUSES) or not (failed.again or (asked is not None and failed.kind in _PASSING)):
            return False
        if asked is not None:
            if self.waited is not None or asked > LONGEST:
                return False
            self.waited = asked
            if asked >= TOLD:
                self.announce(
                    f"{self.label}: {failed.kind.label}. The server asks to wait {asked:.0f} s; then it is asked again."
                )
        self.pause(PAUSES[self.made - 1] if asked is None else asked)
        self.made += 1
        return True

    @property
    def note(self) -> str:
        """What the reader of an answer, or of an error, is told; '' where the first try was the only one."""
        if self.made == 1:
            return ""
        waited = f", after {self.waited:.0f} s as the server asked" if self.waited and self.waited >= TOLD else ""
        return f"asked {'twice' if self.made == 2 else f'{self.made} times'}{waited}"
