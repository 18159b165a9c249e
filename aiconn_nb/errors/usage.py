"""Errors about recorded usage and its caps."""

from __future__ import annotations

from typing import Literal

from aiconn_nb.model.amounts import amount_of
from aiconn_nb.model.hint import command, option, pip

from .base import AiconnError, CommandError, Lines, clause

_NOT_SENT = "The request was not sent."  # other requests of the same call may have been sent
UNLOCK = "Run it again, once no other process keeps the file locked."


class UsageError(AiconnError):
    """The usage file cannot be used, or a cap refuses a request."""


class UsageUnusable(UsageError):
    """The usage file cannot be read or written. It is left unchanged."""

    place: str
    problem: str
    """``is newer than this release``, ``cannot be written (No space left on device)``."""
    is_newer: bool = False
    """Whether a later release wrote it."""
    is_locked: bool = False
    """Whether another process kept it locked."""
    is_damaged: bool = False

    def lines(self) -> Lines:
        remedy = "Make room or give access to the folder; then run it again."
        if self.is_newer:
            remedy = "Update aiconn-nb."
        elif self.is_locked:
            remedy = UNLOCK
        return f"The usage file {self.place} {clause(self.problem)}.", remedy


class CapReached(UsageError):
    """A request could exceed a cap. It was not sent."""

    alias: str
    """The connection or the profile that has the cap."""
    kind: Literal["connection", "profile"]
    per: Literal["day", "month"]
    unit: Literal["dollars", "calls", "tokens"]
    cap: float
    spent: float
    """The amount that all kernels have spent or reserved."""
    reserve: float
    """The maximum that the request can take."""
    is_open: bool = False
    """Whether the request does not limit its answer, so that the longest possible answer was reserved."""

    def lines(self) -> Lines:
        period = "today" if self.per == "day" else "this month"
        name, spent, cap, reserve = (
            f"The {self.kind} {self.alias}",
            *(amount_of(each, self.unit) for each in (self.spent, self.cap, self.reserve)),
        )
        if self.unit == "calls":
            what = f"{name} has used {spent} of {cap} {period}."
        else:
            what = f"{name} has spent {spent} of {cap} {period}, and the request can take up to {reserve}."
        shorter = self.is_open and self.unit != "calls" and self.spent < self.cap
        limit = option("--max-tokens N", "max_tokens=N")
        remedy = f"Limit the answer ({limit}), or raise" if shorter else "Raise"
        return (
            what,
            f"{remedy} the cap: '{command('cap', self.alias, '--per', self.per, f'--{self.unit}', 'N')}'. {_NOT_SENT}",
        )


class CapWithoutPrice(UsageError):
    """A cap is in dollars, but the price of the model is unknown. The request was not sent."""

    alias: str
    """The connection or the profile that has the cap."""
    kind: Literal["connection", "profile"]
    model: str
    has_prices: bool = True
    """Whether the package with the prices is installed."""

    def lines(self) -> Lines:
        if not self.has_prices:
            what = f"The {self.kind} {self.alias} has a cap in dollars, and there are no prices: genai-prices is not installed."
            return what, f"Run {pip('aiconn-nb[data]')}, or cap the calls. {_NOT_SENT}"
        cap = command("cap", self.alias, "--per", "day", "--calls", "N")
        return (
            f"The {self.kind} {self.alias} has a cap in dollars, and the price of {self.model} is not known.",
            f"Cap the calls or tokens instead: '{cap}'. {_NOT_SENT}",
        )


class CapUnchecked(UsageError):
    """Caps cannot be checked because the usage file cannot be read. The request was not sent."""

    alias: str
    kind: Literal["connection", "profile"]
    place: str
    problem: str
    is_locked: bool = False
    """Whether another process kept the file locked."""

    def lines(self) -> Lines:
        remedy = UNLOCK if self.is_locked else "Give access to the file, or move it away; the caps go with it."
        return (
            f"The caps of the {self.kind} {self.alias} cannot be checked: {self.place} {clause(self.problem)}.",
            f"{remedy} {_NOT_SENT}",
        )


class NothingToCap(CommandError, is_reason=True):
    """A cap has no limit."""

    alias: str

    def lines(self) -> Lines:
        return "A cap needs a limit.", command("cap", self.alias, "--per", "day", "--dollars", "5")


class NoCap(CommandError, is_reason=True):
    """There is no such cap to remove."""

    alias: str
    per: str = ""

    def lines(self) -> Lines:
        which = f"cap per {self.per}" if self.per else "cap"
        return f"{self.alias} has no {which}.", f"'{command('caps')}' lists all."


class NotAChoice(CommandError, is_reason=True):
    """The word is not one of the choices."""

    name: str
    given: str
    choices: tuple[str, ...]

    def lines(self) -> Lines:
        return f"{self.name} cannot be {self.given!r}.", f"Possible: {', '.join(self.choices)}."


class NotADay(CommandError, is_reason=True):
    """The word is neither a day nor a number of days."""

    given: str

    says = "{given!r} is not a day.", "Write a number of days (7d) or a date (2026-03-31)."


class UsageNotWritten(CommandError, is_reason=True):
    """The output file of a usage export cannot be written."""

    path: str
    problem: str = ""
    """'' if the file exists already."""

    def lines(self) -> Lines:
        if not self.problem:
            return (
                f"{self.path} cannot be written: the file exists already.",
                "Name another file, or add --yes.",
            )
        return f"{self.path} cannot be written: {clause(self.problem)}.", "Name another file."
