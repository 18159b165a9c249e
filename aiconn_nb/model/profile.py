"""A profile: connections in order, a model and options, under one name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from uuid import uuid4

from .connection import now


class Capability(StrEnum):
    """What a provider or a model can do."""

    CHAT = "chat"
    EMBEDDING = "embedding"


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """How to ask: the first connection that can answer does, with this model and these options."""

    alias: str
    name: str
    capability: Capability
    connections: tuple[str, ...]
    """Ids of connections; the first is used, the others are fallbacks in order."""
    model: str
    options: Mapping[str, str | int | float] = field(default_factory=dict)
    tags: tuple[str, ...] = ()
    id: str = field(default_factory=lambda: str(uuid4()))
    created: datetime = field(default_factory=now)
    modified: datetime = field(default_factory=now)
    modified_by: str = ""
    version: int = 1

    def __post_init__(self) -> None:
        object.__setattr__(self, "options", MappingProxyType(dict(self.options)))
