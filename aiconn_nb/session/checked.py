"""Results of checks: which connections and models have answered, when, and what their providers listed.

All kernels share one file, ``checks.json`` beside the store, which contains no key and no value of a setting. An entry holds for
one state of a connection in one environment: a digest of its settings, and of the values of its references that are not secret,
must be the same. The file is a convenience: a damaged one counts as empty, and if it cannot be written, only this process
remembers.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from threading import Lock
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from aiconn_nb import files
from aiconn_nb.errors import AiconnError, FailureKind
from aiconn_nb.model.capability import Capability
from aiconn_nb.model.casing import fold
from aiconn_nb.model.connection import Connection, now, references
from aiconn_nb.model.secret import Sealed, holds_key
from aiconn_nb.model.stamp import Stamp, stamp_of
from aiconn_nb.model.strict import Malformed, moment_of

from .forking import renew_in_child

if TYPE_CHECKING:
    from aiconn_nb.providers.base import Model

    from .context import Context

NAME: Final = "checks.json"
FORMAT: Final = 1
LARGEST: Final = 8_000_000
"""The maximum size of the file in bytes."""
MOST_LISTED: Final = 2_000
"""The maximum number of models of a list; a longer list is not saved."""
WAIT: Final = 1.0
"""Seconds to wait for another process that writes. After that, only this process remembers."""
AGAIN: Final = timedelta(hours=1)
"""The time in which another answer of the same model is not recorded again."""
REFUSED_FOR: Final = timedelta(hours=1)
"""How long a refusal is believed. The key in a variable or a file may be another one by then, and an account may have credit again;
only the next request can tell."""
_ASKED: Final = {Capability.CHAT: "asked", Capability.EMBEDDING: "embedded"}
_LETTERS: Final = {Capability.CHAT: "c", Capability.EMBEDDING: "e"}


class Verdict(NamedTuple):
    """Whether something answered or was refused, and when."""

    ok: bool
    at: datetime


Asked = tuple[str, Capability]
"""A model, and what it was asked for: one that embeds may not chat."""


class Listed(NamedTuple):
    """A model's entry in a list."""

    capabilities: frozenset[Capability] = frozenset()
    """Empty if the provider does not list them."""
    shutdown: str = ""
    """Its shutdown date, such as ``2027-01-31``; '' if none is announced."""


Listing = Mapping[str, Listed]


class Known(NamedTuple):
    """The known facts about a connection as it is stored now, in one environment."""

    key: Verdict | None = None
    """Whether its key was proven; None if unknown."""
    listing: Listing = MappingProxyType({})
    """The last model list; empty if there is none."""
    listed: datetime | None = None
    asked: Mapping[Asked, Verdict] = MappingProxyType({})
    """Whether a model answered the last request of a kind."""

    def listed_as(self, model: str) -> Listed | None:
        """The entry of a model; None if it is not in the list."""
        # Ollama lists a model with its tag, even if its name is used without one.
        return self.listing.get(model) or self.listing.get(f"{model}:latest")

    def believed(self, at: datetime) -> Known:
        """Return the facts that still hold at this time, without old refusals."""

        def holds(verdict: Verdict) -> bool:
            return verdict.ok or timedelta(0) <= at - verdict.at < REFUSED_FOR

        asked = {model: verdict for model, verdict in self.asked.items() if holds(verdict)}
        return self._replace(key=self.key if self.key and holds(self.key) else None, asked=asked)

    def and_also(self, other: Known) -> Known:
        """Merge two states; the newer facts win."""
        mine, theirs = self.listed, other.listed
        is_newer = theirs is not None and (mine is None or theirs >= mine)
        asked = dict(self.asked)
        for model, verdict in other.asked.items():
            asked[model] = max(asked.get(model, verdict), verdict, key=lambda each: each.at)
        keys = [each for each in (self.key, other.key) if each is not None]
        return Known(
            max(keys, key=lambda each: each.at) if keys else None,
            other.listing if is_newer else self.listing,
            theirs if is_newer else mine,
            asked,
        )


NOTHING: Final = Known()


class Checks:
    """The check results of a session, shared with other kernels of the same home."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._path: Path = context.home / NAME
        self._read_at: Stamp | None = None
        self._read: _Entries = {}
        self._own: _Entries = {}
        """The results that could not be written."""
        self._lock = Lock()
        renew_in_child(self)

    def renew(self) -> None:
        """Replace the lock, which another thread may have held when the process was forked."""
        self._lock = Lock()

    # ---- asking -------------------------------------------------------------------------------------------------------

    def of(self, connection: Connection, environment: str | None = None) -> Known:
        """The known facts about a connection as it is now, in an environment; by default, in the current one."""
        return self.of_each([connection], environment)[connection.id]

    def of_each(self, connections: Iterable[Connection], environment: str | None = None) -> dict[str, Known]:
        """The known facts by the connections' ids; the file is looked at once."""
        here, both = environment or self._context.environment, (self._entries(), self._own)

        def known(connection: Connection) -> Known:
            found = [each for entries in both if (each := entries.get((connection.id, here))) is not None]
            mark = self._mark(connection) if found else ""
            known = NOTHING
            for each in found:
                if each.mark == mark:
                    known = known.and_also(each.known)
            return known.believed(now()) if found else known

        return {connection.id: known(connection) for connection in connections}

    def models(self) -> list[str]:
        """All models that were listed in the current environment."""
        here = self._context.environment
        entries = {**self._entries(), **self._own}
        return sorted({model for (_, place), each in entries.items() if place == here for model in each.known.listing})

    # ---- noting -------------------------------------------------------------------------------------------------------

    def listed(self, connection: Connection, models: Iterable[Model]) -> None:
        """Save a provider's list. An empty one says nothing about any model."""
        self._note(connection, _of_list(models))

    def tested(
        self, connection: Connection, models: Iterable[Model], *, key: bool | None, asked: Mapping[Asked, bool]
    ) -> None:
        """Save the results of a test: its list, whether the key was proven (None: unknown), which model answered."""
        at = now()
        found = _of_list(models)._replace(
            key=None if key is None else Verdict(key, at),
            asked={model: Verdict(ok, at) for model, ok in asked.items()},
        )
        self._note(connection, found)

    def answered(self, connection: Connection, model: str, capability: Capability) -> None:
        """Save that a model has answered, which proves the key as well."""
        at = now()
        known = self.of(connection)
        last = known.asked.get((model, capability))
        if last and last.ok and timedelta(0) <= at - last.at < AGAIN and known.key and known.key.ok:
            return
        self._note(connection, Known(key=Verdict(True, at), asked={(model, capability): Verdict(True, at)}))

    def failed(self, connection: Connection, model: str, capability: Capability, kind: FailureKind) -> None:
        """Save that a key or a model was refused. A failure of any other kind says nothing about the next call."""
        verdict = Verdict(False, now())
        if kind.meaning.is_about == "key":
            self._note(connection, Known(key=verdict))
        elif kind.meaning.is_about == "model":
            self._note(connection, Known(asked={(model, capability): verdict}))

    def forget(self, key: str) -> None:
        """Forget the facts about connections that refer to a configuration key whose value was changed."""
        ids = {
            each.id
            for each in self._context.store.read().connections
            if any(fold(written[1:]) == fold(key) for written in references(each.settings).values())
        }

        def without(entries: _Entries) -> _Entries:
            return {where: each for where, each in entries.items() if where[0] not in ids}

        with self._lock:
            self._own = without(self._own)
            if any(id in ids for id, _ in self._entries()):
                self._write(without)

    def _note(self, connection: Connection, found: Known) -> None:
        if found == NOTHING:
            return
        where, mark = self._place(connection), self._mark(connection)

        def added(entries: _Entries) -> _Entries:
            there = entries.get(where)
            before = there.known if there is not None and there.mark == mark else NOTHING
            return {**entries, where: _Entry(mark, before.and_also(found))}

        with self._lock:
            kept = self._own.pop(where, None)
            if kept is not None and kept.mark == mark:
                found = kept.known.and_also(found)
            if not self._write(added):
                self._own = added(self._own)

    # ---- the file -----------------------------------------------------------------------------------------------------

    def _place(self, connection: Connection) -> tuple[str, str]:
        return connection.id, self._context.environment

    def _mark(self, connection: Connection) -> str:
        """A digest of the values that a client of this connection is built from, without its secrets."""
        configuration = self._context.configuration()
        said: dict[str, object] = {"": connection.provider}
        for key, value in connection.settings.items():
            said[key] = value.token if isinstance(value, Sealed) else value
        for written in references(connection.settings).values():
            try:
                found = configuration.lookup(written[1:])
            except AiconnError:
                continue
            said[f"{written}="] = None if found.is_secret else found.value
        from hashlib import sha256  # only where there are checks: a list must be fast

        text = json.dumps(said, sort_keys=True, default=str)
        return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]

    def _entries(self) -> _Entries:
        """The content of the file, read again if the file was replaced."""
        try:
            stamp: Stamp | None = stamp_of(self._path.stat())
        except OSError:
            stamp = None
        if stamp is None or stamp != self._read_at:
            self._read, self._read_at = _parsed(self._path) if stamp else {}, stamp
        return self._read

    def _write(self, change: Callable[[_Entries], _Entries]) -> bool:
        """Change the content of the file, under its lock. Returns whether that worked."""
        try:
            known = {each.id for each in self._context.store.read().connections}
            files.make_private_folder(self._path.parent)
            with files.Lock(self._path, wait=WAIT).held(_Unwritable, _Unwritable):
                if _is_newer(self._path):
                    return False
                entries = change(_parsed(self._path))
                # A restored connection is checked again.
                entries = {where: each for where, each in entries.items() if where[0] in known}
                content = _encoded(entries)
                if len(content) > LARGEST:
                    return False
                files.replace(self._path, content)
        except (OSError, _Unwritable, AiconnError):
            return False
        return True


class _Unwritable(Exception):
    """Another process holds the lock, or the lock cannot be created."""


class _Entry(NamedTuple):
    mark: str
    known: Known


_Entries = dict[tuple[str, str], _Entry]
"""By id and environment."""


def _of_list(models: Iterable[Model]) -> Known:
    listing = {
        each.id: Listed(each.capabilities, each.shutdown)
        for each in models
        if len(each.id) <= 200 and not holds_key(each.id)
    }
    return Known(listing=listing, listed=now()) if 0 < len(listing) <= MOST_LISTED else NOTHING


def _encoded(entries: _Entries) -> bytes:
    checks: dict[str, dict[str, Any]] = {}
    for (id, environment), (mark, known) in entries.items():
        said: dict[str, Any] = {"of": mark}
        if known.key is not None:
            said["key"] = [known.key.ok, known.key.at.isoformat()]
        if known.listed is not None:
            said["listed"] = known.listed.isoformat()
            said["list"] = {
                model: " ".join(filter(None, ["".join(sorted(_LETTERS[each] for each in can)) or "-", shutdown]))
                for model, (can, shutdown) in known.listing.items()
            }
        for (model, capability), each in known.asked.items():
            said.setdefault(_ASKED[capability], {})[model] = [each.ok, each.at.isoformat()]
        checks.setdefault(id, {})[environment] = said
    return json.dumps({"format": FORMAT, "checks": checks}, separators=(",", ":")).encode()


def _document(path: Path) -> Any:
    return json.loads(files.read(path, most=LARGEST))


def _is_newer(path: Path) -> bool:
    """Whether a later release wrote the file. It must not lose its data."""
    try:
        found = _document(path)["format"]
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        return False
    return isinstance(found, int) and found > FORMAT


def _parsed(path: Path) -> _Entries:
    """The content of the file, or nothing if it is unreadable. Unreadable entries are left out."""
    try:
        document = _document(path)
        if document["format"] != FORMAT:
            return {}
        said = [(id, place, each) for id, places in document["checks"].items() for place, each in places.items()]
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return {}
    entries: _Entries = {}
    for id, place, each in said:
        try:
            entries[id, place] = _Entry(str(each["of"]), _known(each))
        except (ValueError, TypeError, KeyError, AttributeError, Malformed):
            continue
    return entries


def _known(said: Mapping[str, Any]) -> Known:
    """Parse an entry. Raises the error of any invalid value, such as a malformed date."""
    by_letter = {letter: capability for capability, letter in _LETTERS.items()}
    listing = {}
    for model, words in said.get("list", {}).items():
        letters, _, shutdown = words.partition(" ")
        listing[model] = Listed(frozenset(by_letter[each] for each in letters if each in by_letter), shutdown)
    return Known(
        _verdict(said["key"]) if "key" in said else None,
        listing,
        moment_of(said["listed"]) if "listed" in said else None,
        {
            (model, capability): _verdict(each)
            for capability, name in _ASKED.items()
            for model, each in said.get(name, {}).items()
        },
    )


def _verdict(said: Any) -> Verdict:
    ok, at = said
    if not isinstance(ok, bool):
        raise TypeError("a verdict is true or false")
    return Verdict(ok, moment_of(at))
