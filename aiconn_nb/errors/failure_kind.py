"""The kinds of failed calls to a provider, apart from the errors, which little code needs."""

from __future__ import annotations

from enum import StrEnum


class FailureKind(StrEnum):
    """The meaning of an SDK or network error, independent of the provider."""

    AUTHENTICATION = "authentication"
    PERMISSION = "permission"
    NOT_FOUND = "not_found"
    RATE_LIMITED = "rate_limited"
    OUT_OF_CREDIT = "out_of_credit"
    """The account is empty or has no billing. Waiting does not help; another account does."""
    TIMEOUT = "timeout"
    UNREACHABLE = "unreachable"
    BAD_REQUEST = "bad_request"
    PROVIDER_FAULT = "provider_fault"
    THIS_MACHINE = "this_machine"
    """A setting of this machine, such as a proxy or certificate variable, prevented the request."""

    @property
    def label(self) -> str:
        """The kind as text for a reader: ``rate limited``."""
        return self.value.replace("_", " ")

    @property
    def may_pass(self) -> bool:
        """Whether the failure may pass by itself, and says nothing about the key or the model."""
        return self in _PASSING


_PASSING = frozenset(
    {
        FailureKind.RATE_LIMITED,
        FailureKind.TIMEOUT,
        FailureKind.UNREACHABLE,
        FailureKind.PROVIDER_FAULT,
        FailureKind.THIS_MACHINE,
    }
)
