"""The health of a profile: which of its connections would answer here and now, as far as is known without a call."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Literal, NamedTuple

from aiconn_nb.errors import ProviderError
from aiconn_nb.features.environments import Resolving, required_keys
from aiconn_nb.features.trust import untrusted
from aiconn_nb.model.connection import Connection, references
from aiconn_nb.model.nearest import did_you_mean
from aiconn_nb.model.profile import Profile
from aiconn_nb.session.context import Context

from .seen_models import Listing, Listings, offers

if TYPE_CHECKING:
    from aiconn_nb.store.snapshot import Snapshot

State = Literal["ready", "inactive", "gone", "unresolved", "untrusted host", "no provider", "no SDK"]
_BECAUSE: Mapping[State, str] = {
    "ready": "is ready",
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
    FALLS_BACK = "falls back"
    ALL_INACTIVE = "all inactive"
    GONE = "gone"
    UNLISTED = "unlisted"
    UNREADY = "unready"
    """No connection can answer here, and not only because they are disabled."""


class Link(NamedTuple):
    """A connection of a profile. The alias of a deleted one is its last alias, or the start of its id."""

    alias: str
    state: State

    @property
    def because(self) -> str:
        """The state, in words for a sentence: ``is inactive``."""
        return _BECAUSE[self.state]


@dataclass(frozen=True, slots=True)
class Health:
    """The health of a profile, in one word and in a sentence."""

    kind: Kind
    words: str
    answers: str = ""
    """The alias of the connection that would answer; '' if none would."""


class Examination:
    """Examines many profiles of one snapshot; it looks up each reference and each provider once."""

    def __init__(self, context: Context, snapshot: Snapshot, listings: Listings | None = None) -> None:
        self._context = context
        self._snapshot = snapshot
        self._listings = listings or Listings()
        self._resolving: Resolving | None = None
        self._providers: dict[str, State] = {}
        self._states: dict[str, State] = {}
        self._trusted = snapshot.trusted()

    @property
    def problem(self) -> str:
        """Why no reference resolves: a broken file; '' if no file is broken."""
        return self._resolving.problem if self._resolving else ""

    def links(self, profile: Profile) -> tuple[Link, ...]:
        """The connections of a profile in order, each with its state."""
        return tuple(self._link(id) for id in profile.connections)

    def health(self, profile: Profile) -> Health:
        """The outcome of a question to this profile."""
        links = self.links(profile)
        place = next((at for at, link in enumerate(links) if link.state == "ready"), None)
        if place is None:
            return _unusable(links)
        alias = links[place].alias
        if place:
            return Health(Kind.FALLS_BACK, f"{_listed_up(links[:place])}; {alias} answers", alias)
        gone = [link.alias for link in links if link.state == "gone"]
        if gone:
            return Health(Kind.GONE, f"{alias} answers, but {_are_gone(gone)}", alias)
        problem = self.model_problem(profile)
        return Health(Kind.UNLISTED, problem, alias) if problem else Health(Kind.READY, f"{alias} answers", alias)

    def answering(self, profile: Profile) -> Connection | None:
        """The connection that would answer; None if none would."""
        ids = (id for id, link in zip(profile.connections, self.links(profile), strict=True) if link.state == "ready")
        return self._snapshot.connection_by_id(next(ids, ""))

    def knows_model(self, profile: Profile) -> bool:
        """Whether a seen list of the connection that would answer has the profile's model, for its capability."""
        listing = self._listing(profile)
        return listing is not None and offers(listing, self._model(profile), profile.capability)

    def model_problem(self, profile: Profile) -> str:
        """A sentence if the connection that would answer is known not to offer the model; otherwise ''."""
        connection, listing, model = self.answering(profile), self._listing(profile), self._model(profile)
        if connection is None or listing is None or offers(listing, model, profile.capability):
            return ""
        if model in listing:
            return f"{connection.alias} lists the model {model}, but not for {profile.capability}"
        return f"{connection.alias} does not list the model {model}"

    def model_warnings(self, profile: Profile) -> tuple[str, ...]:
        """The same as a warning, with the nearest model that is listed."""
        problem, listing, model = self.model_problem(profile), self._listing(profile) or {}, self._model(profile)
        close = "" if model in listing else did_you_mean(model, listing)
        return (f"model: {problem}. {close}".strip(),) if problem else ()

    def _model(self, profile: Profile) -> str:
        """The model of the connection that would answer."""
        connection = self.answering(profile)
        return profile.model_for(connection.id) if connection else profile.model

    def _listing(self, profile: Profile) -> Listing | None:
        connection = self.answering(profile)
        # Azure lists base models, which cannot be called by these names: the list says nothing about a deployment.
        if connection is None or not self._context.provider_of(connection).lists_what_it_calls:
            return None
        return self._listings.of(self._context.environment, connection)

    def _link(self, id: str) -> Link:
        connection = self._snapshot.connection_by_id(id)
        if connection is None:
            return Link(alias_of(self._snapshot, id), "gone")
        return Link(connection.alias, self._state(connection))

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
        if any(key not in connection.settings for key in required_keys(self._context, connection.provider)):
            return "unresolved"
        written = references(connection.settings).values()
        if written and self._resolving is None:
            self._resolving = Resolving(self._context.configuration())
        if not all(each in (self._resolving or ()) for each in written):
            return "unresolved"
        return "untrusted host" if untrusted(self._context, connection, self._trusted) else "ready"

    def _provider_state(self, connection: Connection) -> State:
        from aiconn_nb.providers.account import missing_modules

        try:
            provider = self._context.provider_of(connection)
        except ProviderError:
            return "no provider"
        return "no SDK" if missing_modules(provider) else "ready"


def alias_of(snapshot: Snapshot, id: str) -> str:
    """A connection's alias; the last one if it was deleted, or the start of the id if that alias is forgotten."""
    connection = snapshot.connection_by_id(id)
    if connection is not None:
        return connection.alias
    return next((each.connection.alias for each in snapshot.deleted if each.connection.id == id), id[:8])


def _unusable(links: tuple[Link, ...]) -> Health:
    gone = [link.alias for link in links if link.state == "gone"]
    if all(link.state == "inactive" for link in links):
        return Health(Kind.ALL_INACTIVE, _listed_up(links))
    return Health(Kind.GONE if gone else Kind.UNREADY, _listed_up(links))


def _listed_up(links: tuple[Link, ...]) -> str:
    """``a is inactive, b does not resolve here``."""
    return ", ".join(f"{link.alias} {_BECAUSE[link.state]}" for link in links)


def _are_gone(aliases: list[str]) -> str:
    return f"{', '.join(aliases)} {'is' if len(aliases) == 1 else 'are'} gone"
