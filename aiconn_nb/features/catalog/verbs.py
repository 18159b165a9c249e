"""The installed providers, and the settings of each."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from aiconn_nb.features.core import Core
from aiconn_nb.model.capability import Capability
from aiconn_nb.model.field import Field
from aiconn_nb.session.verb import verb

if TYPE_CHECKING:
    # Only the verbs that call a provider import the modules for it: a list must be fast.
    from .results import Providers


class CatalogVerbs(Core):
    """The verbs on providers."""

    @verb(
        "providers",
        "list the installed providers, their fields, and whether their SDK is installed",
        details="Broken plug-ins are listed with their reason.",
        examples=("providers",),
        in_python=False,  # aiconn_nb.providers is a package
    )
    def providers(self) -> Providers:
        """Return the installed providers, and the broken plug-ins with their reason."""
        from .groups import listed

        return listed(self._context)

    def fields(self, provider: str) -> tuple[Field, ...]:
        """Return the settings of a provider. Raises `ProviderNotFound`."""
        return self._context.registry.get(provider).fields

    def set_here(self, providers: Iterable[str]) -> dict[str, dict[str, str]]:
        """Return the references that resolve here, by provider and field: ``{"openai": {"api_key": "$OPENAI_API_KEY"}}``."""
        from .set_here import set_here

        return set_here(self._context, providers)

    def provider_name(self, provider: str) -> str:
        """Return the display name of a provider; '' if it is missing or broken."""
        found = self._context.registry.find(provider)
        return "" if found is None else found.name

    def capabilities(self, providers: Iterable[str]) -> dict[str, tuple[str, ...]]:
        """Return the capabilities of each provider's models; all capabilities for a provider that is not installed."""
        installed = {id: self._context.registry.find(id) for id in providers}
        return {
            id: tuple(map(str, Capability if provider is None else sorted(provider.capabilities)))
            for id, provider in installed.items()
        }

    def provider_ids(self) -> list[str]:
        """Return the ids of the installed providers."""
        return self._context.registry.ids()
