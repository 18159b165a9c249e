"""Set the environment variables of a provider's ecosystem for a while, and restore their former values."""

from __future__ import annotations

import os
from collections.abc import Mapping, MutableMapping
from threading import RLock
from weakref import WeakValueDictionary

from aiconn_nb.model.frames import leaves_no_locals
from aiconn_nb.model.secret import Secret

from .account import Account

Variables = Mapping[str, Secret | None]
"""Variable -> its value; None to remove it."""


class Exports:
    """The variables of one account that are set now and will be restored.

    Several accounts may set variables at once, in threads, in tasks or nested. A variable then has the value that was set last
    by those still active; when all have ended, it has its former value. A variable that other code changed meanwhile is left
    alone. The remembered values are held as `Secret`, since a former value may be a key.
    """

    def __init__(self, environ: MutableMapping[str, str]) -> None:
        self._ledger = _ledger_of(environ)
        self._account: Account | None = None

    def has(self, account: Account) -> bool:
        """Whether the variables that are set now are still those of this account."""
        return self._account is account and self._ledger.holds(self)

    @property
    def names(self) -> tuple[str, ...]:
        """The variables that are set now."""
        return tuple([name for name, value in self._ledger.of(self).items() if value is not None])

    @leaves_no_locals
    def set(self, account: Account) -> None:
        """Set the account's variables and remove the ecosystem's others. The variables of an earlier account are restored first."""
        variables: dict[str, Secret | None] = {name: Secret(value) for name, value in account.environment().items()}
        variables |= dict.fromkeys(account.stale())
        self._ledger.put(self, variables)
        self._account = account

    @leaves_no_locals
    def restore(self) -> None:
        """Restore the former values, except where another account's variables are set."""
        self._ledger.take(self)
        self._account = None


class _Ledger:
    """Which owners have set which variables of one environment, in order, and the values before the first."""

    def __init__(self, environ: MutableMapping[str, str]) -> None:
        self._environ = environ
        self._set: dict[Exports, Variables] = {}
        """The variables of each owner, the last one to set any at the end."""
        self._before: dict[str, Secret | None] = {}
        self._ours: dict[str, Secret | None] = {}
        """The values set last."""
        self._lock = RLock()

    def renew(self) -> None:
        """Replace the lock in a forked process, because another thread may have held it."""
        self._lock = RLock()

    def of(self, owner: Exports) -> Variables:
        return self._set.get(owner, {})

    def holds(self, owner: Exports) -> bool:
        """Whether the variables have this owner's values, even if another owner has set some meanwhile."""
        return all(_same(self._present(name), value) for name, value in self.of(owner).items())

    def put(self, owner: Exports, variables: Variables) -> None:
        with self._lock:
            others = {each: those for each, those in self._set.items() if each is not owner}
            self._set = {**others, owner: variables}
            self._settle()

    def take(self, owner: Exports) -> None:
        with self._lock:
            self._set.pop(owner, None)
            self._settle()

    def _settle(self) -> None:
        """Give each variable the value it should have now. After an interruption, another call completes the work."""
        wanted: dict[str, Secret | None] = {}
        for variables in self._set.values():
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
                self._ours[name] = self._before[name] = present  # `_ours` first: after an interrupt both are checked
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
if hasattr(os, "register_at_fork"):  # Windows has neither this function nor fork
    os.register_at_fork(after_in_child=_PROCESS.renew)
_OTHERS: WeakValueDictionary[int, _Ledger] = WeakValueDictionary()
"""The ledgers of other mappings, by their id. A ledger keeps its mapping alive, so that the id is not reused."""


def _ledger_of(environ: MutableMapping[str, str]) -> _Ledger:
    """The one ledger of an environment: all owners that set its variables have to know of each other."""
    if environ is os.environ:
        return _PROCESS
    return _OTHERS.setdefault(id(environ), _Ledger(environ))
