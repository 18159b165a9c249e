"""The environments, and where settings come from in one. No value of a secret is in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from aiconn_nb.session.results import Rows


@dataclass(frozen=True, slots=True)
class EnvironmentRow:
    """An environment that has files."""

    name: str
    current: bool
    origin: str
    """What selected it, if it is the current one."""
    files: tuple[str, ...]


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class Environments(Rows[EnvironmentRow]):
    """The environments and the current one."""

    root: str
    """The configuration folder; '' if there is none."""
    notes: tuple[str, ...] = ()
    aside: str = ""
    """A possible mistake: an environment without a file."""
    store: str = ""
    """The folder of the store, as it may be shown."""

    @property
    def current(self) -> str:
        return next(row.name for row in self if row.current)

    def data(self) -> Any:
        return {
            "current": self.current,
            "root": self.root or None,
            "store": self.store or None,
            "environments": [{"name": row.name, "current": row.current, "files": list(row.files)} for row in self],
        }


@dataclass(frozen=True, slots=True)
class FieldLine:
    """One field of a connection: its written value, and what that resolves to in an environment. Never the value of a secret."""

    key: str
    label: str
    written: str
    """The reference as written, ``sealed``, the value if it is not sensitive, or '' if nothing is set."""
    kind: str
    """``reference``, ``sealed``, ``literal``, ``default`` or ``unset``."""
    resolved: bool
    shown: str
    """What it resolves to: masked if it is sensitive or comes from configuration."""
    source: str = ""
    hidden: tuple[str, ...] = ()
    """The lower layers that have a value of their own, which this one hides."""
    problem: str = ""
    hint: str = ""
    reason: str = ""
    """The problem, in words for a place that names the field already."""
    note: str = ""
    """A warning that a personal secret overrides a file, outside of Development."""

    @property
    def told_source(self) -> str:
        """The source, and what a personal secret there overrides."""
        return f"{self.source} ({self.note})" if self.note else self.source

    def data(self) -> dict[str, Any]:
        return {
            "key": self.key,
            "written": self.written,
            "kind": self.kind,
            "resolved": self.resolved,
            "source": self.source,
            "hidden": list(self.hidden),
            "note": self.note,
            "problem": self.problem,
            "hint": self.hint,
        }


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class Explanation(Rows[FieldLine]):
    """Per field of a connection: where its value comes from."""

    title: str
    """The connection or reference."""
    environment: str
    places: tuple[str, ...]
    """The layers in which references are looked up; the first that has a value wins."""
    notes: tuple[str, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether nothing is missing."""
        return not any(line.problem for line in self)

    @property
    def ok(self) -> bool:
        return self.complete

    def data(self) -> Any:
        return {
            "environment": self.environment,
            "searched": list(self.places),
            "fields": [line.data() for line in self],
        }
