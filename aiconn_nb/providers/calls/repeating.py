"""Retries of failed calls: one policy for all providers. The SDKs' own retries are switched off for these calls.

If a server says when to come back, the call waits once, for a minute at most, and announces the wait. After a transient failure
it tries twice more. There is no retry once a part of an answer has arrived, or while another connection waits.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic, sleep
from typing import Final

from aiconn_nb.errors import ProviderFailed

PAUSES: Final = (0.5, 1.0)
"""Seconds before the second and the third try, if the server does not give a time."""
LONGEST: Final = 60.0
"""The maximum seconds that a server may ask to wait. A longer wait is not worth it."""
TOLD: Final = 1.0
"""The minimum seconds of an announced wait."""
_SLICE: Final = 0.05
_LOG = logging.getLogger("aiconn_nb")


def pause(seconds: float) -> None:
    """Wait in slices: an interrupt requested by another thread takes effect only between two calls."""
    until = monotonic() + seconds
    while (left := until - monotonic()) > 0:
        sleep(min(left, _SLICE))


def announce(words: str) -> None:
    """Announce a wait. The default is a Python warning on stderr, which a notebook shows below the cell."""
    _LOG.warning("%s", words)


@dataclass(slots=True)
class Tries:
    """The tries of one call, from the first to the last."""

    label: str
    """The name of the account, for the announcement."""
    pause: Callable[[float], None]
    announce: Callable[[str], None] = announce
    most: int | None = None
    """The maximum number of retries; None for the number of pauses."""
    made: int = 1
    waited: float | None = None
    """The seconds that the server asked for and that were waited."""

    def again(self, failed: ProviderFailed) -> bool:
        """Whether to send the call again. The pause before it is already over."""
        asked = failed.retry_after
        most = len(PAUSES) if self.most is None else self.most
        if self.made > most or not (failed.again or (asked is not None and failed.kind.meaning.is_sent_again)):
            return False
        if asked is not None:
            if self.waited is not None or asked > LONGEST:
                return False
            self.waited = asked
            if asked >= TOLD:
                self.announce(
                    f"{self.label}: {failed.kind.label}. The server asks to wait {asked:.0f} s; then it is asked again."
                )
        self.pause(PAUSES[min(self.made, len(PAUSES)) - 1] if asked is None else asked)
        self.made += 1
        return True

    @property
    def note(self) -> str:
        """The note for the reader of an answer or an error; '' after a single try."""
        if self.made == 1:
            return ""
        waited = f", after {self.waited:.0f} s as the server asked" if self.waited and self.waited >= TOLD else ""
        return f"asked {'twice' if self.made == 2 else f'{self.made} times'}{waited}"
