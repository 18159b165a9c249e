"""Merging a bundle. One function plans the import of each connection and profile, and also carries it out.

The plan comes from a change that is never written, and is compared with the real change, so that the result is what the user
saw. A merge permits no host (see `trust`), overwrites no key of the receiver, and enables nothing that was disabled.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from aiconn_nb.errors import AiconnError, InvalidConnection
from aiconn_nb.features import connections, profiles
from aiconn_nb.features.trust import host_depends_on, host_of, reference_name, untrusted
from aiconn_nb.model.connection import Connection, Setting, alias_problem, references
from aiconn_nb.model.key_name import shown_name
from aiconn_nb.model.profile import Profile
from aiconn_nb.model.reference import is_reference
from aiconn_nb.model.secret import Secret, readable
from aiconn_nb.model.strict import Plain
from aiconn_nb.session.context import Context
from aiconn_nb.session.known_secrets import opened_once
from aiconn_nb.session.versions import FieldChange
from aiconn_nb.store.change import Change

from .bundle_layout import Offer, OfferedConnection, OfferedProfile

State = Literal["new", "changed", "same", "clashing", "refused"]
"""``clashing``: another entity has the alias. It is never overwritten."""


@dataclass(frozen=True, slots=True)
class Merged:
    """What the import does with one connection or profile of a bundle."""

    kind: Literal["connection", "profile"]
    alias: str
    state: State
    changes: tuple[FieldChange, ...] = ()
    reason: str = ""
    """Why it clashes or is refused."""
    has_alias: str = ""
    """What has its alias here, if it clashes: ``with demo``."""
    kept: tuple[FieldChange, ...] = ()
    """Sensitive fields that keep the local value (``before``), although the bundle has another one (``after``)."""
    missing: tuple[str, ...] = ()
    """Fields that the user has to supply here."""
    untrusted: str = ""
    """What it would send to a host without permission."""
    host: str = ""
    """The host that a connection would contact, or the references that it depends on; '' if it uses no network."""
    host_depends_on: tuple[str, ...] = ()
    """The references that decide the host and have no value here."""
    references: Mapping[str, str] = field(default_factory=dict)
    """The references of a connection by field, never their values."""
    model: str = ""
    """The model of a profile."""
    system: str = ""
    """The whole system prompt of a profile."""
    options: Mapping[str, Plain] = field(default_factory=dict)
    """The other options of a profile."""
    tags: tuple[str, ...] = ()
    """The tags of a profile."""
    relinked: tuple[str, ...] = ()
    """The aliases of connections that replace deleted ones of the same aliases in a profile, if nothing else in it changes."""
    becomes_default: bool = False
    """Whether a profile becomes the default of its capability, because there is none here."""

    @property
    def is_merged(self) -> bool:
        """Whether it exists after the import."""
        return self.state in ("new", "changed", "same")


def merge(context: Context, change: Change, offer: Offer, renamed: Mapping[str, str]) -> tuple[Merged, ...]:
    """Add the entries of a bundle to a change. An invalid entry raises no error; its row has the reason."""
    aliases = {each.alias: renamed.get(each.alias, each.alias) for each in offer.connections}
    with opened_once(context):
        connections = [_connection(context, change, each, aliases[each.alias]) for each in offer.connections]
        there = {old: row.alias for (old, row) in zip(aliases, connections, strict=True) if row.is_merged}
        profiles = [
            _profile(context, change, each, renamed.get(each.alias, each.alias), there) for each in offer.profiles
        ]
        profiles = [_made_default(change, offer, each) for each in profiles]
    return (*connections, *profiles)


def merge_profiles(context: Context, change: Change, offered: Iterable[OfferedProfile]) -> tuple[Merged, ...]:
    """`merge` for profiles only. Their connections exist here, under the aliases of the bundle."""
    there = {each.alias: each.alias for each in change.connections}
    return tuple(_profile(context, change, each, each.alias, there) for each in offered)


def _made_default(change: Change, offer: Offer, row: Merged) -> Merged:
    """Make the profile the default unless a default exists."""
    profile = next((each for each in change.profiles if each.alias == row.alias), None)
    if profile is None or not row.is_merged or offer.defaults.get(profile.capability) != row.alias:
        return row
    if profile.capability in change.defaults:
        return row
    change.set_default(profile.capability, profile.id)
    return replace(row, becomes_default=True)


def _connection(context: Context, change: Change, offered: OfferedConnection, alias: str) -> Merged:
    present = next((each for each in change.connections if each.alias == alias), None)
    if present is not None and present.provider != offered.provider:
        return _clashing("connection", alias, f"with {present.provider}", offered.alias)
    try:
        settings, missing, kept = _settings(context, offered, present.settings if present else {})
        if present is None:
            made = Connection(
                alias=alias, name=offered.name, provider=offered.provider, settings=settings, active=offered.active
            )
        else:
            # It is not enabled: the user may have disabled it for a reason.
            made = replace(present, name=offered.name, settings=settings)
        differences = connections.changes(present, made) if present else ()
        if present is None or differences:
            made = change.put(made)
    except AiconnError as error:
        return Merged("connection", alias, "refused", reason=readable(error.what))
    question = untrusted(context, made, change.trusted())
    state: State = "new" if present is None else "changed" if differences else "same"
    return Merged(
        "connection",
        alias,
        state,
        differences,
        kept=kept,
        missing=missing,
        untrusted=question.words if question else "",
        host=host_of(context, made),
        host_depends_on=host_depends_on(context, made),
        references={key: shown_name(written) for key, written in references(made.settings).items()},
    )


def _clashing(kind: Literal["connection", "profile"], alias: str, has_alias: str, offered: str) -> Merged:
    reason = f"{alias} already exists, {has_alias}; --rename {offered}=NEW imports it beside it"
    return Merged(kind, alias, "clashing", reason=reason, has_alias=has_alias)


def _settings(
    context: Context, offered: OfferedConnection, kept: Mapping[str, Setting]
) -> tuple[dict[str, Setting], tuple[str, ...], tuple[FieldChange, ...]]:
    """Return the settings to store, the fields that the user still has to supply, and the keys that stay.

    Raises `InvalidConnection`, `ProviderNotFound`.
    """
    provider = context.registry.get(offered.provider)
    problems = {}
    for key, value in offered.settings.items():
        field = provider.field(key)
        if field is not None and field.sensitive and not is_reference(value):
            problems[key] = "is a secret, and a bundle must not hold one"
    if problems:
        raise InvalidConnection(problems)
    # The receiver chose this key, sealed or by reference: a bundle must not replace it.
    stay = {key for key in offered.settings if key in kept and (its := provider.field(key)) and its.sensitive}
    taken = {key: value for key, value in offered.settings.items() if key not in stay}
    wanted = [field for key in offered.to_be_supplied if (field := provider.field(key)) is not None]
    missing = [field for field in wanted if field.key not in kept and field.key not in offered.settings]
    # The rules between fields apply to the final settings: a placeholder takes the place of each missing value.
    given = {
        **taken,
        **{field.key: Secret("to be supplied") if field.sensitive else field.samples[0] for field in missing},
    }
    checked = connections.check(context, provider, kept, connections.take(given), {})
    absent = {field.key for field in missing}
    settings = {key: value for key, value in checked.items() if key not in absent and not isinstance(value, Secret)}
    differ = tuple(
        FieldChange(key, connections.shown(kept[key]), connections.shown(value))
        for key, value in offered.settings.items()
        if key in stay and reference_name(kept[key]) != reference_name(value)
    )
    return settings, tuple(field.key for field in missing), differ


def _profile(context: Context, change: Change, offered: OfferedProfile, alias: str, there: Mapping[str, str]) -> Merged:
    present = next((each for each in change.profiles if each.alias == alias), None)
    if present is not None and present.capability is not offered.capability:
        return _clashing("profile", alias, f"for {present.capability}", offered.alias)
    absent = [each for each in offered.connections if each not in there]
    if absent:
        return Merged("profile", alias, "refused", reason=f"not all of its connections come along: {_few(absent)}")
    draft = profiles.Draft(
        alias=alias,
        name=offered.name,
        connections=[f"{there[each]}={offered.models.get(each, '')}" for each in offered.connections],
        model=offered.model,
        options={**dict.fromkeys(present.options if present else ()), **offered.options},
        tags=list(offered.tags),
    )
    empty = Profile(alias=alias, name=alias, capability=offered.capability, connections=(), model="")
    try:
        made = profiles.checked(context, change, present or empty, draft, is_new=present is None)
        found = _profile_changes(change, present, made) if present else ()
        relinked = _relinked(change, present, made) if present else ()
        if present is None or found:
            change.put_profile(made)
    except AiconnError as error:
        return Merged("profile", alias, "refused", reason=readable(error.what))
    return Merged(
        "profile",
        alias,
        "new" if present is None else "changed" if found else "same",
        found,
        model=profiles.models_of(made),
        system=str(made.options.get("system", "")),
        options={key: value for key, value in made.options.items() if key != "system"},
        tags=tuple(made.tags),
        relinked=relinked,
    )


def _profile_changes(change: Change, present: Profile, made: Profile) -> tuple[FieldChange, ...]:
    """Return the fields that the import changes. A deleted connection is marked: one with the same alias is another connection."""
    found = profiles.changes(change, present, made)
    gone = {id for id in present.connections if change.connection_by_id(id) is None}
    if not gone:
        return found

    def linked(profile: Profile) -> str:
        models = {id: f"={model}" for id, model in profile.models.items()}
        return ", ".join(
            f"{profiles.alias_of(change, id)}{models.get(id, '')}{' (deleted)' if id in gone else ''}"
            for id in profile.connections
        )

    others = [each for each in found if each.field != "connections"]
    return (*others, FieldChange("connections", linked(present), linked(made)))


def _relinked(change: Change, present: Profile, made: Profile) -> tuple[str, ...]:
    """Return the aliases of a profile's deleted connections, if others have these aliases now and nothing else in it changes."""
    if len(present.connections) != len(made.connections):
        return ()
    former = {each.state.id: each.state.alias for each in change.deleted}
    successors = {}
    for old, new in zip(present.connections, made.connections, strict=True):
        if old != new and former.get(old) != profiles.alias_of(change, new):
            return ()
        successors[old] = new
    models = {successors.get(id, id): model for id, model in present.models.items()}
    if profiles.changes(change, replace(present, connections=made.connections, models=models), made):
        return ()
    return tuple(profiles.alias_of(change, new) for old, new in successors.items() if old != new)


def _few(aliases: list[str]) -> str:
    """Return aliases that may be shown: at most a few, and only valid ones."""
    good = [alias for alias in aliases if not alias_problem(alias)]
    return ", ".join(good[:5]) + (" ..." if len(aliases) > 5 or len(good) < len(aliases) else "")


def needed_keys(context: Context, change: Change, merged: tuple[Merged, ...]) -> Iterator[tuple[str, str]]:
    """Yield (reference, what needs it) for each reference without a value in the current environment."""
    from aiconn_nb.features.environments import Resolving

    resolving = Resolving(context.configuration())
    for row in merged:
        if row.kind == "connection" and row.is_merged:
            connection = change.connection(row.alias)
            for key, written in references(connection.settings).items():
                if written not in resolving:
                    yield written, f"{row.alias}.{key}"
