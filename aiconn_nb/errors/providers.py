"""Errors about a provider and its answers."""

from __future__ import annotations

from enum import StrEnum

from .base import AiconnError


class ProviderError(AiconnError):
    """Something about a provider."""


class ProviderNotFound(ProviderError):
    """No installed provider has this id."""


class ProviderUnavailable(ProviderError):
    """The provider is known, but its SDK is not installed or does not import."""


class FailureKind(StrEnum):
    """What an SDK or network error means, whichever provider it came from."""

    AUTHENTICATION = "authentication"
    PERMISSION = "permission"
    NOT_FOUND = "not_found"
    RATE_LIMITED = "rate_limited"
    OUT_OF_CREDIT = "out_of_credit"
    """The account is empty, or its billing is not set up: waiting does not help, another account does."""
    TIMEOUT = "timeout"
    UNREACHABLE = "unreachable"
    BAD_REQUEST = "bad_request"
    PROVIDER_FAULT = "provider_fault"
    THIS_MACHINE = "this_machine"
    """A setting of this machine, such as a proxy or certificate variable, kept the request from being sent."""

    @property
    def label(self) -> str:
        """The kind as a person reads it: ``rate limited``."""
        return self.value.replace("_", " ")


class ProviderFailed(ProviderError):
    """A call to the provider failed; ``kind`` says how. The provider's own words are in it, redacted."""

    def __init__(self, kind: FailureKind, what: str, hint: str = "", *, retry_after: float | None = None) -> None:
        super().__init__(what, hint)
        self.kind = kind
        self.retry_after = retry_after
        """Seconds the provider asked to wait, where it said so."""
        self.again = False
        """Whether the same request may succeed a moment later."""
        self.too_large = False
        """Whether fewer texts at once may be taken."""


class AnswerCut(ProviderFailed):
    """The answer broke off after a part of it had come, which is in ``partial``. It is not asked again behind your back."""
