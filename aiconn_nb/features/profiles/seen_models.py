"""The lists of models that a session has seen: what is known about a model without another request."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from threading import Thread
from typing import TYPE_CHECKING

from aiconn_nb.errors import AiconnError
from aiconn_nb.model.connection import Connection
from aiconn_nb.model.profile import Capability

if TYPE_CHECKING:
    from aiconn_nb.providers.account import Account
    from aiconn_nb.providers.base import Model

PATIENCE = 3.0
"""Seconds that a provider has to list its models while a profile is being saved."""

Listing = Mapping[str, frozenset[Capability]]
"""Model -> its capabilities, according to its provider; empty if the provider does not say."""


class Listings:
    """The last list of each connection, by environment: elsewhere another key may see other models."""

    def __init__(self) -> None:
        self._seen: dict[tuple[str, str], tuple[int, Listing]] = {}

    def remember(self, environment: str, connection: Connection, models: Iterable[Model]) -> None:
        """Keep a provider's list. An empty list says nothing about any model."""
        listing = {each.id: each.capabilities for each in models}
        if listing:
            self._seen[environment, connection.id] = (connection.version, listing)

    def of(self, environment: str, connection: Connection) -> Listing | None:
        """The last list for the connection as it is stored now; None if there is none."""
        version, listing = self._seen.get((environment, connection.id), (0, None))
        return listing if version == connection.version else None

    def models(self) -> list[str]:
        """Every model that was seen."""
        return sorted({model for _, listing in self._seen.values() for model in listing})


def offers(listing: Listing, model: str, capability: Capability) -> bool:
    """Whether the list has the model, for this capability or without any capabilities."""
    # Ollama lists a model with its tag, even if its name is used without one.
    able = listing.get(model, listing.get(f"{model}:latest"))
    return able is not None and (not able or capability in able)


def ask(account: Account) -> list[Model]:
    """The provider's list, if it comes within `PATIENCE`; otherwise, and on any error, an empty list.

    Some SDKs cannot be given a time limit, so a call that takes longer is left to run in its own thread.
    """
    account.patience = PATIENCE
    found: list[Model] = []

    def call() -> None:
        with suppress(AiconnError, NotImplementedError):
            found.extend(account.models())

    thread = Thread(target=call, name="aiconn-models", daemon=True)
    thread.start()
    thread.join(PATIENCE)
    return [] if thread.is_alive() else found
