"""Former versions of a profile: what changed when and by whom, and the way back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from aiconn_nb.errors import NoProfileVersion
from aiconn_nb.features.connections import Differences, FieldChange, Versions, compared, told
from aiconn_nb.model.profile import Profile
from aiconn_nb.session.context import Context

from .health import alias_of
from .options import OPTIONS, Value

if TYPE_CHECKING:
    from aiconn_nb.store.snapshot import Snapshot


def history(context: Context, alias: str) -> Versions:
    """Every version that is kept, the newest first."""
    snapshot = context.store.read()
    return told(_states(context, snapshot.profile(alias)), partial(changes, snapshot))


def diff(context: Context, alias: str, before: int | None, after: int | None) -> Differences:
    """What differs between two versions; without numbers between the last two, with one between it and the present."""
    snapshot = context.store.read()
    states = _states(context, snapshot.profile(alias))
    return compared(states, partial(changes, snapshot), before, after, lambda version: _version(states, version))


def rollback(context: Context, alias: str, version: int, expected_version: int | None = None) -> Profile:
    """Save the state of a former version as a new one, its connections too, even those that are gone by now; the alias stays."""
    profile = context.store.read().profile(alias)
    former = _version(_states(context, profile), version)
    with context.store.change() as change:
        return change.put_profile(
            replace(
                change.profile(alias),
                name=former.name,
                connections=former.connections,
                model=former.model,
                options=former.options,
                tags=former.tags,
            ),
            expected_version=profile.version if expected_version is None else expected_version,
        )


def changes(snapshot: Snapshot, before: Profile, after: Profile) -> tuple[FieldChange, ...]:
    """The fields that differ, in the order: alias, name, connections (by their aliases in the snapshot), model, options, tags."""
    old, new = _lines(snapshot, before), _lines(snapshot, after)
    return tuple(FieldChange(key, old[key], new[key]) for key in new if old[key] != new[key])


def _lines(snapshot: Snapshot, profile: Profile) -> dict[str, str]:
    options = {option.key: profile.options.get(option.key) for option in OPTIONS[profile.capability]}
    return {
        "alias": profile.alias,
        "name": profile.name,
        "connections": ", ".join(alias_of(snapshot, id) for id in profile.connections),
        "model": profile.model,
        **{key: _shown(value) for key, value in options.items()},
        "tags": ", ".join(profile.tags) or "none",
    }


def _shown(value: Value | None) -> str:
    return "not set" if value is None else str(value)


def _states(context: Context, profile: Profile) -> list[Profile]:
    return [each.state for each in context.store.history(profile.id) if isinstance(each.state, Profile)]


def _version(states: Sequence[Profile], version: int) -> Profile:
    found = next((state for state in states if state.version == version), None)
    if found is None:
        last = states[-1]
        raise NoProfileVersion(alias=last.alias, version=version, oldest=states[0].version, newest=last.version)
    return found
