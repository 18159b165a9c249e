"""The results of the verbs that use a connection: the current one, and its models."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from aiconn_nb.model.capability import Capability
from aiconn_nb.session.results import Result, Rows


@dataclass(frozen=True, slots=True, repr=False)
class Using(Result):
    """The kernel's current connection."""

    alias: str
    name: str
    provider: str
    environment: str
    bound: str = ""
    """The names bound to the SDK client, with commas, or ''."""
    variables: tuple[str, ...] = ()
    """The exported environment variables."""
    sources: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    """Warnings: a file that is not read, a secret in a displayed field."""

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
    context: int | None = None
    """Its context window in tokens, if the list has it."""
    input_price: float | None = None
    """US dollars per million tokens, if the list has it."""
    output_price: float | None = None
    shutdown: str = ""
    """The announced last day, in ISO 8601; '' without one."""


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class Models(Rows[ModelRow]):
    """The live list of models."""

    alias: str
    """The alias of the connection."""
    is_whole: bool = True
    """Whether it has all models that the provider listed."""

    def data(self) -> Any:
        return [
            {
                "id": row.id,
                "name": row.name,
                "capabilities": [str(c) for c in row.capabilities],
                "context": row.context,
                "input_price": row.input_price,
                "output_price": row.output_price,
                "shutdown": row.shutdown or None,
            }
            for row in self
        ]


@dataclass(frozen=True, slots=True, repr=False)
class Exited(Result):
    """A program that was run has finished with this status."""

    status: int

    @property
    def exit_status(self) -> int:
        return self.status

    @property
    def is_printed(self) -> bool:
        return False

    def data(self) -> Any:
        return {"status": self.status}
