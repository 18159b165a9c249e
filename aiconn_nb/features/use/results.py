"""What the verbs answer that use a connection: which one is current, and its models."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from aiconn_nb.model.hint import command
from aiconn_nb.model.profile import Capability
from aiconn_nb.ui.render import Answer, Card, Cell, Rows, Table, View
from aiconn_nb.ui.render.notes import warned


@dataclass(frozen=True, slots=True, repr=False)
class Using(Answer):
    """The kernel's current connection."""

    alias: str
    name: str
    provider: str
    environment: str
    bound: str = ""
    """The name that the SDK client was bound to, or ''."""
    variables: tuple[str, ...] = ()
    """The environment variables that are exported now."""
    sources: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    """What a person should know: a file that is not read, a secret in a field that is shown."""

    def view(self) -> View:
        if not self.alias:
            return Card(
                "No connection is in use in this kernel.",
                (),
                (Cell(f"'{command('use ALIAS')}' makes one current.", "quiet"),),
            )
        pairs: list[tuple[str, Cell | str]] = [("environment", self.environment)]
        if self.sources:
            pairs.append(("resolved from", "; ".join(self.sources)))
        if self.bound:
            pairs.append(("client", Cell(self.bound, "code")))
        if self.variables:
            pairs.append(("exported", Cell(", ".join(self.variables), "code")))
        return Card(Cell(f"Using {self.alias} · {self.name} ({self.provider})"), tuple(pairs), warned(self.warnings))

    def data(self) -> Any:
        return {
            "alias": self.alias or None,
            "provider": self.provider or None,
            "environment": self.environment,
            "client": self.bound or None,
            "exported": list(self.variables),
            "warnings": list(self.warnings),
        }


@dataclass(frozen=True, slots=True)
class ModelRow:
    """A model of a provider's live list."""

    id: str
    name: str
    capabilities: tuple[Capability, ...]


class Models(Rows[ModelRow]):
    """The live list of models."""

    def __init__(self, alias: str, items: Sequence[ModelRow]) -> None:
        super().__init__(items)
        self.alias = alias

    def view(self) -> View:
        rows = tuple(
            (Cell(row.id, "code"), row.name, ", ".join(row.capabilities) or Cell("not said", "quiet")) for row in self
        )
        return Table(("model", "name", "capabilities"), rows, empty=f"{self.alias} answered, and lists no such model.")

    def data(self) -> Any:
        return [{"id": row.id, "name": row.name, "capabilities": [str(c) for c in row.capabilities]} for row in self]
