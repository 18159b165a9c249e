"""The usage in this kernel: calls, tokens, failures and time, per connection and profile."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from threading import Lock
from typing import Any

from aiconn_nb.session.forking import renew_in_child


@dataclass(frozen=True, slots=True)
class Spent:
    """The usage of one connection by one profile."""

    profile: str
    """The profile's alias; '' if the user named the connection itself."""
    connection: str
    calls: int = 0
    """Answered calls, including partly answered ones."""
    failures: int = 0
    input_tokens: int = 0
    """As reported by the provider; calls without a report are in ``untold_input``."""
    output_tokens: int = 0
    untold_input: int = 0
    """Answered calls for which the provider did not report the input tokens."""
    untold_output: int = 0
    seconds: float = 0.0


class Tally:
    """The sums of a session. Several threads may add to it."""

    def __init__(self) -> None:
        self._spent: dict[tuple[str, str], Spent] = {}
        self._lock = Lock()
        renew_in_child(self)

    def renew(self) -> None:
        """The lock may have been held when the process was forked."""
        self._lock = Lock()

    def __iter__(self) -> Iterator[Spent]:
        with self._lock:
            rows = list(self._spent.values())
        return iter(sorted(rows, key=lambda each: (each.profile, each.connection)))

    def answered(
        self, profile: str, connection: str, seconds: float, input_tokens: int | None, output_tokens: int | None
    ) -> None:
        """Count an answer. Tokens that the provider does not report are None, not 0."""
        self._add(
            profile,
            connection,
            calls=1,
            seconds=seconds,
            input_tokens=input_tokens or 0,
            output_tokens=output_tokens or 0,
            untold_input=int(input_tokens is None),
            untold_output=int(output_tokens is None),
        )

    def failed(self, profile: str, connection: str, seconds: float) -> None:
        """Count a call that was not answered."""
        self._add(profile, connection, failures=1, seconds=seconds)

    def _add(self, profile: str, connection: str, **more: Any) -> None:
        with self._lock:
            before = self._spent.get((profile, connection), Spent(profile, connection))
            sums = {name: getattr(before, name) + value for name, value in more.items()}
            self._spent[profile, connection] = replace(before, **sums)
