"""The kinds of failed calls to a provider, and what each one means for the code that handles it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final, Literal, NamedTuple


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
    def meaning(self) -> Meaning:
        """What follows from a failure of this kind."""
        return MEANINGS[self]


class Meaning(NamedTuple):
    """What follows from a kind of failure."""

    advice: str
    """What to do if the provider gives no better advice."""
    example: str
    """How a provider may word it. The demo does."""
    advice_with_wait: str = ""
    """The advice if the server says how long to wait; the time replaces {}."""
    elsewhere: str = ""
    """How the answer of another connection describes the failure of this one: ``was rate limited``. '' if a fault in the request
    itself would make it fail there as well."""
    is_about: Literal["key", "model", ""] = ""
    """What was refused, and probably will be with the next call."""
    ends_batch: bool = False
    """Whether it would repeat for every other row."""
    may_pass: bool = False
    """Whether it may pass by itself, and says nothing about the key or the model."""
    may_cost: bool = False
    """Whether the provider may have answered and charged, with the answer lost."""

    @property
    def falls_back(self) -> bool:
        """Whether another connection is tried: it may have credit, a valid key, or the model."""
        return bool(self.elsewhere)

    @property
    def is_sent_again(self) -> bool:
        """Whether the call is sent again after the time that the server asks to wait."""
        return bool(self.advice_with_wait)


MEANINGS: Final[Mapping[FailureKind, Meaning]] = {
    FailureKind.AUTHENTICATION: Meaning(
        "The key was refused: check that it is the right one and still valid.",
        "Invalid key.",
        elsewhere="refused its key",
        is_about="key",
        ends_batch=True,
    ),
    FailureKind.PERMISSION: Meaning(
        "The key is known but may not do this: check its rights, project and region.",
        "This account may not use that model.",
        is_about="model",
        ends_batch=True,
    ),
    FailureKind.NOT_FOUND: Meaning(
        "Check the model's name and the endpoint.",
        "There is no such model.",
        elsewhere="did not have the model",
        is_about="model",
        ends_batch=True,
    ),
    FailureKind.RATE_LIMITED: Meaning(
        "Wait a little, or check the account's quota and billing.",
        "Too many requests.",
        "The server asks to wait {}. The account's quota and billing may be a reason, too.",
        elsewhere="was rate limited",
        may_pass=True,
    ),
    FailureKind.OUT_OF_CREDIT: Meaning(
        "Add credit or check the billing in the provider's console, or use another connection.",
        "This account has no credit left.",
        elsewhere="was out of credit",
        is_about="key",
        ends_batch=True,
    ),
    FailureKind.TIMEOUT: Meaning(
        "Try again; if it persists, check the endpoint and the network.",
        "No answer in time.",
        "The server asks to wait {}; if it persists, check the endpoint and the network.",
        elsewhere="did not answer in time",
        may_pass=True,
        may_cost=True,
    ),
    FailureKind.UNREACHABLE: Meaning(
        "Check the endpoint, the network and the proxy.",
        "The host cannot be reached.",
        elsewhere="could not be reached",
        may_pass=True,
        may_cost=True,
    ),
    FailureKind.BAD_REQUEST: Meaning(
        "The provider did not accept the request: check the model and its options.",
        "This request makes no sense.",
    ),
    FailureKind.PROVIDER_FAULT: Meaning(
        "The fault is on the provider's side: try again later.",
        "Something broke on our side.",
        "The fault is on the provider's side: the server asks to wait {}.",
        elsewhere="had a fault at the provider",
        may_pass=True,
    ),
    FailureKind.THIS_MACHINE: Meaning(
        "Correct this machine's settings: no request was sent.",
        "HTTPS_PROXY is not a URL.",
        elsewhere="could not be asked from this machine",  # another provider's SDK reads other variables
        ends_batch=True,
        may_pass=True,
    ),
}
