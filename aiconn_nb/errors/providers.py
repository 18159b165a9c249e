"""Errors about a provider and its answers."""

from __future__ import annotations

from aiconn_nb.model.hint import pip
from aiconn_nb.model.nearest import did_you_mean

from .base import AiconnError, Lines, clause


class ProviderError(AiconnError):
    """A problem with a provider."""


class ProviderNotFound(ProviderError):
    """No installed provider has this id."""

    id: str
    known: tuple[str, ...] = ()
    """The ids of the installed providers."""

    def lines(self) -> Lines:
        installed = f"Installed: {', '.join(self.known) or 'none'}."
        return f"There is no provider '{self.id}'.", did_you_mean(self.id, self.known) or installed


class ProviderUnavailable(ProviderError):
    """The provider is known, but its SDK is not installed or does not import."""


class SdkMissing(ProviderUnavailable, is_reason=True):
    """The provider's SDK is not installed."""

    provider: str
    modules: tuple[str, ...]
    """The missing packages."""
    package: str
    """The argument for pip that installs them."""

    def lines(self) -> Lines:
        return f"{self.provider} needs {' and '.join(self.modules)}, not installed here.", f"Run {pip(self.package)}"


class SdkBroken(ProviderUnavailable, is_reason=True):
    """The provider's SDK does not import."""

    provider: str
    module: str
    problem: str
    package: str

    def lines(self) -> Lines:
        return (
            f"{self.provider}: {self.module} is installed but does not import ({self.problem}).",
            f"Repair it: {pip(self.package)}",
        )


class PlugInBroken(ProviderUnavailable, is_reason=True):
    """The plug-in of a provider does not load or fails when it is called."""

    provider: str
    """The provider id."""
    problem: str
    origin: str = "it"
    """The package that it comes from."""
    is_saving: bool = False

    def lines(self) -> Lines:
        return (
            f"The plug-in of provider '{self.provider}' is broken: {clause(self.problem)}.",
            f"{'Nothing was saved. ' if self.is_saving else ''}Repair or uninstall {self.origin}.",
        )
