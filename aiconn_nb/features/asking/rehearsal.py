"""The rehearsal of a failover: who would answer now, and who once each that would is switched off in turn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Any

from aiconn_nb.errors import AiconnError, Attempt, FailureKind, NotAble, ProviderFailed
from aiconn_nb.features.usage import Tally
from aiconn_nb.model.connection import Connection
from aiconn_nb.model.profile import Capability, Profile
from aiconn_nb.session.results import Rows

from .failover import FALLS_BACK
from .stream import AccountOf

PATIENCE = 10.0
"""Seconds that a connection has to answer a live rehearsal."""


@dataclass(frozen=True, slots=True)
class Player:
    """A connection in the rehearsal, in the order of the trial."""

    alias: str
    problem: str = ""
    """Why it could not answer, ``is inactive`` and the like; '' where nothing is known against it."""
    connection: Connection | None = None
    """None where it is gone."""
    resting: bool = False
    """Whether it failed within the last minute, and so is tried last."""


@dataclass(frozen=True, slots=True)
class Step:
    """What happens with some connections switched off."""

    without: tuple[str, ...]
    """The aliases of those that are off."""
    answers: str
    """The alias of the connection that would answer; '' where none would."""
    attempts: tuple[Attempt, ...] = ()
    """Who would be tried before, in vain."""

    def data(self) -> dict[str, Any]:
        return {
            "without": list(self.without),
            "answers": self.answers or None,
            "attempts": [each.data() for each in self.attempts],
        }


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class Rehearsal(Rows[Step]):
    """The first step is how it is now; in each of the others the one that decided the step before is off as well."""

    label: str
    """The profile, or the connection."""
    live: bool
    """Whether the connections were really asked."""
    notes: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether a connection would answer now."""
        return bool(self[0].answers)

    def data(self) -> Any:
        return {
            "profile": self.label,
            "live": self.live,
            "steps": [step.data() for step in self],
            "notes": list(self.notes),
        }


def rehearse(label: str, players: Sequence[Player], outcomes: Mapping[str, Attempt | None], *, live: bool) -> Rehearsal:
    """Play it through. ``outcomes`` has, by alias, why a connection did not answer, or None where it did."""
    steps: list[Step] = []
    off: list[str] = []
    while not steps or off[-1]:
        step = _step(players, outcomes, tuple(off))
        steps.append(step)
        off.append(step.answers or _ending(step))
    resting = [each.alias for each in players if each.resting]
    notes = [f"{', '.join(resting)} failed within the last minute, and so is tried last."] if resting else []
    if any(_ending(step) for step in steps):
        notes.append(
            "What is wrong with the question itself would be wrong with the next as well: nothing falls back then."
        )
    return Rehearsal(steps, label=label, live=live, notes=tuple(notes))


def known_outcomes(players: Sequence[Player]) -> dict[str, Attempt | None]:
    """What can be said without a call: who has no problem is taken to answer."""
    return {each.alias: Attempt(each.alias, "unusable", each.problem) if each.problem else None for each in players}


def live_outcomes(
    players: Sequence[Player], account_of: AccountOf, played: Profile, tally: Tally, counted_for: str
) -> dict[str, Attempt | None]:
    """What each says to a call for one token, or one vector; who cannot be used is not asked."""
    outcomes = known_outcomes(players)
    for each in players:
        if each.connection is None or outcomes[each.alias] is not None:
            continue
        started = perf_counter()
        try:
            usage = _one_token(account_of, each.connection, played.model_for(each.connection.id), played.capability)
        except AiconnError as error:
            seconds = perf_counter() - started
            failed = isinstance(error, ProviderFailed)
            if failed:
                tally.failed(counted_for, each.alias, seconds)
            kind = error.kind.value if isinstance(error, ProviderFailed) else "unusable"
            outcomes[each.alias] = Attempt(each.alias, kind, error.reason, seconds)
        else:
            tally.answered(counted_for, each.alias, perf_counter() - started, *usage)
    return outcomes


def _step(players: Sequence[Player], outcomes: Mapping[str, Attempt | None], off: tuple[str, ...]) -> Step:
    attempts: list[Attempt] = []
    for each in players:
        if each.alias in off:
            continue
        failure = outcomes[each.alias]
        if failure is None:
            return Step(off, each.alias, tuple(attempts))
        attempts.append(failure)
        if not _falls_back(failure):
            break
    return Step(off, "", tuple(attempts))


def _ending(step: Step) -> str:
    """The alias of the connection behind whose failure no other is tried; '' where there is none."""
    return next((each.connection for each in step.attempts if not _falls_back(each)), "")


def _falls_back(failure: Attempt) -> bool:
    return failure.kind == "unusable" or FailureKind(failure.kind) in FALLS_BACK


def _one_token(
    account_of: AccountOf, connection: Connection, model: str, capability: Capability
) -> tuple[int | None, int | None]:
    """The tokens that it took."""
    from aiconn_nb.providers.base import Finish
    from aiconn_nb.providers.probing import probe_request, ran_out, wants_more_tokens

    account = account_of(connection, PATIENCE)
    try:
        if capability is Capability.EMBEDDING:
            return account.embed(["hello"], model).usage.input_tokens, 0
        try:
            pieces = list(account.chat(probe_request(model, tokens=1)))
        except ProviderFailed as failed:
            if ran_out(failed):
                return None, None  # a model that reasons answered, and spent the limit on it
            if not wants_more_tokens(failed):
                raise
            pieces = list(account.chat(probe_request(model)))
    except NotImplementedError:
        raise NotAble(alias=connection.alias, what_for="do this") from None
    usage = next((each.usage for each in pieces if isinstance(each, Finish)), None)
    return (usage.input_tokens, usage.output_tokens) if usage else (None, None)
