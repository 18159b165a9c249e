"""Errors about frameworks and their adapters."""

from __future__ import annotations

from aiconn_nb.model.hint import pip
from aiconn_nb.model.nearest import did_you_mean

from .base import AiconnError, Lines, clause


class AdapterError(AiconnError):
    """A problem with a framework or its adapter."""


class AdapterNotFound(AdapterError):
    """No adapter has this framework id."""

    framework: str
    known: tuple[str, ...] = ()

    def lines(self) -> Lines:
        return (
            f"There is no adapter for the framework '{self.framework[:60]}'.",
            did_you_mean(self.framework, self.known) or f"There are: {', '.join(self.known)}.",
        )


class AdapterBroken(AdapterError):
    """The plug-in of a framework does not load."""

    framework: str
    problem: str

    def lines(self) -> Lines:
        return (
            f"The adapter for {self.framework} is broken: {clause(self.problem)}.",
            "Repair or uninstall the package that it came with.",
        )


class FrameworkMissing(AdapterError):
    """The framework is not installed here."""

    framework: str
    package: str
    """The name that pip takes."""

    def lines(self) -> Lines:
        return f"{self.framework} is not installed here.", f"Run {pip(repr(self.package))}"


class FrameworkCannotCall(AdapterError):
    """The framework has no object for this provider or this capability."""

    framework: str
    alias: str
    capability: str
    provider: str = ""
    """The provider's name, if the provider is the reason."""
    apis: tuple[str, ...] = ()
    """The APIs that the framework's adapter can call."""

    def lines(self) -> Lines:
        if self.provider:
            return (
                f"{self.framework} cannot call {self.alias}: its adapter does not know {self.provider}.",
                f"Use a connection for one of {', '.join(self.apis)}, or the SDK's client: aiconn_nb.client({self.alias!r}).",
            )
        return (
            f"{self.framework} has no object for {self.capability}.",
            f"aiconn_nb.client({self.alias!r}) gives the SDK's own client.",
        )


class FrameworkFailed(AdapterError):
    """The framework refused to build its object."""

    framework: str
    alias: str
    kind: str
    """The class of the exception that it raised."""
    problem: str

    def lines(self) -> Lines:
        return (
            f"{self.framework} could not be built for {self.alias}: {self.kind}: {clause(self.problem)}.",
            "Check the model and the profile's options.",
        )
