"""A profile's row in a list, and the notes on a new one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiconn_nb.model.hint import command
from aiconn_nb.model.profile import Profile

from .health import Examination, alias_of
from .results import ProfileRow

if TYPE_CHECKING:
    from aiconn_nb.store.snapshot import Snapshot


def row_of(profile: Profile, snapshot: Snapshot, examination: Examination) -> ProfileRow:
    """Return a profile's row in the list."""
    return ProfileRow(
        alias=profile.alias,
        name=profile.name,
        capability=profile.capability,
        connections=examination.links(profile),
        model=models_of(profile),
        models={alias_of(snapshot, id): model for id, model in profile.models.items()},
        default=snapshot.defaults.get(profile.capability) == profile.id,
        health=examination.health(profile),
        tags=profile.tags,
        version=profile.version,
        id=profile.id,
        modified=profile.modified,
        options=dict(profile.options),
    )


def models_of(profile: Profile) -> str:
    """Return the models of its connections without duplicates, in the order of the connections."""
    return ", ".join(dict.fromkeys(map(profile.model_for, profile.connections))) or profile.model


def matches(row: ProfileRow, text: str | None) -> bool:
    """Whether a row passes the filter: text in alias, name, model, a tag or a connection."""
    parts = (row.alias, row.name, row.model, *row.tags, *(link.alias for link in row.connections))
    return text is None or any(text.lower() in part.lower() for part in parts)


def notes(profile: Profile, snapshot: Snapshot) -> tuple[str, ...]:
    """Return notes on a new profile: its capability has no default yet; a connection has the same alias."""
    found = []
    if profile.capability not in snapshot.defaults:
        found.append(
            f"There is no default for {profile.capability} yet: "
            f"'{command('profile default', profile.alias)}' makes this one the default."
        )
    if profile.alias in {each.alias for each in snapshot.connections}:
        found.append("A connection has the same alias: where both are possible, the profile is used.")
    return tuple(found)
