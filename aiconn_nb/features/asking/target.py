"""The target of a request: a profile, or one connection with a model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from aiconn_nb.errors import (
    Attempt,
    ConnectionInactive,
    NoDefaultProfile,
    NoModelNamed,
    NoneUsable,
    NotOffered,
    OtherCapability,
)
from aiconn_nb.features.profiles import alias_of
from aiconn_nb.model.capability import Capability
from aiconn_nb.model.connection import Connection
from aiconn_nb.model.notices import notes_heard
from aiconn_nb.model.profile import Profile
from aiconn_nb.session.context import Context

if TYPE_CHECKING:
    from aiconn_nb.store.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Target:
    """The target of a request: the active connections in order, with a model and options."""

    profile: Profile | None
    """None if the caller named a connection."""
    connections: tuple[Connection, ...]
    """Never empty; the first is asked, the others are fallbacks in order."""
    model: str
    """The model of each connection without an entry in ``models``."""
    options: Mapping[str, str | int | float] = field(default_factory=dict)
    label: str = ""
    """The alias of the profile or connection."""
    skipped: tuple[Attempt, ...] = ()
    """The connections of the profile that are skipped, and why: ``is inactive`` or ``is gone``."""
    notes: tuple[str, ...] = ()
    """A note if the target was found by its alias from before a rename."""
    models: Mapping[str, str] = field(default_factory=dict)
    """Connection id -> model of that connection."""

    def model_for(self, connection: Connection) -> str:
        """Return the model to request from a connection."""
        return self.models.get(connection.id, self.model)


def find_target(
    context: Context,
    alias: str | None,
    *,
    model: str | None = None,
    capability: Capability = Capability.CHAT,
    in_use: str | None = None,
) -> Target:
    """Find the target; see `Session.target`. ``in_use`` is the id of the current connection."""
    snapshot = context.store.read()
    model = (model or "").strip() or None
    if alias is None:
        return _unnamed(context, snapshot, model, capability, in_use)
    with notes_heard() as notes:
        found = snapshot.target(alias)
    if found is None:
        raise snapshot.no_target(alias)
    if isinstance(found, Profile):
        target = _of_profile(snapshot, found, model, capability)
    else:
        target = _of_connection(context, found, model, capability)
    return replace(target, notes=tuple(notes))


def _unnamed(
    context: Context, snapshot: Snapshot, model: str | None, capability: Capability, in_use: str | None
) -> Target:
    default = snapshot.profile_by_id(snapshot.defaults.get(capability, ""))
    if default is not None:
        return _of_profile(snapshot, default, model, capability)
    current = snapshot.connection_by_id(in_use) if in_use else None
    if current is not None and model:
        return _of_connection(context, current, model, capability)
    raise NoDefaultProfile(
        capability=capability, profiles=_for(snapshot, capability), in_use=current.alias if current else ""
    )


def _for(snapshot: Snapshot, capability: Capability) -> tuple[str, ...]:
    """Return the profiles with a capability."""
    return tuple(each.alias for each in snapshot.profiles if each.capability is capability)


def _of_profile(snapshot: Snapshot, profile: Profile, model: str | None, capability: Capability) -> Target:
    if profile.capability is not capability:
        raise OtherCapability(
            alias=profile.alias,
            capability=profile.capability,
            wanted=capability,
            profiles=_for(snapshot, capability),
        )
    usable: list[Connection] = []
    skipped: list[Attempt] = []
    for id in profile.connections:
        connection = snapshot.connection_by_id(id)
        if connection is None:
            skipped.append(Attempt(alias_of(snapshot, id), "gone", "is gone"))
        elif not connection.active:
            skipped.append(Attempt(connection.alias, "inactive", "is inactive"))
        else:
            usable.append(connection)
    if not usable:
        raise NoneUsable(alias=profile.alias, because={each.connection: each.words for each in skipped})
    models = {} if model else {each.id: profile.model_for(each.id) for each in usable}
    return Target(
        profile,
        tuple(usable),
        model or profile.model_for(usable[0].id),
        profile.options,
        profile.alias,
        tuple(skipped),
        models=models,
    )


def _of_connection(context: Context, connection: Connection, model: str | None, capability: Capability) -> Target:
    alias = connection.alias
    if model is None:
        raise NoModelNamed(alias=alias, capability=capability)
    if not connection.active:
        raise ConnectionInactive(alias=alias)
    provider = context.registry.get(connection.provider)
    if capability not in provider.capabilities:
        raise NotOffered(alias=alias, capability=capability, provider=provider.name)
    return Target(None, (connection,), model, {}, alias)
