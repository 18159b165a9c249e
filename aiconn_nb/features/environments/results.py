"""The environments, and where settings come from in one. No value of a secret is in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from aiconn_nb.model.place import tilde
from aiconn_nb.ui.render import Cell, Rows, Table, View
from aiconn_nb.ui.render.notes import kept_in, warned


@dataclass(frozen=True, slots=True)
class EnvironmentRow:
    """An environment that has files."""

    name: str
    current: bool
    origin: str
    """Who decided on it, where it is the current one."""
    files: tuple[str, ...]


class Environments(Rows[EnvironmentRow]):
    """The environments and the current one."""

    def __init__(
        self,
        items: Sequence[EnvironmentRow],
        *,
        root: str,
        notes: Sequence[str] = (),
        aside: str = "",
        store: str = "",
    ) -> None:
        super().__init__(items)
        self.root = root
        self.notes = tuple(notes)
        self.aside = aside
        """What may be a slip: an environment without a file."""
        self.store = store
        """The folder of the store, as it may be shown."""

    @property
    def current(self) -> str:
        return next(row.name for row in self if row.current)

    def view(self) -> View:
        rows = tuple(
            (
                Cell(f"{'▸ ' if row.current else ''}{row.name}", "code"),
                Cell(f"current, from {row.origin}", "good") if row.current else "",
                ", ".join(row.files) or Cell("no file of its own", "quiet"),
            )
            for row in self
        )
        where = (
            f"Configuration folder: {tilde(self.root)}"
            if self.root
            else "No appsettings.json at or above the working folder."
        )
        notes = (Cell(where, "quiet"), *kept_in(self.store), *warned([*filter(None, [self.aside]), *self.notes]))
        return Table(("environment", "", "files"), rows, notes=notes)

    def data(self) -> Any:
        return {
            "current": self.current,
            "root": self.root or None,
            "store": self.store or None,
            "environments": [{"name": row.name, "current": row.current, "files": list(row.files)} for row in self],
        }


@dataclass(frozen=True, slots=True)
class FieldLine:
    """One field of a connection: what is written, and what becomes of it in an environment. Never the value of a secret."""

    key: str
    label: str
    written: str
    """The reference as written, ``sealed``, the value where it is not sensitive, or '' where nothing is set."""
    kind: str
    """``reference``, ``sealed``, ``literal``, ``default`` or ``unset``."""
    resolved: bool
    shown: str
    """What it resolves to: masked where it is sensitive or comes from configuration."""
    source: str = ""
    hidden: tuple[str, ...] = ()
    """Where the layers beneath have a value of their own that this one hides."""
    problem: str = ""
    hint: str = ""
    note: str = ""
    """That a personal secret hides what a file says, outside of Development."""

    @property
    def told_source(self) -> str:
        """The source, and what a personal secret there hides."""
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


class Explanation(Rows[FieldLine]):
    """Per field of a connection: where its value comes from."""

    def __init__(
        self,
        title: str,
        items: Sequence[FieldLine],
        *,
        environment: str,
        places: Sequence[str],
        notes: Sequence[str] = (),
    ):
        super().__init__(items)
        self.title = title
        self.environment = environment
        self.places = tuple(places)
        self.notes = tuple(notes)

    @property
    def complete(self) -> bool:
        """Whether nothing is missing."""
        return not any(line.problem for line in self)

    def view(self) -> View:
        rows = tuple(
            (
                line.key,
                written_cell(line),
                Cell("no", "bad")
                if line.problem
                else Cell("-", "quiet")
                if line.kind == "unset"
                else Cell("yes", "good"),
                Cell(line.shown, "code"),
                line.source or Cell("-", "quiet"),
                "; ".join(line.hidden) or Cell("-", "quiet"),
            )
            for line in self
        )
        problems = [Cell(self._said(line), "bad") for line in self if line.problem]
        searched = Cell("Searched, the first that has it wins: " + ", ".join(self.places) + ".", "quiet")
        return Table(
            columns=("field", "as written", "resolved", "value", "from", "hides"),
            rows=rows,
            title=f"{self.title} in {self.environment}",
            notes=(*problems, searched, *warned(self.notes)),
        )

    @property
    def ok(self) -> bool:
        return self.complete

    def _said(self, line: FieldLine) -> str:
        """What is wrong with a field and what to do, without what the notes say of all: places searched, and the folder."""
        problem = line.problem.partition(" Searched: ")[0]
        if not problem.startswith((f"{line.key}: ", line.written or "\0")):
            problem = f"{line.key}: {problem}"
        hint = line.hint
        for note in self.notes:
            hint = hint.replace(note, "")
        return f"{problem} {hint}".strip()

    def data(self) -> Any:
        return {
            "environment": self.environment,
            "searched": list(self.places),
            "fields": [line.data() for line in self],
        }


def written_cell(line: FieldLine) -> Cell:
    """What is written in a field, as it is shown."""
    if line.kind == "unset":
        return Cell("not set", "quiet")
    if line.kind == "default":
        return Cell(f"{line.shown} (default)", "quiet")
    return Cell(line.written, "code" if line.kind != "sealed" else "good")
