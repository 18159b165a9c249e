"""Errors about a call of a provider, and about its answer."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from aiconn_nb.model.hint import command

from .attempts import Attempt
from .base import Lines, clause, reason
from .providers import ProviderError


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


ADVICE: Final = {
    FailureKind.AUTHENTICATION: "The key was refused: check that it is the right one and still valid.",
    FailureKind.PERMISSION: "The key is known but may not do this: check its rights, project and region.",
    FailureKind.NOT_FOUND: "Check the model's name and the endpoint.",
    FailureKind.RATE_LIMITED: "Wait a little, or check the account's quota and billing.",
    FailureKind.OUT_OF_CREDIT: "Add credit or check the billing in the provider's console, or use another connection.",
    FailureKind.TIMEOUT: "Try again; if it stays, check the endpoint and the network.",
    FailureKind.UNREACHABLE: "Check the endpoint, the network and the proxy.",
    FailureKind.BAD_REQUEST: "The provider did not accept the request: check the model and its options.",
    FailureKind.PROVIDER_FAULT: "The fault is on the provider's side: try again later.",
    FailureKind.THIS_MACHINE: "Correct this machine's settings: no request was sent.",
}
"""What to do where the provider does not know better."""


class ProviderFailed(ProviderError):
    """A call to the provider failed; ``kind`` says how. The provider's own words are in it, redacted."""

    kind: FailureKind
    words: str = ""
    """What happened, in the words of who raised it."""
    advice: str = ""
    """What to do; '' for what helps with the kind."""
    retry_after: float | None = None
    """Seconds the provider asked to wait, where it said so."""
    again = False
    """Whether the same request may succeed a moment later."""
    too_large = False
    """Whether fewer texts at once may be taken."""
    tries = ""
    """How often it was sent, if more than once: ``asked 3 times``."""
    tried: tuple[Attempt, ...] = ()
    """The connections that were tried in vain before this one."""
    texts_done: tuple[int, int] | None = None
    """Of how many texts the vectors had come, and of how many they were wanted."""

    def __init__(self, kind: FailureKind, what: str, hint: str = "", *, retry_after: float | None = None) -> None:
        super().__init__()
        self.kind = kind
        self.words = what
        self.advice = hint
        self.retry_after = retry_after

    def failure(self) -> Lines:
        """The lines without what happened around the call."""
        return self.words, self.advice

    def lines(self) -> Lines:
        what, hint = self.failure()
        if self.texts_done:
            hint = f"No other connection took over: its vectors would be no neighbours of these. {hint}".strip()
        return self._around(what), hint

    def _around(self, what: str) -> str:
        """A failure with what happened around the call."""
        if self.tries:
            what = f"{clause(what)} ({self.tries})"
        if self.tried:
            what = f"{what} (Tried before: {'; '.join(map(str, self.tried))}.)"
        if self.texts_done:
            done, total = self.texts_done
            what = f"{what} ({done:,} of {total:,} texts had their vectors.)"
        return what


@reason
class CallFailed(ProviderFailed):
    """The provider, or the way to it, refused a call."""

    kind: FailureKind
    alias: str
    """The connection, or the provider of one that is not saved."""
    words: str = ""
    """What the provider says."""
    advice: str = ""
    retry_after: float | None = None
    again: bool = False
    too_large: bool = False
    is_listing: bool = False
    """Whether the list of models was asked for: there is no model to blame."""
    is_testable: bool = False
    """Whether the test of the connection would look for the right address."""

    @property
    def reason(self) -> str:
        return self._around(self._said)

    @property
    def _said(self) -> str:
        return self.kind.label + (f": {self.words}" if self.words else ".")

    def failure(self) -> Lines:
        return f"{self.alias}: {self._said}", self.advice or self._general()

    def _general(self) -> str:
        if self.kind is not FailureKind.NOT_FOUND:
            return ADVICE[self.kind]
        check = "Check the endpoint" if self.is_listing else "Check the model's name and the endpoint"
        if self.is_testable:
            return f"{check}; '{command('test', self.alias)}' looks for the right address."
        return f"{check}."


@reason
class NotReached(ProviderError):
    """Nothing answers at the address of the provider."""

    way: str
    """Host and port."""
    problem: str

    def lines(self) -> Lines:
        return f"{self.way}: {self.problem}.", ADVICE[FailureKind.UNREACHABLE]


@reason
class NotAble(ProviderFailed):
    """The provider of a connection cannot do what is wanted."""

    kind = FailureKind.BAD_REQUEST
    alias: str
    what_for: str
    """``chat``, ``embed`` or ``do this``; '' where it can do nothing of the kind."""

    def failure(self) -> Lines:
        return f"{self.alias} {f'cannot {self.what_for}' if self.what_for else 'can neither chat nor embed'}.", ""


@reason
class ListNotOffered(ProviderFailed):
    """The endpoint of a connection has no list of models."""

    kind = FailureKind.NOT_FOUND
    alias: str

    def failure(self) -> Lines:
        return (
            f"{self.alias}: this endpoint has no model list.",
            "Name the model yourself, as the provider's documentation or portal spells it.",
        )


@reason
class AnswerTooLong(ProviderFailed):
    """An answer has more characters than are kept."""

    kind = FailureKind.PROVIDER_FAULT
    alias: str
    longest: int

    def failure(self) -> Lines:
        return (
            f"{self.alias}: the answer is longer than {self.longest:,} characters.",
            "Ask for less, or set --max-tokens.",
        )


class AnswerCut(ProviderFailed):
    """The answer broke off after a part of it had come, which is in ``partial``. It is not asked again behind your back."""

    def __init__(self, failed: ProviderFailed, partial: object = None) -> None:
        super().__init__(failed.kind, "", retry_after=failed.retry_after)
        self.failed = failed
        """How it broke off."""
        self.partial = partial

    @property
    def reason(self) -> str:
        return self.failed.reason

    def failure(self) -> Lines:
        what, hint = self.failed.lines()
        return what, f"What had come of the answer is kept. {hint}".strip()
