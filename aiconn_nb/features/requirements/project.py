"""Compares the project file with the store and, on request, imports missing entries."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import replace

from aiconn_nb.config.configuration import Configuration
from aiconn_nb.errors import NoProjectFile
from aiconn_nb.features.bundles import Offer, merge, merge_profiles
from aiconn_nb.features.environments import NO_SETTINGS
from aiconn_nb.features.trust import allow_at, spelled_origin
from aiconn_nb.model.hint import command
from aiconn_nb.model.origin import Origin
from aiconn_nb.model.place import shown
from aiconn_nb.session.context import Context
from aiconn_nb.store.change import Change
from aiconn_nb.store.snapshot import Snapshot

from .checking import Checking
from .project_file import PROJECT_FILE, local_project_file, offer_in
from .results import Need, Requirements


def required(
    context: Context,
    aliases: Sequence[str],
    file: str | os.PathLike[str] | None,
    *,
    yes: bool,
    trust: Sequence[str],
) -> Requirements:
    """See `Session.require`."""
    hosts = [spelled_origin(each) for each in trust]
    path = file if file is not None else local_project_file()
    if path is None:
        if not aliases:
            raise NoProjectFile(name=PROJECT_FILE)
        allowed = _allowed(context, aliases, hosts)
        checking = Checking(context, context.store.read())
        return Requirements(
            _each_once(checking.aliases(aliases)),
            environment=context.environment,
            aliases=tuple(aliases),
            allowed=allowed,
            notes=_notes(context, checking.configuration),
        )
    offer, others = _chosen(offer_in(path), aliases)
    offer = _as_renamed(offer, context.store.read())
    done = _taken_in(context, offer) if yes else ()
    declared = [*(each.alias for each in offer.connections), *(each.alias for each in offer.profiles)]
    allowed = _allowed(context, [*declared, *others], hosts)
    source = shown(os.path.abspath(os.path.expanduser(path)))
    take_in = command("require", *aliases, *(("--from", source) if file is not None else ()), "--yes")
    snapshot = context.store.read()
    # A change that is never written shows what would be new or different.
    change = Change(snapshot, context.store.author)
    rows = merge(context, change, offer, {})
    checking = Checking(context, snapshot, take_in)
    declared_needs = checking.declared(rows, offer.defaults, Checking(context, change))
    needs = _each_once((*declared_needs, *checking.aliases(others)))
    return Requirements(
        needs,
        source=source,
        environment=context.environment,
        aliases=tuple(aliases),
        file="" if file is None else os.fspath(file),
        done=done,
        allowed=allowed,
        notes=_notes(context, checking.configuration),
    )


def _each_once(needs: Iterable[Need]) -> tuple[Need, ...]:
    """Return the needs without repetition: two of the named profiles may have the same connection."""
    return tuple(dict.fromkeys(needs))


def _allowed(context: Context, aliases: Iterable[str], hosts: Sequence[Origin]) -> tuple[str, ...]:
    """Permit the connections with these aliases, and those of the profiles, to send their values to these hosts.

    The user has spelled the hosts; they never come from a file. Returns the new permissions.
    """
    if not hosts:
        return ()
    with context.store.change() as change:
        named = [found for alias in aliases if (found := change.target(alias)) is not None]
        meant = [each for found in named for each in change.connections_of(found)]
        questions = [allow_at(context, change, each, host) for each in meant for host in hosts]
    return tuple(each.permission for each in questions if each is not None)


def _notes(context: Context, configuration: Configuration) -> tuple[str, ...]:
    """Return the problems of the environment: files that are not read, for instance because of a mistyped name.

    A notebook without settings files may need none, so a missing one is not a problem.
    """
    notes = filter(None, [*configuration.notes, context.environment_note(configuration)])
    return tuple(each for each in notes if each != NO_SETTINGS)


def _chosen(offer: Offer, aliases: Sequence[str]) -> tuple[Offer, list[str]]:
    """Return the requested entries of a project file, with the connections of its profiles, and the aliases that it lacks."""
    if not aliases:
        return offer, []
    wanted = {alias.lower() for alias in aliases}
    profiles = tuple(each for each in offer.profiles if each.alias in wanted)
    wanted_connections = wanted.union(*(each.connections for each in profiles))
    connections = tuple(each for each in offer.connections if each.alias in wanted_connections)
    names = {each.alias for each in profiles} | {each.alias for each in connections}
    defaults = {capability: alias for capability, alias in offer.defaults.items() if alias in names}
    chosen = replace(offer, connections=connections, profiles=profiles, defaults=defaults)
    return chosen, [alias for alias in aliases if alias.lower() not in names]


def _as_renamed(offer: Offer, snapshot: Snapshot) -> Offer:
    """Return the entries under their aliases here: for a notebook, a renamed entry still has its former alias.

    An entry that was changed as well is the user's own: it was renamed to make the alias free, and no ``--trust`` is meant for it.
    """
    offered = {each.alias for each in offer.connections} | {each.alias for each in offer.profiles}
    connections, profiles = dict[str, str](), dict[str, str]()
    for each in offer.connections:
        here = snapshot.connection_renamed_from(each.alias)
        is_same = here is not None and here.provider == each.provider and each.settings.items() <= here.settings.items()
        if here is not None and is_same and here.alias not in offered:
            connections[each.alias] = here.alias
    for profile in offer.profiles:
        found = snapshot.profile_renamed_from(profile.alias)
        if found is None or found.alias in offered:
            continue
        linked = [connections.get(alias, alias) for alias in profile.connections]
        is_linked = [each.alias for each in snapshot.connections_of(found)] == linked
        if is_linked and (found.capability, found.model) == (profile.capability, profile.model):
            profiles[profile.alias] = found.alias
    return replace(
        offer,
        connections=tuple(replace(each, alias=connections.get(each.alias, each.alias)) for each in offer.connections),
        profiles=tuple(
            replace(
                each,
                alias=profiles.get(each.alias, each.alias),
                connections=tuple(connections.get(alias, alias) for alias in each.connections),
                models={connections.get(alias, alias): model for alias, model in each.models.items()},
            )
            for each in offer.profiles
        ),
        defaults={capability: profiles.get(alias, alias) for capability, alias in offer.defaults.items()},
    )


def _taken_in(context: Context, offer: Offer) -> tuple[str, ...]:
    """Import the missing entries, in one transaction, and list them.

    Existing entries stay unchanged, except for a profile that differs only in links to deleted connections.
    """
    with context.store.change() as change:
        # A change that is never written shows what the whole file would change, as the list of needs does.
        planned = merge(context, Change(change, context.store.author), offer, {})
        relinked = {row.alias for row in planned if row.relinked}
        merged = {row.alias for row in planned if row.kind == "profile" and row.is_merged}
        connections = {each.alias for each in change.connections}
        profiles = {each.alias for each in change.profiles}
        new = replace(
            offer,
            connections=tuple(each for each in offer.connections if each.alias not in connections),
            profiles=(),
            defaults={},
        )
        rows = merge(context, change, new, {})
        wanted = tuple(
            each
            for each in offer.profiles
            if each.alias in merged and (each.alias not in profiles or each.alias in relinked)
        )
        rows += merge_profiles(context, change, wanted)
        done = [f"{row.kind} {row.alias}" for row in rows if row.state == "new"]
        done += [f"{row.kind} {row.alias}, linked to {', '.join(row.relinked)} again" for row in rows if row.relinked]
        for capability, alias in offer.defaults.items():
            profile = next((each for each in change.profiles if each.alias == alias and alias in merged), None)
            if capability not in change.defaults and profile is not None and profile.capability is capability:
                change.set_default(capability, profile.id)
                done.append(f"{alias} is the default for {capability}")
    return tuple(done)
