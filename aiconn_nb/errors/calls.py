"""Errors about a call to a provider and its answer."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from aiconn_nb.model.amounts import duration
from aiconn_nb.model.hint import command, option

from .base import Lines, clause
from .failure_kind import FailureKind
from .providers import ProviderError

if TYPE_CHECKING:
    from .attempts import Attempt


class ProviderFailed(ProviderError):
    """A call to the provider failed; ``kind`` says how. The error contains the provider's own message, redacted."""

    kind: FailureKind
    words: str = ""
    """What happened, in the words of the code that raised it."""
    advice: str = ""
    """What to do; '' for the advice of the kind."""
    retry_after: float | None = None
    """How many seconds the provider asked to wait, if it said so."""
    again = False
    """Whether the same request may succeed a moment later."""
    too_large = False
    """Whether a request with fewer texts may succeed."""
    tries = ""
    """How often the request was sent, if more than once: ``asked 3 times``."""
    tried: tuple[Attempt, ...] = ()
    """The connections that failed before this one."""
    refused_text: int | None = None
    """The position of the text that the provider refused, from 0; None if it is unknown, or if there is only one text."""
    texts_done: tuple[int, int] | None = None
    """The number of texts that have vectors, and the number of texts requested."""

    def __init__(self, kind: FailureKind, what: str, hint: str = "", *, retry_after: float | None = None) -> None:
        super().__init__()
        self.kind = kind
        self.words = what
        self.advice = hint
        self.retry_after = retry_after

    @property
    def may_cost(self) -> bool:
        """Whether the provider may have answered and charged, with the answer lost."""
        return self.kind.meaning.may_cost

    def failure(self) -> Lines:
        """Return the lines, without the circumstances of the call."""
        return self.words, self.advice

    def lines(self) -> Lines:
        what, hint = self.failure()
        if self.refused_text is not None:
            hint = "Shorten this text or leave it out."
        elif self.texts_done:
            hint = f"No other connection took over, because its vectors would not be comparable. {hint}".strip()
        return self._around(what), hint

    def _around(self, what: str) -> str:
        """Add the circumstances of the call to the lines."""
        if self.tries:
            what = f"{clause(what)} ({self.tries})"
        if self.tried:
            what = f"{what} (Tried before: {'; '.join(map(str, self.tried))}.)"
        if self.refused_text is not None:
            what = f"{clause(what)} (the text at position {self.refused_text:,})."
        if self.texts_done:
            done, total = self.texts_done
            what = f"{what} ({done:,} of {total:,} texts had their vectors.)"
        return what


class CallFailed(ProviderFailed, is_reason=True):
    """The provider refused a call, or the call did not reach it."""

    kind: FailureKind
    alias: str
    """The connection, or the provider of an unsaved connection."""
    words: str = ""
    """The provider's message."""
    advice: str = ""
    retry_after: float | None = None
    again: bool = False
    too_large: bool = False
    is_listing: bool = False
    """Whether the call asked for the model list, so that the model cannot be wrong."""
    is_testable: bool = False
    """Whether the connection test would look for the right address."""

    @property
    def reason(self) -> str:
        return self._around(self._said)

    @property
    def _said(self) -> str:
        return self.kind.label + (f": {self.words}" if self.words else ".")

    def failure(self) -> Lines:
        return f"{self.alias}: {self._said}", self.advice or self._general()

    def _general(self) -> str:
        meaning = self.kind.meaning
        if meaning.is_sent_again and 0 < (self.retry_after or 0) < math.inf:
            return meaning.advice_with_wait.format(duration(self.retry_after or 0))
        if self.kind is not FailureKind.NOT_FOUND:
            return meaning.advice
        if not self.is_testable:
            return "Check the endpoint." if self.is_listing else "Check the model's name and the endpoint."
        address = f"'{command('test', self.alias)}' looks for the right address."
        if self.is_listing:
            return f"Check the endpoint; {address}"
        return f"Check the model's name ('{command('models', self.alias)}' lists them) and the endpoint; {address}"


class NotReached(ProviderError, is_reason=True):
    """The provider's address does not respond."""

    way: str
    """Host and port."""
    problem: str

    says = "{way}: {problem}.", FailureKind.UNREACHABLE.meaning.advice


class NotAble(ProviderFailed, is_reason=True):
    """The provider of a connection does not support the request."""

    kind: FailureKind = FailureKind.BAD_REQUEST
    alias: str
    what_for: str
    """``chat``, ``embed`` or ``do this``; '' if it supports neither chat nor embedding."""

    def failure(self) -> Lines:
        return f"{self.alias} {f'cannot {self.what_for}' if self.what_for else 'can neither chat nor embed'}.", ""


class ListNotOffered(ProviderFailed, is_reason=True):
    """The endpoint of a connection has no model list."""

    kind: FailureKind = FailureKind.NOT_FOUND
    alias: str

    def failure(self) -> Lines:
        return (
            f"{self.alias}: this endpoint has no model list.",
            "Name the model yourself, as the provider's documentation or portal spells it.",
        )


class AnswerTooLong(ProviderFailed, is_reason=True):
    """An answer is longer than the limit."""

    kind: FailureKind = FailureKind.PROVIDER_FAULT
    alias: str
    longest: int

    def failure(self) -> Lines:
        return (
            f"{self.alias}: the answer is longer than {self.longest:,} characters.",
            f"Ask for less, or set {option('--max-tokens', 'max_tokens')}.",
        )


class AnswerCut(ProviderFailed):
    """The answer broke off; ``partial`` has the part that arrived. The question is not asked again automatically."""

    def __init__(self, failed: ProviderFailed, partial: object = None, *, then: str = "") -> None:
        super().__init__(failed.kind, "", retry_after=failed.retry_after)
        self.failed = failed
        """How the answer broke off."""
        self.partial = partial
        self.then = then
        """The connection that is asked first for the next minute; '' if the profile has no other."""

    @property
    def reason(self) -> str:
        return self.failed.reason

    def failure(self) -> Lines:
        what, hint = self.failed.lines()
        if self.then:
            hint = f"Ask again: {self.then} is asked first now."
        return what, f"The part of the answer that arrived is kept. {hint}".strip()
