"""The installed providers, and the settings of each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiconn_nb.errors import ProviderError
from aiconn_nb.features.core import Core
from aiconn_nb.model.field import Field
from aiconn_nb.session.verb import verb

if TYPE_CHECKING:
    # Only the verbs that call a provider import the modules for it: a list must be fast.

    from .results import Providers


class CatalogVerbs(Core):
    """The verbs on providers."""

    @verb(
        "providers",
        "the installed providers, their fields, and whether their SDK is here",
        details="Plug-ins that do not load are listed with their reason.",
        examples=("providers",),
        in_python=False,  # aiconn_nb.providers is a package
    )
    def providers(self) -> Providers:
        """The installed providers, and the broken plug-ins with their reason."""
        from .groups import listed

        return listed(self._context)

    def fields(self, provider: str) -> tuple[Field, ...]:
        """The settings of a provider. Raises `ProviderNotFound`."""
        return self._context.registry.get(provider).fields

    def provider_name(self, provider: str) -> str:
        """The display name of a provider; '' if it is not installed or broken."""
        try:
            return self._context.registry.get(provider).name
        except ProviderError:
            return ""

    def provider_ids(self) -> list[str]:
        """The ids of the installed providers."""
        return self._context.registry.ids()
