"""The environment variables of a provider's ecosystem, set in a process for a while, and what stood there before."""

from __future__ import annotations

from collections.abc import MutableMapping

from aiconn_nb.model.frames import leaves_no_locals
from aiconn_nb.model.secret import Secret

from .account import Account


class Exports:
    """Variables that are set now and will be put back.

    A variable that somebody else changed meanwhile is left as they set it. What is remembered is held as `Secret`: a former
    value may be a key as well.
    """

    def __init__(self, environ: MutableMapping[str, str]) -> None:
        self._environ = environ
        self._former: dict[str, tuple[Secret | None, Secret | None]] = {}

    @property
    def names(self) -> tuple[str, ...]:
        """The variables that are set now."""
        return tuple(name for name, (_, ours) in self._former.items() if ours is not None)

    @leaves_no_locals
    def set(self, account: Account) -> None:
        """Set the account's variables and take away the ecosystem's others; those of an earlier account are put back first."""
        variables: dict[str, Secret | None] = {name: Secret(value) for name, value in account.environment().items()}
        variables |= dict.fromkeys(account.stale())
        self.restore()
        for name, value in variables.items():
            before = self._environ.get(name)
            if before is not None or value is not None:
                self._former[name] = (None if before is None else Secret(before), value)
            self._put(name, value)

    @leaves_no_locals
    def restore(self) -> None:
        """Put the former values back."""
        for name, (before, ours) in self._former.items():
            if self._environ.get(name) == (None if ours is None else ours.reveal()):
                self._put(name, before)
        self._former.clear()

    def _put(self, name: str, value: Secret | None) -> None:
        if value is None:
            self._environ.pop(name, None)
        else:
            self._environ[name] = value.reveal()
