"""A profile: connections in order, a model and options, under one name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from .capability import Capability as Capability  # plug-ins import it from here
from .connection import now
from .frozen import Frozen
from .ids import new_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A way to ask: the first connection that can answer does, with this model and these options."""

    alias: str
    name: str
    capability: Capability
    connections: tuple[str, ...]
    """Ids of connections; the first is used, the others are fallbacks in order."""
    model: str
    """The model of all connections without an entry in ``models``; '' if each has one."""
    options: Mapping[str, str | int | float] = field(default_factory=dict)
    tags: tuple[str, ...] = ()
    models: Mapping[str, str] = field(default_factory=dict)
    """Id of a connection -> its own model."""
    id: str = field(default_factory=new_id)
    created: datetime = field(default_factory=now)
    modified: datetime = field(default_factory=now)
    modified_by: str = field(default="", repr=False)
    version: int = 1

    def __post_init__(self) -> None:
        object.__setattr__(self, "options", Frozen(self.options))
        object.__setattr__(self, "models", Frozen(self.models))

    def model_for(self, connection: str) -> str:
        """The model to use with a connection, given by its id."""
        return self.models.get(connection, self.model)
