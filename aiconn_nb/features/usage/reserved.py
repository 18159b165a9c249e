"""The amounts that this process has reserved under caps, for requests in flight and for the next ones."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from threading import RLock
from typing import TYPE_CHECKING, Final

from .usage_file import Amount

if TYPE_CHECKING:
    from .ticket import Ticket

NOTHING: Final = Amount()


class Reserved:
    """Reservations, by the id of the connection or profile that has the cap. Several threads may use it."""

    def __init__(self) -> None:
        self._lock = RLock()  # a signal handler may send a request of its own
        self._used: dict[str, Amount] = {}
        """The amount for requests in flight."""
        self._ahead: dict[str, Amount] = {}
        """The amount reserved in advance, for the next requests."""
        self._given_back: deque[Ticket] = deque()

    @property
    def has_any(self) -> bool:
        """Whether a request under a cap may be in flight."""
        return bool(self._used)

    def is_in_flight(self, targets: Sequence[str]) -> bool:
        """Whether a request of one of these ids is in flight."""
        return any(self._used.get(each, NOTHING).calls for each in targets)

    def take_ahead(self, ticket: Ticket, targets: Sequence[str], need: Amount) -> bool:
        """Use the amount reserved in advance; False if it is too small."""
        with self._lock:
            if not all(self._ahead.get(each, NOTHING).covers(need) for each in targets):
                return False
            for each in targets:
                self._ahead[each] -= need
            self._use(ticket, targets, need)
            return True

    def take(self, ticket: Ticket, targets: Sequence[str], need: Amount, granted: Amount) -> None:
        """Use a part of the amount that the file granted; the rest is for the next requests."""
        with self._lock:
            for each in targets:
                self._ahead[each] = self._ahead.get(each, NOTHING) + granted - need
            self._use(ticket, targets, need)

    def _use(self, ticket: Ticket, targets: Sequence[str], need: Amount) -> None:
        for each in targets:
            self._used[each] = self._used.get(each, NOTHING) + need
        ticket.need, ticket.targets = need, tuple(targets)

    def give_back(self, ticket: Ticket) -> None:
        """Release the amount of a request that has ended. It takes no lock: it may run within any other step."""
        self._given_back.append(ticket)

    def held(self) -> dict[str, Amount]:
        """Return all reservations. Amounts reserved in advance are released once no request is in flight."""
        with self._lock:
            while self._given_back:
                ticket = self._given_back.popleft()
                for each in ticket.targets:
                    self._used[each] = self._used.get(each, NOTHING) - ticket.need
            for each in [each for each, used in self._used.items() if used.calls <= 0]:
                del self._used[each]
                self._ahead.pop(each, None)
            return {each: used + self._ahead.get(each, NOTHING) for each, used in self._used.items()}
