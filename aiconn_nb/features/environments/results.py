"""The environments, and the sources of settings in one. The results contain no secret."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from aiconn_nb.config.configuration import NO_SETTINGS as NO_SETTINGS
from aiconn_nb.model.field import NETWORK_GROUP
from aiconn_nb.session.results import Rows


@dataclass(frozen=True, slots=True)
class EnvironmentRow:
    """An environment that has files."""

    name: str
    current: bool
    origin: str
    """What selected it, if it is current."""
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
    """The folder of the store, in a displayable form."""

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
    """One field of a connection: its written value, and the resolved value in an environment. Never a secret."""

    key: str
    label: str
    written: str
    """The reference as written, ``sealed``, the value if it is not sensitive, or '' if nothing is set."""
    kind: str
    """``reference``, ``sealed``, ``literal``, ``default`` or ``unset``."""
    resolved: bool
    shown: str
    """The resolved value; masked if the field is sensitive or the value is secret."""
    source: str = ""
    hidden: tuple[str, ...] = ()
    """The lower layers with a value that this one hides."""
    problem: str = ""
    hint: str = ""
    reason: str = ""
    """The problem, worded for a place that already names the field."""
    brief: str = ""
    """The problem, worded for a place that already names the layers searched."""
    note: str = ""
    """A warning that a personal secret hides a file, outside of Development."""
    group: str = ""
    """The group of the field in a form."""

    @property
    def is_shown(self) -> bool:
        """Whether a table shows it: a network field without a value is left out."""
        return self.kind != "unset" or self.group != NETWORK_GROUP

    @property
    def told_source(self) -> str:
        """The source, and what a personal secret hides there."""
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
    """The source of each field of a connection."""

    title: str
    """The connection or reference."""
    environment: str
    places: tuple[str, ...]
    """The layers for lookups; the first with a value wins."""
    notes: tuple[str, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether every field resolves."""
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


class Comparison(StrEnum):
    """How a reference resolves in two environments."""

    SAME = "same"
    DIFFERS = "differs"
    MISSING = "missing"
    """It does not resolve in at least one of them."""


@dataclass(frozen=True, slots=True)
class ReferenceRow:
    """One reference in two environments."""

    reference: str
    connections: tuple[str, ...]
    """The aliases of the connections that use it."""
    state: Comparison
    left: str
    """Its source in the left environment; '' if it does not resolve there."""
    right: str

    def data(self) -> dict[str, Any]:
        return {
            "reference": self.reference,
            "connections": list(self.connections),
            "state": str(self.state),
            "left": self.left or None,
            "right": self.right or None,
        }


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class EnvironmentDiff(Rows[ReferenceRow]):
    """The references of all connections in two environments. It contains no value."""

    left: str
    """The first environment."""
    right: str

    @property
    def missing(self) -> tuple[ReferenceRow, ...]:
        """The references that do not resolve in both environments."""
        return tuple(row for row in self if row.state is Comparison.MISSING)

    @property
    def ok(self) -> bool:
        return not self.missing

    def data(self) -> Any:
        return {"left": self.left, "right": self.right, "references": [row.data() for row in self]}
