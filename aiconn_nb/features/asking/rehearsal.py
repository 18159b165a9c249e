"""The rehearsal of a failover: which connection would answer now, and after each of them in turn is switched off."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from time import perf_counter
from typing import TYPE_CHECKING, Any

from aiconn_nb.errors import AiconnError, Attempt, FailureKind, ProviderFailed
from aiconn_nb.features.usage import Meter
from aiconn_nb.model.capability import Capability
from aiconn_nb.model.connection import Connection
from aiconn_nb.model.profile import Profile
from aiconn_nb.session.results import Rows

from .failover import kind_of
from .stream import AccountOf, counted_if_it_fails

if TYPE_CHECKING:
    from aiconn_nb.providers.account import Account
    from aiconn_nb.providers.base import ChatRequest

PATIENCE = 10.0
"""Seconds that a connection may take to answer in a live rehearsal."""


@dataclass(frozen=True, slots=True)
class Player:
    """A connection in the rehearsal, in the order of the attempts."""

    alias: str
    problem: str = ""
    """Why it could not answer, such as ``is inactive``; '' without a known problem."""
    connection: Connection | None = None
    """None if it was deleted."""
    resting: bool = False
    """Whether it failed within the last minute and is therefore tried last."""
    doubt: str = ""
    """The doubt about a connection that would be asked, such as ``is not checked``; '' if it was checked."""


@dataclass(frozen=True, slots=True)
class Step:
    """The result with some connections switched off."""

    without: tuple[str, ...]
    """The aliases of the connections that are off."""
    answers: str
    """The alias of the connection that would answer; '' if none would."""
    attempts: tuple[Attempt, ...] = ()
    """The connections that would fail first."""

    def data(self) -> dict[str, Any]:
        return {
            "without": list(self.without),
            "answers": self.answers or None,
            "attempts": [each.data() for each in self.attempts],
        }


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class Rehearsal(Rows[Step]):
    """The first step shows the present state. Each further step also switches off the connection that decided the one before."""

    label: str
    """The alias of the profile or connection."""
    live: bool
    """Whether requests were sent to the connections."""
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
    """Compute the steps. ``outcomes`` maps each alias to its failure, or to None if it answered."""
    steps: list[Step] = []
    off: list[str] = []
    while not steps or off[-1]:
        step = _step(players, outcomes, tuple(off))
        steps.append(step)
        off.append(step.answers or _ending(step))
    resting = [each.alias for each in players if each.resting]
    notes = [f"Tried last, because of a failure within the last minute: {', '.join(resting)}."] if resting else []
    if doubts := [f"{each.alias} {each.doubt}" for each in players if each.doubt and not live]:
        notes.append(f"{', '.join(doubts)}.")
    if any(_ending(step) for step in steps):
        notes.append("A faulty request would fail at the next connection as well, so it does not fall back.")
    return Rehearsal(steps, label=label, live=live, notes=tuple(notes))


def known_outcomes(players: Sequence[Player]) -> dict[str, Attempt | None]:
    """Return the outcomes known without a request: a connection without a problem counts as working."""
    return {each.alias: Attempt(each.alias, "unusable", each.problem) if each.problem else None for each in players}


def live_outcomes(
    players: Sequence[Player], account_of: AccountOf, played: Profile, meter: Meter, *, is_profile: bool
) -> dict[str, Attempt | None]:
    """Return the outcomes of a request for one token or one vector. Unusable connections get no request."""
    outcomes = known_outcomes(players)
    for each in players:
        if each.connection is None or outcomes[each.alias] is not None:
            continue
        started = perf_counter()
        try:
            account = account_of(each.connection, PATIENCE)
            model = played.model_for(each.connection.id)
            _ask(meter, played if is_profile else None, each.connection, account, model, played.capability)
        except AiconnError as error:
            seconds = perf_counter() - started
            outcomes[each.alias] = Attempt(each.alias, kind_of(error), error.reason, seconds)
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
    """Return the alias of the connection whose failure would end the search; '' if none would."""
    return next((each.connection for each in step.attempts if not _falls_back(each)), "")


def _falls_back(failure: Attempt) -> bool:
    return failure.kind == "unusable" or FailureKind(failure.kind).meaning.falls_back


def _ask(
    meter: Meter,
    profile: Profile | None,
    connection: Connection,
    account: Account,
    model: str,
    capability: Capability,
) -> None:
    """Request one token or one vector, the smallest possible result. Raises an `AiconnError`."""
    from aiconn_nb.providers.base import Completion, Usage
    from aiconn_nb.providers.probing import probe_request, ran_out, wants_more_tokens

    def embed(texts: list[str]) -> None:
        started = perf_counter()
        options = {key: value for key, value in (profile.options if profile else {}).items() if key != "dimensions"}
        ticket = meter.reserve(profile, connection, model, account, texts, max_tokens=0)
        with counted_if_it_fails(ticket, connection, "do this"):
            usage = account.embed(texts, model, None, options).usage
        ticket.answered(perf_counter() - started, replace(usage, output_tokens=0))

    def chat(request: ChatRequest) -> None:
        started = perf_counter()
        ticket = meter.reserve(profile, connection, model, account, request.texts, request.max_tokens)
        with counted_if_it_fails(ticket, connection, "do this"):
            try:
                usage = Completion.of(account.chat(request)).finish.usage
            except ProviderFailed as failed:
                if ran_out(failed):
                    ticket.answered(perf_counter() - started, Usage())
                raise
        ticket.answered(perf_counter() - started, usage)

    if capability is Capability.EMBEDDING:
        return embed(["hello"])
    try:
        chat(probe_request(model, tokens=1))
    except ProviderFailed as failed:
        # A reasoning model may have replied and spent the limit on reasoning.
        if wants_more_tokens(failed) and not ran_out(failed):
            chat(probe_request(model))
        elif not ran_out(failed):
            raise
