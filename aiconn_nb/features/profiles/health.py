"""The health of a profile: which of its connections would answer here, and what is known of each with its model.

Computing it makes no request: the results of tests and replies are in `aiconn_nb.session.checked`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from aiconn_nb.features.environments import Resolving
from aiconn_nb.features.trust import untrusted
from aiconn_nb.model.capability import Capability
from aiconn_nb.model.connection import Connection, now
from aiconn_nb.model.moment import at
from aiconn_nb.model.nearest import did_you_mean
from aiconn_nb.model.profile import Profile
from aiconn_nb.session.checked import Known
from aiconn_nb.session.context import Context

if TYPE_CHECKING:
    from aiconn_nb.features.trust import Answers
    from aiconn_nb.store.snapshot import Snapshot

State = Literal[
    "ready",
    "not checked",
    "refused",
    "unlisted",
    "shut down",
    "inactive",
    "gone",
    "unresolved",
    "untrusted host",
    "no provider",
    "no SDK",
]
"""The first five can be asked; only the first has been checked, with its model."""
_ASKED: Final = ("ready", "not checked", "refused", "unlisted", "shut down")
_BECAUSE: Mapping[State, str] = {
    "ready": "is ready",
    "not checked": "is not checked",
    "inactive": "is inactive",
    "gone": "is gone",
    "unresolved": "does not resolve here",
    "untrusted host": "would send a key to an untrusted host",
    "no provider": "has a provider that is not installed",
    "no SDK": "has an SDK that is not installed",
}


class Kind(StrEnum):
    """The most important fact about a profile."""

    READY = "ready"
    """Each connection has been checked with its model, or is disabled."""
    NOT_CHECKED = "not checked"
    """No problem is known, and a connection that would be asked has not been checked with its model."""
    ENDING = "ending"
    """Ready, and a model has an announced last day."""
    FALLS_BACK = "falls back"
    ALL_INACTIVE = "all inactive"
    GONE = "gone"
    NO_FALLBACK = "no fallback"
    """The first connection can answer, but a later, enabled one cannot."""
    UNLISTED = "unlisted"
    REFUSED = "refused"
    """A connection or its model was refused in the last request."""
    SHUT_DOWN = "shut down"
    """The last day of a model has passed."""
    UNREADY = "unready"
    """No connection can answer here, and not only because they are disabled."""


class Link(NamedTuple):
    """A connection of a profile. The alias of a deleted one is its last alias, or the start of its id."""

    alias: str
    state: State
    model: str = ""
    """The model to request."""
    checked: datetime | None = None
    """The time of the last check with this model, or of the last refusal."""
    shutdown: str = ""
    """The last day of its model, such as ``2027-01-31``; '' if none is announced."""
    detail: str = ""
    """The problem with its model, in words that follow the alias."""

    @property
    def can_answer(self) -> bool:
        """Whether it would be asked, even after a bad check: the check may be out of date."""
        return self.state in _ASKED

    @property
    def because(self) -> str:
        """The state, in words for a sentence: ``is inactive``, ``refused gpt-5 (2026-11-25 06:00 UTC)``."""
        if self.state == "refused":
            return f"refused {self.model or 'the last request'} ({at(self.checked)})" if self.checked else "refused"
        if self.state == "shut down":
            return f"has shut {self.model} down on {self.shutdown}"
        if self.state == "unlisted":
            return self.detail
        if self.state == "ready" and self.shutdown:
            return f"shuts {self.model} down on {self.shutdown}"
        return _BECAUSE[self.state]


@dataclass(frozen=True, slots=True)
class Health:
    """The health of a profile, in one word and in a sentence."""

    kind: Kind
    words: str
    answers: str = ""
    """The alias of the connection that would answer; '' if none would."""
    checked: datetime | None = None
    """The earliest check of its connections; None if a connection has not been checked."""


_WORST: Final[Sequence[tuple[State, Kind]]] = (
    ("shut down", Kind.SHUT_DOWN),
    ("refused", Kind.REFUSED),
    ("unlisted", Kind.UNLISTED),
)


class Examination:
    """Examines many profiles of one snapshot; it looks up the environment, each reference and each provider once."""

    def __init__(self, context: Context, snapshot: Snapshot) -> None:
        self._context = context
        self._snapshot = snapshot
        self._environment: str | None = None
        self._known: dict[str, Known] = {}
        self._resolving: Resolving | None = None
        self._providers: dict[str, State] = {}
        self._states: dict[str, State] = {}
        self._trusted = snapshot.trusted()
        self._answers: Answers = {}

    @property
    def problem(self) -> str:
        """Why no reference resolves, such as a broken file; '' without such a problem."""
        return self._resolving.problem if self._resolving else ""

    @property
    def resolving(self) -> Resolving:
        """Which references resolve here."""
        if self._resolving is None:
            self._resolving = Resolving(self._context.configuration())
        return self._resolving

    def links(self, profile: Profile) -> tuple[Link, ...]:
        """Return the connections of a profile in order, each with its state."""
        return tuple(self._link(id, profile.model_for(id), profile.capability) for id in profile.connections)

    def connection(self, connection: Connection) -> Link:
        """Return the state of a connection alone: ``ready`` if its key was proven."""
        state = self._state(connection)
        if state != "ready":
            return Link(connection.alias, state)
        key = self.known(connection).key
        if key is None:
            return Link(connection.alias, "not checked")
        return Link(connection.alias, "ready" if key.ok else "refused", checked=key.at)

    def known(self, connection: Connection) -> Known:
        """Return what tests, replies and lists have shown about a connection."""
        if connection.id not in self._known:
            self._environment = self._environment or self._context.environment
            self._known[connection.id] = self._context.checks.of(connection, self._environment)
        return self._known[connection.id]

    def health(self, profile: Profile) -> Health:
        """Return the outcome of a prompt to this profile."""
        links = self.links(profile)
        place = next((number for number, link in enumerate(links) if link.can_answer), None)
        if place is None:
            return _unusable(links)
        alias = links[place].alias
        asked = [link for link in links if link.can_answer]
        if place:
            rest = [link for link in asked if link.state not in ("ready", "not checked")]
            words = f"{_listed_up(links[:place])}; {alias} answers"
            return Health(Kind.FALLS_BACK, words + (f"; {_listed_up(rest)}" if rest else ""), alias)
        gone = [link.alias for link in links if link.state == "gone"]
        if gone:
            return Health(Kind.GONE, f"{alias} answers, but {_are_gone(gone)}", alias)
        for state, kind in _WORST:
            if wrong := [link for link in asked if link.state == state]:
                return Health(kind, _listed_up(wrong), alias)
        if unusable := [link for link in links if not link.can_answer and link.state != "inactive"]:
            return Health(Kind.NO_FALLBACK, f"{alias} answers, but {_listed_up(unusable)}", alias)
        if unchecked := [link for link in asked if link.state == "not checked"]:
            names = ", ".join(link.alias for link in unchecked)
            return Health(Kind.NOT_CHECKED, f"{alias} would answer; not checked: {names}", alias)
        earliest = min((link.checked for link in asked if link.checked), default=None)
        if ending := [link for link in asked if link.shutdown]:
            return Health(Kind.ENDING, _listed_up(ending), alias, earliest)
        told = f"; checked {at(earliest)}" if earliest else ""
        return Health(Kind.READY, f"{alias} answers{told}", alias, earliest)

    def unknown(self, profile: Profile) -> list[Connection]:
        """Return the connections whose model is in no known list and has not answered yet."""
        found = []
        for id, link in zip(profile.connections, self.links(profile), strict=True):
            connection = self._snapshot.connection_by_id(id)
            if (
                connection is None
                or not link.can_answer
                or (link.model, profile.capability) in self.known(connection).asked
            ):
                continue
            lists_it = self._context.registry.get(connection.provider).lists_what_it_calls
            if lists_it and self._problem(connection, link.model, profile.capability) != "":
                found.append(connection)
        return found

    def model_warnings(self, profile: Profile) -> tuple[str, ...]:
        """Return a warning for each connection that is known not to offer its model, with the nearest listed model."""
        found = []
        for id, link in zip(profile.connections, self.links(profile), strict=True):
            connection = self._snapshot.connection_by_id(id)
            if connection is None or link.state not in ("unlisted", "shut down"):
                continue
            listing = self.known(connection).listing
            close = "" if link.model in listing else did_you_mean(link.model, listing)
            found.append(f"model: {link.alias} {link.because}. {close}".strip())
        return tuple(found)

    def _problem(self, connection: Connection, model: str, capability: Capability) -> str | None:
        """Return the problem of a model according to the list; '' if the list offers it, None without a list."""
        known = self.known(connection)
        # Azure lists base models, which cannot be called by these names: the list says nothing about a deployment.
        if not known.listing or not self._context.registry.get(connection.provider).lists_what_it_calls:
            return None
        listed = known.listed_as(model)
        if listed is None:
            return f"does not list the model {model}"
        if listed.capabilities and capability not in listed.capabilities:
            return f"lists the model {model}, but not for {capability}"
        return ""

    def _link(self, id: str, model: str, capability: Capability) -> Link:
        connection = self._snapshot.connection_by_id(id)
        if connection is None:
            return Link(alias_of(self._snapshot, id), "gone", model)
        state = self._state(connection)
        return (
            self._checked(connection, model, capability) if state == "ready" else Link(connection.alias, state, model)
        )

    def _checked(self, connection: Connection, model: str, capability: Capability) -> Link:
        """Return the state of a connection that can be asked, with what is known about its model."""
        known, alias = self.known(connection), connection.alias
        asked, key = known.asked.get((model, capability)), known.key
        listed = known.listed_as(model)
        last_day = listed.shutdown if listed else ""
        if asked and asked.ok and not (key and not key.ok and key.at > asked.at):
            is_over = bool(last_day) and last_day < f"{asked.at.astimezone(UTC):%Y-%m-%d}"
            return Link(alias, "ready", model, asked.at, "" if is_over else last_day)
        if key and not key.ok:
            return Link(alias, "refused", "", key.at)
        if asked:
            return Link(alias, "refused", model, asked.at)
        problem = self._problem(connection, model, capability)
        if problem:
            return Link(alias, "unlisted", model, detail=problem)
        if last_day and last_day < f"{now():%Y-%m-%d}":
            return Link(alias, "shut down", model, shutdown=last_day)
        if problem == "" and key:
            return Link(alias, "ready", model, key.at, last_day)
        return Link(alias, "not checked", model, shutdown=last_day)

    def _state(self, connection: Connection) -> State:
        if connection.id not in self._states:
            self._states[connection.id] = self._looked_at(connection)
        return self._states[connection.id]

    def _looked_at(self, connection: Connection) -> State:
        if not connection.active:
            return "inactive"
        if connection.provider not in self._providers:
            self._providers[connection.provider] = self._provider_state(connection)
        if (state := self._providers[connection.provider]) != "ready":
            return state
        if self.resolving.missing(self._context, connection):
            return "unresolved"
        return "untrusted host" if untrusted(self._context, connection, self._trusted, self._answers) else "ready"

    def _provider_state(self, connection: Connection) -> State:
        from aiconn_nb.providers.account import missing_modules

        provider = self._context.registry.find(connection.provider)
        if provider is None:
            return "no provider"
        return "no SDK" if missing_modules(provider) else "ready"


def alias_of(snapshot: Snapshot, id: str) -> str:
    """Return a connection's alias; after its deletion the last one, or the start of the id if that alias is forgotten."""
    connection = snapshot.connection_by_id(id)
    if connection is not None:
        return connection.alias
    return next((each.state.alias for each in snapshot.deleted if each.state.id == id), id[:8])


def _unusable(links: tuple[Link, ...]) -> Health:
    gone = [link.alias for link in links if link.state == "gone"]
    if all(link.state == "inactive" for link in links):
        return Health(Kind.ALL_INACTIVE, _listed_up(links))
    return Health(Kind.GONE if gone else Kind.UNREADY, _listed_up(links))


def _listed_up(links: Sequence[Link]) -> str:
    """Return ``a is inactive, b does not resolve here``."""
    return ", ".join(f"{link.alias} {link.because}" for link in links)


def _are_gone(aliases: list[str]) -> str:
    return f"{', '.join(aliases)} {'is' if len(aliases) == 1 else 'are'} gone"
