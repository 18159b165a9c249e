"""Whom a question goes to: a profile, or one connection with a model that is named."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from aiconn_nb.errors import CommandError, ConnectionInactive, ProfileNotFound, ProfileUnusable
from aiconn_nb.features.profiles import alias_of
from aiconn_nb.model.connection import Connection
from aiconn_nb.model.hint import command
from aiconn_nb.model.nearest import did_you_mean
from aiconn_nb.model.notices import notes_heard
from aiconn_nb.model.profile import Capability, Profile
from aiconn_nb.model.secret import redact
from aiconn_nb.session.context import Context

if TYPE_CHECKING:
    from aiconn_nb.store.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Skipped:
    """A connection of a profile that is not asked, and why: ``is inactive`` or ``is gone``."""

    alias: str
    because: str


@dataclass(frozen=True, slots=True)
class Target:
    """Whom a question goes to: the active connections in order, with a model and options."""

    profile: Profile | None
    """None where a connection was named."""
    connections: tuple[Connection, ...]
    """Never empty; the first is asked, the others are fallbacks in order."""
    model: str
    options: Mapping[str, str | int | float] = field(default_factory=dict)
    label: str = ""
    """The alias of the profile, or of the connection."""
    skipped: tuple[Skipped, ...] = ()
    notes: tuple[str, ...] = ()
    """That it was found by the alias that it had before a rename."""


def find_target(
    context: Context,
    alias: str | None,
    *,
    model: str | None = None,
    capability: Capability = Capability.CHAT,
    in_use: str | None = None,
) -> Target:
    """The target that is meant; see `Session.target`. ``in_use`` is the id of the current connection."""
    snapshot = context.store.read()
    model = (model or "").strip() or None
    if alias is None:
        return _unnamed(context, snapshot, model, capability, in_use)
    with notes_heard() as notes:
        found = snapshot.target(alias)
    if found is None:
        known = [*(each.alias for each in snapshot.profiles), *(each.alias for each in snapshot.connections)]
        raise ProfileNotFound(
            f"There is no profile or connection '{redact(alias[:100])}'.",
            did_you_mean(alias, known)
            or f"'{command('profile list')}' shows the profiles, '{command('list')}' the connections.",
        )
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
    can = [each.alias for each in snapshot.profiles if each.capability is capability]
    if can:
        hint = f"Name a profile ({', '.join(can[:5])}), or make one the default: {command('profile default', can[0])}"
    elif current:
        new = _new(current.alias, capability, "--default")
        hint = f"Name the model for {current.alias} (--model M, in Python model=...), or make a profile: {new}"
    else:
        hint = f"Make a profile: {_new('A', capability, '--default')}"
    raise ProfileNotFound(f"No profile was named, and there is no default profile for {capability}.", hint)


def _new(alias: str, capability: Capability, *more: str) -> str:
    """The command that makes a profile of a connection."""
    option = () if capability is Capability.CHAT else ("--capability", str(capability))
    return command("profile new ALIAS --connection", alias, "--model", "M", *option, *more)


def _of_profile(snapshot: Snapshot, profile: Profile, model: str | None, capability: Capability) -> Target:
    if profile.capability is not capability:
        can = [each.alias for each in snapshot.profiles if each.capability is capability]
        raise ProfileUnusable(
            f"{profile.alias} is a profile for {profile.capability}, not for {capability}.",
            f"Profiles for {capability}: {', '.join(can[:5])}."
            if can
            else f"There is no profile for {capability} yet.",
        )
    usable: list[Connection] = []
    skipped: list[Skipped] = []
    for id in profile.connections:
        connection = snapshot.connection_by_id(id)
        if connection is None:
            skipped.append(Skipped(alias_of(snapshot, id), "is gone"))
        elif not connection.active:
            skipped.append(Skipped(connection.alias, "is inactive"))
        else:
            usable.append(connection)
    if not usable:
        raise _unusable(profile, skipped)
    return Target(profile, tuple(usable), model or profile.model, profile.options, profile.alias, tuple(skipped))


def _unusable(profile: Profile, skipped: Sequence[Skipped]) -> ProfileUnusable:
    inactive = [each.alias for each in skipped if each.because == "is inactive"]
    return ProfileUnusable(
        f"No connection of {profile.alias} can answer: {', '.join(f'{s.alias} {s.because}' for s in skipped)}.",
        f"'{command('enable', *inactive)}' switches {'it' if len(inactive) == 1 else 'them'} on."
        if inactive
        else f"Give it another: {command('profile edit', profile.alias, '--connection', 'A')}",
    )


def _of_connection(context: Context, connection: Connection, model: str | None, capability: Capability) -> Target:
    alias = connection.alias
    if model is None:
        raise CommandError(
            f"{alias} is a connection, which has no model of its own.",
            f"Name the model (--model M, in Python model=...), or make a profile: {_new(alias, capability)}",
        )
    if not connection.active:
        raise ConnectionInactive(f"{alias} is switched off.", f"'{command('enable', alias)}' switches it on.")
    provider = context.provider_of(connection)
    if capability not in provider.capabilities:
        raise ProfileUnusable(f"{alias} cannot be used for {capability}: {provider.name} does not offer it.")
    return Target(None, (connection,), model, {}, alias)
