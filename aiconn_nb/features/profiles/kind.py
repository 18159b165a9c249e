"""The parts of a collection that are specific to profiles: their differences, and the fields that a rollback restores."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from aiconn_nb.errors import NoProfileVersion, ProfileExists, ProfileNotFound
from aiconn_nb.model.profile import Profile
from aiconn_nb.session.collection import Collection, EntityKind
from aiconn_nb.session.context import Context
from aiconn_nb.session.versions import FieldChange

from .health import alias_of
from .options import OPTIONS, Value

if TYPE_CHECKING:
    from aiconn_nb.store.snapshot import Snapshot


def changes(snapshot: Snapshot, before: Profile, after: Profile) -> tuple[FieldChange, ...]:
    """Return the fields that differ: alias, name, connections (by their aliases in the snapshot), model, options, tags."""
    keys = [each.key for each in OPTIONS[after.capability]]
    keys += [key for key in {**before.options, **after.options} if key not in keys]
    old, new = _lines(snapshot, before, keys), _lines(snapshot, after, keys)
    return tuple(FieldChange(key, old[key], new[key]) for key in new if old[key] != new[key])


def _lines(snapshot: Snapshot, profile: Profile, keys: Sequence[str]) -> dict[str, str]:
    options = {key: profile.options.get(key) for key in keys}
    return {
        "alias": profile.alias,
        "name": profile.name,
        "connections": ", ".join(
            with_model(alias_of(snapshot, id), profile.models.get(id)) for id in profile.connections
        ),
        "model": profile.model or "none for all",
        **{key: _shown(value) for key, value in options.items()},
        "tags": ", ".join(profile.tags) or "none",
    }


def with_model(alias: str, model: str | None) -> str:
    """Return a connection in the syntax of a command: ``openai-dev=gpt-5-mini`` if it has its own model."""
    return f"{alias}={model}" if model else alias


def _shown(value: Value | None) -> str:
    return "not set" if value is None else str(value)


PROFILES: Final = EntityKind(
    fixed="capability",
    # A rollback also restores connections that no longer exist.
    kept_in_versions=("name", "connections", "model", "models", "options", "tags"),
    missing=ProfileNotFound,
    exists=ProfileExists,
    no_version=NoProfileVersion,
    all=lambda snapshot: snapshot.profiles,
    find=lambda snapshot, alias: snapshot.profile(alias),
    deleted=lambda snapshot: snapshot.deleted_profiles,
    put=lambda change, profile, version: change.put_profile(profile, expected_version=version),
    remove=lambda change, id: change.remove_profile(id),
    restore=lambda change, id: change.restore_profile(id),
    changes=changes,
)


def profiles(context: Context) -> Collection[Profile]:
    """Return the profiles of the store."""
    return Collection(PROFILES, context)
