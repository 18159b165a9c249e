"""The environment variables of a provider's ecosystem, set in a process for a while, and what stood there before."""

from __future__ import annotations

import os
from collections.abc import Mapping, MutableMapping
from threading import RLock
from weakref import WeakValueDictionary

from aiconn_nb.model.frames import leaves_no_locals
from aiconn_nb.model.secret import Secret

from .account import Account

Variables = Mapping[str, Secret | None]
"""What each variable is to be; None where it is to be absent."""


class Exports:
    """The variables of one account that are set now and will be put back.

    Several may be set at once, in threads, in tasks or within each other: each variable is what the one says that was set last of
    those that are still there, and when all are gone it is what it was. A variable that somebody else changed meanwhile is left as
    they set it. What is remembered is held as `Secret`: a former value may be a key as well.
    """

    def __init__(self, environ: MutableMapping[str, str]) -> None:
        self._ledger = _ledger_of(environ)
        self._account: Account | None = None

    def has(self, account: Account) -> bool:
        """Whether the variables that are set now are still those that this account was asked for."""
        return self._account is account and self._ledger.holds(self)

    @property
    def names(self) -> tuple[str, ...]:
        """The variables that are set now."""
        return tuple(name for name, value in self._ledger.of(self).items() if value is not None)

    @leaves_no_locals
    def set(self, account: Account) -> None:
        """Set the account's variables and take away the ecosystem's others; those of an earlier account are put back first."""
        variables: dict[str, Secret | None] = {name: Secret(value) for name, value in account.environment().items()}
        variables |= dict.fromkeys(account.stale())
        self._ledger.put(self, variables)
        self._account = account

    @leaves_no_locals
    def restore(self) -> None:
        """Put back what stood there before, as far as no other account's variables are set."""
        self._ledger.take(self)
        self._account = None


class _Ledger:
    """Who has set which variables of one environment, the last one last, and what stood there before the first."""

    def __init__(self, environ: MutableMapping[str, str]) -> None:
        self._environ = environ
        self._set: list[tuple[Exports, Variables]] = []
        self._before: dict[str, Secret | None] = {}
        self._ours: dict[str, Secret | None] = {}
        """What was put last."""
        self._lock = RLock()

    def renew(self) -> None:
        """The lock may have been held by another thread when the process was forked."""
        self._lock = RLock()

    def of(self, owner: Exports) -> Variables:
        return next((variables for each, variables in self._set if each is owner), {})

    def holds(self, owner: Exports) -> bool:
        """Whether the variables are what this owner set, even if another owner has set some meanwhile."""
        return all(_same(self._present(name), value) for name, value in self.of(owner).items())

    def put(self, owner: Exports, variables: Variables) -> None:
        with self._lock:
            self._set = [*((each, those) for each, those in self._set if each is not owner), (owner, variables)]
            self._settle()

    def take(self, owner: Exports) -> None:
        with self._lock:
            self._set = [(each, those) for each, those in self._set if each is not owner]
            self._settle()

    def _settle(self) -> None:
        """Make each variable what it should be now. Done again after an interruption, it goes on where that was."""
        wanted: dict[str, Secret | None] = {}
        for _, variables in self._set:
            wanted |= variables
        for name in [*wanted, *(self._before.keys() - wanted.keys())]:
            present = self._present(name)
            if name in self._before and not _same(present, self._ours[name]):
                # Other code changed it. The change stays, unless the variable now gets another account's value.
                if name not in wanted:
                    del self._before[name]
                    continue
                if _same(wanted[name], self._ours[name]):
                    continue
                self._before[name] = present
            elif name in wanted and name not in self._before:
                self._ours[name] = self._before[name] = present  # `_ours` first: after an interrupt both are looked for
            self._ours[name] = wanted[name] if name in wanted else self._before[name]
            self._put(name, self._ours[name])
            if name not in wanted:
                del self._before[name]

    def _present(self, name: str) -> Secret | None:
        value = self._environ.get(name)
        return None if value is None else Secret(value)

    def _put(self, name: str, value: Secret | None) -> None:
        if value is None:
            self._environ.pop(name, None)
        else:
            self._environ[name] = value.reveal()


def _same(one: Secret | None, other: Secret | None) -> bool:
    return one is other or (one is not None and one.same_as(other))


_PROCESS = _Ledger(os.environ)
if hasattr(os, "register_at_fork"):  # there is none on Windows, which has no fork either
    os.register_at_fork(after_in_child=_PROCESS.renew)
_OTHERS: WeakValueDictionary[int, _Ledger] = WeakValueDictionary()
"""The ledgers of other mappings, by their id: a ledger keeps its mapping, so that the id is not given out again."""


def _ledger_of(environ: MutableMapping[str, str]) -> _Ledger:
    """The one ledger of an environment: each owner that sets variables of it has to know of the others."""
    if environ is os.environ:
        return _PROCESS
    return _OTHERS.setdefault(id(environ), _Ledger(environ))
