"""The installed providers, as a list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from aiconn_nb.model.capability import Capability
from aiconn_nb.session.results import Rows


@dataclass(frozen=True, slots=True)
class ProviderRow:
    """An installed provider, or a broken plug-in with its reason."""

    id: str
    name: str
    capabilities: tuple[Capability, ...] = ()
    fields: tuple[str, ...] = ()
    """Keys, with ``*`` after a required and ``!`` after a sensitive one."""
    missing: tuple[str, ...] = ()
    """Modules of its SDK that are not installed."""
    install: str = ""
    broken: str = ""
    key_shapes: tuple[str, ...] = ()
    """The owners of the keys that belong here, as `aiconn_nb.model.secret.shape_of` names them."""
    network: tuple[str, ...] = ()
    """Keys of the network fields, which are not in `fields`."""
    group: str = "installed"
    """Its group in the list: recently used, installed, local (on this machine), SDK not installed, broken."""


class Providers(Rows[ProviderRow]):
    """The installed providers."""

    def data(self) -> Any:
        return [
            {
                "id": row.id,
                "name": row.name,
                "group": row.group,
                "capabilities": [str(c) for c in row.capabilities],
                "fields": list(row.fields),
                "network": list(row.network),
                "ready": not (row.missing or row.broken),
                "install": row.install if row.missing else None,
                "broken": row.broken or None,
            }
            for row in self
        ]
